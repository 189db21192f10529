import type { Amnesty } from "../amnesties.ts";
import type { Day } from "../day.ts";
import type { LedgerEntry } from "../ledger.ts";
import type { RulesCalendar } from "./calendar/calendar.ts";
import type { ExemptDays } from "./calendar/exempt-days.ts";
import { isWeekOrMonth, type WeekOrMonth } from "./calendar/pace.ts";
import { type Period, periodOn } from "./calendar/periods.ts";
import type { Phase } from "./calendar/phases.ts";
import type { DoneDays } from "./days/done-days.ts";
import type { Journey } from "./itinerary.ts";
import type { Pauses } from "./ledger/pauses.ts";
import type { Repair } from "./ledger/repairs.ts";
import type { BridgedDays } from "./travel.ts";
import type { Join } from "./walk/ended-runs.ts";
import type { CoveredPeriod } from "./walk/freeze-stock.ts";
import type { RunPart } from "./walk/ruled-run.ts";

/** What became of a period. The contract's `PeriodOutcome` says what each means. */
export type PeriodOutcome =
  | "kept"
  | "started"
  | "missed"
  | "excused"
  | "frozen"
  | "repaired"
  | "off"
  | "between"
  | "open";

/** What became of a day. The contract's `DayStatus` says what each means. */
export type DayStatus =
  | "done"
  | "late"
  | "paused"
  | "amnesty"
  | "off"
  | "bridged"
  | "missed"
  | "excused"
  | "frozen"
  | "repaired"
  | "rest"
  | "open";

/** A period, and what became of it. */
export interface ExplainedPeriod {
  readonly first: Day;
  readonly last: Day;
  readonly outcome: PeriodOutcome;
  /** What it adds to its run, or to a cumulative streak: 1 or 0; with actions, their number. */
  readonly counted: number;
  /** How many of its days are done; of a started period, from the day on which the run begins. */
  readonly done: number;
  /** How many done days it needs; of a started period, from that day on. 0 where nothing is needed. */
  readonly needed: number;
}

/** What the outcomes of periods follow from. */
interface OutcomesOf {
  /** The user's calendar: with pauses, amnesties, bridged days and repairs. */
  readonly calendar: RulesCalendar;
  readonly pauses: Pauses | undefined;
  readonly bridged: BridgedDays | undefined;
  /** The days of repairs on which nothing is asked. */
  readonly repairDays: ExemptDays<Repair> | undefined;
  readonly done: DoneDays;
  /** The done days that late events have filled. */
  readonly filled: DoneDays | undefined;
  readonly today: Day;
  /** The last part of the run up to today. */
  readonly current: RunPart | undefined;
  /** The other parts of runs that have any of the days that are asked for. */
  readonly ended: readonly RunPart[];
  /** The covered periods that have any of the days that are asked for. */
  readonly covered: readonly CoveredPeriod[];
  /** What repairs have made one run. */
  readonly joins: readonly Join[];
}

/** Tells what became of periods, from the runs that were counted. */
export class Outcomes {
  readonly #given: OutcomesOf;
  /** The parts of runs other than the last part of the run up to today; without those that a repair passes over. */
  readonly #ended: readonly RunPart[];
  /** `#ended`, and the last part of the run up to today. */
  readonly #parts: readonly RunPart[];

  constructor(given: OutcomesOf) {
    this.#given = given;
    const { current, ended } = given;
    // A repair passes over what was hidden by a run that it joins.
    this.#ended = ended.filter(({ first, last, hidden }) => !hidden || this.#joinOver(first, last) === undefined);
    this.#parts = current === undefined ? this.#ended : [...this.#ended, current];
  }

  /** Returns the period that a day is in. */
  ofPeriodOn(day: Day): ExplainedPeriod {
    const phase = this.#given.calendar.phaseOn(day);
    const period = periodOn(day, phase);
    const done = this.#given.done.count(period.first, period.last);
    return isWeekOrMonth(phase.pace)
      ? this.#ofWeekOrMonth(period, done, phase.pace)
      : this.#ofDay(day, phase, done > 0);
  }

  /** Returns what became of a day of a period. */
  ofDay(day: Day, { outcome }: ExplainedPeriod): DayStatus {
    const { calendar, pauses, bridged, repairDays, done, filled, today } = this.#given;
    if (done.has(day)) {
      return doneStatus(day, filled);
    }
    if (pauses?.on(day) !== undefined) {
      return "paused";
    }
    if (calendar.amnesties?.on(day) !== undefined) {
      return "amnesty";
    }
    if (calendar.ruledOffDays.has(day)) {
      return "off";
    }
    if (bridged?.on(day) !== undefined) {
      return "bridged";
    }
    if (repairDays?.on(day) !== undefined) {
      return "repaired";
    }
    if (day >= today) {
      return "open";
    }
    return outcome === "missed" || outcome === "excused" || outcome === "frozen" || outcome === "repaired"
      ? outcome
      : "rest";
  }

