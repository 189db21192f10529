import type { Day } from "../day.ts";
import { lastDay, type Months } from "../months.ts";
import { daysSinceWeekday, type RulesCalendar, type StreakUnit } from "./calendar.ts";
import { DoneDays } from "./done-days.ts";
import { Outcomes } from "./outcomes.ts";
import type { Pause } from "./pauses.ts";
import { type Progress, progressOf } from "./progress.ts";
import type { RulesWithCalendar } from "./rules-for.ts";
import type { OnEnd, RuledRun } from "./run-counter.ts";
import { type Standing, walk } from "./walk.ts";

/** A continuous streak by rules, as it is on a day. */
export interface StreakByRules {
  readonly mode: "continuous";
  readonly current: number;
  readonly best: number;
  readonly todayDone: boolean;
  readonly pending: boolean;
  readonly unit: StreakUnit;
  readonly progress: Progress;
  readonly pause?: Pause;
  readonly freezes?: StreakFreezes;
}

/** A user's freezes for a streak, as they are on a day. */
export interface StreakFreezes {
  readonly left: number;
  /** How many covered periods end in the week that is shown on the day. */
  readonly usedInWeek: number;
  readonly optedOut: boolean;
}

/** A streak, and what became of the days around. */
export interface ExplainedStreak {
  readonly streak: StreakByRules;
  /** The run up to today; undefined when `current` is 0. */
  readonly run: RuledRun | undefined;
  /** That of the user: with the pauses and amnesties, as far as the days are done today. */
  readonly calendar: RulesCalendar;
  readonly outcomes: Outcomes;
}

/**
 * Returns the streak that done days make today.
 *
 * @param explainFrom the first day whose outcome is asked for
 */
export function streakByRules(days: Months, rules: RulesWithCalendar, today: Day, explainFrom: Day): ExplainedStreak {
  const { pauses } = rules;
  const ended: RuledRun[] = [];
  const { done, calendar, standing } = walkOfUser(rules, days, today, ({ first, last, count }) => {
    if (last >= explainFrom) {
      ended.push({ first, last, count });
    }
  });
  const { run, best } = standing;
  const progress = progressOf(calendar, done, today, standing);
  const todayDone = done.has(today);
  const waits = standing.openWindow ? progress.lastDate === today && !todayDone : progress.done < progress.needed;
  const streak: StreakByRules = {
    mode: "continuous",
    current: run?.count ?? 0,
    best: Math.max(best, bestLater(days, rules, today)),
    todayDone,
    pending: run !== undefined && waits,
    unit: calendar.unitOn(today),
    progress,
  };
  const pause = pauses?.on(today);
  const freezes = freezesOn(today, standing, rules);
  const covered = standing.freezeStock?.coveredFrom(explainFrom) ?? [];
  return {
    streak: pause || freezes ? { ...streak, ...(pause && { pause }), ...(freezes && { freezes }) } : streak,
    run,
    calendar,
    outcomes: new Outcomes({ calendar, pauses, done, today, current: run, ended, covered }),
  };
}

/** Returns the freezes of a user today; undefined when the rules of today have none. */
function freezesOn(
  today: Day,
  { freezeStock }: Standing,
  { calendar, freezeDecisions }: RulesWithCalendar,
): StreakFreezes | undefined {
  if (freezeStock === undefined || calendar.phaseOn(today).freezes === undefined) {
    return undefined;
  }
  const firstOfWeek = today - daysSinceWeekday(calendar.weekStartOn(today), today);
  const usedInWeek = freezeStock.coveredFrom(firstOfWeek).length;
  return { left: freezeStock.left, usedInWeek, optedOut: freezeDecisions?.isOptedOut(today) ?? false };
}

/** Returns the best of all days, if there are done days after today; 0 otherwise. */
function bestLater(days: Months, rules: RulesWithCalendar, today: Day): number {
  const last = lastDay(days);
  return last > today ? bestUpTo(days, rules, last) : 0;
}

/** Returns the most that any run has counted up to a day, with the days after it left out. */
export function bestUpTo(days: Months, rules: RulesWithCalendar, day: Day): number {
  return walkOfUser(rules, days, day).standing.best;
}

/** What a walk over the days of one user has made of them. */
interface WalkOfUser {
  readonly done: DoneDays;
  /** That of the user: with the pauses and amnesties, as far as the days are done on the last day of the walk. */
  readonly calendar: RulesCalendar;
  readonly standing: Standing;
}

/**
 * Walks from a user's first done day to a day, by the rules and the user's ledger.
 *
 * @param day the last day that counts: those after it are left out
 * @param onEnd is told of each run that ends
 */
export function walkOfUser(
  { calendar, pauses, freezeDecisions }: RulesWithCalendar,
  days: Months,
  day: Day,
  onEnd?: OnEnd,
): WalkOfUser {
  const done = new DoneDays(days, day);
  const ofUser = calendar.ofUser(pauses, done);
  return { done, calendar: ofUser, standing: walk(ofUser, done, day, freezeDecisions, onEnd) };
}
