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
}

/** What a user's ledger says of a streak, beside the days off that it makes. */
export interface Decisions {
  /** Undefined when nothing was ever decided about freezes. */
  readonly freezes?: FreezeDecisions | undefined;
  /** Those up to today; undefined when there are none. */
  readonly repairs?: Repairs | undefined;
}

/** Who is told what while somebody walks. */
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
  { freezes, repairs = [] }: Decisions,
  told: Told,
): Standing {
  const freezeStock = calendar.hasFreezes ? new FreezeStock(freezes) : undefined;
  const walker = new Walker(calendar, done, today, { freezeStock, repairs, told });
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
  readonly #repairs: Repairs;
  readonly #endedRuns: EndedRuns | undefined;
  readonly #runs: RunCounter;
  #wasAlive = false;
  #openWindow: OpenWindow | undefined;

  constructor(
    calendar: RulesCalendar,
    done: DoneDays,
    today: Day,
    {
      freezeStock,
      repairs,
      told: { ends, watch },
    }: { freezeStock: FreezeStock | undefined; repairs: Repairs; told: Told },
  ) {
    this.#calendar = calendar;
    this.#done = done;
    this.#today = today;
    this.#freezeStock = freezeStock;
    this.#repairs = repairs;
    const since = firstInReach(repairs, calendar, today);
    this.#endedRuns = since === undefined ? undefined : new EndedRuns(done, since);
    this.#runs = new RunCounter({ freezeStock, endedRuns: this.#endedRuns, ends, watch });
  }

  get standing(): Standing {
    const { current: run, best } = this.#runs;
    return {
      run,
      best,
      wasAlive: this.#wasAlive,
      openWindow: this.#openWindow,
      freezeStock: this.#freezeStock,
      endedRuns: this.#endedRuns,
    };
  }

  pass(phase: Phase): void {
    this.#freezeStock?.enter(phase);
    this.#wasAlive = false;
    let from = phase.from;
    for (const repair of this.#repairs) {
      if (phase.from <= repair.from && repair.from < phase.until) {
        const { first } = periodOn(repair.from, phase);
        this.#passFrom(from, first - 1, phase);
        this.#repair(repair, first);
        from = first;
      }
    }
    this.#passFrom(from, Math.min(phase.until - 1, this.#today), phase);
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

/**
 * Returns the first day on which a run can have ended that any repair reaches, one of today too; undefined when nobody
 * repairs any.
 */
function firstInReach(repairs: Repairs, calendar: RulesCalendar, today: Day): Day | undefined {
  const rules = calendar.phaseOn(today).repairs;
  const firsts = repairs.map(({ from, withinDays }) => from - withinDays);
  return rules === undefined && firsts.length === 0 ? undefined : Math.min(today - (rules?.withinDays ?? 0), ...firsts);
}
