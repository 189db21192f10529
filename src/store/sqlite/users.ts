import type { StreakRecord, StreakStore, UserZone } from "../streak-store.ts";
import type { Names } from "./aliases.ts";
import { FactKind } from "./facts.ts";
import type { Connection } from "./sqlite.ts";

/** What is known of users. */
export function createUsers(connection: Connection, names: Names): Pick<StreakStore, "resolveUsers" | "readStreak"> {
  // One statement, since the locks that each takes cost more than what it reads.
  const selectStreak = connection.prepare<Fact>(`
    SELECT kind, name, value FROM facts WHERE project_id = ?1 AND user_hash = ?2 AND kind <= ${FactKind.ZONE}
    UNION ALL SELECT kind, month, value FROM facts
      WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH} AND event = ?3
  `);

  function readStreak(projectId: string, userHash: string, event: string): StreakRecord {
    const days: Record<string, number> = {};
    let zone: UserZone | undefined;
    for (const { kind, name, value } of selectStreak.all(projectId, userHash, event)) {
      if (kind === FactKind.ALIAS) {
        return readStreak(projectId, name, event);
      }
      if (kind === FactKind.ZONE) {
        zone = { name, at: value };
      } else {
        days[name] = value;
      }
    }
    return zone === undefined ? { days } : { days, zone };
  }

  return {
    resolveUsers: (users) =>
      connection.read(() => users.map(({ projectId, userHash }) => names.resolve(projectId, userHash))),

    readStreak: ({ projectId, userHash }, event) => connection.read(() => readStreak(projectId, userHash, event)),
  };
}

/** A row of what a streak is computed from; a month's name is the month. */
interface Fact {
  readonly kind: number;
  readonly name: string;
  readonly value: number;
}
