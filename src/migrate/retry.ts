import { setTimeout } from "node:timers/promises";
import { isUnavailable } from "../store/mongo/errors.ts";

/** How long MongoDB may be away before the move gives up, in milliseconds: longer than any election. */
const PATIENCE_MS = 60_000;

/** How long to wait between two tries, in milliseconds. */
const PAUSE_MS = 1_000;

/** Tells the operator something. */
export type Say = (line: string) => void;

/** How failures are borne that may be gone the next time. Only for what is safe to do again. */
export class Patience {
  readonly #say;
  #failingSince: number | undefined;

  constructor(say: Say) {
    this.#say = say;
  }

  /** Does `work`, again and again while MongoDB is away for a while. */
  async do<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        const result = await work();
        this.worked();
        return result;
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  /** Something worked. */
  worked(): void {
    this.#failingSince = undefined;
  }

  /**
   * Something failed. Waits a moment, after which it may be tried again.
   *
   * @throws the error itself when that makes no sense, or has been tried for too long
   */
  async failed(error: unknown): Promise<void> {
    const now = Date.now();
    if (!isUnavailable(error) || (this.#failingSince !== undefined && now - this.#failingSince > PATIENCE_MS)) {
      throw error;
    }
    if (this.#failingSince === undefined) {
      this.#failingSince = now;
      this.#say(`MongoDB can't answer now (${(error as Error).message}); trying again for a minute.`);
    }
    await setTimeout(PAUSE_MS);
  }
}
