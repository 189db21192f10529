import { Worker } from "node:worker_threads";

/**
 * After how many events the log is written back. Few, since what is written at once keeps the disk busy at once; not fewer,
 * since pages that many events change are then written once.
 */
const EVENTS_A_PASS = 256;

/**
 * Has SQLite's log written back into the database while events come. SQLite does so by itself when the log is full, and
 * then all of it at once, in the thread that should commit events: they would wait 20 to 100 ms for it.
 */
export class WriteBack {
  readonly #thread: Worker;
  readonly #ended: Promise<void>;
  #isWriting = false;
  #events = 0;

  /** @param database the path of the database, which is open */
  constructor(database: string) {
    this.#thread = new Worker(new URL("write-back-thread.ts", import.meta.url), { workerData: database });
    this.#thread.on("message", () => {
      this.#isWriting = false;
    });
    // Without it all goes on: SQLite writes back what nobody else did.
    this.#thread.on("error", (error) => process.emitWarning(error));
    this.#ended = new Promise((resolve) => this.#thread.once("exit", () => resolve()));
  }

  /** To be told of so many events that were committed. */
  note(events: number): void {
    this.#events += events;
    if (this.#events >= EVENTS_A_PASS && !this.#isWriting) {
      this.#events = 0;
      this.#isWriting = true;
      this.#thread.postMessage("pass");
    }
  }

  /** Lets go of the database. The last to do so leaves one whole file. */
  async close(): Promise<void> {
    this.#thread.postMessage("close");
    await this.#ended;
  }
}
