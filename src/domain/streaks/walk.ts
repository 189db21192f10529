import type { Day } from "../day.ts";
import { bitOf, bitsFromTo, bitsWithin, countBits, highestBit, lowestBit, WORD, wordOf } from "./bits.ts";
import { type Period, type Phase, periodFrom, periodOn, type RulesCalendar, type WeekOrMonth } from "./calendar.ts";
import type { DoneDays } from "./done-days.ts";
import { FreezeStock } from "./freeze-stock.ts";
import type { FreezeDecisions } from "./freezes.ts";
import { runBeginsOn } from "./run-begins.ts";
import { type OnEnd, type RuledRun, RunCounter } from "./run-counter.ts";
import { type OpenWindow, walkWindows } from "./windows.ts";

/** What rules make of done days up to a day. */
export interface Standing {
  /** The run up to today; undefined when there is none. */
  readonly run: RuledRun | undefined;
  /** The most that any run has counted. */
  readonly best: number;
  /** Whether a run was open when the week or month of today began: then it is asked for as a whole. */
  readonly wasAlive: boolean;
  /** With windows: the one that would end the run; undefined when there is no run, or a pause holds it for ever. */
  readonly openWindow: OpenWindow | undefined;
  /** The freezes that are left at the end, and what freezes cover; undefined where no rules have freezes. */
  readonly freezeStock: FreezeStock | undefined;
}

/**
 * Walks from the first done day to today, and counts the runs on the way. Days are passed in words of 32, so that ten years
 * take few steps.
 *
 * @param today the last day that counts; its period is open
 * @param decisions those about the freezes of the user; undefined when there never was one
 * @param onEnd is told of each run that ends
 */
export function walk(
  calendar: RulesCalendar,
  done: DoneDays,
  today: Day,
  decisions: FreezeDecisions | undefined,
  onEnd?: OnEnd,
): Standing {
  const freezeStock = calendar.hasFreezes ? new FreezeStock(decisions) : undefined;
  const walker = new Walker(calendar, done, today, freezeStock, onEnd);
  for (const phase of calendar.phases) {
    if (phase.from <= today) {
      walker.pass(phase);
    }
  }
  freezeStock?.passTo(today);
  return walker.standing;
}

class Walker {
  readonly #calendar: RulesCalendar;
  readonly #done: DoneDays;
  readonly #today: Day;
  readonly #freezeStock: FreezeStock | undefined;
  readonly #runs: RunCounter;
  #wasAlive = false;
  #openWindow: OpenWindow | undefined;

  constructor(
    calendar: RulesCalendar,
    done: DoneDays,
    today: Day,
    freezeStock: FreezeStock | undefined,
    onEnd: OnEnd | undefined,
  ) {
    this.#calendar = calendar;
    this.#done = done;
    this.#today = today;
    this.#freezeStock = freezeStock;
    this.#runs = new RunCounter(freezeStock, onEnd);
  }

