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

/** Whether at least one of the amnesties has the day. */
export function hasAmnesty(amnesties: readonly NaiveAmnesty[], day: Day): boolean {
  return amnesties.some(({ from, to }) => dayOf(from) <= day && day <= dayOf(to));
}

/** Whether at least one of the pauses has the day. */
export function isPaused(pauses: readonly NaivePause[], day: Day): boolean {
  return pauses.some(({ from, to }) => dayOf(from) <= day && (to === undefined || day <= dayOf(to)));
}

/** Whether this day and all days after it are paused. */
export function isPausedForEver(pauses: readonly NaivePause[], day: Day): boolean {
  // A day that is later than all dates of the pauses is paused only if one of them has no end.
  const last = Math.max(day, ...pauses.flatMap(({ from, to = from }) => [dayOf(from), dayOf(to)])) + 1;
  return daysFrom(day, last).every((other) => isPaused(pauses, other));
}

/** The paused days around this day, as one pause. Undefined when the day is not paused. */
export function pauseOn(pauses: readonly NaivePause[], day: Day): NaivePause | undefined {
  if (!isPaused(pauses, day)) {
    return undefined;
  }
  let first = day;
  while (isPaused(pauses, first - 1)) {
    first--;
  }
  if (isPausedForEver(pauses, day)) {
    return { from: isoOf(first) };
  }
  let last = day;
  while (isPaused(pauses, last + 1)) {
    last++;
  }
  return { from: isoOf(first), to: isoOf(last) };
}
