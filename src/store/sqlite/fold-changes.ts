import { setImmediate } from "node:timers/promises";
import type { AnalyticsStore, FoldedChanges } from "../analytics.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";

/** How many users one transaction folds: some 5 ms of work, for which all wait. */
const SLICE_USERS = 1000;

/** Makes what folds notes: it marks the segments of their users as changed, and forgets the notes. A note is a user. */
export function createFoldChanges(
  connection: Connection,
  { unfolded, noteNone }: Changes,
): AnalyticsStore["foldChanges"] {
  // Not of a project that was deleted since: nothing would remove its row.
  const addFirst = connection.prepare(`
    INSERT INTO segments (project_id, first, changes, revision)
    SELECT ?1, '', 0, 0 WHERE EXISTS (SELECT 1 FROM projects WHERE id = ?1)
    ON CONFLICT DO NOTHING
  `);
  // SQLite finds the segment of each user, because only it compares names as the table orders them.
  const mark = connection.prepare(`
    UPDATE segments SET changes = changes + 1 WHERE project_id = ?1 AND first IN (
      SELECT (
        SELECT first FROM segments WHERE project_id = ?1 AND first <= users.value ORDER BY first DESC LIMIT 1
      ) FROM json_each(?2) AS users
    )
  `);

  /** Folds some users of a project. Returns how many. They are forgotten in the same turn: they may change in the next. */
  function foldSlice(projectId: string, noted: Set<string>, most: number): number {
    const users = [...noted.values().take(Math.min(most, SLICE_USERS))];
    const isLast = users.length === noted.size && unfolded.size === 1;
    connection.writeNow(() => {
      addFirst.run(projectId);
      mark.run(projectId, JSON.stringify(users));
      if (isLast) {
        noteNone();
      }
    });
    for (const user of users) {
      noted.delete(user);
    }
    if (noted.size === 0) {
      unfolded.delete(projectId);
    }
    return users.length;
  }

  return async (projectId, limit): Promise<FoldedChanges> => {
    const next = () => (projectId === undefined ? unfolded.keys().next().value : projectId);
    const projectIds = new Set<string>();
    let left = limit;
    for (;;) {
      const id = next();
      const noted = id === undefined ? undefined : unfolded.get(id);
      if (id === undefined || noted === undefined || left === 0) {
        return { projectIds: [...projectIds], hasMore: noted !== undefined, oldestLeft: noted?.since };
      }
      left -= foldSlice(id, noted.users, left);
      projectIds.add(id);
      await setImmediate();
    }
  };
}
