/**
 * Does work on zlib's threads in the order of arrival, a limited number of pieces at once: more pieces than threads
 * would only hold the memory of more bodies.
 */
export class WorkQueue {
  readonly #maxAtOnce: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * @param maxAtOnce how many pieces of work are done at once
   * @param maxWaiting how many pieces of work may wait
   */
  constructor(maxAtOnce: number, maxWaiting: number) {
    this.#maxAtOnce = maxAtOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Whether no more work may wait. */
  get isFull(): boolean {
    return this.#running >= this.#maxAtOnce && this.#waiting.length >= this.#maxWaiting;
  }

  /** Does work when its turn comes, also when the queue is full. Resolves and rejects as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#maxAtOnce) {
      this.#running += 1;
    } else {
      // Whoever is done gives its place to the first that waits.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        next();
      }
    }
  }
}
