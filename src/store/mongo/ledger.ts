import type { Collection } from "mongodb";
import { MAX_LEDGER_ENTRIES } from "../../domain/ledger.ts";
import { coalesceCalls } from "../coalesce-calls.ts";
import { type AddedEntry, inOrder, type LedgerAddition, type LedgerStore } from "../ledger.ts";
import type { Aliases } from "./aliases.ts";
import { sendUpdates, type Update } from "./bulk.ts";
import type { Resolved } from "./chains.ts";
import type { Connection } from "./connection.ts";
import { entriesOf, ledgerField, unlessAlias } from "./documents.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";

/** The place in the array of a ledger that is taken when the ledger is full. */
const LAST_PLACE = `ledger.${MAX_LEDGER_ENTRIES - 1}`;

/** The ledgers of users, each an array in its user's document, which reads of the user's days read anyway. */
export function createLedger(connection: Connection, aliases: Aliases, notes: Notes): LedgerStore {
  const { streaks } = connection;

  /** Adds entries. Returns what became of each; undefined where the user's document has changed since it was read. */
  async function attempt(additions: readonly LedgerAddition[]): Promise<(AddedEntry | undefined)[]> {
    const names = additions.map(({ user }) => user);
    const users = await aliases.resolve(names, { "ledger.id": 1 });
    const outcomes = additions.map((addition, index) => refusalOf(users[index] as Resolved, addition));
    const open = [...outcomes.keys()].filter((index) => outcomes[index] === undefined);
    const cover = await notes.write(open.map((index) => users[index] as Resolved));
    const { refused } = await sendUpdates(
      streaks as unknown as Collection,
      open.map((index) => push(users[index] as Resolved, additions[index] as LedgerAddition)),
    );
    cover.end();
    for (const [position, index] of open.entries()) {
      outcomes[index] = refused.includes(position) ? undefined : "added";
    }
    return outcomes;
  }

  async function addAll(additions: readonly LedgerAddition[]): Promise<AddedEntry[]> {
    const outcomes = new Map<number, AddedEntry>();
    return await retry(async () => {
      const open = [...additions.entries()].filter(([index]) => !outcomes.has(index));
      const found = await attempt(open.map(([, addition]) => addition));
      for (const [position, [index]] of open.entries()) {
        const outcome = found[position];
        if (outcome !== undefined) {
          outcomes.set(index, outcome);
        }
      }
      return outcomes.size === additions.length
        ? additions.map((_, index) => outcomes.get(index) as AddedEntry)
        : undefined;
    });
  }

  const add = coalesceCalls((additions: readonly LedgerAddition[]) => connection.run(() => addAll(additions)));
  return {
    addLedgerEntry: (user, entry, size) => add({ user, entry, size }),

    readLedger: (user) =>
      connection.run(async () => {
        const [resolved] = await aliases.resolve([user], { ledger: 1 });
        return inOrder(entriesOf(resolved?.document));
      }),
  };
}

function refusalOf({ userHash, document }: Resolved, { user, entry, size }: LedgerAddition): AddedEntry | undefined {
  const { ledger = [] } = document ?? {};
  if (ledger.some(({ id }) => id === entry.id)) {
    return "known";
  }
  if (size !== undefined && (ledger.length !== size || userHash !== user.userHash)) {
    return "changed";
  }
  return ledger.length >= MAX_LEDGER_ENTRIES ? "full" : undefined;
}

/**
 * Returns the update that adds an entry. It is refused, because its `_id` is taken, where the user has become an alias,
 * or the ledger has the entry, is full, or has not as many entries as it must.
 */
function push({ projectId, userHash }: Resolved, { entry, size }: LedgerAddition): Update {
  const hasRoom = { "ledger.id": { $ne: entry.id }, [LAST_PLACE]: { $exists: false }, ...hasSize(size) };
  return {
    filter: { ...unlessAlias(projectId, userHash), ...hasRoom },
    update: { $push: { ledger: ledgerField(entry) } },
    upsert: true,
  };
}

/** Returns the condition that a ledger has so many entries, by the places that are taken: it may not be there at all. */
function hasSize(size: number | undefined) {
  return size === undefined
    ? {}
    : {
        ...(size > 0 && { [`ledger.${size - 1}`]: { $exists: true } }),
        ...(size < MAX_LEDGER_ENTRIES && { [`ledger.${size}`]: { $exists: false } }),
      };
}
