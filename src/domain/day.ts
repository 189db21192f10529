import { offsetMinutes } from "./zone.ts";

/**
 * A local calendar date, as whole days since 1970-01-01. It belongs to no zone: it is the number of the date, in the
 * Gregorian calendar throughout. Dates are written for years 0 and later.
 */
export type Day = number;

/**
 * The date that a calendar in this zone shows at this instant.
 *
 * @param instant epoch milliseconds
 * @param zone an IANA name
 * @throws RangeError when `zone` is not one; see `isZone`
 */
export function dayOf(instant: number, zone: string): Day {
  // Offsets are whole seconds, but as minutes they can be fractions that floating point only approaches.
  const offset = Math.round(offsetMinutes(zone, instant) * 60) * 1000;
  return Math.floor((instant + offset) / DAY_MS);
}

/** The date as ISO 8601 has it, such as `2024-01-08`. */
export function isoDate(day: Day): string {
  return `${isoMonth(day)}-${pad(dayOfMonth(day), 2)}`;
}

/** The month of the date, such as `2024-01`. */
export function isoMonth(day: Day): string {
  const date = new Date(day * DAY_MS);
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}`;
}

/** The 1st of a month that is written as `isoMonth` does. */
export function firstOfMonth(month: string): Day {
  const number = digits(month, month.length - 2, month.length);
  const isBeforeMarch = number < 3;
  // A leap day is the last of a year that is counted from March 1. From there months have 31, 30, 31, 30, 31 days over
  // and over, of which the last is cut short: 153 in 5.
  const year = digits(month, 0, month.length - 3) - (isBeforeMarch ? 1 : 0);
  const monthsSinceMarch = number - 3 + (isBeforeMarch ? 12 : 0);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + Math.floor((monthsSinceMarch * 153 + 2) / 5) - DAYS_FROM_0_MARCH_TO_1970;
}

/** The day of the month, from 1 to 31. */
export function dayOfMonth(day: Day): number {
  return new Date(day * DAY_MS).getUTCDate();
}

/** The day of the week, from 0 for Monday to 6 for Sunday. */
export function weekday(day: Day): number {
  // Day 0 was a Thursday. The remainder of a negative number is negative, hence the second one.
  return (((day + 3) % 7) + 7) % 7;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_FROM_0_MARCH_TO_1970 = 719_468;

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** The number that these digits of a text say. Reading a streak reads two of them a month, so it makes no strings. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    value = value * 10 + text.charCodeAt(index) - ZERO;
  }
  return value;
}

const ZERO = "0".charCodeAt(0);
