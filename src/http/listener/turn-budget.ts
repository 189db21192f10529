/** For how long requests are served before what else there is to do has its turn, in milliseconds. */
const TURN_MS = 5;

/**
 * Keeps the turns of the event loop short, however much comes at once. What a turn has no time for is served in the next
 * ones, in the order in which it came. Otherwise, with some ten thousand clients, one turn is all of their requests: the
 * store's answers, of which a batch needs several one after the other, and health checks would each wait for half a second.
 */
export class Pace {
  #waiting: (() => void)[] = [];
  /** When the time of this turn is up, on the clock of `performance.now()`; undefined before its first request. */
  #end: number | undefined;

  /** Serves a request, now or in one of the next turns. Answers whether it was now. */
  serve(request: () => void): boolean {
    if (this.#end === undefined) {
      this.#end = performance.now() + TURN_MS;
      setImmediate(() => this.#turn());
    }
    if (this.#waiting.length > 0 || performance.now() > this.#end) {
      this.#waiting.push(request);
      return false;
    }
    request();
    return true;
  }

  #turn(): void {
    if (this.#waiting.length === 0) {
      this.#end = undefined;
      return;
    }
    setImmediate(() => this.#turn());
    const end = performance.now() + TURN_MS;
    this.#end = end;
    let served = 0;
    for (const request of this.#waiting) {
      request();
      served += 1;
      if (performance.now() > end) {
        break;
      }
    }
    this.#waiting = this.#waiting.slice(served);
  }
}
