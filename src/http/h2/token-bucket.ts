/** How often something may happen: some times in a burst, and then at a steady rate. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  /** Until when the time that passed has filled the bucket, on the clock of `performance.now()`. */
  #filledAt = performance.now();

  /** @param refillSeconds in how many seconds an empty bucket becomes full */
  constructor(burst: number, refillSeconds: number) {
    this.#burst = burst;
    this.#left = burst;
    this.#perMs = burst / (refillSeconds * 1000);
  }

  /** Takes one. Returns false when there is none. */
  spend(): boolean {
    const now = performance.now();
    this.earn((now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    if (this.#left < 1) {
      return false;
    }
    this.#left -= 1;
    return true;
  }

  /** Adds some, but never more than a burst. */
  earn(times: number): void {
    this.#left = Math.min(this.#burst, this.#left + times);
  }
}
