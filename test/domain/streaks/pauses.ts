import { type Day, dayOf, daysFrom, isoOf } from "./calendar.ts";

/** Days on which nothing is asked of a user: from a date to a date, or without an end. */
export interface NaivePause {
  from: string;
  to?: string;
}

/** Days on which nothing is asked of any user. */
export interface NaiveAmnesty {
  from: string;
  to: string;
}

/** The days of a pause or an amnesty. */
export interface DayRange {
  first: Day;
  /** Infinity when there is no end. */
  last: Day;
}

/** The days of pauses or amnesties. */
export function rangesOf(pauses: readonly NaivePause[]): DayRange[] {
  return pauses.map(({ from, to }) => ({
    first: dayOf(from),
    last: to === undefined ? Number.POSITIVE_INFINITY : dayOf(to),
  }));
}

/** Whether at least one of the ranges has the day. */
export function isIn(ranges: readonly DayRange[], day: Day): boolean {
  return ranges.some(({ first, last }) => first <= day && day <= last);
}

/** Whether this day and all days after it are paused. */
export function isPausedForEver(pauses: readonly DayRange[], day: Day): boolean {
  // A day that is later than all dates of the pauses is paused only if one of them has no end.
  const dates = pauses.flatMap(({ first, last }) => [first, last]).filter(Number.isFinite);
  return daysFrom(day, Math.max(day, ...dates) + 1).every((other) => isIn(pauses, other));
}

/** The paused days around this day, as one pause. Undefined when the day is not paused. */
export function pauseOn(pauses: readonly DayRange[], day: Day): NaivePause | undefined {
  if (!isIn(pauses, day)) {
    return undefined;
  }
  let first = day;
  while (isIn(pauses, first - 1)) {
    first--;
  }
  if (isPausedForEver(pauses, day)) {
    return { from: isoOf(first) };
  }
  let last = day;
  while (isIn(pauses, last + 1)) {
    last++;
  }
  return { from: isoOf(first), to: isoOf(last) };
}
