/** How long a turn of the event loop serves clients, in milliseconds, before the loop does its other work. */
export const TURN_MS = 5;

/**
 * The longest turn, in milliseconds. A turn is longer than {@link TURN_MS} when the loop's other work took longer: to take
 * what thousands of clients send takes time too, and what waits would wait for many such rounds.
 */
const MAX_TURN_MS = 25;

/** The most pieces of work of one turn, which is more than there is usually time for. */
const MAX_PIECES = 1024;

type Work = () => void;

/** What goes before what. */
const PROBE = 0;
const READ = 1;
const ORDINARY = 2;
type Rank = typeof PROBE | typeof READ | typeof ORDINARY;

/** The shares of a turn that are over when reading goes first, and when ordinary work goes first. Before, probes do. */
const READING_FROM = 0.4;
const ORDINARY_FROM = 0.7;

/**
 * Keeps the turns of the event loop short, however much comes at once. A turn does what it has time for; the next turns
 * do the rest in the order of arrival. Otherwise one turn would serve all the requests of ten thousand clients, and
 * health checks and the store's answers would each wait for half a second. A batch needs several such answers in a row.
 *
 * Probes go first, then reading what clients send, then ordinary work; but each has a share of every turn, so that a flood
 * of one does not stop the others. The order is fair among connections as long as each has little in it at a time: a
 * connection must not add its next piece of work before the one before was done.
 */
export class TurnBudget {
  readonly #queues = [new Queue(), new Queue(), new Queue()] as const;
  /** When the time of this turn is up, on the clock of `performance.now()`; undefined before its first work. */
  #end: number | undefined;
  #length = TURN_MS;
  /** When the last turn was over. */
  #overAt = 0;

  /** Whether work waits for its turn. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Whether the time of this turn is up. */
  get isTimeUp(): boolean {
    return performance.now() > this.#begin();
  }

  /** Does a piece of work in this turn or in a later one, and resolves to its result. Probes go before all others. */
  run<T>(work: () => Promise<T>, isProbe = false): Promise<T> {
    const rank = isProbe ? PROBE : ORDINARY;
    if (this.#hasTime(rank)) {
      return work();
    }
    return new Promise((resolve, reject) => {
      this.#queues[rank].push(() => work().then(resolve, reject));
    });
  }

  /** Reads something that clients send, in this turn or in a later one, before ordinary work. */
  runRead(work: Work): void {
    this.#do(work, READ);
  }

  /** Does a piece of ordinary work in this turn or in a later one. */
  runOrdinary(work: Work): void {
    this.#do(work, ORDINARY);
  }

  /** Resolves in a later turn, or in this one behind all that waits. */
  next(): Promise<void> {
    return new Promise((resolve) => this.runLater(resolve));
  }

  /** Reads something in a later turn, or in this one behind all that is to be read. */
  readLater(work: Work): void {
    this.#begin();
    this.#queues[READ].push(work);
  }

  /** Does a piece of ordinary work in a later turn, or in this one behind all that waits. */
  runLater(work: Work): void {
    this.#begin();
    this.#queues[ORDINARY].push(work);
  }

  get #waiting(): number {
    const [probes, reads, ordinary] = this.#queues;
    return probes.length + reads.length + ordinary.length;
  }

  #do(work: Work, rank: Rank): void {
    if (this.#hasTime(rank)) {
      work();
    } else {
      this.#queues[rank].push(work);
    }
  }

  #begin(): number {
    if (this.#end === undefined) {
      this.#end = performance.now() + TURN_MS;
      setImmediate(this.#turn);
    }
    return this.#end;
  }

  /** Whether work of a rank can be done at once: nothing that goes before it waits, and there is time. */
  #hasTime(rank: Rank): boolean {
    const end = this.#begin();
    const [probes, reads, ordinary] = this.#queues;
    const isNext =
      probes.length === 0 && (rank === PROBE || (reads.length === 0 && (rank === READ || ordinary.length === 0)));
    return isNext && performance.now() <= end;
  }

  /** Plans the next turn, which comes when the event loop has done its other work. */
  readonly #turn = (): void => {
    if (!this.isBusy) {
      this.#end = undefined;
      return;
    }
    this.#start(TURN_MS);
    this.#overAt = performance.now();
    setImmediate(this.#startNext);
    // Each in a callback of its own: what a piece of work leaves to promises is done between two, and takes time too.
    for (let piece = 1; piece < MAX_PIECES && piece < 2 * this.#waiting; piece++) {
      setImmediate(this.#doNext);
    }
    setImmediate(this.#turn);
  };

  readonly #startNext = (): void => {
    const away = performance.now() - this.#overAt;
    this.#start(Math.min(MAX_TURN_MS, Math.max(TURN_MS, away)));
  };

  #start(length: number): void {
    this.#length = length;
    this.#end = performance.now() + length;
    this.#doNext();
  }

  readonly #doNext = (): void => {
    const left = (this.#end ?? 0) - performance.now();
    if (left >= 0) {
      this.#queueFor(1 - left / this.#length).take()?.();
    }
  };

  /** The queue whose work is next, when this share of the turn is over. */
  #queueFor(share: number): Queue {
    const [probes, reads, ordinary] = this.#queues;
    if (share >= ORDINARY_FROM && ordinary.length > 0) {
      return ordinary;
    }
    if (probes.length > 0 && (share < READING_FROM || (reads.length === 0 && ordinary.length === 0))) {
      return probes;
    }
    return reads.length > 0 ? reads : ordinary.length > 0 ? ordinary : probes;
  }
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
