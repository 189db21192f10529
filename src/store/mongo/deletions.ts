import type { Collection } from "mongodb";
import type { ProjectStore } from "../projects.ts";
import type { Connection } from "./connection.ts";
import { rangeOf, rangeOfNotes } from "./document-ids.ts";
import type { DeletionDocument } from "./documents.ts";

/** How many documents one statement removes, so that none takes long. */
const SLICE_DOCUMENTS = 1000;

/** What ids are between. */
type IdRange = ReturnType<typeof rangeOf>;

/**
 * The deletion of projects. A note comes first. Then the project goes, then everything recorded for it, a slice at a
 * time. So a deletion that a crash or `close` cuts short is known, and any instance finishes it within seconds. The
 * note stays until no event of the project can be running on any instance; what such events have recorded goes last,
 * with the note.
 */
export interface Deletions extends Pick<ProjectStore, "deleteProject"> {
  /** Finishes the deletions that were cut short, and those whose last events are over. */
  finishLeftOver(): Promise<void>;
}

/** Makes what deletes projects. */
export function createDeletions(connection: Connection): Deletions {
  const { projects, deletions, streaks, events, idempotencyKeys, seats, seatOpenings, rejections, segments, tokens } =
    connection;
  const all = [streaks, events, idempotencyKeys, seats, seatOpenings, rejections, segments];
  const recorded = all as unknown as Collection<{ readonly _id: string }>[];

  async function finish({ _id, siteKey }: DeletionDocument): Promise<void> {
    await connection.run(() => projects.deleteOne({ _id: siteKey, id: _id }));
    await empty(_id);
    await connection.run(() => deletions.updateOne({ _id }, { $set: { emptied: true } }));
  }

  async function empty(projectId: string): Promise<void> {
    for (const collection of recorded) {
      await emptyRange(collection, rangeOf(projectId));
    }
    await emptyRange(connection.notes as unknown as (typeof recorded)[number], rangeOfNotes(projectId));
    await connection.run(() => tokens.deleteMany({ p: projectId }));
  }

  async function emptyRange(collection: (typeof recorded)[number], _id: IdRange): Promise<void> {
    let removed = SLICE_DOCUMENTS;
    while (removed === SLICE_DOCUMENTS) {
      removed = await connection.run(() => removeSlice(collection, _id));
    }
  }

  async function removeSlice(collection: (typeof recorded)[number], range: IdRange): Promise<number> {
    const slice = collection.find({ _id: range }, { projection: { _id: 1 } }).limit(SLICE_DOCUMENTS);
    const ids = (await slice.toArray()).map(({ _id }) => _id);
    if (ids.length > 0) {
      await collection.deleteMany({ _id: { $in: ids } });
    }
    return ids.length;
  }

  return {
    async deleteProject({ siteKey, id }) {
      const noted = await connection.run(async () => {
        if (id !== undefined && (await projects.countDocuments({ _id: siteKey, id })) > 0) {
          const note = { $setOnInsert: { siteKey }, $currentDate: { at: true as const } };
          await deletions.updateOne({ _id: id }, note, { upsert: true });
        }
        return await deletions.find({ siteKey, emptied: { $exists: false } }).toArray();
      });
      for (const note of noted) {
        await finish(note);
      }
      return noted.length > 0;
    },

    async finishLeftOver() {
      const overBy = new Date(Date.now() - connection.underWayMs);
      for (const note of await connection.run(() => deletions.find().sort({ _id: 1 }).toArray())) {
        if (!note.emptied) {
          await finish(note);
        } else if (note.at === undefined || note.at < overBy) {
          await empty(note._id);
          await connection.run(() => deletions.deleteOne({ _id: note._id }));
        }
      }
    },
  };
}
