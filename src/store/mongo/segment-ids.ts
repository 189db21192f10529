import { LRUCache } from "lru-cache";
import type { Connection } from "./connection.ts";
import { beginningWith, segmentId } from "./document-ids.ts";
import { isDuplicateKey } from "./errors.ts";

/** How many ids are known at most, of all projects: some tens of megabytes. A project has a few hundred of them, or one. */
const KNOWN_IDS = 200_000;

/** After how long the ids are read again that another instance may have changed, in milliseconds. */
const KNOWN_FOR_MS = 30 * 60_000;

/** How many ids come from the server at a time: all those of a project. */
const IDS_OF_A_CURSOR = 10_000;

/** The ids of the segments of projects, in order, as this instance knows them: what others have divided may be missing. */
export interface SegmentIdCache {
  /** Returns those of a project: at least one. */
  idsOf(projectId: string): Promise<readonly string[]>;
  /** Forgets those of a project, since it has others now. */
  forget(projectId: string): void;
}

/** Makes a cache of the ids of projects' segments. */
export function createSegmentIdCache(connection: Connection): SegmentIdCache {
  const known = new LRUCache<string, readonly string[]>({
    maxSize: KNOWN_IDS,
    sizeCalculation: (ids) => ids.length,
    ttl: KNOWN_FOR_MS,
    // Callers get the old ids while newer ones are read, and when they can't be read.
    allowStale: true,
    noDeleteOnFetchRejection: true,
    // A caller that waits gets what was read, even if it was forgotten meanwhile.
    ignoreFetchAbort: true,
    async fetchMethod(projectId) {
      const ids = await readSegmentIds(connection, projectId);
      return ids.length === 0 ? [segmentId(projectId, "")] : ids;
    },
  });
  return {
    idsOf: (projectId) => known.forceFetch(projectId),
    forget(projectId) {
      known.delete(projectId);
    },
  };
}

/** Reads the ids of the segments of a project, in order; none while nothing was counted. */
export async function readSegmentIds({ segments }: Connection, projectId: string): Promise<string[]> {
  const found = segments
    .find(beginningWith(projectId), { projection: { _id: 1 }, batchSize: IDS_OF_A_CURSOR })
    // Whoever makes a segment reads the marks of its neighbour after that: so it must be seen once it is there.
    .withReadConcern({ level: "local" });
  return (await found.sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
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
