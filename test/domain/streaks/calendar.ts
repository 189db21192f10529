/** A day, as whole days since 1970-01-01. The oracle has a calendar of its own, which shares nothing with `src`. */
export type Day = number;

const DAY_MS = 86_400_000;

/** Dates and days that were asked for: the same few are asked for again and again. */
const dates = new Map<Day, string>();
const days = new Map<string, Day>();

/** The day of an ISO date. */
export function dayOf(date: string): Day {
  const known = days.get(date) ?? readDay(date);
  days.set(date, known);
  return known;
}

function readDay(date: string): Day {
  const [year, month, dayOfMonth] = date.split("-").map(Number) as [number, number, number];
  // 400 years have a whole number of days. They are added and taken away, since `Date.UTC` reads years below 100 as 19xx.
  return (Date.UTC(year + 400, month - 1, dayOfMonth) - (Date.UTC(2400, 0, 1) - Date.UTC(2000, 0, 1))) / DAY_MS;
}

/** The ISO date of a day. The year 10000, whose first days are in the last week of 9999, is written like the others. */
export function isoOf(day: Day): string {
  const known = dates.get(day) ?? new Date(day * DAY_MS).toISOString().replace(/^\+0/, "").replace(/T.*/, "");
  dates.set(day, known);
  return known;
}

/** The weekday of a day, from 0 for Monday to 6 for Sunday. */
export function weekdayOf(day: Day): number {
  return (new Date(day * DAY_MS).getUTCDay() + 6) % 7;
}

/** The day of the month, from 1 on. */
export function dayOfMonth(day: Day): number {
  return new Date(day * DAY_MS).getUTCDate();
}

/** How many days the month of this day has. */
export function lengthOfMonth(day: Day): number {
  let last = day;
  while (dayOfMonth(last + 1) !== 1) {
    last++;
  }
  return dayOfMonth(last);
}

/** The days from the first to the last, both included. None when the last is before the first. */
export function daysFrom(first: Day, last: Day): Day[] {
  const between: Day[] = [];
  for (let day = first; day <= last; day++) {
    between.push(day);
  }
  return between;
}
