import { setImmediate } from "node:timers/promises";
import type { AnalyticsStore, FoldedChanges } from "../analytics.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";

/** How many notes one transaction folds: some milliseconds of work, for which all wait. */
const SLICE_NOTES = 1000;

/** Makes what folds notes: it marks segments as changed, and forgets the notes. A note is the `first` of a segment. */
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
  // A transaction that has failed may have left a note for a piece that is no segment: then it is for the one around it.
  const mark = connection.prepare(`
    UPDATE segments SET changes = changes + 1 WHERE project_id = ?1 AND first IN (
      SELECT (
        SELECT first FROM segments WHERE project_id = ?1 AND first <= notes.value ORDER BY first DESC LIMIT 1
      ) FROM json_each(?2) AS notes
    )
  `);

  /** Folds some notes of a project. Returns how many. They are forgotten in the same turn: they may come back in the next. */
  function foldSlice(projectId: string, changed: Set<string>, most: number): number {
    const notes = [...changed.values().take(Math.min(most, SLICE_NOTES))];
    const isLast = notes.length === changed.size && unfolded.size === 1;
    connection.writeNow(() => {
      addFirst.run(projectId);
      mark.run(projectId, JSON.stringify(notes));
      if (isLast) {
        noteNone();
      }
    });
    for (const note of notes) {
      changed.delete(note);
    }
    if (changed.size === 0) {
      unfolded.delete(projectId);
    }
    return notes.length;
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
      left -= foldSlice(id, noted.changed, left);
      projectIds.add(id);
      await setImmediate();
    }
  };
}
