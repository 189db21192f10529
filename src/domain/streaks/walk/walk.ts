import type { Day } from "../../day.ts";
import type { RulesCalendar } from "../calendar/calendar.ts";
import { periodOn } from "../calendar/periods.ts";
import type { Phase } from "../calendar/phases.ts";
import { LATEST } from "../days/bits.ts";
import type { DoneDays } from "../days/done-days.ts";
import type { FreezeDecisions } from "../ledger/freezes.ts";
import type { Repair, Repairs } from "../ledger/repairs.ts";
import { EndedRuns } from "./ended-runs.ts";
import { FreezeStock } from "./freeze-stock.ts";
import type { EndObserver, RuledRun, RunObserver } from "./ruled-run.ts";
import { RunCounter } from "./run-counter.ts";
import { walkDays } from "./walk-days.ts";
import { walkPeriods } from "./walk-periods.ts";
import { type OpenWindow, walkWindows } from "./walk-windows.ts";

/** What rules make of done days up to a last day. */
export interface Standing {
  /** The run up to the last day; undefined when there is none. */
  readonly run: RuledRun | undefined;
  /** The most that any run has counted. */
  readonly best: number;
  /** Whether a run came into the week or month of the last day from before: then the whole of it is asked for. */
  readonly cameIntoPeriod: boolean;
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
  /** Those up to the last day; undefined when there are none. */
  readonly repairs?: Repairs | undefined;
}

/** A repair that nobody has made, to find out what it would do if it were made on the last day. */
export interface TriedRepair {
  readonly repair: Repair;
  /** Returns the user's calendar as it would be with the repair. */
  calendarWith(): RulesCalendar;
}

/** Who is told what on the way. */
export interface Observers {
  readonly endObserver?: EndObserver;
  readonly runObserver?: RunObserver;
}

/**
 * Walks from the first done day to a last day, and counts the runs on the way. Days are passed in words of 32, so that
 * ten years take few steps.
 *
 * @param lastDay the last day that counts; its period is open
 * @param tried undefined when nobody asks what a repair would do
 */
export function walk(
  calendar: RulesCalendar,
  done: DoneDays,
  lastDay: Day,
  { freezes, repairs = [] }: Decisions,
  observers: Observers,
  tried?: TriedRepair,
): Standing {
  const freezeStock = calendar.hasFreezes ? new FreezeStock(freezes, observers.endObserver?.from ?? LATEST) : undefined;
  const reached = tried === undefined ? repairs : [...repairs, tried.repair];
  const endedRuns = reached.length === 0 ? undefined : new EndedRuns(done, reached);
  const runs = new RunCounter({ freezeStock, endedRuns, ...observers });
  const walker = new Walker(calendar, done, lastDay, { freezeStock, endedRuns, runs });
  for (const phase of calendar.phases) {
    if (phase.from <= lastDay) {
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
  readonly #lastDay: Day;
  readonly #parts: WalkerParts;
  #cameIntoPeriod = false;
  #openWindow: OpenWindow | undefined;
  #ifRepaired: Standing | undefined;

  constructor(calendar: RulesCalendar, done: DoneDays, lastDay: Day, parts: WalkerParts) {
    this.#calendar = calendar;
    this.#done = done;
    this.#lastDay = lastDay;
    this.#parts = parts;
  }

  /** Ends the walk. */
  finish(): Standing {
    const { freezeStock, endedRuns, runs } = this.#parts;
    freezeStock?.comeAndExpire(this.#lastDay);
    const { current: run, best } = runs;
    return {
      run,
      best,
      cameIntoPeriod: this.#cameIntoPeriod,
      openWindow: this.#openWindow,
      freezeStock,
      endedRuns,
      ifRepaired: this.#ifRepaired,
    };
  }

  /** Passes a part of the calendar, and tries a repair before the period of the last day, if this part has that day. */
  pass(phase: Phase, repairs: Repairs, tried: TriedRepair | undefined): void {
    this.#parts.freezeStock?.enter(phase);
    let from = phase.from;
    for (const repair of repairs) {
      if (phase.from <= repair.from && repair.from < phase.until) {
        const { first } = periodOn(repair.from, phase);
        this.#passFrom(from, first - 1, phase);
        this.#repair(repair, first);
        from = first;
      }
    }
    if (tried !== undefined && this.#lastDay < phase.until) {
      const { first } = periodOn(this.#lastDay, phase);
      this.#passFrom(from, first - 1, phase);
      this.#ifRepaired = this.#try(tried, first, phase);
      from = first;
    }
    this.#passFrom(from, Math.min(phase.until - 1, this.#lastDay), phase);
  }

  /**
   * Returns what a repair would make that is tried before the period of the last day. Changes nothing.
   *
   * @param first the first day of that period
   */
  #try({ repair, calendarWith }: TriedRepair, first: Day, phase: Phase): Standing | undefined {
    const parts = this.#parts;
    if (!parts.endedRuns?.within(repair.withinDays, repair.from).length) {
      return undefined;
    }
    const [freezeStock, endedRuns] = [parts.freezeStock?.fork(), parts.endedRuns.fork()];
    const runs = parts.runs.fork({ freezeStock, endedRuns });
    const fork = new Walker(calendarWith(), this.#done, this.#lastDay, { freezeStock, endedRuns, runs });
    fork.#repair(repair, first);
    fork.#passFrom(first, this.#lastDay, phase);
    return fork.finish();
  }

  /**
   * Repairs the runs that have ended, before the period that begins with a day. A new gap begins, whatever is repaired.
   */
  #repair(repair: Repair, first: Day): void {
    const { freezeStock, endedRuns, runs } = this.#parts;
    runs.beginGap();
    freezeStock?.comeAndExpire(repair.from - 1);
    const ended = endedRuns?.join(repair, first, runs.current, freezeStock?.left ?? 0);
    if (ended !== undefined) {
      runs.join(ended, repair.from);
      if (repair.takesFreeze) {
        freezeStock?.takeForRepair();
      }
    }
  }

  #passFrom(first: Day, through: Day, phase: Phase): void {
    this.#openWindow = undefined;
    this.#cameIntoPeriod = false;
    const { runs } = this.#parts;
    const from = runs.isOpen ? first : this.#done.nextFrom(first);
    if (from === undefined || from > through) {
      return;
    }
    const { pace } = phase;
    const days = { from, through, lastDay: this.#lastDay };
    if (pace.per === "day") {
      walkDays(days, phase.neverMissTwice, this.#calendar.offDays, this.#done, runs);
    } else if (pace.per === "window") {
      this.#openWindow = walkWindows(pace, days, this.#calendar, this.#done, runs);
    } else {
      this.#cameIntoPeriod = walkPeriods(phase, pace, days, this.#calendar, this.#done, runs);
    }
  }
}
