import type { UserKey } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { type NoteDocument, noteId } from "./documents.ts";

/** The most notes that one statement announces. */
const ENDED_AT_ONCE = 5_000;

/**
 * How old a note is before its instance announces that it has ended, in milliseconds. Before that the job has folded it if
 * it is this instance's, unless it is counting.
 */
const ANNOUNCED_AFTER_MS = 15_000;

/** How many users a fold takes at a time; one more note may go beyond. Their names take some megabytes. */
export const USERS_OF_A_FOLD = 20_000;

/**
 * The notes of users who are about to change. A note is on the disks of most members before anything that it announces,
 * or it is in the same command before it. So no change is without one, whatever crashes when.
 *
 * A note is settled, and can be folded for the last time, when what it announces is over. Its own instance knows when it
 * has ended. Others know when that instance says so, which it does later and of many at once, or when the note is so old
 * that it must have ended.
 */
export interface Notes {
  /** Returns new notes of users, one for each project. They are still to be written. */
  make(users: readonly UserKey[]): NoteDocument[];
  /** Writes notes of users before they change. */
  write(users: readonly UserKey[]): Promise<readonly NoteDocument[]>;
  /** Notes that these are settled. Don't call it after a failure: what was sent may still be done. */
  end(notes: readonly NoteDocument[]): void;
  /**
   * Takes notes that have ended. Whoever takes them folds them for good, or calls `end` with them again.
   *
   * @param projectId takes those of this project; of all when undefined
   */
  take(projectId: string | undefined, limit: number): TakenNotes;
  /** Announces to other instances which notes have ended and were not taken. */
  announceEnded(): Promise<void>;
  /** Announces those that have waited for long enough that another instance should fold them. */
  announceOld(): Promise<void>;
}

/** Some notes, and whether there are more. */
export interface TakenNotes {
  readonly taken: readonly NoteDocument[];
  readonly hasMore: boolean;
}

/** Makes the notes of a database. */
export function createNotes({ notes: collection }: Connection): Notes {
  let ended: NoteDocument[] = [];

  function make(users: readonly UserKey[]): NoteDocument[] {
    const at = new Date();
    const byProject = Map.groupBy(users, ({ projectId }) => projectId);
    return Array.from(byProject, ([project, some]) => {
      return { _id: noteId(project), project, at, users: [...new Set(some.map(({ userHash }) => userHash))] };
    });
  }

  async function announce(notes: readonly NoteDocument[]): Promise<void> {
    for (let start = 0; start < notes.length; start += ENDED_AT_ONCE) {
      const some = new Set(notes.slice(start, start + ENDED_AT_ONCE));
      await collection.updateMany({ _id: { $in: [...some].map(({ _id }) => _id) } }, { $set: { ended: true } });
      ended = ended.filter((note) => !some.has(note));
    }
  }

  return {
    make,

    async write(users) {
      const made = make(users);
      await collection.insertMany(made);
      return made;
    },

    end(notes) {
      ended.push(...notes);
    },

    take(projectId, limit) {
      const found = ended.filter(({ project }) => projectId === undefined || project === projectId);
      const taken = new Set<NoteDocument>();
      let users = 0;
      for (const note of found.slice(0, limit)) {
        if (users >= USERS_OF_A_FOLD) {
          break;
        }
        taken.add(note);
        users += note.users.length;
      }
      ended = ended.filter((note) => !taken.has(note));
      return { taken: [...taken], hasMore: taken.size < found.length };
    },

    announceEnded: () => announce(ended),

    announceOld() {
      const before = Date.now() - ANNOUNCED_AFTER_MS;
      return announce(ended.filter(({ at }) => at.getTime() < before));
    },
  };
}
