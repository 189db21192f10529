import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import type { Linked, SqliteStreaks } from "./ports.ts";
import type { Seats } from "./seats.ts";

/** Linking: one transaction writes the alias and merges everything that the name has done into the user. */
export function createLinking(
  connection: Connection,
  aliases: Aliases,
  keys: IdempotencyKeys,
  seats: Seats,
  changes: Changes,
): SqliteStreaks["linkUser"] {
  const copyMonths = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, month, days)
    SELECT project_id, ?3, kind, event, month, days FROM facts
    WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH}
    ON CONFLICT DO UPDATE SET days = days | excluded.days
  `);
  // IGNORE leaves the events of days that the user has done already, and the entries of the ledger whose ids the user's
  // ledger has already; removeRest deletes them.
  const move = connection.prepare(`
    UPDATE OR IGNORE facts SET user_hash = ?3 WHERE project_id = ?1 AND user_hash = ?2
      AND kind IN (${FactKind.LEDGER}, ${FactKind.EVENT}, ${FactKind.REPEAT})
  `);
  const removeRest = connection.prepare(
    `DELETE FROM facts WHERE project_id = ? AND user_hash = ? AND kind <> ${FactKind.ALIAS}`,
  );

  return (projectId, anonymousId, userHash) =>
    connection.write((): Linked => {
      const user = aliases.resolve(projectId, userHash).userHash;
      if (user === anonymousId) {
        return { isLinked: false };
      }
      // Apps may link at every login. Then nothing is written.
      const before = aliases.targetOf(projectId, anonymousId);
      if (before === user) {
        return { isLinked: true };
      }
      aliases.link(projectId, anonymousId, user);
      // For a name that was an alias before, these find nothing: everything that it had is its first user's.
      aliases.copyZone(projectId, anonymousId, user);
      copyMonths.run(projectId, anonymousId, user);
      const moved = move.run(projectId, anonymousId, user) + removeRest.run(projectId, anonymousId);
      if (moved > 0) {
        changes.note([anonymousId, user].map((name) => ({ projectId, userHash: name })));
      }
      keys.move(projectId, anonymousId, user);
      seats.follow(projectId, anonymousId, user);
      return { isLinked: true, user, wasAlias: before !== undefined };
    });
}
