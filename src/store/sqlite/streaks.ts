import type { Day } from "../../domain/day.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import { actionsInAll, actionsOfDays } from "../actions.ts";
import { addMonth, checkInsOf, type KindLabel, type OpenCheckIns } from "../day-kinds.ts";
import { ledgerOf } from "../ledger.ts";
import type { AskedActions, StreakRecord, UserZone } from "../streaks.ts";
import type { Actions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import { entryOf } from "./ledger.ts";
import { createLinking } from "./linking.ts";
import type { SqliteStreaks } from "./ports.ts";
import type { Seats } from "./seats.ts";

/** What users have done, and which names are one user. */
export function createStreaks(
  connection: Connection,
  aliases: Aliases,
  actions: Actions,
  keys: IdempotencyKeys,
  seats: Seats,
  changes: Changes,
): SqliteStreaks {
  // One statement for all, because taking SQLite's locks costs more than the reads. Rows of different kinds share
  // columns, because each further column costs as much as a tenth of a row.
  const select = `
    SELECT kind, ifnull(alias_of, meta) AS text, ifnull(tz, analytics_id) AS name, at, month, days FROM facts
      WHERE project_id = ?1 AND user_hash = ?2 AND kind <= ${FactKind.ZONE}
    UNION ALL SELECT kind, NULL, iif(analytics_id <> '', analytics_id, NULL), NULL, month, days FROM facts
      WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH} AND event = ?3
  `;
  const selectDays = connection.prepare<StreakRow>(select);
  const selectWith: Readonly<Record<AskedActions, typeof selectDays>> = {
    total: connection.prepare(`
      ${select}
      UNION ALL SELECT kind, NULL, NULL, NULL, NULL, days FROM facts
        WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.BEYOND_FIRST} AND event = ?3
    `),
    of_days: connection.prepare(`
      ${select}
      UNION ALL SELECT kind, NULL, NULL, day, NULL, count(*) FROM facts
        WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.ACTION} AND event = ?3 AND month = ''
        GROUP BY day HAVING count(*) > 1
    `),
  };

  function readStreak(projectId: string, userHash: string, event: string, asked?: AskedActions): StreakRecord {
    const days: Record<string, number> = {};
    let others: OpenCheckIns["others"] | undefined;
    const entries: LedgerEntry[] = [];
    let beyondFirst = 0;
    let ofDays: Map<Day, number> | undefined;
    let zone: UserZone | undefined;
    let home: string | null = null;
    const statement = asked === undefined ? selectDays : selectWith[asked];
    for (const row of statement.all(projectId, userHash, event)) {
      switch (row.kind) {
        case FactKind.MONTH:
          if (row.name === null) {
            days[row.month] = row.days;
          } else {
            others ??= new Map();
            addMonth({ days, others }, row.name, row.month, row.days);
          }
          break;
        case FactKind.ALIAS:
          return readStreak(projectId, row.text, event, asked);
        case FactKind.ZONE:
          zone = { name: row.name, at: row.at };
          home = row.text;
          break;
        case FactKind.LEDGER:
          entries.push(entryOf({ id: row.name, at: row.at, fields: row.text }));
          break;
        case FactKind.BEYOND_FIRST:
          beyondFirst = row.days;
          break;
        case FactKind.ACTION:
          ofDays ??= new Map();
          ofDays.set(row.at, row.days);
      }
    }
    return {
      days,
      ...(others && checkInsOf({ days, others })),
      ...(ofDays ? actionsOfDays(ofDays) : actionsInAll(beyondFirst)),
      ...(zone && { zone }),
      ...(home !== null && { home }),
      ...ledgerOf(entries),
    };
  }

  return {
    readStreaks: (asked) =>
      connection.read(() =>
        asked.map(({ projectId, userHash, event, actions }) => readStreak(projectId, userHash, event, actions)),
      ),

    linkUser: createLinking(connection, aliases, actions, keys, seats, changes),
  };
}

/** A row that a streak is computed from. */
type StreakRow =
  | { readonly kind: typeof FactKind.LEDGER; readonly text: string; readonly name: string; readonly at: number }
  | { readonly kind: typeof FactKind.ALIAS; readonly text: string }
  | { readonly kind: typeof FactKind.ZONE; readonly text: string | null; readonly name: string; readonly at: number }
  | {
      readonly kind: typeof FactKind.MONTH;
      readonly name: KindLabel | null;
      readonly month: string;
      readonly days: number;
    }
  | { readonly kind: typeof FactKind.BEYOND_FIRST; readonly days: number }
  // The day, and how many actions it has.
  | { readonly kind: typeof FactKind.ACTION; readonly at: Day; readonly days: number };
