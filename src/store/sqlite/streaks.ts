import type { StreakRecord, UserZone } from "../streaks.ts";
import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import { createLinking } from "./linking.ts";
import type { SqliteStreaks } from "./ports.ts";
import type { Seats } from "./seats.ts";

/** What users have done, and which names are one user. */
export function createStreaks(
  connection: Connection,
  aliases: Aliases,
  keys: IdempotencyKeys,
  seats: Seats,
  changes: Changes,
): SqliteStreaks {
  // One statement for both, because taking SQLite's locks costs more than the reads.
  const select = connection.prepare<StreakRow>(`
    SELECT kind, alias_of, tz, at, month, days FROM facts
      WHERE project_id = ?1 AND user_hash = ?2 AND kind <= ${FactKind.ZONE}
    UNION ALL SELECT kind, alias_of, tz, at, month, days FROM facts
      WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH} AND event = ?3
  `);

  function readStreak(projectId: string, userHash: string, event: string): StreakRecord {
    const days: Record<string, number> = {};
    let zone: UserZone | undefined;
    for (const row of select.all(projectId, userHash, event)) {
      if (row.kind === FactKind.ALIAS) {
        return readStreak(projectId, row.alias_of, event);
      }
      if (row.kind === FactKind.ZONE) {
        zone = { name: row.tz, at: row.at };
      } else {
        days[row.month] = row.days;
      }
    }
    return zone === undefined ? { days } : { days, zone };
  }

  return {
    readStreaks: (asked) =>
      connection.read(() => asked.map(({ projectId, userHash, event }) => readStreak(projectId, userHash, event))),

    linkUser: createLinking(connection, aliases, keys, seats, changes),
  };
}

/** A row that a streak is computed from. */
type StreakRow =
  | { readonly kind: typeof FactKind.ALIAS; readonly alias_of: string }
  | { readonly kind: typeof FactKind.ZONE; readonly tz: string; readonly at: number }
  | { readonly kind: typeof FactKind.MONTH; readonly month: string; readonly days: number };
