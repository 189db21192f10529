import { DAY_MS, type Day, firstOfMonth, isoMonth } from "../../day.ts";

// A streak reads the names of many months, and nearly all of them are of this century: their first days are known.
const FIRST_YEAR = 2000;
const YEARS = 100;

/**
 * The names of the known months, in order. As keys of an object they are the same strings in memory as the keys of a
 * `Months`, so that comparing a name with the expected one takes a nanosecond. Reading the digits takes ten.
 */
const names: readonly string[] = Object.keys(
  Object.fromEntries(Array.from({ length: YEARS * 12 }, (_, place) => [makeName(place), true])),
);

const firstDays = Int32Array.from(names, firstOfMonth);

/**
 * Returns the place of a month in the calendar: 0 for January 2000.
 *
 * @param before the place of the month that was read before. Sets mostly have their months in order, or in the reverse
 *   order of an import from the newest day on
 */
export function placeOf(month: string, before: number): number {
  if (names[before + 1] === month) {
    return before + 1;
  }
  return names[before - 1] === month ? before - 1 : placeByDigits(month);
}

/** Returns the first day of a month. `place` is that of the month. */
export function firstDayOf(month: string, place: number): Day {
  return place >= 0 && place < firstDays.length ? (firstDays[place] as Day) : firstOfMonth(month);
}

function placeByDigits(month: string): number {
  const digit = (index: number) => month.charCodeAt(index) - ZERO;
  const year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
  return (year - FIRST_YEAR) * 12 + digit(5) * 10 + digit(6) - 1;
}

/** Returns the name of a month, by its place. */
export function nameOf(place: number): string {
  return names[place] ?? makeName(place);
}

function makeName(place: number): string {
  return isoMonth(Date.UTC(FIRST_YEAR, place) / DAY_MS);
}

const ZERO = "0".charCodeAt(0);
