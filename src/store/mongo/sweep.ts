import type { Aliases } from "./aliases.ts";
import { oneOf } from "./apply.ts";
import type { Connection } from "./connection.ts";

/** How often an instance looks for what is to be swept, in milliseconds. */
const EVERY_MS = 5_000;

/**
 * How long after a link a write may still be on its way to the name that was linked, in milliseconds: a client gives up
 * after `socketTimeoutMS`, and the clocks of instances differ.
 */
const SETTLED_AFTER_MS = 15_000;

/** How many names are swept at a time. */
const SWEPT_AT_ONCE = 100;

/** The cleaning up after instances that were killed, or lost the database, in the middle of linking or of a batch. */
export interface Sweep {
  /** Sweeps now and then until the connection is closed. */
  start(): void;
  /** Sweeps what is due. */
  sweep(): Promise<void>;
}

/**
 * A link notes when it was made. Once no write to the name can be under way any more, its merge is finished if nobody has
 * come by to do so, and strays that nobody could take back are removed. Any number of instances may do so at once.
 */
export function createSweep(connection: Connection, aliases: Aliases): Sweep {
  const { streaks, events } = connection;

  async function sweep(): Promise<void> {
    const due = { linkedAt: { $lt: new Date(Date.now() - SETTLED_AFTER_MS) } };
    const found = await streaks
      .find(due, { projection: { p: 1, u: 1 } })
      .limit(SWEPT_AT_ONCE)
      .toArray();
    for (const { p, u } of found) {
      await aliases.finishMerge(p, u);
      const finished = { ...oneOf(p, u), ...due, aliasOf: { $exists: true }, merging: { $exists: false } };
      // Not under one that was linked anew since.
      if ((await streaks.findOne(finished, { projection: { _id: 1 } })) !== null) {
        await events.deleteMany({ p, u });
        await streaks.updateOne(finished, { $unset: { linkedAt: "" } });
      }
    }
  }

  function start(): void {
    const timer = setInterval(() => {
      if (connection.isOpen) {
        // What fails, because the database is away, is still due the next time.
        connection.run(sweep).catch(() => {});
      } else {
        clearInterval(timer);
      }
    }, EVERY_MS);
    timer.unref();
  }

  return { start, sweep: () => connection.run(sweep) };
}
