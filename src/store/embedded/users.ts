import type { StreakRecord, StreakStore, UserZone } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./sqlite.ts";
import type { Zones } from "./zones.ts";

/** What is known of users. */
export function createUsers(
  connection: Connection,
  aliases: Aliases,
  zones: Zones,
): Pick<StreakStore, "resolveUsers" | "readStreak"> {
  // One statement, since the locks that each takes cost more than what it reads.
  const selectStreak = connection.prepare<Part>(`
    SELECT 'alias' AS part, user_hash AS name, 0 AS value FROM aliases WHERE project_id = ?1 AND alias = ?2
    UNION ALL SELECT 'zone', zone_name, zone_at FROM users WHERE project_id = ?1 AND user_hash = ?2
    UNION ALL SELECT 'month', month, bits FROM streaks WHERE project_id = ?1 AND user_hash = ?2 AND event = ?3
  `);

  function readStreak(projectId: string, userHash: string, event: string): StreakRecord {
    const days: Record<string, number> = {};
    let zone: UserZone | undefined;
    for (const { part, name, value } of selectStreak.all(projectId, userHash, event)) {
      if (part === "alias") {
        return readStreak(projectId, name, event);
      }
      if (part === "zone") {
        zone = { name, at: value };
      } else {
        days[name] = value;
      }
    }
    return zone === undefined ? { days } : { days, zone };
  }

  return {
    resolveUsers: (users) =>
      connection.read(() =>
        users.map(({ projectId, userHash }) => {
          const user = aliases.resolve(projectId, userHash);
          return { userHash: user, ...zones.of(projectId, user) };
        }),
      ),

    readStreak: ({ projectId, userHash }, event) => connection.read(() => readStreak(projectId, userHash, event)),
  };
}

/** A row of what a streak is computed from. */
interface Part {
  readonly part: "alias" | "zone" | "month";
  readonly name: string;
  readonly value: number;
}
