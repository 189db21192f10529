import { offsetMinutes } from "./zone.ts";

/**
 * A local calendar date, as whole days since 1970-01-01. A day has no zone: it is the number of a date in the Gregorian
 * calendar, which is also used for dates before its introduction. Only years from 0 on can be written as ISO dates.
 */
export type Day = number;

/** How long a day of UTC is, in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

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

/** The first day of a month; `month` is written as `isoMonth` writes it. */
export function firstOfMonth(month: string): Day {
  const number = digits(month, month.length - 2, month.length);
  const isBeforeMarch = number < 3;
  // Years are counted from March 1 here, so that a leap day is the last day of its year. From March on, months have 31,
  // 30, 31, 30 and 31 days, again and again: 153 days every 5 months. Only February, the last month, is shorter.
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
  // Day 0 was a Thursday. The remainder of a negative number is negative, hence the second remainder.
  return (((day + 3) % 7) + 7) % 7;
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
