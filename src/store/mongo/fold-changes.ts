import { setImmediate } from "node:timers/promises";
import type { AggregationCursor } from "mongodb";
import type { AnalyticsStore, FoldedChanges } from "../analytics.ts";
import { lastUpTo } from "../name-order.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, type NoteDocument, rangeOfNotes, segmentId } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import { type Notes, type TakenNotes, USERS_OF_A_FOLD } from "./notes.ts";
import { retry } from "./retry.ts";

/** How many notes come from the server at a time: each may have a thousand users. */
const NOTES_OF_A_CURSOR = 100;

/** How many users are looked up before others get their turn: some 2 ms of work. */
const SLICE_USERS = 1000;

/** Makes what folds notes. Any number of instances may fold the same notes at once: a segment is marked once too often. */
export function createFoldChanges(connection: Connection, own: Notes): AnalyticsStore["foldChanges"] {
  const { notes, segments, projects } = connection;

  /** Finds the notes of a range: the oldest of the settled ones, or those that are not settled, in any order. */
  function readNotes(projectId: string | undefined, most?: number): AggregationCursor<NoteDocument> {
    const settled = { $or: [{ ended: true }, { at: { $lt: new Date(Date.now() - connection.underWayMs) } }] };
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

  async function firstsOf(projectId: string): Promise<string[]> {
    const found = segments
      .find(beginningWith(projectId), { projection: { first: 1 } })
      // Whoever makes a segment reads the marks of its neighbour after that: so it must be seen once it is there.
      .withReadConcern({ level: "local" });
    return (await found.sort({ _id: 1 }).toArray()).map(({ first }) => first);
  }

  /** Marks the segments of users as changed. Nothing happens when the project is gone. */
  async function mark(projectId: string, users: ReadonlySet<string>): Promise<void> {
    await retry(async () => {
      const before = await firstsOf(projectId);
      if (before.length === 0) {
        await ensureFirst(connection, projectId);
        return undefined;
      }
      const changed = await segmentsOf(projectId, users, before);
      await segments.updateMany({ _id: { $in: changed } }, { $inc: { changes: 1 } });
      // A segment that was divided meanwhile may not have passed on the mark.
      const after = await firstsOf(projectId);
      return after.length === before.length ? true : undefined;
    });
  }

  async function markAll(some: readonly NoteDocument[]): Promise<void> {
    for (const [projectId, ofProject] of Map.groupBy(some, ({ project }) => project)) {
      if ((await projects.countDocuments({ id: projectId })) > 0) {
        await mark(projectId, new Set(ofProject.flatMap(({ users }) => users)));
      }
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
      own.end(found.taken);
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

/** Reads the next notes, at most so many, and of no more users than {@link USERS_OF_A_FOLD} but for the last note. */
async function readSome(found: AggregationCursor<NoteDocument>, limit: number): Promise<TakenNotes> {
  const taken: NoteDocument[] = [];
  for (let users = 0; taken.length < limit && users < USERS_OF_A_FOLD; ) {
    const note = await found.next();
    if (note === null) {
      return { taken, hasMore: false };
    }
    taken.push(note);
    users += note.users.length;
  }
  return { taken, hasMore: await found.hasNext() };
}

/** Makes the first segment of a project, unless it is there. */
export async function ensureFirst({ segments }: Connection, projectId: string): Promise<void> {
  const _id = segmentId(projectId, "");
  try {
    await segments.updateOne({ _id }, { $setOnInsert: { first: "", changes: 0, revision: 0 } }, { upsert: true });
  } catch (error) {
    // Another one has just made it.
    if (!isDuplicateKey(error)) {
      throw error;
    }
  }
}

/**
 * Returns the ids of the segments that users belong to.
 *
 * @param firsts the first names of all segments of the project, in order
 */
async function segmentsOf(projectId: string, users: ReadonlySet<string>, firsts: readonly string[]): Promise<string[]> {
  const ids = firsts.map((first) => segmentId(projectId, first));
  const found = new Set<string>();
  let looked = 0;
  for (const user of users) {
    if (++looked % SLICE_USERS === 0) {
      await setImmediate();
    }
    found.add(lastUpTo(ids, segmentId(projectId, user)));
  }
  return [...found];
}