  get standing(): Standing {
    const { current: run, best } = this.#runs;
    return { run, best, wasAlive: this.#wasAlive, openWindow: this.#openWindow, freezeStock: this.#freezeStock };
  }

  pass(phase: Phase): void {
    this.#freezeStock?.enter(phase);
    this.#wasAlive = false;
    this.#openWindow = undefined;
    const from = this.#runs.isOpen ? phase.from : this.#done.nextFrom(phase.from);
    const last = Math.min(phase.until - 1, this.#today);
    if (from === undefined || from > last) {
      return;
    }
    const { pace } = phase;
    if (pace.per === "day") {
      this.#passDays(from, last, phase.neverMissTwice);
    } else if (pace.per === "window") {
      const span = { first: from, last, lastOver: Math.min(last, this.#today - 1) };
      this.#openWindow = walkWindows(pace, span, this.#calendar, this.#done, this.#runs);
    } else {
      this.#passPeriods(phase, pace, from, last);
    }
  }

  /** Passes days by words, so that only missed days take time of their own. */
  #passDays(from: Day, last: Day, neverMissTwice: boolean): void {
    for (let word = wordOf(from); word <= wordOf(last); word++) {
      const start = word * WORD;
      const inRange = bitsWithin(word, from, last);
      const done = this.#done.word(word) & inRange;
      if (done === 0 && !this.#runs.isOpen) {
        continue;
      }
      const off = this.#calendar.offDays.word(word);
      const open = word === wordOf(this.#today) ? 1 << bitOf(this.#today) : 0;
      let missed = inRange & ~(done | off | open);
      let passed = 0; // how many days of the word
      while (missed !== 0) {
        const next = lowestBit(missed);
        this.#keepDays(start, done & bitsFromTo(passed, WORD - 1) & ((1 << next) - 1), off);
        this.#runs.miss(start + next, start + next, neverMissTwice);
        passed = next + 1;
        missed &= missed - 1;
      }
      if (passed < WORD) {
        this.#keepDays(start, done & bitsFromTo(passed, WORD - 1), off);
      }
    }
  }

  /** Passes done days between which no day was missed. A run neither begins nor ends on a day off. */
  #keepDays(start: Day, done: number, off: number): void {
    const needed = done & ~off;
    if (needed === 0) {
      this.#runs.addDaysOff(countBits(done));
      return;
    }
    const [first, last] = [lowestBit(needed), highestBit(needed)];
    if (needed === done) {
      this.#runs.keep(start + first, start + last, countBits(done));
      return;
    }
    const within = bitsFromTo(first, last);
    const outside = done & ~within;
    this.#runs.addDaysOff(countBits(outside & ((1 << first) - 1)));
    this.#runs.keep(start + first, start + last, countBits(done & within), countBits(needed));
    this.#runs.addDaysOff(countBits(outside & (-1 << last)));
  }

  #passPeriods(phase: Phase, pace: WeekOrMonth, from: Day, through: Day): void {
    let period = periodOn(from, phase);
    while (period.first <= through) {
      const { first, last } = period;
      const done = this.#done.count(first, last);
      this.#wasAlive = last >= this.#today && this.#runs.isOpen;
      if (done > 0 || this.#runs.isOpen) {
        const isNeeded = this.#passPeriod(period, done, pace, phase.neverMissTwice);
        period = isNeeded ? periodFrom(last + 1, pace) : this.#behindSkipped(last, through, phase);
      } else {
        const next = this.#done.nextFrom(last + 1);
        if (next === undefined) {
          return;
        }
        period = periodOn(next, phase);
      }
    }
  }

  /**
   * Returns the period from which to go on after a skipped one: the next that is not skipped; without one up to
   * `through`, the period of `through`, or the one after the skipped one if that is later. Going on period by period
   * would be slow: pauses can be long.
   */
  #behindSkipped(last: Day, through: Day, phase: Phase): Period {
    const next = this.#calendar.offDays.nextNeeded(last + 1, through) ?? Math.max(last + 1, through);
    return periodOn(next, phase);
  }

  /** Returns whether anything is needed in the period; else it is skipped. */
  #passPeriod(period: Period, done: number, pace: WeekOrMonth, neverMissTwice: boolean): boolean {
    const { first, last } = period;
    const needed = this.#calendar.neededFrom(first, period, pace);
    if (needed === 0) {
      return false;
    }
    if (done >= needed) {
      this.#runs.keep(first, last, 1);
      return true;
    }
    const isOver = last < this.#today;
    const isCovered = isOver && this.#runs.miss(first, last, neverMissTwice);
    if (done > 0 && !isCovered && (isOver || !this.#wasAlive)) {
      const begins = runBeginsOn(this.#calendar, this.#done, period, pace, 0);
      if (begins !== undefined) {
        this.#runs.begin(begins, last);
      }
    }
    return true;
  }
}
