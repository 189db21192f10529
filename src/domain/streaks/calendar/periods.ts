import { type Day, startOfMonth, weekday } from "../../day.ts";
import type { Weekday } from "../../rules.ts";
import { isWeekOrMonth, type Pace, type WeekOrMonth } from "./pace.ts";

/** A day, week or month of the calendar. Where a phase begins in its middle, `first` is that day. */
export interface Period {
  readonly first: Day;
  readonly last: Day;
  /** How many days the whole day, week or month has. */
  readonly length: number;
}

/** Returns the period that a day of a phase is in. */
export function periodOn(day: Day, { from, pace }: { readonly from: Day; readonly pace: Pace }): Period {
  if (!isWeekOrMonth(pace)) {
    return { first: day, last: day, length: 1 };
  }
  const start = pace.per === "week" ? day - daysSinceWeekday(pace.weekStart, day) : startOfMonth(day);
  const whole = periodFrom(start, pace);
  return start >= from ? whole : { ...whole, first: from };
}

/** Returns the whole week or month that begins with a day. */
export function periodFrom(first: Day, pace: WeekOrMonth): Period {
  const length = pace.per === "week" ? 7 : startOfMonth(first + 31) - first;
  return { first, last: first + length - 1, length };
}

/** Returns how many days before a day the last such weekday was: from 0 to 6. */
export function daysSinceWeekday(start: Weekday, day: Day): number {
  return (weekday(day) - start + 7) % 7;
}
