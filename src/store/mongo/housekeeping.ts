import { StoreUnavailableError } from "../streak-store.ts";
import type { Connection } from "./connection.ts";

/** How long after one round the next begins, in milliseconds. */
const PAUSE_MS = 5_000;

/**
 * Does chores that no call waits for, at once and then now and again until the connection is closed: what is left undone
 * by an instance that was killed, another finishes within seconds. Any number of instances may do the same at once.
 */
export function startHousekeeping(connection: Connection, chores: readonly (() => Promise<void>)[]): void {
  async function round(): Promise<void> {
    for (const chore of chores) {
      await chore().catch((error: unknown) => {
        // While the database is away there is nothing to say that its callers don't say.
        if (connection.isOpen && !(error instanceof StoreUnavailableError)) {
          process.emitWarning("A chore of the MongoDB store failed; it is tried again.", { detail: String(error) });
        }
      });
    }
    if (connection.isOpen) {
      setTimeout(round, PAUSE_MS).unref();
    }
  }
  void round();
}
