/** How long a turn of the event loop serves clients, in milliseconds, before the loop does its other work. */
export const TURN_MS = 5;

/** The most pieces of work of one turn, which is more than there is usually time for. */
const MAX_PIECES = 256;

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
  readonly #urgent = new Queue();
  readonly #ordinary = new Queue();
  /** When the time of this turn is up, on the clock of `performance.now()`; undefined before its first work. */
  #end: number | undefined;

  /** Whether work waits for its turn. */
  get isBusy(): boolean {
    return this.#urgent.length > 0 || this.#ordinary.length > 0;
  }

  /** Whether the time of this turn is up. */
  get isTimeUp(): boolean {
    return performance.now() > this.#begin();
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

  /** Does a piece of ordinary work in this turn or in a later one. */
  runOrdinary(work: Work): void {
    if (this.#hasTime(false)) {
      work();
    } else {
      this.#wait(work, false);
    }
  }

  /** Resolves in a later turn, or in this one behind all that waits. */
  next(): Promise<void> {
    return new Promise((resolve) => this.runLater(resolve, false));
  }

  /** Does a piece of work in a later turn, or in this one behind all that waits. */
  runLater(work: Work, isUrgent: boolean): void {
    this.#begin();
    this.#wait(work, isUrgent);
  }

  #begin(): number {
    if (this.#end === undefined) {
      this.#end = performance.now() + TURN_MS;
      setImmediate(this.#turn);
    }
    return this.#end;
  }

  #hasTime(isUrgent: boolean): boolean {
    const end = this.#begin();
    const isNext = this.#urgent.length === 0 && (isUrgent || this.#ordinary.length === 0);
    return isNext && performance.now() <= end;
  }

  #wait(work: Work, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#ordinary).push(work);
  }

  readonly #turn = (): void => {
    if (!this.isBusy) {
      this.#end = undefined;
      return;
    }
    this.#end = performance.now() + TURN_MS;
    this.#doNext();
    // Each in a callback of its own: what a piece of work leaves to promises is done between two, and takes time too.
    for (let piece = Math.min(this.#urgent.length + this.#ordinary.length, MAX_PIECES); piece > 0; piece--) {
      setImmediate(this.#doNext);
    }
    setImmediate(this.#turn);
  };

  readonly #doNext = (): void => {
    const left = (this.#end ?? 0) - performance.now();
    if (left >= 0) {
      // Half of the time at most, so that a flood of what is urgent does not stop everything else.
      const isUrgent = this.#urgent.length > 0 && (left > TURN_MS / 2 || this.#ordinary.length === 0);
      (isUrgent ? this.#urgent : this.#ordinary).take()?.();
    }
  };
}

/** How many entries of a queue may be empty, at the least, before it is made shorter. */
const MIN_EMPTY = 1_024;

/** Work in the order of arrival. */
export class Queue {
  #work: (Work | undefined)[] = [];
  #taken = 0;

  get length(): number {
    return this.#work.length - this.#taken;
  }

  /** How many entries it keeps, those of what was taken included. */
  get capacity(): number {
    return this.#work.length;
  }

  push(work: Work): void {
    this.#work.push(work);
  }

  take(): Work | undefined {
    const work = this.#work[this.#taken];
    this.#work[this.#taken] = undefined;
    this.#taken += 1;
    // In a flood it may never become empty. It moves no entry more than once for each that is taken.
    if (this.#taken >= MIN_EMPTY && this.#taken >= this.#work.length / 2) {
      this.#work.splice(0, this.#taken);
      this.#taken = 0;
    }
    return work;
  }
}
