/** For how long a turn of the event loop serves requests before what else there is to do comes next, in milliseconds. */
const TURN_MS = 5;

/**
 * Keeps the turns of the event loop short, however many requests come at once. A turn serves what it has time for, and the
 * next ones serve the rest in the order in which it came. With some ten thousand clients one turn would otherwise be all of
 * their requests: the store's answers, of which a batch needs several one after the other, and health checks would each
 * wait for half a second.
 */
export class TurnBudget {
  #waiting: (() => void)[] = [];
  /** When the time of this turn is up, on the clock of `performance.now()`; undefined before its first request. */
  #end: number | undefined;

  /** Does a piece of work in this turn or in one of the next, and resolves to what the work resolves to. */
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
