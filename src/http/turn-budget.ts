/** How long a turn of the event loop serves clients, in milliseconds, before the loop does its other work. */
const TURN_MS = 5;

type Work = () => void;

/**
 * Keeps the turns of the event loop short, however much comes at once. A turn does what it has time for; the next turns
 * do the rest in the order of arrival. Otherwise one turn would serve all the requests of ten thousand clients, and
 * health checks and the store's answers would each wait for half a second. A batch needs several such answers in a row.
 *
 * The order is fair among connections as long as each has little in it at a time: a connection must not add its next
 * piece of work before the one before was done.
 */
export class TurnBudget {
  /** What is short and must not wait behind ordinary work: probes, and reading what clients send. */
  #urgent: Work[] = [];
  #ordinary: Work[] = [];
  /** When the time of this turn is up, on the clock of `performance.now()`; undefined before its first work. */
  #end: number | undefined;

  /** Whether work waits for its turn. */
  get isBusy(): boolean {
    return this.#urgent.length > 0 || this.#ordinary.length > 0;
  }

  /** Whether the time of this turn is up. */
  get isTimeUp(): boolean {
    return this.#end !== undefined && performance.now() > this.#end;
  }

  /** Does a piece of work in this turn or in a later one, and resolves to its result. */
  run<T>(work: () => Promise<T>, isUrgent = false): Promise<T> {
    if (this.#hasTime(isUrgent)) {
      return work();
    }
    return new Promise((resolve, reject) => {
      this.#wait(() => work().then(resolve, reject), isUrgent);
    });
  }

  /** Does a short piece of work in this turn or in a later one, before ordinary work. */
  runUrgent(work: Work): void {
    if (this.#hasTime(true)) {
      work();
    } else {
      this.#wait(work, true);
    }
  }

  /** Does a piece of work in a later turn, or in this one behind all that waits. */
  runLater(work: Work, isUrgent: boolean): void {
    this.#hasTime(isUrgent);
    this.#wait(work, isUrgent);
  }

  #hasTime(isUrgent: boolean): boolean {
    if (this.#end === undefined) {
      this.#end = performance.now() + TURN_MS;
      setImmediate(() => this.#turn());
    }
    const isNext = this.#urgent.length === 0 && (isUrgent || this.#ordinary.length === 0);
    return isNext && performance.now() <= this.#end;
  }

  #wait(work: Work, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#ordinary).push(work);
  }

  #turn(): void {
    if (!this.isBusy) {
      this.#end = undefined;
      return;
    }
    setImmediate(() => this.#turn());
    const start = performance.now();
    this.#end = start + TURN_MS;
    // Half of the time at most, so that a flood of what is urgent does not stop everything else.
    this.#urgent = doUntil(this.#urgent, start + TURN_MS / 2);
    this.#ordinary = doUntil(this.#ordinary, this.#end);
  }
}

/** Does the work that there is time for, at least the first piece. Returns the rest. */
function doUntil(waiting: Work[], end: number): Work[] {
  // What the work adds comes last.
  for (let done = 0; done < waiting.length; ) {
    waiting[done]?.();
    done += 1;
    if (performance.now() > end) {
      return waiting.slice(done);
    }
  }
  return [];
}
