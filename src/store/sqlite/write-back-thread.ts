import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** What the thread says after each pass; `error` says why the pass has failed. */
export interface Passed {
  readonly error?: unknown;
}

/** Writes back the log of a database each time it is told to, until it is told to close. */
function main(port: NonNullable<typeof parentPort>): void {
  const database = new DatabaseSync(workerData, { open: false });

  function pass(): Passed {
    try {
      if (!database.isOpen) {
        database.open();
      }
      // PASSIVE blocks nobody: it writes back what is committed so far.
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      return {};
    } catch (error) {
      return { error };
    }
  }

  port.on("message", (request: "pass" | "close") => {
    if (request === "pass") {
      port.postMessage(pass());
      return;
    }
    if (database.isOpen) {
      database.close();
    }
    port.close();
  });
}

if (parentPort !== null) {
  main(parentPort);
}
