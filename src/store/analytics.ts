import type { UserHistory } from "../domain/analytics/history.ts";

export type { HistoryEvent, UserHistory } from "../domain/analytics/history.ts";

/**
 * What analytics are counted from, and what was counted.
 *
 * The users of a project are divided into segments: ranges of their names, in the order of the store. For each segment
 * the store keeps its tallies, which are a pure function of what is recorded for its users. Whatever changes what is
 * recorded for a user also notes that change, in the same commit or before it. Folding the notes marks segments as
 * changed, and a changed segment is counted again as a whole. So counting again is always right: tallies and raw events
 * agree, whatever was late, repeated, merged or cut short.
 */
export interface AnalyticsStore {
  /**
   * Folds noted changes into `changes` of the segments of their users, and removes the notes that are settled. A note
   * is settled when what it announces is committed for certain.
   *
   * @param projectId folds all notes of this project, also those that are not settled, which stay; undefined folds the
   *   settled notes of all projects
   * @param limit the most notes to fold; at least 1. A note is of one segment in a store that remembers what has changed,
   *   and of several in one that writes notes. A call may fold fewer, so that none takes long: see `hasMore`
   */
  foldChanges(projectId: string | undefined, limit: number): Promise<FoldedChanges>;
  /**
   * Returns the segments of a project in order. There is always one: while nothing was counted, it has all users, and
   * has no tallies.
   */
  listSegments(projectId: string): Promise<Segment[]>;
  /** Returns the tallies of segments by their `first`, in the same order; undefined for one that has none, or is gone. */
  readTallies(projectId: string, firsts: readonly string[]): Promise<(StoredTallies | undefined)[]>;
  /**
   * Returns some of the users of a segment, in order, with all that is recorded for each, without aliases. The work of a
   * call is bounded, except that a user is never divided.
   */
  readHistories(range: HistoryRange): Promise<HistorySlice>;
  /**
   * Saves what was counted of a segment, in one piece or in several, which then are segments of their own. Returns
   * false, and saves nothing, when the segment has another `revision` by now. A call that is cut short leaves segments
   * whose `end` is not the `first` of the next one: they have to be counted again.
   */
  saveTallies(projectId: string, counted: CountedSegment): Promise<boolean>;
}

/** What became of noted changes. */
export interface FoldedChanges {
  /** The projects of the folded notes. */
  readonly projectIds: readonly string[];
  /** Whether there are more notes to fold. */
  readonly hasMore: boolean;
  /** When the oldest of the notes that were not folded was made, in epoch milliseconds; undefined when all were folded. */
  readonly oldestLeft: number | undefined;
}

/** A segment of the users of a project: those from `first` on, up to the `first` of the next segment. */
export interface Segment {
  /** The least name that belongs to it; empty for the first segment. It identifies the segment in its project. */
  readonly first: string;
  /** How often its users were marked as changed. */
  readonly changes: number;
  /** Changes with every save. */
  readonly revision: number;
  /** What was counted last; undefined when nothing was. */
  readonly counted: Counted | undefined;
}

/** The one segment of a project of which nothing was counted. */
export const UNCOUNTED: Segment = { first: "", changes: 0, revision: 0, counted: undefined };

/** What the tallies of a segment stand for. */
export interface Counted {
  /** The `changes` that the segment had when counting began. */
  readonly changes: number;
  /** The `first` of the next segment at that time; undefined when there was none. */
  readonly end: string | undefined;
  /** What the tallies depend on beside the records: opaque to the store. */
  readonly settings: string;
  /** When counting began, in epoch milliseconds. */
  readonly time: number;
  /** How many users it has. */
  readonly users: number;
}

/** The tallies of a segment. */
export interface StoredTallies {
  /** The `revision` of the segment with these tallies. */
  readonly revision: number;
  readonly tallies: Uint8Array;
}

/** Which histories to read. */
export interface HistoryRange {
  readonly projectId: string;
  /** The first name, which is included. */
  readonly first: string;
  /** The name before which to end; undefined for no end. */
  readonly end: string | undefined;
  /** The `last` of the slice before; undefined for the first slice. */
  readonly after: string | undefined;
  /**
   * The events whose actions are counted, for each day. The histories have no actions of other events. Absent where there
   * are none.
   */
  readonly actionEvents?: readonly string[];
}

/** A part of a range of histories. */
export interface HistorySlice {
  readonly histories: readonly UserHistory[];
  /** The name up to which the range was read; undefined at its end. */
  readonly last: string | undefined;
}

/** What was counted of a segment. */
export interface CountedSegment {
  readonly first: string;
  /** The `revision` that the segment had when counting began. */
  readonly revision: number;
  /** At least one, in order: the first begins where the segment begins. */
  readonly pieces: readonly CountedPiece[];
}

/** A piece of a segment, with its tallies. */
export interface CountedPiece {
  readonly first: string;
  readonly counted: Counted;
  readonly tallies: Uint8Array;
}
