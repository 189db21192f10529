import { homeAfterLink, homeOf, labelAfterLink } from "../day-kinds.ts";
import type { Actions } from "./actions.ts";
import type { Aliases } from "./aliases.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import { createReadLabels } from "./labels.ts";
import type { FoundUser, Linked, SqliteStreaks } from "./ports.ts";
import type { Seats } from "./seats.ts";

/** Linking: one transaction writes the alias and merges everything that the name has done into the user. */
export function createLinking(
  connection: Connection,
  aliases: Aliases,
  actions: Actions,
  keys: IdempotencyKeys,
  seats: Seats,
  changes: Changes,
): SqliteStreaks["linkUser"] {
  const readLabels = createReadLabels(connection);
  const copyMonths = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, month, analytics_id, days)
    SELECT project_id, ?3, kind, event, month, ?5, days FROM facts
    WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.MONTH} AND analytics_id = ?4
    ON CONFLICT DO UPDATE SET days = days | excluded.days
  `);
  // IGNORE leaves the events of days that the user has done already, and the entries of the ledger whose ids the user's
  // ledger has already; removeRest deletes them.
  const moveCheckIns = connection.prepare(`
    UPDATE OR IGNORE facts SET user_hash = ?3, analytics_id = ?5 WHERE project_id = ?1 AND user_hash = ?2
      AND kind = ${FactKind.EVENT} AND analytics_type IS NULL AND analytics_id = ?4
  `);
  const move = connection.prepare(`
    UPDATE OR IGNORE facts SET user_hash = ?3 WHERE project_id = ?1 AND user_hash = ?2
      AND kind IN (${FactKind.LEDGER}, ${FactKind.EVENT}, ${FactKind.REPEAT})
      AND (kind <> ${FactKind.EVENT} OR analytics_type IS NOT NULL)
  `);
  const removeRest = connection.prepare(
    `DELETE FROM facts WHERE project_id = ? AND user_hash = ? AND kind <> ${FactKind.ALIAS}`,
  );

  /**
   * Gives a user the zone of a name, if that is later, and the home zone of the name, if the user has had no zone. The
   * user is redated if the name is.
   */
  function mergeZones(projectId: string, alias: FoundUser, user: FoundUser): void {
    if (alias.zone === undefined) {
      return;
    }
    aliases.raiseZone(projectId, user.userHash, alias.zone);
    const home = homeAfterLink(alias, user);
    if (home !== undefined && home !== user.home) {
      aliases.setHome(projectId, user.userHash, home);
    }
    if (alias.isRedated) {
      aliases.markRedated(projectId, user.userHash);
    }
  }

  /** Adds the days of a name to those of a user, with the events that have done them. Returns how many events moved. */
  function mergeDays(projectId: string, alias: FoundUser, user: FoundUser): number {
    let moved = 0;
    for (const label of readLabels({ projectId, userHash: alias.userHash })) {
      const names = [projectId, alias.userHash, user.userHash] as const;
      const labels = [label, labelAfterLink(label, homeOf(alias), homeOf(user))] as const;
      copyMonths.run(...names, ...labels);
      moved += moveCheckIns.run(...names, ...labels);
    }
    return moved;
  }

  /** Gives a user all that a name has, which has been no alias so far. Returns whether it had anything. */
  function merge(projectId: string, alias: FoundUser, user: FoundUser): boolean {
    mergeZones(projectId, alias, user);
    const checkIns = mergeDays(projectId, alias, user);
    actions.merge(projectId, alias, user.userHash);
    const others = move.run(projectId, alias.userHash, user.userHash);
    return checkIns + others + removeRest.run(projectId, alias.userHash) > 0;
  }

  return (projectId, anonymousId, userHash) =>
    connection.write((): Linked => {
      const user = aliases.resolve(projectId, userHash);
      if (user.userHash === anonymousId) {
        return { isLinked: false };
      }
      // Apps may link at every login. Then nothing is written.
      const before = aliases.targetOf(projectId, anonymousId);
      if (before === user.userHash) {
        return { isLinked: true };
      }
      // A name that was an alias before has nothing of its own: everything that it had is its first user's.
      if (before === undefined && merge(projectId, aliases.resolve(projectId, anonymousId), user)) {
        changes.note([anonymousId, user.userHash].map((name) => ({ projectId, userHash: name })));
      }
      aliases.link(projectId, anonymousId, user.userHash);
      keys.move(projectId, anonymousId, user.userHash);
      seats.follow(projectId, anonymousId, user.userHash);
      return { isLinked: true, user: user.userHash, wasAlias: before !== undefined };
    });
}
