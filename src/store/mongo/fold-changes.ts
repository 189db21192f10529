import type { AnalyticsStore, FoldedChanges } from "../analytics.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, type NoteDocument, rangeOfNotes, segmentId } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";

/** Makes what folds notes. Any number of instances may fold the same notes at once: a segment is marked once too often. */
export function createFoldChanges(connection: Connection, own: Notes): AnalyticsStore["foldChanges"] {
  const { notes, segments, projects } = connection;

  /** Returns notes of a range: settled ones, oldest first, or those that are not. */
  async function readNotes(projectId: string | undefined, isSettled: boolean, limit: number): Promise<NoteDocument[]> {
    const settled = { $or: [{ ended: true }, { at: { $lt: new Date(Date.now() - connection.underWayMs) } }] };
    const found = notes.aggregate<NoteDocument>([
      { $match: { _id: rangeOfNotes(projectId) } },
      { $match: isSettled ? settled : { $nor: settled.$or } },
      { $sort: { at: 1 } },
      ...(limit === 0 ? [] : [{ $limit: limit }]),
    ]);
    return await found.toArray();
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
      const changed = segmentsOf(projectId, users, before);
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

  async function oldestOf(projectId: string | undefined): Promise<number | undefined> {
    const [oldest] = await notes
      .aggregate<{ at: Date }>([
        { $match: { _id: rangeOfNotes(projectId) } },
        { $group: { _id: null, at: { $min: "$at" } } },
      ])
      .toArray();
    return oldest?.at.getTime();
  }

  async function fold(projectId: string | undefined, limit: number): Promise<FoldedChanges> {
    await own.settle();
    // Those that are not settled first: one that gets settled meanwhile is then found again.
    const unsettled = projectId === undefined ? [] : await readNotes(projectId, false, 0);
    const settled = await readNotes(projectId, true, limit + 1);
    const folded = settled.slice(0, limit);
    await markAll([...unsettled, ...folded]);
    if (folded.length > 0) {
      await notes.deleteMany({ _id: { $in: folded.map(({ _id }) => _id) } });
    }
    const hasMore = settled.length > limit;
    const isAnyLeft = projectId === undefined || hasMore;
    return {
      projectIds: [...new Set([...unsettled, ...folded].map(({ project }) => project))],
      hasMore,
      oldestLeft: isAnyLeft ? await oldestOf(projectId) : undefined,
    };
  }

  return (projectId, limit) => connection.run(() => fold(projectId, limit));
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
function segmentsOf(projectId: string, users: ReadonlySet<string>, firsts: readonly string[]): string[] {
  const ids = firsts.map((first) => segmentId(projectId, first));
  const inOrder = ids.map((id) => Buffer.from(id));
  const found = new Set<string>();
  for (const user of users) {
    const key = Buffer.from(segmentId(projectId, user));
    let low = 0;
    let high = inOrder.length;
    // The last segment that does not begin after the user.
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(inOrder[middle] as Buffer, key) <= 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    found.add(ids[low] as string);
  }
  return [...found];
}
