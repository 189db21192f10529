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
  const mark = connection.prepare(
    "UPDATE segments SET changes = changes + 1 WHERE project_id = ? AND first IN (SELECT value FROM json_each(?))",
  );

  /** Folds some notes of a project, and forgets them in the same turn: they may come back in the next. Returns how many. */
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
    const projectIds: string[] = [];
    let left = limit;
    // Those that have notes now: more may come as long as events do.
    for (const id of projectId === undefined ? [...unfolded.keys()] : [projectId]) {
      const notes = unfolded.get(id);
      if (notes === undefined) {
        continue;
      }
      left -= foldSlice(id, notes.changed, left);
      projectIds.push(id);
      if (left === 0 || notes.changed.size > 0) {
        const rest = projectId === undefined ? unfolded.values().next().value : unfolded.get(id);
        return { projectIds, hasMore: rest !== undefined, oldestLeft: rest?.since };
      }
      await setImmediate();
    }
    return { projectIds, hasMore: false, oldestLeft: undefined };
  };
}
