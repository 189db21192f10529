/** How often a client may do what it may do only so often: some times in a burst, and then at a steady rate. */
export class Allowance {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  /** When what is left was last made up for the time that has passed, on the clock of `performance.now()`. */
  #filledAt = performance.now();

  /**
   * @param burst how often at once
   * @param refillSeconds how long it takes until as often is possible again
   */
  constructor(burst: number, refillSeconds: number) {
    this.#burst = burst;
    this.#left = burst;
    this.#perMs = burst / (refillSeconds * 1000);
  }

  /** Uses up one time. Returns false when none is left. */
  spend(): boolean {
    if (this.#left < 1) {
      const now = performance.now();
      this.earn((now - this.#filledAt) * this.#perMs);
      this.#filledAt = now;
    }
    if (this.#left < 1) {
      return false;
    }
    this.#left -= 1;
    return true;
  }

  /** Allows some more times, but never more than a burst. */
  earn(times: number): void {
    this.#left = Math.min(this.#burst, this.#left + times);
  }
}
