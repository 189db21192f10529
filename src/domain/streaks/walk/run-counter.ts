import type { Day } from "../../day.ts";
import { EARLIEST, LATEST } from "../days/bits.ts";
import type { EndedRuns } from "./ended-runs.ts";
import type { FreezeStock } from "./freeze-stock.ts";
import { type EndObserver, onlyPartOf, type RuledRun, type RunObserver } from "./ruled-run.ts";

/** A run that is being counted; `count` is 0 when there is none. */
interface OpenRun {
  first: Day;
  last: Day;
  count: number;
  /** What counts as soon as a later period counts: done days off since `last`, and covered periods. */
  waiting: number;
}

/** What a counter works with, and whom it tells. */
export interface RunCounterParts {
  /** What can cover a miss; absent where no rules have freezes. */
  readonly freezeStock?: FreezeStock | undefined;
  /** Gets the runs that end; absent where nobody repairs any. */
  readonly endedRuns?: EndedRuns | undefined;
  readonly endObserver?: EndObserver | undefined;
  readonly runObserver?: RunObserver | undefined;
}

/**
 * Counts runs from what becomes of one period after another.
 *
 * At most two runs are open. `#excused` goes on over a single miss: `current` shows it, since it is older and counts at
 * least as much. `#kept` has kept its latest period, or has begun in the middle of the missed one. The next kept or
 * covered period gives the newer run up; the next miss that is not covered ends the older one.
 */
export class RunCounter {
  /** The most that any run has counted. */
  best = 0;
  // Both are changed in place: a history has many runs, and objects for all of them would take most of the time.
  /** The run that has kept its latest period, or has begun in the middle of a missed one. */
  #kept: OpenRun = { first: 0, last: 0, count: 0, waiting: 0 };
  /** The run whose latest period was missed, and excused. */
  #excused: OpenRun = { first: 0, last: 0, count: 0, waiting: 0 };
  readonly #freezeStock: FreezeStock | undefined;
  readonly #endedRuns: EndedRuns | undefined;
  readonly #endObserver: EndObserver | undefined;
  readonly #runObserver: RunObserver | undefined;
  /** Whether it matters with which day a run ends. */
  readonly asksForEnds: boolean;

  constructor({ freezeStock, endedRuns, endObserver, runObserver }: RunCounterParts) {
    this.asksForEnds = endedRuns !== undefined || runObserver !== undefined;
    this.#freezeStock = freezeStock;
    this.#endedRuns = endedRuns;
    this.#endObserver = endObserver;
    this.#runObserver = runObserver;
  }

  /** Returns an independent copy, which tells nobody of its runs. */
  fork(parts: Pick<RunCounterParts, "freezeStock" | "endedRuns">): RunCounter {
    const fork = new RunCounter(parts);
    fork.best = this.best;
    fork.#kept = { ...this.#kept };
    fork.#excused = { ...this.#excused };
    return fork;
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
    const { first, last, count } = this.#shown;
    return { first, last, count };
  }

  /**
   * The first day from which on runs that end may matter to freezes, to a repair or to an observer. Of those that end
   * before, only their count matters, as it may be the best. For a walk that can't say of each run on which day it ends;
   * others ask `followsRuns`, which is more exact.
   */
  get followedFrom(): Day {
    return this.#freezeStock === undefined && !this.asksForEnds ? (this.#endObserver?.from ?? LATEST) : EARLIEST;
  }

