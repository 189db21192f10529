import type { UserKey } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import type { NoteDocument } from "./documents.ts";
import { type Cover, NoteWindow } from "./note-window.ts";
import type { SegmentIdCache } from "./segment-ids.ts";

/** The most notes of which one statement says that they have ended. */
const ENDED_AT_ONCE = 5_000;

/**
 * How old a note is before its instance tells the others that it has ended, in milliseconds. Before that the job has folded
 * it if it is this instance's, unless it is counting.
 */
const PUBLISHED_AFTER_MS = 15_000;

/** How many ranges a fold takes at a time; one more note may go beyond. Looking them up takes some milliseconds. */
export const RANGES_OF_A_FOLD = 5_000;

/**
 * The notes of users who are about to change. A note is on the disks of most members before anything that relies on it,
 * or it is in the same command before it. So no change is without one, whatever crashes when.
 *
 * A note covers whole segments, and further changes may rely on it for some seconds: its window. So where much is
 * recorded, few changes need a note of their own.
 *
 * A note is settled, and can be folded for the last time, when its window is closed and everything that relied on it is
 * over. Its own instance knows when that is. Others know when that instance says so, which it does later and of many at
 * once, or when the note is so old that it must be over.
 */
export interface Notes {
  /** Returns what covers users while they change. */
  cover(users: readonly UserKey[]): Promise<Cover>;
  /** The same, with all notes written. */
  write(users: readonly UserKey[]): Promise<Cover>;
  /**
   * Takes notes that are settled. Whoever takes them folds them for good, or gives them back. Closes windows, so that what
   * is not taken now is settled soon.
   *
   * @param projectId takes those of this project; of all when undefined
   */
  take(projectId: string | undefined, limit: number): TakenNotes;
  giveBack(notes: readonly NoteDocument[]): void;
  /** Closes all windows, and tells other instances which notes have ended and were not taken. */
  publishEnded(): Promise<void>;
  /** The same of those that have waited for long enough that another instance should fold them. */
  publishOld(): Promise<void>;
}

/** Some notes, and whether there are more. */
export interface TakenNotes {
  readonly taken: readonly NoteDocument[];
  readonly hasMore: boolean;
}

/** Makes the notes of a database. */
export function createNotes({ notes: collection }: Connection, segmentIds: SegmentIdCache): Notes {
  const open = new Map<string, NoteWindow>();
  let ended: NoteDocument[] = [];

  function close(window: NoteWindow): void {
    open.delete(window.projectId);
    window.close();
  }

  function closeWhere(isMeant: (window: NoteWindow) => boolean): void {
    for (const window of [...open.values()].filter(isMeant)) {
      close(window);
    }
  }

  /** Returns the window of a project that changes can begin in now. A new one has the segments with these ids. */
  function windowOf(projectId: string, ids: readonly string[]): NoteWindow {
    const found = open.get(projectId);
    if (found !== undefined && !found.isOver(Date.now())) {
      return found;
    }
    if (found !== undefined) {
      close(found);
    }
    const window = new NoteWindow(projectId, ids, (notes) => ended.push(...notes));
    open.set(projectId, window);
    return window;
  }

  async function cover(users: readonly UserKey[]): Promise<Cover> {
    const byProject = [...Map.groupBy(users, ({ projectId }) => projectId)];
    const ids = await Promise.all(byProject.map(([projectId]) => segmentIds.idsOf(projectId)));
    // From here on without waiting: nothing may rely on a window that was closed meanwhile.
    const covers = byProject.map(([projectId, ofProject], index) =>
      windowOf(projectId, ids[index] as readonly string[]).cover(ofProject),
    );
    return {
      notes: covers.flatMap(({ notes }) => notes),
      markWritten() {
        for (const one of covers) {
          one.markWritten();
        }
      },
      end() {
        for (const one of covers) {
          one.end();
        }
      },
    };
  }

  async function publish(notes: readonly NoteDocument[]): Promise<void> {
    for (let start = 0; start < notes.length; start += ENDED_AT_ONCE) {
      const some = new Set(notes.slice(start, start + ENDED_AT_ONCE));
      const _id = { $in: [...some].map((note) => note._id) };
      const { matchedCount } = await collection.updateMany({ _id }, { $set: { ended: true } });
      if (matchedCount < some.size) {
        await writeAgain([...some]);
      }
      ended = ended.filter((note) => !some.has(note));
    }
  }

  /**
   * Writes those notes that are gone. Another instance has folded them as too old, because this one's clock is slow or it
   * stood still; what relied on them may have been done after that. Others are written for nothing: what this instance has
   * folded in this moment, and notes of projects that were deleted.
   */
  async function writeAgain(notes: readonly NoteDocument[]): Promise<void> {
    await collection.bulkWrite(
      notes.map(({ _id, ...fields }) => {
        return { updateOne: { filter: { _id }, update: { $set: { ...fields, ended: true } }, upsert: true } };
      }),
      { ordered: false },
    );
  }

  return {
    cover,

    async write(users) {
      const covered = await cover(users);
      if (covered.notes.length > 0) {
        await collection.insertMany([...covered.notes]);
      }
      covered.markWritten();
      return covered;
    },

    take(projectId, limit) {
      // What is ended is folded first, page by page: closing what opens meanwhile would never come to an end.
      if (projectId !== undefined || ended.length === 0) {
        closeWhere((window) => projectId === undefined || window.projectId === projectId);
      }
      const found = ended.filter(({ project }) => projectId === undefined || project === projectId);
      const taken = new Set<NoteDocument>();
      let ranges = 0;
      for (const note of found.slice(0, limit)) {
        if (ranges >= RANGES_OF_A_FOLD) {
          break;
        }
        taken.add(note);
        ranges += note.ranges.length;
      }
      ended = ended.filter((note) => !taken.has(note));
      return { taken: [...taken], hasMore: taken.size < found.length };
    },

    giveBack(notes) {
      ended.push(...notes);
    },

    async publishEnded() {
      closeWhere(() => true);
      await publish([...ended]);
    },

    async publishOld() {
      const now = Date.now();
      closeWhere((window) => window.isOver(now));
      await publish(ended.filter(({ at }) => at.getTime() < now - PUBLISHED_AFTER_MS));
    },
  };
}
