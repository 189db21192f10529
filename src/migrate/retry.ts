import { setTimeout } from "node:timers/promises";
import { isUnavailable } from "../store/mongo/errors.ts";
import type { Say } from "./report.ts";

/** How long MongoDB may be away before the migration gives up, in milliseconds: longer than any election. */
const GIVE_UP_MS = 60_000;

/** How long to wait between two attempts, in milliseconds. */
const PAUSE_MS = 1_000;

/** Retries work while MongoDB is away. Only for work that is safe to repeat. */
export class Retry {
  readonly #say: Say;
  #failingSince: number | undefined;

  constructor(say: Say) {
    this.#say = say;
  }

  /** Does `work`, again and again while MongoDB is away for a while. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        const result = await work();
        this.succeeded();
        return result;
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  /** Notes that MongoDB answers. */
  succeeded(): void {
    this.#failingSince = undefined;
  }

  /**
   * Notes that an attempt has failed, and waits a moment. When it returns, the work may be tried again.
   *
   * @throws the error itself when another attempt makes no sense, or attempts have failed for too long
   */
  async failed(error: unknown): Promise<void> {
    const now = Date.now();
    if (!isUnavailable(error) || (this.#failingSince !== undefined && now - this.#failingSince > GIVE_UP_MS)) {
      throw error;
    }
    if (this.#failingSince === undefined) {
      this.#failingSince = now;
      this.#say(`MongoDB can't answer now (${(error as Error).message}); trying again for a minute.`);
    }
    await setTimeout(PAUSE_MS);
  }
}
