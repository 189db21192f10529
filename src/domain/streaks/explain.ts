import { actionsUpTo } from "../actions.ts";
import type { Amnesty } from "../amnesties.ts";
import type { Day } from "../day.ts";
import type { LedgerEntry } from "../ledger.ts";
import { countDays, daysUpTo, runsOf } from "../months.ts";
import type { StreakUnit } from "./calendar/calendar.ts";
import { EARLIEST, LATEST } from "./days/bits.ts";
import type { Journey } from "./itinerary.ts";
import type { SettledDays } from "./late-events.ts";
import type { DayStatus, ExplainedPeriod, Outcomes } from "./outcomes.ts";
import type { Present } from "./present.ts";
import type { StreakRules } from "./rules-for.ts";
import { cumulativeUnitOn, streakOf } from "./streak.ts";
import { streakByRules } from "./streak-by-rules.ts";
import type { Streak } from "./streak-shape.ts";

/** Why a streak is what it is. */
export interface Explanation {
  readonly streak: Streak;
  /** The first day of the current run; undefined when `current` is 0. */
  readonly runFirst: Day | undefined;
  /** What the current run has counted before the first of the periods. */
  readonly countedBefore: number;
  /** In order. */
  readonly periods: readonly PeriodWithDays[];
}

/** A period with its days. */
export interface PeriodWithDays extends ExplainedPeriod {
  /** What the streak counts in it. */
  readonly unit: StreakUnit;
  /** In order. */
  readonly days: readonly ExplainedDay[];
}

/** A day, and what became of it. */
export interface ExplainedDay {
  readonly day: Day;
  readonly status: DayStatus;
  /**
   * Of a paused day: the entry that paused it; the one that was made first, if there are several. Of a frozen day: the
   * entry that granted the freeze; absent when it was earned. Of a repaired day: the entry that repaired the streak.
   */
  readonly entry?: LedgerEntry;
  /** Of a day with the status `amnesty`: the amnesty; the one that was declared first, if there are several. */
  readonly amnesty?: Amnesty;
  /** Of a day with the status `bridged`: a journey that bridges it. */
  readonly journey?: Journey;
}

/** Which days to explain. Periods are explained whole. */
export interface ExplainedRange {
  /** When not given: the first day of the run, or 29 days before `last` if no run began before that. */
  readonly first?: Day;
  /** See {@link lastToExplain} for when nobody asks for one. */
  readonly last: Day;
}

/** The most days that are explained at once, beside what the first and the last period add. */
export const MAX_EXPLAINED_DAYS = 366;

/** The first and the last day to explain: 0002-01-01 and 9998-12-31. Their whole weeks are in the years 1 to 9999. */
export const FIRST_EXPLAINED: Day = -718_797;
export const LAST_EXPLAINED: Day = 2_932_531;

/** How many days are explained when there is no run and nothing is said. */
const DAYS_WITHOUT_RUN = 30;

/**
 * Explains a streak. What all periods since `runFirst` have counted adds up to `current`: those of the answer, and
 * `countedBefore`.
 *
 * @param settled with the actions of each day, where actions count
 * @param rules those of the user
 * @param range at most {@link MAX_EXPLAINED_DAYS} days, if `first` is given
 */
export function explain(
  settled: SettledDays,
  rules: StreakRules,
  present: Present,
  range: ExplainedRange,
): Explanation {
  const { last } = range;
  const explained = (rules.mode === "cumulative" ? cumulative : continuous)(settled, rules, present);
  const { runFirst = LATEST } = explained;
  const byDefault =
    runFirst > last ? last - DAYS_WITHOUT_RUN + 1 : Math.max(runFirst, last - MAX_EXPLAINED_DAYS + 1, FIRST_EXPLAINED);
  const first = range.first ?? byDefault;
  const periods: PeriodWithDays[] = [];
  for (let day = first; day <= last; ) {
    const period = explained.outcomes.ofPeriodOn(day);
    const unit = explained.unitOn(period.first);
    periods.push({ ...period, unit, days: daysOf(period, explained.outcomes) });
    day = period.last + 1;
  }
  const begin = periods[0]?.first ?? first;
  return {
    streak: explained.streak,
    runFirst: explained.runFirst,
    countedBefore: explained.countedBefore(begin),
    periods,
  };
}

