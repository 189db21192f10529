import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** Writes back the log of a database each time it is told to, until it is told to close. */
function main(port: NonNullable<typeof parentPort>): void {
  const database = new DatabaseSync(workerData, { open: false });
  port.on("message", (told: "pass" | "close") => {
    if (told === "close") {
      if (database.isOpen) {
        database.close();
      }
      port.close();
      return;
    }
    try {
      if (!database.isOpen) {
        database.open();
      }
      // PASSIVE holds up nobody: it writes back what is committed so far.
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // A disk that can't be written is told to those whose events it can't take, and a store that is just being closed
      // has its log written back by that.
    }
    port.postMessage("passed");
  });
}

if (parentPort !== null) {
  main(parentPort);
}
