import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** Writes back the log of a database each time it is told to, until it is told to close. */
function main(port: NonNullable<typeof parentPort>): void {
  const database = new DatabaseSync(workerData);
  // PASSIVE holds up nobody: it writes back what is committed so far.
  const pass = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  port.on("message", (told: "pass" | "close") => {
    if (told === "close") {
      database.close();
      port.close();
      return;
    }
    try {
      pass.get();
    } catch {
      // A disk that can't be written is told to those whose events it can't take.
    }
    port.postMessage("passed");
  });
}

if (parentPort !== null) {
  main(parentPort);
}
