import { type AnalyticsStore, type CountedSegment, type Segment, type StoredTallies, UNCOUNTED } from "../analytics.ts";
import type { Changes } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { createFoldChanges } from "./fold-changes.ts";
import { createReadHistories } from "./histories.ts";

interface SegmentRow {
  readonly first: string;
  readonly changes: number;
  readonly revision: number;
  readonly counted: string | null;
}

/** What analytics are counted from, and what was counted. */
export function createAnalytics(connection: Connection, changes: Changes): AnalyticsStore {
  const select = connection.prepare<SegmentRow>(
    "SELECT first, changes, revision, counted FROM segments WHERE project_id = ? ORDER BY first",
  );
  const selectTallies = connection.prepare<StoredTallies>(`
    SELECT revision, tallies FROM segments JOIN tallies USING (project_id, first) WHERE project_id = ? AND first = ?
  `);

  return {
    foldChanges: createFoldChanges(connection, changes),

    listSegments: (projectId) =>
      connection.read(() => {
        const rows = select.all(projectId);
        return rows.length === 0 ? [UNCOUNTED] : rows.map(segmentOf);
      }),

    readTallies: (projectId, firsts) =>
      connection.read(() => firsts.map((first) => selectTallies.get(projectId, first))),

    readHistories: createReadHistories(connection),

    saveTallies: createSaveTallies(connection, changes),
  };
}

function createSaveTallies(connection: Connection, changes: Changes): AnalyticsStore["saveTallies"] {
  const selectProject = connection.prepare("SELECT 1 FROM projects WHERE id = ?");
  const selectSegment = connection.prepare<Pick<SegmentRow, "changes" | "revision">>(
    "SELECT changes, revision FROM segments WHERE project_id = ? AND first = ?",
  );
  const save = connection.prepare(`
    INSERT INTO segments (project_id, first, changes, revision, counted) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET revision = excluded.revision, counted = excluded.counted
  `);
  const saveTallies = connection.prepare(`
    INSERT INTO tallies (project_id, first, tallies) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET tallies = excluded.tallies
  `);

  function saveAll(projectId: string, { first: segment, revision, pieces }: CountedSegment): boolean {
    // What was counted of a project that was deleted since would stay for ever.
    if (selectProject.get(projectId) === undefined) {
      return false;
    }
    const current = selectSegment.get(projectId, segment) ?? (segment === "" ? UNCOUNTED : undefined);
    if (current?.revision !== revision) {
      return false;
    }
    // Whatever was marked since counting began may belong to any of the pieces, so each has all marks.
    for (const { first, counted, tallies } of pieces) {
      save.run(projectId, first, current.changes, revision + 1, JSON.stringify(counted));
      saveTallies.run(projectId, first, tallies);
    }
    return true;
  }

  return async (projectId, counted) => {
    const isSaved = connection.writeNow(() => saveAll(projectId, counted));
    if (isSaved) {
      const pieces = counted.pieces.map(({ first }) => first);
      changes.divide(projectId, pieces);
    }
    return isSaved;
  };
}

function segmentOf({ first, changes, revision, counted }: SegmentRow): Segment {
  return { first, changes, revision, counted: counted === null ? undefined : JSON.parse(counted) };
}
