import { offsetMinutes } from "./zone.ts";

/**
 * A local calendar date, as whole days since 1970-01-01. A day has no zone: it is the number of a date in the Gregorian
 * calendar, which is also used for dates before its introduction. Only years from 0 on can be written as ISO dates.
 */
export type Day = number;

/** How long a day of UTC is, in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * How much later the timestamp of a date alone is than the first instant of the date, in nanoseconds. That tells the
 * two apart: a date alone belongs to that day, whenever the day begins. Nothing else notices it, since instants are in
 * milliseconds.
 */
export const DATE_ALONE_NANOS = 1;

/**
 * The date that a calendar in this zone shows at this instant.
 *
 * @param instant epoch milliseconds
 * @param zone the IANA name of the zone
 * @throws RangeError when `zone` is not an IANA name; see `isZone`
 */
export function dayOf(instant: number, zone: string): Day {
  // Offsets are whole seconds. Counted in minutes they can be fractions that floating point does not hold exactly.
  const offset = Math.round(offsetMinutes(zone, instant) * 60) * 1000;
  return Math.floor((instant + offset) / DAY_MS);
}

/** The date in ISO 8601, such as `2024-01-08`. */
export function isoDate(day: Day): string {
  return `${isoMonth(day)}-${pad(dayOfMonth(day), 2)}`;
}

/** The month of the date, such as `2024-01`. */
export function isoMonth(day: Day): string {
  const date = new Date(day * DAY_MS);
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}`;
}

/** The year and the month, from 1 to 12, that a name says which `isoMonth` has written. */
export function yearAndMonth(name: string): { readonly year: number; readonly month: number } {
  const { length } = name;
  return { year: digits(name, 0, length - 3), month: digits(name, length - 2, length) };
}

/** The first day of a month; `name` is written as `isoMonth` writes it. */
export function firstOfMonth(name: string): Day {
  const { year: calendarYear, month } = yearAndMonth(name);
  const isBeforeMarch = month < 3;
  // Years are counted from March 1 here, so that a leap day is the last day of its year. From March on, months have 31,
  // 30, 31, 30 and 31 days, again and again: 153 days every 5 months. Only February, the last month, is shorter.
  const year = calendarYear - (isBeforeMarch ? 1 : 0);
  const monthsSinceMarch = month - 3 + (isBeforeMarch ? 12 : 0);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + Math.floor((monthsSinceMarch * 153 + 2) / 5) - DAYS_FROM_0_MARCH_TO_1970;
}

/** The first day of the month of a day. */
export function startOfMonth(day: Day): Day {
  // The other way round than `firstOfMonth`: years begin on March 1. 4, 100 and 400 years have 1461, 36,524 and 146,097
  // days.
  const sinceYear0 = day + DAYS_FROM_0_MARCH_TO_1970;
  const dayOf400Years = sinceYear0 - Math.floor(sinceYear0 / 146_097) * 146_097;
  const leapDays =
    Math.floor(dayOf400Years / 1460) - Math.floor(dayOf400Years / 36_524) + Math.floor(dayOf400Years / 146_096);
  const year = Math.floor((dayOf400Years - leapDays) / 365);
  const dayOfYear = dayOf400Years - (year * 365 + Math.floor(year / 4) - Math.floor(year / 100));
  const monthsSinceMarch = Math.floor((dayOfYear * 5 + 2) / 153);
  return day - (dayOfYear - Math.floor((monthsSinceMarch * 153 + 2) / 5));
}

/** The day of the month, from 1 to 31. */
export function dayOfMonth(day: Day): number {
  return new Date(day * DAY_MS).getUTCDate();
}

/** The day of the week, from 0 for Monday to 6 for Sunday. */
export function weekday(day: Day): number {
  // Day 0 was a Thursday. The remainder of a negative number is negative, hence the second remainder. With `| 0`, the
  // engine knows an integer: the remainder of a number that may be a fraction takes it ten times as long.
  return ((((day + 3) | 0) % 7) + 7) % 7;
}

const DAYS_FROM_0_MARCH_TO_1970 = 719_468;
const ZERO = "0".charCodeAt(0);

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

/** Reads the digits from one position to another as a number. Makes no strings, because streaks read many months. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    value = value * 10 + text.charCodeAt(index) - ZERO;
  }
  return value;
}
