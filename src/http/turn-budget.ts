/** How long a turn of the event loop serves requests, in milliseconds, before the loop does its other work. */
const TURN_MS = 5;

/**
 * Keeps the turns of the event loop short, however many requests come at once. A turn serves what it has time for; the
 * next turns serve the rest in the order of arrival. Otherwise one turn would serve all the requests of ten thousand
 * clients, and health checks and the store's answers would each wait for half a second. A batch needs several such
 * answers in a row.
 */
export class TurnBudget {
  #waiting: (() => void)[] = [];
  /** When the time of this turn is up, on the clock of `performance.now()`; undefined before its first request. */
  #end: number | undefined;

  /** Does a piece of work in this turn or in a later one, and resolves to its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#end === undefined) {
      this.#end = performance.now() + TURN_MS;
      setImmediate(() => this.#turn());
    }
    if (this.#waiting.length === 0 && performance.now() <= this.#end) {
      return work();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => work().then(resolve, reject));
    });
  }

  #turn(): void {
    if (this.#waiting.length === 0) {
      this.#end = undefined;
      return;
    }
    setImmediate(() => this.#turn());
    const end = performance.now() + TURN_MS;
    this.#end = end;
    let done = 0;
    for (const work of this.#waiting) {
      work();
      done += 1;
      if (performance.now() > end) {
        break;
      }
    }
    this.#waiting = this.#waiting.slice(done);
  }
}
