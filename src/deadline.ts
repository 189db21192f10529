import { StreakdError } from "./errors.ts";

/**
 * How long a call lasts at most, in milliseconds, however long its caller would wait: longer calls would fill the
 * queue. So what a batch knows of users and projects is no older than that.
 */
export const MAX_CALL_MS = 30_000;

/** When the caller of a method stops waiting, and what it is told when that moment comes first. */
export class Deadline {
  /** On the clock of `performance.now()`, in milliseconds. */
  readonly at: number;
  /** What has held the call up, as far as it is known. */
  reason: StreakdError | undefined;
  readonly #otherwise: StreakdError["code"];

  /**
   * @param timeoutMs how long the caller waits from now on, in milliseconds
   * @param otherwise what the caller is told when nothing is known to have held the call up
   */
  constructor(timeoutMs: number, otherwise: "DEADLINE_EXCEEDED" | "OVERLOADED" = "DEADLINE_EXCEEDED") {
    this.at = performance.now() + timeoutMs;
    this.#otherwise = otherwise;
  }

  get isOver(): boolean {
    return performance.now() >= this.at;
  }

  /** The error of a call that is late. */
  error(): StreakdError {
    const message = "No answer came in time. Ask again: what was recorded by then is not recorded twice.";
    return this.reason ?? new StreakdError(this.#otherwise, message);
  }

  /** To be called before each piece of work that nobody needs any more once it is too late. */
  check(): void {
    if (this.isOver) {
      throw this.error();
    }
  }
}