  /** Returns the entry to which a day of a period owes its status; undefined when it owes it to none. */
  entryOf(day: Day, status: DayStatus, { first, last, outcome }: ExplainedPeriod): LedgerEntry | undefined {
    switch (status) {
      case "paused":
        return this.#given.pauses?.decisionOn(day);
      case "frozen":
        return this.#coveredPeriod(first)?.grant;
      case "repaired":
        return outcome === "repaired"
          ? this.#joinOver(first, last)?.repair.entry
          : this.#given.repairDays?.decisionOn(day)?.entry;
      default:
        return undefined;
    }
  }

  /** Returns the amnesty to which a day owes its status; undefined when it owes it to none. */
  amnestyOf(day: Day, status: DayStatus): Amnesty | undefined {
    return status === "amnesty" ? this.#given.calendar.amnesties?.decisionOn(day) : undefined;
  }

  /** Returns the journey to which a day owes its status; undefined when it owes it to none. */
  journeyOf(day: Day, status: DayStatus): Journey | undefined {
    return status === "bridged" ? this.#given.bridged?.decisionOn(day) : undefined;
  }

  #ofDay(day: Day, { pace }: Phase, isDone: boolean): ExplainedPeriod {
    const period = { first: day, last: day, done: isDone ? 1 : 0 };
    const { calendar, today } = this.#given;
    if (calendar.offDays.has(day)) {
      const counts = isDone && this.#parts.some((part) => isAfterStart(part, day) && day < part.last);
      return { ...period, needed: 0, outcome: "off", counted: counts ? 1 : 0 };
    }
    if (isDone) {
      return { ...period, needed: 1, outcome: "kept", counted: 1 };
    }
    if (day >= today) {
      return { ...period, needed: 1, outcome: "open", counted: 0 };
    }
    const covered = this.#coveredPeriod(day);
    if (covered !== undefined) {
      return { ...period, needed: 1, outcome: "frozen", counted: covered.counted };
    }
    if (!this.#liesInRun(day, day)) {
      return { ...period, needed: 1, outcome: this.#missed(day, day), counted: 0 };
    }
    return pace.per === "window"
      ? { ...period, needed: 0, outcome: "between", counted: 0 }
      : { ...period, needed: 1, outcome: "excused", counted: 0 };
  }

  #ofWeekOrMonth(whole: Period, done: number, pace: WeekOrMonth): ExplainedPeriod {
    const { calendar, today, current } = this.#given;
    const { first, last } = whole;
    const needed = calendar.neededFrom(first, whole, pace);
    const period = { first, last, done, needed };
    if (needed === 0) {
      return { ...period, outcome: "off", counted: 0 };
    }
    if (done >= needed) {
      return { ...period, outcome: "kept", counted: 1 };
    }
    const covered = this.#coveredPeriod(first);
    if (covered !== undefined) {
      return { ...period, outcome: "frozen", counted: covered.counted };
    }
    const begins = (part: RunPart) => first <= part.first && part.first <= last && !part.continues;
    const liesInRun = this.#liesInRun(first, last);
    const started = current && begins(current) ? current : this.#ended.findLast(begins);
    if (started !== undefined && (started === current || !liesInRun)) {
      const { first: start } = started;
      const share = {
        done: this.#given.done.count(start, last),
        needed: calendar.neededFrom(start, whole, pace),
      };
      return { ...period, ...share, outcome: "started", counted: 1 };
    }
    if (last >= today) {
      return { ...period, outcome: "open", counted: 0 };
    }
    return { ...period, outcome: liesInRun ? "excused" : this.#missed(first, last), counted: 0 };
  }

  /** Returns the covered period that begins with a day; undefined when none does. */
  #coveredPeriod(first: Day): CoveredPeriod | undefined {
    return this.#given.covered.find((period) => period.first === first);
  }

  /** Whether a run goes on over a period. */
  #liesInRun(first: Day, last: Day): boolean {
    const { current } = this.#given;
    return (
      (current !== undefined && isAfterStart(current, first)) ||
      this.#ended.some((part) => isAfterStart(part, first) && last <= part.last)
    );
  }

  /** Returns the outcome of a missed period over which no run has gone on by itself. */
  #missed(first: Day, last: Day): "repaired" | "missed" {
    return this.#joinOver(first, last) === undefined ? "missed" : "repaired";
  }

  /** Returns the first repair by which a run goes on over a period. */
  #joinOver(first: Day, last: Day): Join | undefined {
    return this.#given.joins.find(
      ({ ended: [oldest], before }) => oldest !== undefined && oldest.first < first && last < before,
    );
  }
}

/** Returns the status of a done day. `filled` has the done days that late events have filled. */
export function doneStatus(day: Day, filled: DoneDays | undefined): DayStatus {
  return filled?.has(day) ? "late" : "done";
}

/** Whether a day comes after the one with which a run begins. */
function isAfterStart({ first, continues }: RunPart, day: Day): boolean {
  return continues ? first <= day : first < day;
}
