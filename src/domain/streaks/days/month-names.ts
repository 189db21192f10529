import { DAY_MS, type Day, firstOfMonth, isoMonth, yearAndMonth } from "../../day.ts";

// A streak reads the names of many months, and nearly all of them are of this century: their first days are known.
const FIRST_YEAR = 2000;
const YEARS = 100;

/**
 * The names of the known months, in order. As keys of an object they are the same strings in memory as the keys of a
 * `Months`, so that comparing a name with the expected one takes a nanosecond. Reading the digits takes ten.
 */
const names: readonly string[] = Object.keys(
  Object.fromEntries(Array.from({ length: YEARS * 12 }, (_, index) => [makeName(index), true])),
);

const firstDays = Int32Array.from(names, firstOfMonth);

/**
 * Returns the index of a month: 0 for January 2000, negative before.
 *
 * @param before the index of the month that was read before. Sets mostly have their months in order, or in the reverse
 *   order of an import from the newest day on
 */
export function monthIndex(month: string, before: number): number {
  if (names[before + 1] === month) {
    return before + 1;
  }
  return names[before - 1] === month ? before - 1 : readIndex(month);
}

/** Returns the first day of a month. `index` is that of the month. */
export function firstDayOf(month: string, index: number): Day {
  return index >= 0 && index < firstDays.length ? (firstDays[index] as Day) : firstOfMonth(month);
}

/** Returns the name of a month, by its index. */
export function monthName(index: number): string {
  return names[index] ?? makeName(index);
}

function readIndex(name: string): number {
  const { year, month } = yearAndMonth(name);
  return (year - FIRST_YEAR) * 12 + month - 1;
}

function makeName(index: number): string {
  return isoMonth(Date.UTC(FIRST_YEAR, index) / DAY_MS);
}