/**
 * Returns the last day to explain, when nobody says: today, or the last done day of a cumulative streak if it is later.
 */
export function lastToExplain({ days }: SettledDays, { mode }: StreakRules, { today }: Present): Day {
  return mode === "cumulative" ? Math.max(today, days.words.last ?? today) : today;
}

/** Tells what became of periods and days. */
type OutcomesOfDays = Pick<Outcomes, "ofPeriodOn" | "ofDay" | "entryOf" | "amnestyOf" | "journeyOf">;

interface Explained {
  readonly streak: Streak;
  readonly runFirst: Day | undefined;
  /** Returns what the streak counts on a day. */
  unitOn(day: Day): StreakUnit;
  readonly outcomes: OutcomesOfDays;
  /** Returns what the current run has counted before a day. */
  countedBefore(day: Day): number;
}

function daysOf(period: ExplainedPeriod, outcomes: OutcomesOfDays): readonly ExplainedDay[] {
  return Array.from({ length: period.last - period.first + 1 }, (_, index) => {
    const day = period.first + index;
    const status = outcomes.ofDay(day, period);
    const entry = outcomes.entryOf(day, status, period);
    const amnesty = outcomes.amnestyOf(day, status);
    const journey = outcomes.journeyOf(day, status);
    return { day, status, ...(entry && { entry }), ...(amnesty && { amnesty }), ...(journey && { journey }) };
  });
}

function continuous(settled: SettledDays, rules: StreakRules, present: Present): Explained {
  const { calendar, tellsRules } = rules;
  const { streak, run, outcomes } = streakByRules(settled, rules, present, EARLIEST);
  return {
    streak: tellsRules ? streak : streakOf(settled, rules, present),
    runFirst: run?.first,
    unitOn: (day) => calendar.unitOn(day),
    outcomes,
    countedBefore(before) {
      let counted = 0;
      // Nothing counts after today. So the loop ends there, however late the day is that was asked for.
      for (let day = run?.first ?? before; day < Math.min(before, present.today + 1); ) {
        const period = outcomes.ofPeriodOn(day);
        counted += period.counted;
        day = period.last + 1;
      }
      return counted;
    },
  };
}

/**
 * Explains a cumulative streak. Every done day counts, also after today, and nothing is missed. Where actions count, a
 * day counts as many as it has.
 */
function cumulative(settled: SettledDays, rules: StreakRules, present: Present): Explained {
  const { months } = settled.days;
  const actions = rules.actions && settled.actions;
  return {
    streak: streakOf(settled, rules, present),
    runFirst: runsOf(months)[0]?.first,
    unitOn: (day) => cumulativeUnitOn(day, rules),
    countedBefore(before) {
      const { beyondFirst } = actions === undefined ? { beyondFirst: 0 } : actionsUpTo(actions, before - 1);
      return countDays(daysUpTo(months, before - 1)) + beyondFirst;
    },
    outcomes: {
      ofPeriodOn(day) {
        const done = settled.days.has(day) ? 1 : 0;
        const counted = done === 1 ? (actions?.ofDays?.get(day) ?? 1) : 0;
        const outcome = done === 1 ? "kept" : day < present.today ? "between" : "open";
        return { first: day, last: day, outcome, counted, done, needed: 0 };
      },
      ofDay: (_, { outcome }) => (outcome === "kept" ? "done" : outcome === "open" ? "open" : "rest"),
      entryOf: () => undefined,
      amnestyOf: () => undefined,
      journeyOf: () => undefined,
    },
  };
}
