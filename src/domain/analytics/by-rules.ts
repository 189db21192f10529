import type { Day } from "../day.ts";
import { lastDay, type Months } from "../months.ts";
import { LATEST } from "../streaks/bits.ts";
import { periodOn, type RulesCalendar } from "../streaks/calendar.ts";
import type { OffDays } from "../streaks/days-off.ts";
import { DoneDays } from "../streaks/done-days.ts";
import type { Progress } from "../streaks/progress.ts";
import type { RulesWithCalendar } from "../streaks/rules-for.ts";
import type { RuledRun } from "../streaks/run-counter.ts";
import { bestUpTo, type StreakByRules, streakByRules, walkOfUser } from "../streaks/streak-by-rules.ts";

/** What the rules and the user's ledger make of a user's done days. */
export interface CountedByRules {
  readonly days: Months;
  readonly rules: RulesWithCalendar;
  /** All runs that the streak has counted on any day, in order. */
  readonly runs: readonly EndingRun[];
  /**
   * What the streak is from the first recent day on, if nothing more is done: each step holds up to the next one, and
   * the last one for ever. None if the streak stays 0. Each recent day that is done has a step of its own.
   */
  readonly steps: readonly Step[];
}

/** A run, and how it ends. */
export interface EndingRun extends RuledRun {
  /** Absent for a run that ended before the recent days. */
  readonly end?: {
    /** The day with which the run ends if nothing more is done; `LATEST` if a pause holds it for ever. */
    readonly day: Day;
    /** Whether the streak is pending on that day. */
    readonly isPending: boolean;
  };
}

/** What a streak is from a day on. */
export interface Step {
  readonly day: Day;
  /** Whether that day is done. */
  readonly done: boolean;
  readonly current: number;
  readonly pending: boolean;
}

/**
 * More steps than a streak can have. Windows make it fall to 0 in fewer than 200, earned freezes in fewer than 100, granted
 * freezes in fewer than 1,000, since they come a year ahead at most, and all else in a few: what needs nothing is passed
 * over at once, and two misses that are not covered end a run. Each of at most 100 versions and each recent done day adds a
 * few. Only a mistake in that could go on for ever.
 */
const MAX_STEPS = 2000;

/** 9999-12-31: no date is later, so what changes after it never does. */
const LAST_DATE: Day = 2_932_896;

/**
 * Counts by rules.
 *
 * @param from the first recent day: what the streak was before is not asked for
 */
export function countByRules(days: Months, rules: RulesWithCalendar, from: Day): CountedByRules {
  const { calendar } = rules;
  const recentDays = daysFrom(days, from);
  const runs: EndingRun[] = [];
  const { standing } = walkOfUser(rules, days, from, ({ first, last, count }, wasCurrent) => {
    if (wasCurrent) {
      runs.push({ first, last, count });
    }
  });
  if (standing.run === undefined && recentDays.length === 0) {
    return { days, rules, runs, steps: [] };
  }
  const steps: Step[] = [];
  let open: RuledRun | undefined;
  let isPending = false;
  for (let day: Day | undefined = from; day !== undefined; ) {
    if (steps.length === MAX_STEPS) {
      throw new Error(`A streak by rules has more than ${MAX_STEPS} steps.`);
    }
    const { streak, run, calendar: ofUser } = streakByRules(days, rules, day, Number.POSITIVE_INFINITY);
    if (open !== undefined && (run === undefined || beginOf(open, calendar) !== beginOf(run, calendar))) {
      runs.push({ ...open, end: { day: day - 1, isPending } });
    }
    steps.push({ day, done: streak.todayDone, current: streak.current, pending: streak.pending });
    open = run;
    isPending = streak.pending;
    day = nextStep(streak, day, ofUser, recentDays);
  }
  if (open !== undefined) {
    runs.push({ ...open, end: { day: LATEST, isPending: false } });
  }
  return { days, rules, runs, steps };
}

/**
 * Returns what tells a run from others: its first day, or the first day of its first week or month. Within that, the day
 * on which a run begins may move.
 */
function beginOf({ first }: RuledRun, calendar: RulesCalendar): Day {
  return periodOn(first, calendar.phaseOn(first)).first;
}

/**
 * Returns the next day on which the streak may be another, if nothing more is done; undefined when it stays what it is.
 *
 * @param calendar that of the user, as it is on `day`
 * @param recentDays the done days from the first recent day on, in order
 */
function nextStep(
  { current, progress }: StreakByRules,
  day: Day,
  calendar: RulesCalendar,
  recentDays: readonly Day[],
): Day | undefined {
  const nextDone = recentDays.find((other) => other > day);
  if (current === 0) {
    return nextDone;
  }
  const { until } = calendar.phaseOn(day);
  const end = Math.min(until, nextDone ?? until) - 1;
  const next = nextStepUpTo(end, day, calendar, progress);
  return next > LAST_DATE ? undefined : next;
}

/** Returns the next day on which the streak may be another, or the day after `end` if there is none before. */
function nextStepUpTo(end: Day, day: Day, calendar: RulesCalendar, { needed, lastDate }: Progress): Day {
  const { offDays } = calendar;
  const phase = calendar.phaseOn(day);
  if (phase.pace.per === "window") {
    return nextStepOfWindow(day, offDays, needed === 0 ? LATEST : lastDate, end);
  }
  const period = periodOn(day, phase);
  if (offDays.nextNeeded(period.first, period.last) === undefined) {
    // All days off that follow, and all weeks and months that need nothing, change nothing. The one of `end` may need a
    // day that comes after `end`.
    const nextNeeded = offDays.nextNeeded(period.last + 1, periodOn(end, phase).last);
    return nextNeeded === undefined ? end + 1 : Math.min(periodOn(nextNeeded, phase).first, end + 1);
  }
  return Math.min(period.last, end) + 1;
}

/**
 * Returns the next day on which a streak with windows may be another. It waits for the last day of its window alone, but
 * which day that is may change with a change of the days off that is still to come.
 */
function nextStepOfWindow(day: Day, offDays: OffDays, lastDate: Day, end: Day): Day {
  const last = Math.min(lastDate, offDays.endOfRulesOn(day) - 1, end);
  return last === lastDate && last > day ? last : last + 1;
}

/**
 * Returns a function that returns the first day on which `current` was at least a target; undefined when it never was. It
 * asks what the best was on some days of the first run that is long enough, since the best never falls, and remembers it
 * for other targets.
 */
export function firstDaysByRules({ days, rules, runs }: CountedByRules): (target: number) => Day | undefined {
  const known = new Map<Day, number>();
  const bestOn = (day: Day): number => {
    const best = known.get(day) ?? bestUpTo(days, rules, day);
    known.set(day, best);
    return best;
  };
  return (target) => {
    const run = runs.find(({ count }) => count >= target);
    if (run === undefined) {
      return undefined;
    }
    let [low, high] = [run.first, run.last];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (bestOn(middle) >= target) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  };
}

/** Returns the days of a set from a day on, in order. */
function daysFrom(days: Months, from: Day): Day[] {
  const last = lastDay(days);
  const found: Day[] = [];
  if (last >= from) {
    const done = new DoneDays(days, last);
    for (let day = done.nextFrom(from); day !== undefined; day = done.nextFrom(day + 1)) {
      found.push(day);
    }
  }
  return found;
}
