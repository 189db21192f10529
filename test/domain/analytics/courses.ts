import { type Day, isoDate } from "#src/domain/day.ts";
import { daysUpTo, type Months } from "#src/domain/months.ts";
import type { Project, Widget } from "#src/domain/project.ts";
import type { HolidayList, RulesVersion } from "#src/domain/rules.ts";
import type { Pauses } from "#src/domain/streaks/ledger/pauses.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { streakOf } from "../streaks/by-days.ts";
import { lessonRules } from "../streaks/given.ts";
import { asOf, type History, historyOf, type NaiveRules, type Period } from "../streaks/history.ts";
import { longestAlive, walkTo } from "../streaks/runs.ts";

/**
 * Goes through streaks by rules day by day, to compare with what is counted. It asks `streakOf` about each day, which other
 * tests compare with a naive count. Which run that is, it asks the naive count of runs.
 */
export interface Course {
  /** Returns what the streak was or will be on a date, with the days after it left out. */
  on(date: string): StateOfDay;
  /** The runs that `current` has shown, as they will end if nothing more is done. */
  readonly runs: readonly { readonly length: number; readonly end: string }[];
  /** The first date on which `current` was at least a target. */
  firstWith(target: number): string | undefined;
}

interface StateOfDay {
  readonly current: number;
  readonly todayDone: boolean;
  readonly pending: boolean;
  /** Whether it is pending, and its run ends with the day if nothing more is done. */
  readonly isEnding: boolean;
}

interface ShownRun {
  /** The first day of its first period: within that, the day on which it begins may move. */
  readonly begin: Day;
  /** The last day that it counts, or that of the last week or month. */
  readonly last: Day;
  readonly length: number;
  readonly end: Day;
}

/**
 * Longer than any run goes on after its last done day, if it ends at all: all dates off, all pauses, and some months.
 */
const LONGEST_WAIT = 500;

/** The end of a run that an open pause holds for ever. */
const NEVER: Day = Date.parse("9999-12-31") / 86_400_000;

/** Whether a widget's streaks are counted by rules. */
export function hasRules({ rules }: Pick<Widget, "rules">): boolean {
  return rules.mode === "continuous" && rules.versions !== undefined;
}

/**
 * Returns the course of a continuous streak, from the first done day on.
 *
 * @param pauses undefined when the user never had one of the event
 */
export function courseOf(
  months: Months,
  versions: readonly RulesVersion[],
  { holidays }: Project,
  pauses: Pauses | undefined,
): Course {
  const made: StreakRules = {
    ...lessonRules({ mode: "continuous", versions }, holidays),
    ...(pauses && { pauses }),
  };
  const done = daysOf(months);
  const [first, last] = [done[0] ?? 0, done.at(-1) ?? 0];
  const horizon = last + LONGEST_WAIT;
  const pausedDays = pauses === undefined ? [] : rangeOf(first - 60, horizon).filter((day) => pauses.on(day));
  const histories = new Map<number, History>();
  /** The history as it is known on a day: a paused day that is not done yet is a date off. */
  const historyOn = (upTo: Day): History => {
    const undone = pausedDays.filter((day) => day > upTo || !done.includes(day));
    const given = () => ({
      dates: done.map(isoDate),
      versions: versions.map((version) => naiveRules(version, holidays, undone)),
      pauses: [],
      amnesties: [],
      grants: [],
      optOuts: [],
    });
    const history = histories.get(undone.length) ?? historyOf(given(), first, horizon);
    histories.set(undone.length, history);
    return history;
  };
  const stateOn = (day: Day) => streakOf(daysUpTo(months, day), made, day);

  const shown: ShownRun[] = [];
  const firsts = new Map<number, Day>();
  /** Days on which the streak was 0. */
  const zeros = [first - 1];
  const runOn = (day: Day, upTo = day) =>
    runShown(historyOn(upTo), day, upTo, zeros.findLast((zero) => zero < day) ?? day);
  for (let day = done[0]; day !== undefined && day <= horizon; ) {
    const run = runOn(day);
    if (run !== undefined && shown.at(-1)?.begin === run.begin) {
      shown.pop();
    }
    shown.push(...(run === undefined ? [] : [run]));
    const { current } = stateOn(day);
    for (let target = current; target > 0 && !firsts.has(target); target--) {
      firsts.set(target, day);
    }
    zeros.push(...(current === 0 ? [day] : []));
    day = current > 0 ? day + 1 : nextOf(done, day);
  }
  const held = shown.at(-1);
  if (held?.end === horizon) {
    shown.splice(-1, 1, { ...held, end: NEVER });
  }
  return {
    on(date) {
      const day = Date.parse(date) / 86_400_000;
      const { current, todayDone, pending } = stateOn(day);
      return { current, todayDone, pending, isEnding: pending && runOn(day)?.begin !== runOn(day + 1, day)?.begin };
    },
    runs: shown
      // What a window leaves of the run before has no later day than that.
      .filter(({ last }, index) => shown.slice(0, index).every((before) => before.last < last))
      .map(({ length, end }) => ({ length, end: isoDate(end) })),
    firstWith(target) {
      const day = firsts.get(target);
      return day === undefined ? undefined : isoDate(day);
    },
  };
}

/**
 * Returns the run that `current` shows on a day, with the days after `upTo` left out.
 *
 * @param zero a day before, on which the streak was 0: no run goes back to a period before that
 */
function runShown(history: History, day: Day, upTo: Day, zero: Day): ShownRun | undefined {
  const periods = history.periods.filter(({ first, last }) => last >= zero && first <= day);
  const run = longestAlive(walkTo({ ...asOf(history, upTo), periods }, day).runs);
  if (run === undefined) {
    return undefined;
  }
  const lastCounted = run.firstPeriod + run.told.findLastIndex(({ counted }) => counted === 1);
  const [first, last] = [periods[run.firstPeriod], periods[lastCounted]] as [Period, Period];
  return { begin: first.first, last: last.last, length: run.count, end: day };
}

/** Returns rules as the naive count has them, with more dates off. */
function naiveRules(
  { from, daysOff, ...rest }: RulesVersion,
  holidays: readonly HolidayList[],
  datesOff: readonly Day[],
): NaiveRules {
  const lists = holidays.filter(({ name }) => daysOff.holidays.includes(name));
  const dates = [...daysOff.dates, ...datesOff, ...lists.flatMap((list) => list.dates)].map(isoDate);
  return {
    ...(from !== undefined && { from: isoDate(from) }),
    ...rest,
    daysOff: { weekdays: daysOff.weekdays, dates },
  };
}

/** Returns all days from the first to the last. */
function rangeOf(first: Day, last: Day): Day[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function nextOf(done: readonly Day[], day: Day): Day | undefined {
  return done.find((other) => other > day);
}

function daysOf(months: Months): Day[] {
  return Object.entries(months)
    .flatMap(([month, bits]) =>
      Array.from({ length: 31 }, (_, bit) => bit)
        .filter((bit) => (bits & (1 << bit)) !== 0)
        .map((bit) => Date.parse(`${month}-${String(bit + 1).padStart(2, "0")}`) / 86_400_000),
    )
    .sort((a, b) => a - b);
}
