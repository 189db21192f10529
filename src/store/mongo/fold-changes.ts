import type { AggregationCursor } from "mongodb";
import type { AnalyticsStore, FoldedChanges } from "../analytics.ts";
import { lastUpTo } from "../name-order.ts";
import type { Connection } from "./connection.ts";
import { rangeOfNotes } from "./document-ids.ts";
import type { NoteDocument, NotedRange } from "./documents.ts";
import { WINDOW_MS } from "./note-window.ts";
import { type Notes, RANGES_OF_A_FOLD, type TakenNotes } from "./notes.ts";
import { retry } from "./retry.ts";
import { ensureFirst, readSegmentIds } from "./segment-ids.ts";

/** How many notes come from the server at a time: each may have a thousand ranges. */
const NOTES_OF_A_CURSOR = 100;

/** Makes what folds notes. Any number of instances may fold the same notes at once: a segment is marked once too often. */
export function createFoldChanges(connection: Connection, own: Notes): AnalyticsStore["foldChanges"] {
  const { notes, segments, projects } = connection;

  /** Finds the notes of a range: the oldest of the settled ones, or those that are not settled, in any order. */
  function readNotes(projectId: string | undefined, most?: number): AggregationCursor<NoteDocument> {
    const overBy = new Date(Date.now() - WINDOW_MS - connection.underWayMs);
    const settled = { $or: [{ ended: true }, { at: { $lt: overBy } }] };
    return notes.aggregate<NoteDocument>(
      [
        { $match: { _id: rangeOfNotes(projectId) } },
        ...(most === undefined
          ? [{ $match: { $nor: settled.$or } }]
          : [{ $match: settled }, { $sort: { at: 1 } }, { $limit: most }]),
      ],
      { batchSize: NOTES_OF_A_CURSOR },
    );
  }

  /** Marks the segments in ranges as changed. */
  async function mark(projectId: string, ranges: readonly NotedRange[]): Promise<void> {
    await retry(async () => {
      // What is marked of a project that was deleted would stay.
      if ((await projects.countDocuments({ id: projectId })) === 0) {
        return true;
      }
      const before = await readSegmentIds(connection, projectId);
      if (before.length === 0) {
        await ensureFirst(connection, projectId);
        return undefined;
      }
      const ids = segmentsIn(ranges, before);
      const { matchedCount } = await segments.updateMany({ _id: { $in: ids } }, { $inc: { changes: 1 } });
      // A segment that was divided meanwhile may not have passed on the mark. A missing segment was read from a primary whose
      // write was rolled back.
      const after = await readSegmentIds(connection, projectId);
      return matchedCount === ids.length && after.length === before.length ? true : undefined;
    });
  }

  /** Marks the segments of notes. Nothing happens where the project is gone. */
  async function markAll(some: readonly NoteDocument[]): Promise<void> {
    for (const [projectId, ofProject] of Map.groupBy(some, ({ project }) => project)) {
      const ranges = ofProject.flatMap((note) => note.ranges);
      await mark(projectId, ranges);
    }
  }

  /** Marks for the notes of a project that are not settled. Returns whether there are any. */
  async function markUnsettled(projectId: string): Promise<boolean> {
    const found = readNotes(projectId);
    for (let isAny = false; ; isAny = true) {
      const { taken, hasMore } = await readSome(found, Number.POSITIVE_INFINITY);
      await markAll(taken);
      if (!hasMore) {
        return isAny || taken.length > 0;
      }
    }
  }

  async function oldestOf(projectId: string | undefined): Promise<number | undefined> {
    const [oldest] = await notes
      .aggregate<{ at: Date }>([
        { $match: { _id: rangeOfNotes(projectId) } },
        { $group: { _id: null, at: { $min: "$at" } } },
      ])
      .toArray();
    return oldest?.at.getTime();
  }

  /** Folds notes for the last time. */
  async function foldForGood(some: readonly NoteDocument[]): Promise<void> {
    await markAll(some);
    if (some.length > 0) {
      await notes.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } });
    }
  }

  /** Folds notes of this instance. */
  async function foldOwn(projectId: string | undefined, limit: number): Promise<TakenNotes> {
    const found = own.take(projectId, limit);
    try {
      await foldForGood(found.taken);
    } catch (error) {
      own.giveBack(found.taken);
      throw error;
    }
    return found;
  }

  async function fold(projectId: string | undefined, limit: number): Promise<FoldedChanges> {
    const mine = await foldOwn(projectId, limit);
    if (mine.hasMore) {
      return { projectIds: projectsOf(mine.taken), hasMore: true, oldestLeft: await oldestOf(projectId) };
    }
    // Those that are not settled first: one that gets settled meanwhile is then found again.
    const isAnyUnsettled = projectId !== undefined && (await markUnsettled(projectId));
    const limitOfOthers = limit - mine.taken.length;
    const settled = readNotes(projectId, limitOfOthers + 1);
    const { taken, hasMore } = await readSome(settled, limitOfOthers);
    await settled.close();
    await foldForGood(taken);
    const isAnyLeft = projectId === undefined || hasMore;
    return {
      projectIds: [...new Set([...(isAnyUnsettled ? [projectId] : []), ...projectsOf([...mine.taken, ...taken])])],
      hasMore,
      oldestLeft: isAnyLeft ? await oldestOf(projectId) : undefined,
    };
  }

  return (projectId, limit) => connection.run(() => fold(projectId, limit));
}

function projectsOf(notes: readonly NoteDocument[]): string[] {
  return [...new Set(notes.map(({ project }) => project))];
}

/** Reads the next notes, at most so many, and with no more ranges than {@link RANGES_OF_A_FOLD} but for the last note. */
async function readSome(found: AggregationCursor<NoteDocument>, limit: number): Promise<TakenNotes> {
  const taken: NoteDocument[] = [];
  for (let ranges = 0; taken.length < limit && ranges < RANGES_OF_A_FOLD; ) {
    const note = await found.next();
    if (note === null) {
      return { taken, hasMore: false };
    }
    taken.push(note);
    ranges += note.ranges.length;
  }
  return { taken, hasMore: await found.hasNext() };
}

/**
 * Returns the ids of the segments that have users in ranges. Since it was noted, the segment of a range may have been
 * divided, or lost in a failover.
 *
 * @param ids those of all segments of the project, in order
 */
function segmentsIn(ranges: readonly NotedRange[], ids: readonly string[]): string[] {
  const found = new Set<number>();
  for (const { from, to } of ranges) {
    const last = lastPlaceBefore(to, ids);
    for (let place = lastUpTo(ids, from); place <= last; place++) {
      found.add(place);
    }
  }
  return Array.from(found, (place) => ids[place] as string);
}

/** Returns the position of the last segment that has users before an id; of the last one when undefined. */
function lastPlaceBefore(id: string | undefined, ids: readonly string[]): number {
  if (id === undefined) {
    return ids.length - 1;
  }
  const place = lastUpTo(ids, id);
  return ids[place] === id ? place - 1 : place;
}
