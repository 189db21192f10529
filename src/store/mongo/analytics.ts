import { Binary } from "mongodb";
import {
  type AnalyticsStore,
  type CountedPiece,
  type CountedSegment,
  type Segment,
  type StoredTallies,
  UNCOUNTED,
} from "../analytics.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, segmentId } from "./document-ids.ts";
import type { SegmentDocument } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import { createFoldChanges } from "./fold-changes.ts";
import { createReadHistories } from "./histories.ts";
import type { Notes } from "./notes.ts";
import { ensureFirst, type SegmentIdCache } from "./segment-ids.ts";

/** What analytics are counted from, and what was counted: each segment a document with its tallies. */
export function createAnalytics(connection: Connection, notes: Notes, segmentIds: SegmentIdCache): AnalyticsStore {
  const { segments } = connection;
  const saveTallies = createSaveTallies(connection, segmentIds);
  return {
    foldChanges: createFoldChanges(connection, notes),

    listSegments: (projectId) =>
      connection.run(async () => {
        const found = segments.find(beginningWith(projectId), { projection: { tallies: 0 } });
        const documents = await found.sort({ _id: 1 }).toArray();
        return documents.length === 0 ? [UNCOUNTED] : documents.map(segmentOf);
      }),

    readTallies: (projectId, firsts) =>
      connection.run(async () => {
        const ids = firsts.map((first) => segmentId(projectId, first));
        const found = await segments.find({ _id: { $in: ids } }, { projection: { tallies: 1, revision: 1 } }).toArray();
        const tallies = new Map(found.map((document) => [document._id, talliesOf(document)]));
        return ids.map((id) => tallies.get(id));
      }),

    readHistories: createReadHistories(connection),

    saveTallies: (projectId, counted) => connection.run(() => saveTallies(projectId, counted)),
  };
}

/**
 * Makes what saves tallies. A segment is divided by making the segments of its right pieces first, uncounted; then its
 * own tallies are saved, and then theirs. They are saved only if nothing had marked the segment by the time when they
 * were there: whoever marks it later sees them, and marks them, too.
 */
function createSaveTallies(connection: Connection, segmentIds: SegmentIdCache): AnalyticsStore["saveTallies"] {
  const { segments, projects } = connection;

  /** Whether the segment is there as it was when counting began. */
  async function isCurrent(projectId: string, { first, revision }: CountedSegment): Promise<boolean> {
    // What was counted of a project that was deleted since would stay for ever.
    if ((await projects.countDocuments({ id: projectId })) === 0) {
      return false;
    }
    if (first === "" && revision === 0) {
      await ensureFirst(connection, projectId);
    }
    return (await segments.countDocuments({ _id: segmentId(projectId, first), revision })) > 0;
  }

  /** Makes the segments of pieces. Returns false when there is one: somebody else has divided the segment. */
  async function addSegments(projectId: string, pieces: readonly CountedPiece[]): Promise<boolean> {
    const documents = pieces.map(({ first, counted: { changes } }): SegmentDocument => {
      return { _id: segmentId(projectId, first), first, changes, revision: NEW };
    });
    try {
      await segments.insertMany(documents);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) {
        return false;
      }
      throw error;
    }
  }

  /** Saves the tallies of a piece unless its segment has another revision. Returns the changes of the segment. */
  async function save(projectId: string, piece: CountedPiece, revision: number): Promise<number | undefined> {
    const { first, counted, tallies } = piece;
    const { end, ...fields } = counted;
    const saved = await segments.findOneAndUpdate(
      { _id: segmentId(projectId, first), revision },
      {
        $set: { counted: { ...fields, ...(end !== undefined && { end }) }, tallies: new Binary(tallies) },
        $inc: { revision: 1 },
      },
      { projection: { changes: 1 } },
    );
    return saved?.changes;
  }

  /** Returns whether the left piece was saved. */
  async function savePieces(projectId: string, segment: CountedSegment): Promise<boolean> {
    const [left, ...right] = segment.pieces as readonly [CountedPiece, ...CountedPiece[]];
    if (right.length > 0 && !(await addSegments(projectId, right))) {
      return false;
    }
    const changes = await save(projectId, left, segment.revision);
    if (changes === left.counted.changes) {
      for (const piece of right) {
        await save(projectId, piece, NEW);
      }
    }
    return changes !== undefined;
  }

  return async (projectId, segment) => {
    if (!(await isCurrent(projectId, segment))) {
      return false;
    }
    try {
      return await savePieces(projectId, segment);
    } finally {
      if (segment.pieces.length > 1) {
        segmentIds.forget(projectId);
      }
    }
  };
}

/** The revision of a segment that was just made of a right piece, until it is counted. */
const NEW = 1;

function segmentOf({ first, changes, revision, counted }: SegmentDocument): Segment {
  return { first, changes, revision, counted: counted && { ...counted, end: counted.end } };
}

function talliesOf({ revision, tallies }: SegmentDocument): StoredTallies | undefined {
  return tallies && { revision, tallies: new Uint8Array(tallies.value()) };
}
