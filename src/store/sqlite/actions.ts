import { homeOf } from "../day-kinds.ts";
import type { StoredEvent } from "../events.ts";
import type { Connection } from "./connection.ts";
import { FactKind } from "./facts.ts";
import type { FoundUser } from "./ports.ts";

/**
 * The actions of users where a widget counts them: a row for each action, and a row for each event with their sum, so
 * that a state need not read all rows. The rows and the sum change in the same transaction.
 */
export interface Actions {
  /** Keeps an action of a user, whose day must be done. Returns whether it was not kept before. */
  add(event: StoredEvent, action: string, userHash: string): boolean;
  /**
   * Gives a user the actions of an alias. Actions without a zone get the home zone of the alias, which is stored
   * nowhere else after the link.
   */
  merge(projectId: string, alias: FoundUser, userHash: string): void;
  /** Computes the sum of a user's actions anew, after their rows have changed. */
  recount(projectId: string, userHash: string, event: string): void;
}

/** Prepares the statements on actions. They are for use inside a transaction. */
export function createActions(connection: Connection): Actions {
  const insert = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, day, analytics_id, at, received_at, tz)
    VALUES (?, ?, ${FactKind.ACTION}, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
  `);
  // Finds out in one step whether the day has another action, however many there are.
  const addBeyondFirst = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, days)
    SELECT ?1, ?2, ${FactKind.BEYOND_FIRST}, ?3, 1 WHERE EXISTS (
      SELECT 1 FROM facts WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.ACTION} AND event = ?3
        AND month = '' AND day = ?4 AND analytics_id <> ?5
    )
    ON CONFLICT DO UPDATE SET days = days + 1
  `);
  const selectEvents = connection.prepare<{ readonly event: string }>(`
    SELECT DISTINCT event FROM facts WHERE project_id = ? AND user_hash = ? AND kind = ${FactKind.ACTION}
  `);
  // IGNORE leaves an action with the alias if the user has the same action; the link deletes it.
  const move = connection.prepare(`
    UPDATE OR IGNORE facts SET user_hash = ?3, tz = ifnull(tz, ?4)
    WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.ACTION}
  `);
  const recount = connection.prepare(`
    INSERT INTO facts (project_id, user_hash, kind, event, days)
    SELECT ?1, ?2, ${FactKind.BEYOND_FIRST}, ?3, count(*) - count(DISTINCT day) FROM facts
      WHERE project_id = ?1 AND user_hash = ?2 AND kind = ${FactKind.ACTION} AND event = ?3
    ON CONFLICT DO UPDATE SET days = excluded.days
  `);

  return {
    add({ projectId, event, day, at, receivedAt = null, dayZone = null }, action, userHash) {
      const isNew = insert.run(projectId, userHash, event, day, action, at, receivedAt, dayZone) > 0;
      if (isNew) {
        addBeyondFirst.run(projectId, userHash, event, day, action);
      }
      return isNew;
    },

    merge(projectId, alias, userHash) {
      const events = selectEvents.all(projectId, alias.userHash);
      if (events.length > 0) {
        move.run(projectId, alias.userHash, userHash, homeOf(alias) ?? null);
      }
      for (const { event } of events) {
        recount.run(projectId, userHash, event);
      }
    },

    recount(projectId, userHash, event) {
      recount.run(projectId, userHash, event);
    },
  };
}
