import { type Day, dayOfMonth, firstOfMonth, isoMonth } from "./day.ts";

/**
 * A set of days: for each month that has any, an integer whose bit 0 is the 1st and bit 30 the 31st.
 * `{"2024-01": 0b101}` is January 1 and 3. Never negative, as 31 bits fit a signed 32-bit integer.
 *
 * Stores keep it in this form, because adding a day is then one atomic OR.
 */
export type Months = Readonly<Record<string, number>>;

/** The set without a day. */
export const emptyMonths: Months = Object.freeze({});

/** Where a day is kept: in this month's integer, as this one bit. */
export interface Place {
  readonly month: string;
  readonly bit: number;
}

/** Where a day is kept. */
export function monthOf(day: Day): Place {
  return { month: isoMonth(day), bit: 1 << (dayOfMonth(day) - 1) };
}

/** The set with this day in it too. */
export function withDay(months: Months, day: Day): Months {
  const { month, bit } = monthOf(day);
  return union(months, { [month]: bit });
}

/** Whether the day is in the set. */
export function hasDay(months: Months, day: Day): boolean {
  return isKeptAt(months, monthOf(day));
}

/** Whether the day of this place is in the set: `hasDay` for who asks many sets for the same day. */
export function isKeptAt(months: Months, { month, bit }: Place): boolean {
  return ((months[month] ?? 0) & bit) !== 0;
}

/** The set of the days that are in either set. */
export function union(one: Months, other: Months): Months {
  const result: Record<string, number> = { ...one };
  for (const [month, bits] of Object.entries(other)) {
    result[month] = (result[month] ?? 0) | bits;
  }
  return result;
}

/** How many days are in the set. */
export function countDays(months: Months): number {
  let count = 0;
  for (const run of runsOf(months)) {
    count += run.length;
  }
  return count;
}

/** Days that follow each other without a gap. */
export interface Run {
  readonly first: Day;
  /** How many days; at least 1. */
  readonly length: number;
}

/**
 * The runs of the set, earliest first, each as long as it can be. Costs by the months and runs that there are, not by
 * the days in them or between them.
 */
export function runsOf(months: Months): Run[] {
  const runs: Run[] = [];
  let last: { first: Day; length: number } | undefined;
  for (const { first, bits } of monthsInOrder(months)) {
    let day = first;
    let rest = bits;
    while (rest !== 0) {
      const gap = trailingZeros(rest);
      day += gap;
      rest >>>= gap;
      const length = trailingZeros(~rest);
      if (last !== undefined && last.first + last.length === day) {
        last.length += length; // it goes on from the month before
      } else {
        last = { first: day, length };
        runs.push(last);
      }
      day += length;
      rest >>>= length;
    }
  }
  return runs;
}

function monthsInOrder(months: Months): { first: Day; bits: number }[] {
  return Object.keys(months)
    .map((month) => ({ first: firstOfMonth(month), bits: months[month] ?? 0 }))
    .sort((a, b) => a.first - b.first);
}

/** How many bits below the lowest 1; of a 32-bit integer that has one. */
function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
