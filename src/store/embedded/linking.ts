import type { Aliases } from "./aliases.ts";
import type { Connection } from "./sqlite.ts";
import type { Linked, SqliteStore } from "./store.ts";
import type { Zones } from "./zones.ts";

/** The linking of two names. */
export function createLinking(connection: Connection, aliases: Aliases, zones: Zones): Pick<SqliteStore, "linkUser"> {
  const copyMonths = connection.prepare(`
    INSERT INTO streaks (project_id, user_hash, event, month, bits)
    SELECT project_id, ?3, event, month, bits FROM streaks WHERE project_id = ?1 AND user_hash = ?2
    ON CONFLICT DO UPDATE SET bits = bits | excluded.bits
  `);
  const removeMonths = connection.prepare("DELETE FROM streaks WHERE project_id = ? AND user_hash = ?");
  // IGNORE leaves behind the events of days that the user has done already, for the removal.
  const moveEvents = connection.prepare(
    "UPDATE OR IGNORE events SET user_hash = ?3 WHERE project_id = ?1 AND user_hash = ?2",
  );
  const removeEvents = connection.prepare("DELETE FROM events WHERE project_id = ? AND user_hash = ?");

  return {
    linkUser: (projectId, anonymousId, userHash) =>
      connection.write((): Linked => {
        const user = aliases.resolve(projectId, userHash);
        if (user === anonymousId) {
          return { answer: false };
        }
        // Apps may say it at every login; then nothing is written.
        const before = aliases.targetOf(projectId, anonymousId);
        if (before === user) {
          return { answer: true };
        }
        aliases.point(projectId, anonymousId, user);
        // Of a name that was linked before these find nothing: all that it had is its first user's.
        copyMonths.run(projectId, anonymousId, user);
        removeMonths.run(projectId, anonymousId);
        moveEvents.run(projectId, anonymousId, user);
        removeEvents.run(projectId, anonymousId);
        zones.merge(projectId, anonymousId, user);
        return { answer: true, user, wasAlias: before !== undefined };
      }),
  };
}
