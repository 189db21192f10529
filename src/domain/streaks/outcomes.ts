import type { Amnesty } from "../amnesties.ts";
import type { Day } from "../day.ts";
import type { LedgerEntry } from "../ledger.ts";
import { type Period, type Phase, periodOn, type RulesCalendar, type WeekOrMonth } from "./calendar.ts";
import type { DoneDays } from "./done-days.ts";
import type { CoveredPeriod } from "./freeze-stock.ts";
import type { Pauses } from "./pauses.ts";
import type { RuledRun } from "./run-counter.ts";

/** What became of a period. The contract's `PeriodOutcome` says what each means. */
export type Outcome = "kept" | "started" | "missed" | "excused" | "frozen" | "off" | "between" | "open";

/** What became of a day. The contract's `DayStatus` says what each means. */
export type DayStatus = "done" | "paused" | "amnesty" | "off" | "missed" | "excused" | "frozen" | "rest" | "open";

/** A period, and what became of it. */
export interface ExplainedPeriod {
  readonly first: Day;
  readonly last: Day;
  readonly outcome: Outcome;
  /** What it adds to its run: 1 or 0. */
  readonly counted: number;
  /** How many of its days are done; of a started period, from the day on which the run begins. */
  readonly done: number;
  /** How many done days it needs; of a started period, from that day on. 0 where nothing is needed. */
  readonly needed: number;
}

/** What the outcomes of periods follow from. */
interface OutcomesOf {
  /** That of the user: with the pauses and amnesties. */
  readonly calendar: RulesCalendar;
  readonly pauses: Pauses | undefined;
  readonly done: DoneDays;
  readonly today: Day;
  /** The run up to today. */
  readonly current: RuledRun | undefined;
  /** The other runs that have any of the days that are asked for. */
  readonly ended: readonly RuledRun[];
  /** The covered periods that have any of the days that are asked for. */
  readonly covered: readonly CoveredPeriod[];
}

/** Tells what became of periods, from the runs that were counted. */
export class Outcomes {
  readonly #calendar: RulesCalendar;
  readonly #pauses: Pauses | undefined;
  readonly #done: DoneDays;
  readonly #today: Day;
  readonly #current: RuledRun | undefined;
  readonly #ended: readonly RuledRun[];
  readonly #runs: readonly RuledRun[];
  readonly #covered: readonly CoveredPeriod[];

  constructor({ calendar, pauses, done, today, current, ended, covered }: OutcomesOf) {
    this.#calendar = calendar;
    this.#pauses = pauses;
    this.#done = done;
    this.#today = today;
    this.#current = current;
    this.#ended = ended;
    this.#runs = current === undefined ? ended : [...ended, current];
    this.#covered = covered;
  }

  /** Returns the period that a day is in. */
  ofPeriodOn(day: Day): ExplainedPeriod {
    const phase = this.#calendar.phaseOn(day);
    const period = periodOn(day, phase);
    const done = this.#done.count(period.first, period.last);
    return phase.pace.per === "day" || phase.pace.per === "window"
      ? this.#ofDay(day, phase, done > 0)
      : this.#ofWeekOrMonth(period, done, phase.pace);
  }

  /** Returns what became of a day of a period. */
  ofDay(day: Day, { outcome }: ExplainedPeriod): DayStatus {
    if (this.#done.has(day)) {
      return "done";
    }
    if (this.#pauses?.on(day) !== undefined) {
      return "paused";
    }
    if (this.#calendar.amnesties?.on(day) !== undefined) {
      return "amnesty";
    }
    if (this.#calendar.offDays.has(day)) {
      return "off";
    }
    if (day >= this.#today) {
      return "open";
    }
    return outcome === "missed" || outcome === "excused" || outcome === "frozen" ? outcome : "rest";
  }

  /** Returns the entry to which a day of a period owes its status; undefined when it owes it to none. */
  entryOf(day: Day, status: DayStatus, { first }: ExplainedPeriod): LedgerEntry | undefined {
    switch (status) {
      case "paused":
        return this.#pauses?.decisionOn(day);
      case "frozen":
        return this.#coveredPeriod(first)?.grant;
      default:
        return undefined;
    }
  }

  /** Returns the amnesty to which a day owes its status; undefined when it owes it to none. */
  amnestyOf(day: Day, status: DayStatus): Amnesty | undefined {
    return status === "amnesty" ? this.#calendar.amnesties?.decisionOn(day) : undefined;
  }

  #ofDay(day: Day, { pace }: Phase, isDone: boolean): ExplainedPeriod {
    const period = { first: day, last: day, done: isDone ? 1 : 0 };
    if (this.#calendar.offDays.has(day)) {
      const counts = isDone && this.#runs.some(({ first, last }) => first < day && day < last);
      return { ...period, needed: 0, outcome: "off", counted: counts ? 1 : 0 };
    }
    if (isDone) {
      return { ...period, needed: 1, outcome: "kept", counted: 1 };
    }
    if (day >= this.#today) {
      return { ...period, needed: 1, outcome: "open", counted: 0 };
    }
    const covered = this.#coveredPeriod(day);
    if (covered !== undefined) {
      return { ...period, needed: 1, outcome: "frozen", counted: covered.counted };
    }
    if (!this.#isHeld(day, day)) {
      return { ...period, needed: 1, outcome: "missed", counted: 0 };
    }
    return pace.per === "window"
      ? { ...period, needed: 0, outcome: "between", counted: 0 }
      : { ...period, needed: 1, outcome: "excused", counted: 0 };
  }

  #ofWeekOrMonth(whole: Period, done: number, pace: WeekOrMonth): ExplainedPeriod {
    const { first, last } = whole;
    const needed = this.#calendar.neededFrom(first, whole, pace);
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
    const begins = (run: RuledRun) => first <= run.first && run.first <= last;
    const isHeld = this.#isHeld(first, last);
    const started = this.#current && begins(this.#current) ? this.#current : this.#ended.findLast(begins);
    if (started !== undefined && (started === this.#current || !isHeld)) {
      const { first: start } = started;
      const share = { done: this.#done.count(start, last), needed: this.#calendar.neededFrom(start, whole, pace) };
      return { ...period, ...share, outcome: "started", counted: 1 };
    }
    if (last >= this.#today) {
      return { ...period, outcome: "open", counted: 0 };
    }
    return { ...period, outcome: isHeld ? "excused" : "missed", counted: 0 };
  }

  /** Returns the covered period that begins with a day; undefined when none does. */
  #coveredPeriod(first: Day): CoveredPeriod | undefined {
    return this.#covered.find((period) => period.first === first);
  }

  /** Whether a run goes on over a period. */
  #isHeld(first: Day, last: Day): boolean {
    return (
      (this.#current !== undefined && this.#current.first < first) ||
      this.#ended.some((run) => run.first < first && last <= run.last)
    );
  }
}
