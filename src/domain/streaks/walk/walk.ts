import type { Day } from "../../day.ts";
import {
  type Period,
  type Phase,
  periodFrom,
  periodOn,
  type RulesCalendar,
  type WeekOrMonth,
} from "../calendar/calendar.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { FreezeDecisions } from "../ledger/freezes.ts";
import type { Repair, Repairs } from "../ledger/repairs.ts";
import { EndedRuns } from "./ended-runs.ts";
import { FreezeStock } from "./freeze-stock.ts";
import type { EndWatch, RuledRun, RunWatch } from "./ruled-run.ts";
import { runBeginsOn } from "./run-begins.ts";
import { RunCounter } from "./run-counter.ts";
import { walkDays } from "./walk-days.ts";
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
  /** The runs that can be repaired, and that were; undefined when nobody repairs any. */
  readonly endedRuns: EndedRuns | undefined;
  /** What the tried repair would make; undefined when none is tried, or when it would repair no run. */
  readonly ifRepaired: Standing | undefined;
}

/** What a user's ledger says of a streak, beside the days off that it makes. */
export interface Decisions {
  /** Undefined when nothing was ever decided about freezes. */
  readonly freezes?: FreezeDecisions | undefined;
  /** Those up to today; undefined when there are none. */
  readonly repairs?: Repairs | undefined;
  /** A repair to try: what it would do if it were made today. Undefined when nobody asks. */
  readonly tried?: TriedRepair | undefined;
}

/** A repair that nobody has made, to find out what it would do. */
export interface TriedRepair {
  readonly repair: Repair;
  /** Returns the user's calendar as it would be with the repair. */
  calendarWith(): RulesCalendar;
}

/** What a walk tells on the way, and to whom. */
export interface Told {
  readonly ends?: EndWatch;
  readonly watch?: RunWatch;
}

/**
 * Walks from the first done day to today, and counts the runs on the way. Days are passed in words of 32, so that ten years
 * take few steps.
 *
 * @param today the last day that counts; its period is open
 */
export function walk(
  calendar: RulesCalendar,
  done: DoneDays,
  today: Day,
  { freezes, repairs = [], tried }: Decisions,
  told: Told,
): Standing {
  const freezeStock = calendar.hasFreezes ? new FreezeStock(freezes) : undefined;
  const reached = tried === undefined ? repairs : [...repairs, tried.repair];
  const endedRuns = reached.length === 0 ? undefined : new EndedRuns(done, reached);
  const runs = new RunCounter({ freezeStock, endedRuns, ...told });
  const walker = new Walker(calendar, done, today, { freezeStock, endedRuns, runs });
  for (const phase of calendar.phases) {
    if (phase.from <= today) {
      walker.pass(phase, repairs, tried);
    }
  }
  return walker.finish();
}

/** The parts of a walk that change on the way. */
interface WalkerParts {
  readonly freezeStock: FreezeStock | undefined;
  readonly endedRuns: EndedRuns | undefined;
  readonly runs: RunCounter;
}

class Walker {
  readonly #calendar: RulesCalendar;
  readonly #done: DoneDays;
  readonly #today: Day;
  readonly #freezeStock: FreezeStock | undefined;
  readonly #endedRuns: EndedRuns | undefined;
  readonly #runs: RunCounter;
  #wasAlive = false;
  #openWindow: OpenWindow | undefined;
  #ifRepaired: Standing | undefined;

  constructor(calendar: RulesCalendar, done: DoneDays, today: Day, { freezeStock, endedRuns, runs }: WalkerParts) {
    this.#calendar = calendar;
    this.#done = done;
    this.#today = today;
    this.#freezeStock = freezeStock;
    this.#endedRuns = endedRuns;
    this.#runs = runs;
  }

  /** Ends the walk, with today as its last day. */
  finish(): Standing {
    this.#freezeStock?.passTo(this.#today);
    const { current: run, best } = this.#runs;
    return {
      run,
      best,
      wasAlive: this.#wasAlive,
      openWindow: this.#openWindow,
      freezeStock: this.#freezeStock,
      endedRuns: this.#endedRuns,
      ifRepaired: this.#ifRepaired,
    };
  }

  /** Passes a part of the calendar, and tries a repair before the period of today, if today is in this part. */
  pass(phase: Phase, repairs: Repairs, tried: TriedRepair | undefined): void {
    this.#freezeStock?.enter(phase);
    this.#wasAlive = false;
    let from = phase.from;
    for (const repair of repairs) {
      if (phase.from <= repair.from && repair.from < phase.until) {
        const { first } = periodOn(repair.from, phase);
        this.#passFrom(from, first - 1, phase);
        this.#repair(repair, first);
        from = first;
      }
    }
    if (tried !== undefined && this.#today < phase.until) {
      const { first } = periodOn(this.#today, phase);
      this.#passFrom(from, first - 1, phase);
      this.#ifRepaired = this.#try(tried, first, phase);
      from = first;
    }
    this.#passFrom(from, Math.min(phase.until - 1, this.#today), phase);
  }

  /**
   * Returns what a repair would make that is tried before the period of today. Changes nothing.
   *
   * @param first the first day of the period of today
   */
  #try({ repair, calendarWith }: TriedRepair, first: Day, phase: Phase): Standing | undefined {
    if (!this.#endedRuns?.within(repair.withinDays, repair.from).length) {
      return undefined;
    }
    const [freezeStock, endedRuns] = [this.#freezeStock?.fork(), this.#endedRuns.fork()];
    const runs = this.#runs.fork({ freezeStock, endedRuns });
    const fork = new Walker(calendarWith(), this.#done, this.#today, { freezeStock, endedRuns, runs });
    fork.#repair(repair, first);
    fork.#passFrom(first, this.#today, phase);
    return fork.finish();
  }

  /** Repairs the runs that have ended, before the period that begins with a day. A new gap begins, whatever is repaired. */
  #repair(repair: Repair, first: Day): void {
    this.#runs.beginGap();
    this.#freezeStock?.passTo(repair.from - 1);
    const freezesLeft = this.#freezeStock?.left ?? 0;
    const ended = this.#endedRuns?.join(repair, first, this.#runs.current, freezesLeft);
    if (ended !== undefined) {
      this.#runs.join(ended, repair.from);
      if (repair.takesFreeze) {
        this.#freezeStock?.pay();
      }
    }
  }

  #passFrom(first: Day, last: Day, phase: Phase): void {
    this.#openWindow = undefined;
    const from = this.#runs.isOpen ? first : this.#done.nextFrom(first);
    if (from === undefined || from > last) {
      return;
    }
    const { pace } = phase;
    if (pace.per === "day") {
      walkDays(
        { first: from, last, today: this.#today },
        phase.neverMissTwice,
        this.#calendar.offDays,
        this.#done,
        this.#runs,
      );
    } else if (pace.per === "window") {
      const span = { first: from, last, lastOver: Math.min(last, this.#today - 1) };
      this.#openWindow = walkWindows(pace, span, this.#calendar, this.#done, this.#runs);
    } else {
      this.#passPeriods(phase, pace, from, last);
    }
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
