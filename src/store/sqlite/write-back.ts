import { Worker } from "node:worker_threads";

/**
 * After how many events the log is written back. Few, since what is written at once keeps the disk busy at once; not fewer,
 * since pages that many events change are then written once.
 */
const EVENTS_A_PASS = 256;

/**
 * Has SQLite's log written back into the database while events come. SQLite does so by itself when the log is full, and
 * then all of it at once, in the thread that should commit events: with many users they would wait 60 ms for it. What else
 * fills the log, linking and deleting, is left to that.
 */
export class WriteBack {
  readonly #database: string;
  #thread: Worker | undefined;
  #ended: Promise<void> | undefined;
  #isWriting = false;
  #events = 0;

  /** @param database the path of the database */
  constructor(database: string) {
    this.#database = database;
  }

  /** To be told of so many events that were committed. */
  note(events: number): void {
    this.#events += events;
    if (this.#events >= EVENTS_A_PASS && !this.#isWriting) {
      this.#events = 0;
      this.#isWriting = true;
      this.#thread ??= this.#start();
      this.#thread.postMessage("pass");
    }
  }

  /** Lets go of the database. */
  async close(): Promise<void> {
    this.#thread?.postMessage("close");
    await this.#ended;
  }

  #start(): Worker {
    const thread = new Worker(new URL("write-back-thread.ts", import.meta.url), { workerData: this.#database });
    thread.on("message", () => {
      this.#isWriting = false;
    });
    // All goes on without a thread: `isWriting` stays, and SQLite writes back what nobody else did.
    thread.on("error", (error) => process.emitWarning(error));
    this.#ended = new Promise((resolve) => thread.once("exit", () => resolve()));
    return thread;
  }
}
