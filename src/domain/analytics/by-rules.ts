import type { Day } from "../day.ts";
import type { RulesCalendar } from "../streaks/calendar/calendar.ts";
import type { OffDays } from "../streaks/calendar/days-off.ts";
import { periodOn } from "../streaks/calendar/periods.ts";
import { EARLIEST, LATEST } from "../streaks/days/bits.ts";
import type { DaySet } from "../streaks/days/day-set.ts";
import type { SettledDays } from "../streaks/late-events.ts";
import { type ReachedDays, reachedDays } from "../streaks/milestones/reached-days.ts";
import type { Present } from "../streaks/present.ts";
import type { Progress } from "../streaks/progress.ts";
import type { StreakRules } from "../streaks/rules-for.ts";
import { streakByRules } from "../streaks/streak-by-rules.ts";
import type { StreakByRules } from "../streaks/streak-shape.ts";
import { MAX_BRIDGED_AT_ONCE, mayTravel } from "../streaks/travel.ts";
import type { RuledRun, RunPart } from "../streaks/walk/ruled-run.ts";
import { walkOfUser } from "../streaks/walk-of-user.ts";

/** What the rules and the user's ledger make of a user's done days. */
export interface CountedByRules {
  readonly settled: SettledDays;
  readonly rules: StreakRules;
  /** All runs that the streak has counted on any day, in order. A run that was repaired is one, from its first day on. */
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
 * More steps than a streak can have. Windows make it fall to 0 in fewer than 200, earned freezes in fewer than 100,
 * granted freezes in fewer than 1,000, since they come a year ahead at most, and all else in a few: what needs nothing
 * is passed over at once, and two misses that are not covered end a run. Each of at most 100 versions, each recent done
 * day and each recent repair adds a few. Only a mistake in that could go on for ever.
 */
const MAX_STEPS = 2000;

/** 9999-12-31: no date is later, so what changes after it never does. */
const LAST_DATE: Day = 2_932_896;

/**
 * Counts by rules.
 *
 * @param present the first recent day, with the zone of the user: what the streak was before is not asked for
 */
export function countByRules(settled: SettledDays, rules: StreakRules, present: Present): CountedByRules {
  const { calendar } = rules;
  const { days } = settled;
  const { today: from } = present;
  const recentDays = daysFrom(days, from);
  const lastDone = recentDays.at(-1) ?? from - 1;
  // The user has come to the zone with the last thing that is done. Days up to that have the zones of their events alone.
  const presentOn = (day: Day): Present => (day > lastDone ? { ...present, today: day } : { today: day });
  const runs: EndingRun[] = [];
  const onEnd = ({ first, last, count }: RuledRun, { hidden }: RunPart) => {
    if (!hidden) {
      runs.push({ first, last, count });
    }
  };
  const { standing } = walkOfUser(rules, settled, presentOn(from), from, { endObserver: { from: EARLIEST, onEnd } });
  const isOnTheWay = journeysOf(settled, present);
  const recentRepairs = (rules.repairs ?? []).map((repair) => repair.from).filter((day) => day > from);
  const changes = [...recentDays, ...recentRepairs].sort((one, other) => one - other);
  if (standing.run === undefined && changes.length === 0 && !isOnTheWay(from)) {
    return { settled, rules, runs: wholeRuns(runs, rules), steps: [] };
  }
  const steps: Step[] = [];
  let open: RuledRun | undefined;
  let isPending = false;
  for (let day: Day | undefined = from; day !== undefined; ) {
    if (steps.length === MAX_STEPS) {
      throw new Error(`A streak by rules has more than ${MAX_STEPS} steps.`);
    }
    const { streak, run, calendar: ofUser } = streakByRules(settled, rules, presentOn(day), Number.POSITIVE_INFINITY);
    if (open !== undefined && (run === undefined || beginOf(open, calendar) !== beginOf(run, calendar))) {
      runs.push({ ...open, end: { day: day - 1, isPending } });
    }
    steps.push({ day, done: streak.todayDone, current: streak.current, pending: streak.pending });
    open = run;
    isPending = streak.pending;
    day = isOnTheWay(day) ? day + 1 : nextStep(streak, day, ofUser, changes);
  }
  if (open !== undefined) {
    runs.push({ ...open, end: { day: LATEST, isPending: false } });
  }
  return { settled, rules, runs: wholeRuns(runs, rules), steps };
}

/** Leaves out the runs that repairs have made parts of later ones: these begin no later. */
function wholeRuns(runs: readonly EndingRun[], { calendar, repairs }: StreakRules): readonly EndingRun[] {
  if (repairs === undefined) {
    return runs;
  }
  let earliest = Number.POSITIVE_INFINITY;
  const whole = runs.toReversed().filter((run) => {
    const begin = beginOf(run, calendar);
    const isPart = begin >= earliest;
    earliest = Math.min(earliest, begin);
    return !isPart;
  });
  return whole.reverse();
}

/**
 * Returns a function that returns whether today may bridge days before it, or the day before today may have: then a streak
 * may be another one each day.
 */
function journeysOf(settled: SettledDays, present: Present): (day: Day) => boolean {
  if (!mayTravel(settled, present)) {
    return () => false;
  }
  const { words: done } = settled.days;
  return (day) => done.count(day - MAX_BRIDGED_AT_ONCE - 1, day) > 0;
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
 * @param changes the done days from the first recent day on, and the days of repairs after it, in order
 */
function nextStep(
  { current, progress }: StreakByRules,
  day: Day,
  calendar: RulesCalendar,
  changes: readonly Day[],
): Day | undefined {
  const nextChange = changes.find((other) => other > day);
  if (current === 0) {
    return nextChange;
  }
  const { until } = calendar.phaseOn(day);
  const end = Math.min(until, nextChange ?? until) - 1;
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

/** Returns the first days on which `current` was at least a target, by the targets. Those that it never was are left out. */
export function firstDaysByRules({ settled, rules }: CountedByRules, targets: readonly number[]): ReachedDays {
  const last = Math.max(
    EARLIEST,
    settled.days.words.last ?? EARLIEST,
    ...(rules.repairs ?? []).map(({ from }) => from),
  );
  const walkUpTo = (day: Day) => walkOfUser(rules, settled, { today: day }, day);
  const walked = { ...walkUpTo(last), currentOn: (day: Day) => walkUpTo(day).standing.run?.count ?? 0 };
  return reachedDays(walked, last, [{ targets }])[0] as ReachedDays;
}

/** Returns the days of a set from a day on, in order. */
function daysFrom({ words }: DaySet, from: Day): Day[] {
  const found: Day[] = [];
  for (let day = words.nextFrom(from); day !== undefined; day = words.nextFrom(day + 1)) {
    found.push(day);
  }
  return found;
}
