import type { StoreLog } from "../stores.ts";
import { StoreUnavailableError } from "../unavailable.ts";
import type { Connection } from "./connection.ts";

/** How long after a round the next one begins, in milliseconds. */
const PAUSE_MS = 5_000;

/** Work that no call waits for. */
export interface Chore {
  /** What the log calls it. */
  readonly name: string;
  run(): Promise<void>;
}

/**
 * Does chores at once, and then in rounds until the connection is closed. What a killed instance leaves undone, another
 * finishes within seconds. Any number of instances may do the same at once.
 *
 * @param log is told when a chore fails, unless the database is away: then the callers of the store are told
 */
export function startHousekeeping(connection: Connection, chores: readonly Chore[], log: StoreLog): void {
  async function round(): Promise<void> {
    for (const { name, run } of chores) {
      await run().catch((error: unknown) => {
        if (connection.isOpen && !(error instanceof StoreUnavailableError)) {
          log.warn({ err: error, chore: name }, "a chore of the MongoDB store failed; the next round tries it again");
        }
      });
    }
    if (connection.isOpen) {
      setTimeout(round, PAUSE_MS).unref();
    }
  }
  void round();
}
