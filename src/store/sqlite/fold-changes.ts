import { setImmediate } from "node:timers/promises";
import type { AnalyticsStore, FoldedChanges } from "../analytics.ts";
import type { Connection } from "./connection.ts";

/** How many notes one transaction folds, and after how many users it ends: some 5 ms of work, for which all wait. */
const SLICE_NOTES = 200;
const SLICE_USERS = 1000;

interface NoteRow {
  readonly id: number;
  readonly project_id: string;
  readonly made_at: number;
  /** As JSON. */
  readonly users: string;
}

/** Makes what folds notes: it marks the segments of their users as changed, and removes the notes. */
export function createFoldChanges(connection: Connection): AnalyticsStore["foldChanges"] {
  const select = connection.prepare<NoteRow>("SELECT * FROM changes ORDER BY id LIMIT ?");
  const selectOf = connection.prepare<NoteRow>("SELECT * FROM changes WHERE project_id = ? ORDER BY id LIMIT ?");
  const remove = connection.prepare("DELETE FROM changes WHERE id = ?");
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

  /** Folds the oldest of these notes. Returns them. */
  function foldSlice(notes: readonly NoteRow[]): NoteRow[] {
    const folded: NoteRow[] = [];
    let users = 0;
    for (const note of notes) {
      if (users >= SLICE_USERS) {
        break;
      }
      addFirst.run(note.project_id);
      mark.run(note.project_id, note.users);
      remove.run(note.id);
      users += JSON.parse(note.users).length;
      folded.push(note);
    }
    return folded;
  }

  return async (projectId, limit): Promise<FoldedChanges> => {
    const next = (count: number) => (projectId === undefined ? select.all(count) : selectOf.all(projectId, count));
    const projectIds = new Set<string>();
    let left = limit;
    for (;;) {
      const slice = Math.min(left, SLICE_NOTES);
      const { folded, oldest } = await connection.write(() => ({
        folded: foldSlice(slice === 0 ? [] : next(slice)),
        oldest: next(1)[0],
      }));
      for (const { project_id } of folded) {
        projectIds.add(project_id);
      }
      left -= folded.length;
      if (left === 0 || oldest === undefined) {
        return { projectIds: [...projectIds], hasMore: oldest !== undefined, oldestLeft: oldest?.made_at };
      }
      await setImmediate();
    }
  };
}
