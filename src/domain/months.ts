import { type Day, dayOfMonth, firstOfMonth, isoMonth } from "./day.ts";

/**
 * A set of days, as one integer for each month that has days in the set. Bit 0 is the 1st of the month, bit 30 the
 * 31st: `{"2024-01": 0b101}` is January 1 and 3. Integers are never negative, since 31 bits fit a signed 32-bit
 * integer.
 *
 * Stores keep sets in this form, because adding a day is then one atomic OR.
 */
export type Months = Readonly<Record<string, number>>;

/** The empty set. */
export const emptyMonths: Months = Object.freeze({});

/** How a set holds one day: as one bit of a month's integer. */
export interface DayBit {
  /** Such as `2024-01`. */
  readonly month: string;
  /** The integer in which only this bit is 1. */
  readonly bit: number;
}

/** The month and the bit by which a set holds this day. */
export function monthOf(day: Day): DayBit {
  return { month: isoMonth(day), bit: 1 << (dayOfMonth(day) - 1) };
}

/** The set of these days. */
export function monthsOf(days: Iterable<Day>): Months {
  const result: Record<string, number> = {};
  for (const day of days) {
    const { month, bit } = monthOf(day);
    result[month] = (result[month] ?? 0) | bit;
  }
  return result;
}

/** The set with this day added. */
export function withDay(months: Months, day: Day): Months {
  const { month, bit } = monthOf(day);
  return union(months, { [month]: bit });
}

/** Whether the day is in the set. */
export function hasDay(months: Months, day: Day): boolean {
  return hasBit(months, monthOf(day));
}

/** The same as `hasDay`, for callers that ask many sets for the same day. */
export function hasBit(months: Months, { month, bit }: DayBit): boolean {
  return ((months[month] ?? 0) & bit) !== 0;
}

/** The days that are in at least one of the two sets. */
export function union(one: Months, other: Months): Months {
  const result: Record<string, number> = { ...one };
  for (const month of Object.keys(other)) {
    result[month] = (result[month] ?? 0) | (other[month] as number);
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

/** The days of the set that are in this year, from 0 to 9999. */
export function ofYear(months: Months, year: number): Months {
  const start = `${String(year).padStart(4, "0")}-`;
  return Object.fromEntries(Object.entries(months).filter(([month]) => month.startsWith(start)));
}

/** The days of the set that are not after this day. */
export function daysUpTo(months: Months, day: Day): Months {
  const { month: last, bit } = monthOf(day);
  const whole = Object.entries(months).filter(([month]) => month < last);
  const bits = (months[last] ?? 0) & (bit | (bit - 1));
  return Object.fromEntries(bits === 0 ? whole : [...whole, [last, bits]]);
}

/** The last day of the set; -Infinity when the set is empty. */
export function lastDay(months: Months): Day {
  const last = Object.keys(months).toSorted().at(-1) ?? "";
  return last === "" ? Number.NEGATIVE_INFINITY : firstOfMonth(last) + 31 - Math.clz32(months[last] ?? 0);
}

/** Consecutive days. */
export interface Run {
  readonly first: Day;
  /** How many days; at least 1. */
  readonly length: number;
}

/**
 * The runs of the set, earliest first, each as long as possible. The cost depends on the number of months and runs, not
 * on the number of days in them or between them.
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
        last.length += length; // the run continues from the month before
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

/** How many bits of a 32-bit integer are below its lowest 1. The integer must not be 0. */
function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
