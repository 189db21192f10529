import { type LedgerEntry, MAX_LEDGER_ENTRIES } from "../../domain/ledger.ts";
import { type AddedEntry, inOrder, type LedgerAddition } from "../ledger.ts";
import type { Aliases } from "./aliases.ts";
import type { ChangedUser, Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { SqliteLedger } from "./ports.ts";

/** An entry of a ledger as its row tells it. */
export interface EntryRow {
  readonly id: string;
  readonly at: number;
  /** The other fields, as JSON. */
  readonly fields: string;
}

/** The ledgers of users, each entry a row. */
export function createLedger(connection: Connection, aliases: Aliases, changes: Changes): SqliteLedger {
  const select = connection.prepare<EntryRow>(`
    SELECT analytics_id AS id, at, meta AS fields FROM facts
    WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.LEDGER}
  `);
  const selectEntry = connection.prepare(
    `SELECT 1 FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.LEDGER}
      AND event = '' AND month = '' AND day = 0 AND analytics_id = ?`,
  );
  const count = connection.prepare<{ readonly entries: number }>(
    `SELECT count(*) AS entries FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.LEDGER}`,
  );
  const insert = connection.prepare(
    `INSERT INTO facts (project_id, user_hash, kind, analytics_id, at, meta) VALUES (?, ?, ${FactKind.LEDGER}, ?, ?, ?)`,
  );

  function add({ user, entry, size }: LedgerAddition, changed: ChangedUser[]): AddedEntry {
    const { id, at, ...fields } = entry;
    const { projectId } = user;
    const { userHash } = aliases.resolve(projectId, user.userHash);
    if (selectEntry.get(projectId, userHash, id) !== undefined) {
      return "known";
    }
    const entries = count.get(projectId, userHash)?.entries ?? 0;
    if (size !== undefined && (entries !== size || userHash !== user.userHash)) {
      return "changed";
    }
    if (entries >= MAX_LEDGER_ENTRIES) {
      return "full";
    }
    insert.run(projectId, userHash, id, at, JSON.stringify(fields));
    changed.push({ projectId, userHash });
    return "added";
  }

  return {
    addLedgerEntries: (additions) =>
      connection.write(() => {
        const changed: ChangedUser[] = [];
        const added = additions.map((addition) => add(addition, changed));
        changes.note(changed);
        return added;
      }),

    readLedger: ({ projectId, userHash: name }) =>
      connection.read(() => inOrder(select.all(projectId, aliases.resolve(projectId, name).userHash).map(entryOf))),
  };
}

/** Returns the entry of a row. */
export function entryOf({ id, at, fields }: EntryRow): LedgerEntry {
  return { id, at, ...JSON.parse(fields) };
}
