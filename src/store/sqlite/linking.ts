import type { Names } from "./aliases.ts";
import { FactKind } from "./facts.ts";
import type { Connection } from "./sqlite.ts";
import type { Linked, SqliteStore } from "./store.ts";

/** The linking of two names. */
export function createLinking(connection: Connection, names: Names): Pick<SqliteStore, "linkUser"> {
  const copyMonths = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, month, value)
    SELECT project_id, ?3, kind, event, month, value FROM facts
    WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH}
    ON CONFLICT DO UPDATE SET value = value | excluded.value
  `);
  // IGNORE leaves behind the events of days that the user has done already, for the removal.
  const moveEvents = connection.prepare(
    `UPDATE OR IGNORE facts SET user_hash = ?3 WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.EVENT}`,
  );
  const removeRest = connection.prepare(
    `DELETE FROM facts WHERE project_id = ? AND user_hash = ? AND kind > ${FactKind.ALIAS}`,
  );

  return {
    linkUser: (projectId, anonymousId, userHash) =>
      connection.write((): Linked => {
        const user = names.resolve(projectId, userHash).userHash;
        if (user === anonymousId) {
          return { answer: false };
        }
        // Apps may say it at every login; then nothing is written.
        const before = names.targetOf(projectId, anonymousId);
        if (before === user) {
          return { answer: true };
        }
        names.point(projectId, anonymousId, user);
        // Of a name that was linked before these find nothing: all that it had is its first user's.
        names.copyZone(projectId, anonymousId, user);
        copyMonths.run(projectId, anonymousId, user);
        moveEvents.run(projectId, anonymousId, user);
        removeRest.run(projectId, anonymousId);
        return { answer: true, user, wasAlias: before !== undefined };
      }),
  };
}
