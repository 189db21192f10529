import { Worker } from "node:worker_threads";
import type { StoreLog } from "../stores.ts";
import type { Passed } from "./write-back-thread.ts";

/**
 * After how many events the log is written back. Few, because a large pass keeps the disk busy. Not fewer, because a
 * page that many events change is then written once.
 */
const EVENTS_A_PASS = 256;

/**
 * Has SQLite's log written back into the database while events come. SQLite does so by itself when the log is full, but
 * then all at once, in the thread that commits events: with many users they would wait 60 ms for it. That is left to do
 * for what else fills the log, such as links and deletions.
 */
export class WriteBack {
  readonly #database: string;
  readonly #log: StoreLog;
  #thread: Worker | undefined;
  #ended: Promise<void> | undefined;
  #isWriting = false;
  #isClosing = false;
  #hasFailed = false;
  #events = 0;

  /**
   * @param database the path of the database
   * @param log is told when the log can't be written back, once until it can be again
   */
  constructor(database: string, log: StoreLog) {
    this.#database = database;
    this.#log = log;
  }

  /** Counts events that were committed, and starts a pass when there are enough. */
  note(events: number): void {
    this.#events += events;
    if (this.#events >= EVENTS_A_PASS && !this.#isWriting) {
      this.#events = 0;
      this.#isWriting = true;
      this.#thread ??= this.#start();
      this.#thread.postMessage("pass");
    }
  }

  /** Closes the database's second connection. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#thread?.postMessage("close");
    await this.#ended;
  }

  #start(): Worker {
    const thread = new Worker(new URL("write-back-thread.ts", import.meta.url), { workerData: this.#database });
    thread.on("message", ({ error }: Passed) => {
      this.#isWriting = false;
      this.#report(error);
    });
    // Without the thread everything goes on: `isWriting` stays set, and commits write back what nobody else does.
    thread.on("error", (error) => this.#report(error));
    this.#ended = new Promise((resolve) => thread.once("exit", () => resolve()));
    return thread;
  }

  #report(error: unknown): void {
    // A store that is closing writes its log back itself.
    if (error !== undefined && !this.#hasFailed && !this.#isClosing) {
      this.#log.warn(
        { err: error },
        "the database's log can't be written back; it grows until it can be, and events may have to wait for it",
      );
    }
    this.#hasFailed = error !== undefined;
  }
}
