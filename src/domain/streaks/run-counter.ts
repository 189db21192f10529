import type { Day } from "../day.ts";
import type { FreezeStock } from "./freeze-stock.ts";

/** A series of periods that the rules hold together. */
export interface RuledRun {
  /** Its first day that counts: for a week or month, the day from which it counts. */
  readonly first: Day;
  /** The last day of its last period that counts. */
  readonly last: Day;
  /** What it counts. */
  readonly count: number;
}

/**
 * Is told of each run that ends. A run that began in an excused period, and is given up for the older one, is not told:
 * `current` has never shown it.
 *
 * @param run holds only during the call: another run takes its place then
 * @param wasCurrent whether it was ever the open run that counts the most
 */
export type OnEnd = (run: RuledRun, wasCurrent: boolean) => void;

/** A run that is being counted; `count` is 0 when there is none. */
interface OpenRun {
  first: Day;
  last: Day;
  count: number;
  /** What counts when the run goes on, but not yet: days off that were done since `last`, and covered periods. */
  waiting: number;
}

/**
 * Counts runs from what becomes of one period after another. Two runs can be open at the same time: one goes on over a
 * single miss, and another begins in the middle of the missed period.
 */
export class RunCounter {
  /** The most that any run has counted. */
  best = 0;
  // Both are changed in place: a history has many runs, and objects for all of them would take most of the time.
  /** The run whose latest period is kept. */
  #kept: OpenRun = { first: 0, last: 0, count: 0, waiting: 0 };
  /** The run whose latest period was missed, and excused. */
  #excused: OpenRun = { first: 0, last: 0, count: 0, waiting: 0 };
  readonly #freezeStock: FreezeStock | undefined;
  readonly #onEnd: OnEnd | undefined;

  /** @param freezeStock what can cover a miss; undefined where no rules have freezes */
  constructor(freezeStock?: FreezeStock, onEnd?: OnEnd) {
    this.#freezeStock = freezeStock;
    this.#onEnd = onEnd;
  }

  /** Whether any run is open. */
  get isOpen(): boolean {
    return this.#kept.count > 0 || this.#excused.count > 0;
  }

  /** The open run that counts the most, the older one on a tie; undefined when none is open. */
  get current(): RuledRun | undefined {
    if (!this.isOpen) {
      return undefined;
    }
    const { first, last, count } = this.#isExcused ? this.#excused : this.#kept;
    return { first, last, count };
  }

  /**
   * Adds what is kept from `first` to `last`.
   *
   * @param count what it counts
   * @param periods how many periods are kept: `count` without the done days off between them
   */
  keep(first: Day, last: Day, count: number, periods = count): void {
    if (this.#isExcused) {
      this.#swap();
    }
    this.#excused.count = 0;
    const run = this.#kept;
    if (run.count === 0) {
      run.first = first;
      run.waiting = 0;
    }
    run.count += run.waiting + count;
    run.waiting = 0;
    run.last = last;
    this.best = Math.max(this.best, run.count);
    if (this.#freezeStock !== undefined) {
      this.#freezeStock.endGap();
      this.#freezeStock.earn(periods);
    }
  }

  /** Adds days off that are done. */
  addDaysOff(count: number): void {
    this.#kept.waiting += count;
    this.#excused.waiting += count;
  }

  /**
   * Says that a period was missed. With `neverMissTwice`, it ends only a run that has been excused since it was kept. A
   * freeze may cover the miss before it ends the current run.
   *
   * @returns whether a freeze covers it: then no run can begin in it
   */
  miss(first: Day, last: Day, neverMissTwice: boolean): boolean {
    if (neverMissTwice && !this.#isExcused) {
      this.#swap();
      return false;
    }
    if (this.#freezeStock !== undefined && this.isOpen && this.#cover(this.#freezeStock, first, last)) {
      return true;
    }
    // The other run has begun while this one was open, and has not counted more.
    const isOtherHidden = this.#isExcused;
    this.#end(this.#excused, true);
    if (neverMissTwice) {
      this.#swap();
    } else {
      this.#end(this.#kept, !isOtherHidden);
    }
    this.#freezeStock?.endRun();
    return false;
  }

  /** Ends every run. */
  end(): void {
    const isOtherHidden = this.#isExcused;
    this.#end(this.#excused, true);
    this.#end(this.#kept, !isOtherHidden);
    this.#freezeStock?.endRun();
  }

  /** Begins a run in the middle of a period that is not kept: after `miss`, or when no run is open. */
  begin(first: Day, last: Day): void {
    this.#kept.first = first;
    this.#kept.last = last;
    this.#kept.count = 1;
    this.#kept.waiting = 0;
    this.best = Math.max(this.best, 1);
    if (!this.#isExcused) {
      this.#freezeStock?.earn(1);
    }
  }

  /** Covers a missed period with a freeze, if one can. The current run goes on, and any other is given up. */
  #cover(freezeStock: FreezeStock, first: Day, last: Day): boolean {
    const counted = freezeStock.cover(first, last);
    if (counted === undefined) {
      return false;
    }
    if (this.#isExcused) {
      this.#kept.count = 0;
    }
    (this.#isExcused ? this.#excused : this.#kept).waiting += counted;
    return true;
  }

  /**
   * Whether a run goes on over a miss. It is older than one that has begun in the missed period, and counts at least as
   * much.
   */
  get #isExcused(): boolean {
    return this.#excused.count > 0;
  }

  #swap(): void {
    [this.#kept, this.#excused] = [this.#excused, this.#kept];
  }

  #end(run: OpenRun, wasCurrent: boolean): void {
    if (run.count > 0) {
      this.#onEnd?.(run, wasCurrent);
      run.count = 0;
    }
  }
}
