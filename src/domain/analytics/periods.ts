import { type Day, firstOfMonth } from "../day.ts";
import { MAX_WEEKS } from "./bounds.ts";
import type { Granularity } from "./keys.ts";

/**
 * A day, a week or a month as an integer: the day itself, how many weeks lie between it and the week of 1970-01-01, or
 * how many months have passed since January of the year 0.
 */
export type Period = number;

/** Returns the period that a day belongs to. */
export function periodOf(granularity: Granularity, day: Day): Period {
  switch (granularity) {
    case "day":
      return day;
    case "week":
      return weekOf(day);
    case "month":
      return monthOf(day);
  }
}

/** Returns the first day of a period. */
export function firstDayOf(granularity: Granularity, period: Period): Day {
  switch (granularity) {
    case "day":
      return period;
    case "week":
      return period * 7 - DAYS_FROM_MONDAY_TO_1970;
    case "month":
      return firstOfMonth(writtenMonth(period));
  }
}

/** Returns the different periods of days. */
export function periodsOf(granularity: Granularity, days: Iterable<Day>): ReadonlySet<Period> {
  const periods = new Set<Period>();
  for (const day of days) {
    periods.add(periodOf(granularity, day));
  }
  return periods;
}

/** 1970-01-01 was a Thursday. */
const DAYS_FROM_MONDAY_TO_1970 = 3;

/** Returns the week of a day. Weeks begin on Monday. */
export function weekOf(day: Day): Period {
  return Math.floor((day + DAYS_FROM_MONDAY_TO_1970) / 7);
}

const DAYS_FROM_0_MARCH_TO_1970 = 719_468;
const DAYS_OF_400_YEARS = 146_097;

/** Returns the month of a day. Makes no `Date`, because counting asks for each done day. */
export function monthOf(day: Day): Period {
  // Years are counted from March 1, so that a leap day is the last day of its year; see `firstOfMonth`.
  const sinceMarch = day + DAYS_FROM_0_MARCH_TO_1970;
  const era = Math.floor(sinceMarch / DAYS_OF_400_YEARS);
  const dayOfEra = sinceMarch - era * DAYS_OF_400_YEARS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const year = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const monthsSinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return (era * 400 + year) * 12 + monthsSinceMarch + 2;
}

/** Returns a month as text, such as `2026-11`. */
export function writtenMonth(month: Period): string {
  const year = Math.floor(month / 12);
  return `${String(year).padStart(4, "0")}-${String(month - year * 12 + 1).padStart(2, "0")}`;
}

/** Reads a month that is written as `2026-11`. */
export function readMonth(text: string): Period {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5)) - 1;
}

/** Returns the index of the users who have first checked in in one week, and have checked in `offset` weeks later. */
export function retentionIndex(week: Period, offset: number): number {
  return week * MAX_WEEKS + offset;
}
