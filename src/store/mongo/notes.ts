import type { UserKey } from "../streaks.ts";
import type { Connection } from "./connection.ts";
import { type NoteDocument, noteId } from "./documents.ts";

/** The most notes that one statement says to have ended. */
const ENDED_AT_ONCE = 5_000;

/**
 * The notes of users who are about to change. A note is on the disks of most members before anything that it announces,
 * or it is in the same command before it. So no change is without one, whatever crashes when.
 *
 * A note is settled, and can be folded for the last time, when what it announces is over: when its instance says that it
 * has ended, or when it is so old that it must have. The instance says so later and of many at once, so that no event
 * pays for it.
 */
export interface Notes {
  /** Returns new notes of users, one for each project. They are still to be written. */
  make(users: readonly UserKey[]): NoteDocument[];
  /** Writes notes of users before they change. */
  write(users: readonly UserKey[]): Promise<readonly NoteDocument[]>;
  /** Notes that these are settled. Don't call it after a failure: what was sent may still be done. */
  end(notes: readonly NoteDocument[]): void;
  /** Says which notes have ended since the last time. */
  settle(): Promise<void>;
}

/** Makes the notes of a database. */
export function createNotes({ notes: collection }: Connection): Notes {
  let ended: string[] = [];

  function make(users: readonly UserKey[]): NoteDocument[] {
    const at = new Date();
    const byProject = Map.groupBy(users, ({ projectId }) => projectId);
    return Array.from(byProject, ([project, some]) => {
      return { _id: noteId(project), project, at, users: [...new Set(some.map(({ userHash }) => userHash))] };
    });
  }

  return {
    make,

    async write(users) {
      const made = make(users);
      await collection.insertMany(made);
      return made;
    },

    end(notes) {
      ended.push(...notes.map(({ _id }) => _id));
    },

    async settle() {
      while (ended.length > 0) {
        const some = ended.slice(0, ENDED_AT_ONCE);
        await collection.updateMany({ _id: { $in: some } }, { $set: { ended: true } });
        const said = new Set(some);
        ended = ended.filter((id) => !said.has(id));
      }
    },
  };
}