  /**
   * Whether runs that end from `first` to `last` may matter so. It knows how far back repairs reach. Must be asked in
   * the order of the days: see {@link EndedRuns.reaches}.
   */
  followsRuns(first: Day, last: Day): boolean {
    return (
      this.#freezeStock !== undefined ||
      this.#runObserver !== undefined ||
      (this.#endObserver?.from ?? LATEST) <= last ||
      (this.#endedRuns?.reaches(first, last) ?? false)
    );
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
    if (this.#runObserver !== undefined) {
      this.#runObserver.grew(run, run.count - count, first, last);
    }
  }

  /** Adds days off that are done. */
  addDaysOff(count: number): void {
    this.#kept.waiting += count;
    this.#excused.waiting += count;
  }

  /**
   * Takes a missed period. First, `neverMissTwice` excuses the first miss of a gap. Else a freeze may cover it. Else
   * the run that `current` shows ends: with `neverMissTwice`, a run that began in the excused period is then excused
   * itself; without, every run ends.
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
    this.#end(this.#excused, true, last);
    if (neverMissTwice) {
      this.#swap();
      this.#tellNewCurrent();
    } else {
      this.#end(this.#kept, !isOtherHidden, last);
    }
    this.#freezeStock?.endRun();
    return false;
  }

  /**
   * Covers gaps of a word at once, as {@link FreezeStock.coverGaps} does. The freezes have then counted the kept days
   * before these gaps, but the run has not: they are still to be added with `keep`, as no periods, and what is covered
   * with `addCovered`.
   */
  coverGaps(start: Day, kept: number, missed: number): number {
    return this.#runObserver === undefined ? (this.#freezeStock?.coverGaps(start, kept, missed) ?? 0) : 0;
  }

  /** Adds what covered periods count. The kept periods before them must have been added. */
  addCovered(periods: number): void {
    this.#shown.waiting += periods * (this.#freezeStock?.countedIfCovered ?? 0);
  }

  /** Takes missed days in a row. */
  missDays(first: Day, last: Day, neverMissTwice: boolean): void {
    // When no run is open any more, there is nothing to miss.
    for (let day = first; day <= last && this.isOpen; day++) {
      this.miss(day, day, neverMissTwice);
    }
  }

  /** Ends every run with the end of a day. It matters only if {@link asksForEnds}. */
  end(day: Day): void {
    const isOtherHidden = this.#isExcused;
    this.#end(this.#excused, true, day);
    this.#end(this.#kept, !isOtherHidden, day);
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
      this.#runObserver?.grew(this.#kept, 0, first, last);
    }
  }

  /** Begins a new gap after a repair: what was missed before it does not matter to the current run any more. */
  beginGap(): void {
    if (this.#isExcused) {
      this.#swap();
      this.#excused.count = 0;
    }
    this.#freezeStock?.beginGap();
  }

  /**
   * Lets runs that have ended go on as one with the current run, which keeps what it counts; alone if no run is open.
   *
   * @param ended what the runs that have ended count together, beside the current run
   * @param day that of the repair
   */
  join(ended: RuledRun, day: Day): void {
    if (!this.isOpen) {
      this.#kept.last = ended.last;
      this.#kept.waiting = 0;
    }
    const run = this.#shown;
    const open = this.isOpen ? { first: run.first, count: run.count + run.waiting } : undefined;
    run.first = ended.first;
    run.count += ended.count;
    this.best = Math.max(this.best, run.count);
    this.#runObserver?.joined(run, open, day);
  }

  /** Covers a missed period with a freeze, if one can. The current run goes on, and any other is given up. */
  #cover(freezeStock: FreezeStock, first: Day, last: Day): boolean {
    if (!freezeStock.cover(first, last)) {
      return false;
    }
    if (this.#isExcused) {
      this.#kept.count = 0;
    }
    this.addCovered(1);
    return true;
  }

  /** Whether a run goes on over a miss. */
  get #isExcused(): boolean {
    return this.#excused.count > 0;
  }

  /** The run that is current, if any is. */
  get #shown(): OpenRun {
    return this.#isExcused ? this.#excused : this.#kept;
  }

  #swap(): void {
    [this.#kept, this.#excused] = [this.#excused, this.#kept];
  }

  #end(run: OpenRun, wasCurrent: boolean, day: Day): void {
    if (run.count > 0) {
      if (this.#endObserver !== undefined && run.last >= this.#endObserver.from) {
        this.#endObserver.onEnd(run, this.#endedRuns?.partOf(run, !wasCurrent) ?? onlyPartOf(run, !wasCurrent));
      }
      if (wasCurrent && this.asksForEnds) {
        this.#endedRuns?.add(run, day);
        this.#runObserver?.ended(day);
      }
      run.count = 0;
    }
  }

  /** Tells that `current` shows another run now: one that began while an older run was shown, which has ended. */
  #tellNewCurrent(): void {
    if (this.#isExcused) {
      const { first, last } = this.#excused;
      this.#runObserver?.grew(this.#excused, 0, first, last);
    }
  }
}
