import { type Day, daysFrom, isoOf } from "./calendar.ts";
import {
  doneFrom,
  type History,
  isOff,
  neededFrom,
  type Period,
  periodAt,
  unitOf,
  windowOf,
  windowTo,
} from "./history.ts";
import { isPausedForEver } from "./pauses.ts";
import type { Run } from "./runs.ts";

export interface NaiveProgress {
  firstDate: string;
  lastDate: string;
  done: number;
  needed: number;
  daysLeft: number;
  canBeMet: boolean;
}

/**
 * How far the period of today is. The history has no day after today.
 *
 * @param unchanged the same history without the changes of the rules that are still to come
 * @param run the current run; undefined when there is none
 */
export function progressOf(history: History, unchanged: History, run: Run | undefined, today: Day): NaiveProgress {
  const index = periodAt(history, today);
  const period = history.periods[index] as Period;
  const window = windowOf(period);
  if (unitOf(period) !== "day") {
    const first = firstDay(history, index, run, today);
    return progress(history, today, first, period.last, neededFrom(history, period, first));
  }
  if (window !== undefined && run !== undefined) {
    const fatal = fatalWindow(unchanged, period, run, window, today);
    // A pause without an end keeps the run alive, so nothing is needed.
    return fatal === undefined
      ? progress(history, today, today, today, 0)
      : progress(history, today, fatal.first, fatal.last, window.n);
  }
  return progress(history, today, today, today, isOff(history, today) ? 0 : 1);
}

/** Whether the streak is alive and what it needs is still to be done: today, when the period is of days in any days. */
export function isPending(
  history: History,
  run: Run | undefined,
  today: Day,
  { done, needed, lastDate }: NaiveProgress,
): boolean {
  if (run === undefined || done >= needed) {
    return false;
  }
  const period = history.periods[periodAt(history, today)] as Period;
  return windowOf(period) === undefined || (lastDate === isoOf(today) && !history.done.has(today));
}

/** The day from which this week or month asks for done days. */
function firstDay(history: History, index: number, run: Run | undefined, today: Day): Day {
  const period = history.periods[index] as Period;
  const isFromBefore = run !== undefined && run.firstPeriod < index;
  if (isFromBefore) {
    return period.first;
  }
  return run?.begin ?? whereToBegin(history, period, today);
}

/** From where a new run can still begin in this week or month. */
function whereToBegin(history: History, period: Period, today: Day): Day {
  const day = daysFrom(period.first, today).find(
    (first) =>
      history.done.has(first) &&
      !isOff(history, first) &&
      doneFrom(history, first, today) + daysLeft(history, today, period.last) >= neededFrom(history, period, first),
  );
  return day ?? today;
}

/**
 * The days at whose end the run ends when nothing more is done, by the cadence of today. Undefined when it never ends,
 * since a pause has no end.
 */
function fatalWindow(
  history: History,
  period: Period,
  run: Run,
  { n, m }: { n: number; m: number },
  today: Day,
): { first: Day; last: Day } | undefined {
  for (let last = today; ; last++) {
    if (isPausedForEver(history.pauses, last)) {
      return undefined;
    }
    const first = windowTo(history, last, m, Math.max(run.windowsFrom, period.since));
    if (first !== undefined && doneFrom(history, first, last) < n) {
      return { first, last };
    }
  }
}

function daysLeft(history: History, today: Day, last: Day): number {
  return daysFrom(today, last).filter((day) => !history.done.has(day)).length;
}

function progress(history: History, today: Day, first: Day, last: Day, needed: number): NaiveProgress {
  const done = doneFrom(history, first, last);
  const left = daysLeft(history, today, last);
  return {
    firstDate: isoOf(first),
    lastDate: isoOf(last),
    done,
    needed,
    daysLeft: left,
    canBeMet: done + left >= needed,
  };
}
