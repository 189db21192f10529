import type { Collection } from "mongodb";
import type { StreakStore } from "../streak-store.ts";
import type { Connection } from "./connection.ts";
import type { DeletionDocument } from "./documents.ts";

/** How many documents one statement removes, so that none takes long. */
const SLICE_DOCUMENTS = 1000;

/**
 * The deletion of projects. A note comes first; then the project goes, then what was recorded for it, a slice at a time;
 * last goes the note. So what is cut short, by a crash or by `close`, is known, and any instance finishes it within seconds.
 */
export interface Deletions extends Pick<StreakStore, "deleteProject"> {
  /** Finishes what was cut short. */
  finishLeftOver(): Promise<void>;
}

export function createDeletions(connection: Connection): Deletions {
  const { projects, deletions, streaks, events, intents } = connection;
  const recorded = [streaks, events, intents] as unknown as Collection<{ readonly _id: string; readonly p: string }>[];

  async function finish({ _id, siteKey }: DeletionDocument): Promise<void> {
    await connection.run(() => projects.deleteOne({ _id: siteKey, id: _id }));
    for (const collection of recorded) {
      let removed = SLICE_DOCUMENTS;
      // A slice that is not full was the last: what events under way may add to it then is out of everybody's reach.
      while (removed === SLICE_DOCUMENTS) {
        removed = await connection.run(() => removeSlice(collection, _id));
      }
    }
    await connection.run(() => deletions.deleteOne({ _id }));
  }

  async function removeSlice(collection: (typeof recorded)[number], projectId: string): Promise<number> {
    const slice = collection.find({ p: projectId }, { projection: { _id: 1 } }).limit(SLICE_DOCUMENTS);
    const ids = (await slice.toArray()).map(({ _id }) => _id);
    if (ids.length > 0) {
      await collection.deleteMany({ p: projectId, _id: { $in: ids } });
    }
    return ids.length;
  }

  return {
    async deleteProject(siteKey) {
      const noted = await connection.run(async () => {
        const project = await projects.findOne({ _id: siteKey }, { projection: { id: 1 } });
        if (project !== null) {
          await deletions.updateOne({ _id: project.id }, { $setOnInsert: { siteKey } }, { upsert: true });
        }
        return await deletions.find({ siteKey }).toArray();
      });
      for (const note of noted) {
        await finish(note);
      }
      return noted.length > 0;
    },

    async finishLeftOver() {
      for (const note of await connection.run(() => deletions.find().sort({ _id: 1 }).toArray())) {
        await finish(note);
      }
    },
  };
}
