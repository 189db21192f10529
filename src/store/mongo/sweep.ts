import type { Document } from "mongodb";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { beginningWith } from "./document-ids.ts";
import { oneOf } from "./documents.ts";
import type { Seats } from "./seats.ts";

/** How long after a link its name is swept first, in milliseconds: most running writes are done or lost by then. */
const FIRST_AFTER_MS = 15_000;

/** How many names are read at a time. */
const SWEPT_AT_ONCE = 100;

/**
 * Makes the chore that cleans up after instances that were killed, or lost the database, in the middle of a link or of
 * a batch. A link notes when it was made. Later the sweep finishes its merge, if nobody else has, deletes strays, and
 * passes on the seats that were claimed for its name: once soon, and once more when no write to the name can be running
 * any more.
 */
export function createSweep(connection: Connection, aliases: Aliases, seats: Seats): () => Promise<void> {
  const { streaks, events, underWayMs } = connection;

  /** Sweeps the names that `due` finds, and updates each with `done`, so that `due` finds it no longer. */
  async function sweepDue(due: Document, done: Document): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    let swept = SWEPT_AT_ONCE;
    while (swept === SWEPT_AT_ONCE) {
      const page = streaks.find(due, { projection: { p: 1, u: 1 } });
      swept = 0;
      for (const { p, u } of await page.sort({ linkedAt: 1 }).limit(SWEPT_AT_ONCE).toArray()) {
        try {
          await sweepName(p, u, due, done);
          swept += 1;
        } catch (error) {
          // A name that can't be swept must not keep the other names from being swept.
          failure ??= { error };
        }
      }
    }
    if (failure !== undefined) {
      throw failure.error;
    }
  }

  async function sweepName(p: string, u: string, due: Document, done: Document): Promise<void> {
    await aliases.finishMerge(p, u);
    const finished = { ...oneOf(p, u), ...due, aliasOf: { $exists: true }, merging: { $exists: false } };
    // Nothing is deleted when the name was linked anew since.
    if ((await streaks.findOne(finished, { projection: { _id: 1 } })) !== null) {
      await events.deleteMany(beginningWith(p, u));
      const held = await seats.heldByName(p, u);
      if (held.length > 0) {
        await seats.pass(held, await aliases.userOf(p, u));
      }
      await streaks.updateOne(finished, done);
    }
  }

  return () =>
    connection.run(async () => {
      const now = Date.now();
      const isOlder = (ms: number) => ({ linkedAt: { $lt: new Date(now - ms) } });
      await sweepDue({ ...isOlder(FIRST_AFTER_MS), swept: { $exists: false } }, { $set: { swept: true } });
      await sweepDue(isOlder(underWayMs), { $unset: { linkedAt: "", swept: "" } });
    });
}
