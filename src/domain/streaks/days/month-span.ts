import { DAY_MS, type Day, firstOfMonth, isoMonth } from "../../day.ts";
import type { Months } from "../../months.ts";

/** The bits of months in a row, as `Months` has them: a list of integers is combined faster than an object. */
export type MonthBits = Int32Array;

/** Months in a row, from the one before the first month of some sets to their last month. */
export class MonthSpan {
  readonly length: number;
  /** The number of the first month. */
  readonly #first: number;
  /** The first days of the months, and that of the month after the last one. */
  readonly #firstDays: Int32Array;

  constructor(sets: readonly Months[]) {
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const months of sets) {
      for (const month of Object.keys(months)) {
        const number = numberOf(month);
        first = Math.min(first, number);
        last = Math.max(last, number);
      }
    }
    this.#first = first === Number.POSITIVE_INFINITY ? 0 : first - 1;
    this.length = Math.max(last - this.#first + 1, 0);
    this.#firstDays = new Int32Array(this.length + 1);
    let day = this.length === 0 ? 0 : firstOfMonth(monthOf(first)) - lengthOf(this.#first);
    for (let index = 0; index <= this.length; index++) {
      this.#firstDays[index] = day;
      day += lengthOf(this.#first + index);
    }
  }

  /** Returns the first day of a month. */
  firstDay(index: number): Day {
    return this.#firstDays[index] as Day;
  }

  /** Returns which bit is the last day of a month. */
  lastBit(index: number): number {
    return this.firstDay(index + 1) - this.firstDay(index) - 1;
  }

  /** Returns the union of sets that the span was made for. */
  read(sets: readonly Months[]): MonthBits {
    const bits = new Int32Array(this.length);
    for (const months of sets) {
      for (const month of Object.keys(months)) {
        const index = numberOf(month) - this.#first;
        bits[index] = (bits[index] as number) | (months[month] as number);
      }
    }
    return bits;
  }

  /** Returns a set for these bits. */
  write(bits: MonthBits): Months {
    const months: Record<string, number> = {};
    for (let index = 0; index < this.length; index++) {
      if (bits[index] !== 0) {
        months[monthOf(this.#first + index)] = bits[index] as number;
      }
    }
    return months;
  }

  /** Returns the days of a set, each moved to the day before. The first month of the span has none. */
  daysBefore(bits: MonthBits): MonthBits {
    const before = new Int32Array(this.length);
    for (let index = 1; index < this.length; index++) {
      const month = bits[index] as number;
      before[index] = (before[index] as number) | (month >> 1);
      before[index - 1] = (before[index - 1] as number) | ((month & 1) << this.lastBit(index - 1));
    }
    return before;
  }
}

/** How many months there are from January of the year 0 on. */
function numberOf(month: string): number {
  const at = (index: number) => month.charCodeAt(index) - ZERO;
  return (at(0) * 1000 + at(1) * 100 + at(2) * 10 + at(3)) * 12 + at(5) * 10 + at(6) - 1;
}

/** Writes a month by its number, such as `2024-01`. */
function monthOf(number: number): string {
  const index = number - FIRST_KEPT;
  const known = kept[index];
  if (known !== undefined) {
    return known;
  }
  const month = isoMonth(Date.UTC(2000, number - 2000 * 12) / DAY_MS);
  if (index >= 0 && index < MONTHS_KEPT) {
    kept[index] = month;
  }
  return month;
}

/** How many days a month has, by its number. */
function lengthOf(number: number): number {
  const [year, month] = [Math.floor(number / 12), number % 12];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 1 && isLeap ? 29 : (LENGTHS[month] as number);
}

const ZERO = "0".charCodeAt(0);
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The months of the years from 1950 to 2149, so that those of nearly all streaks are written once. */
const FIRST_KEPT = 1950 * 12;
const MONTHS_KEPT = 200 * 12;
const kept: string[] = [];
