import { type Day, dayOfMonth, isoDate, weekday } from "./day.ts";
import { type DayBit, hasBit, type Months, monthOf } from "./months.ts";

/** One day of the week that a widget shows. */
export interface WeekDay {
  /** Such as `2024-01-08`. */
  readonly isoDate: string;
  /** The short English name of the weekday, such as `Mon`. */
  readonly label: string;
  /** The day of the month, from 1 to 31. */
  readonly dayNumber: number;
  readonly isToday: boolean;
  /** Whether the day is done. */
  readonly isCheckedIn: boolean;
}

/**
 * The calendar week of today: 7 days from Monday to Sunday, as in the contract's example. Callers share the result, so
 * it is frozen.
 */
export function weekOf(days: Months, today: Day): readonly WeekDay[] {
  const { bits, weeks } = cachedWeeksOf(today);
  let done = 0;
  for (const bit of bits) {
    done = done * 2 + (hasBit(days, bit) ? 1 : 0);
  }
  const week = weeks[done] ?? makeWeek(today, done);
  weeks[done] = week;
  return week;
}

/** The weeks that were made for one today. */
interface CachedWeeks {
  /** How sets hold the days of the week, Monday first. */
  readonly bits: readonly DayBit[];
  /** The weeks, by a number whose bits say which days are done: bit 0 is Sunday, bit 6 Monday. */
  readonly weeks: (readonly WeekDay[])[];
}

const LABELS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** By today. Nearly all callers ask for the same few days, and a week has only 128 combinations of done days. */
const cachedWeeks = new Map<Day, CachedWeeks>();

/** More dates than are today at the same time anywhere on earth. Only clocks that jump, as in tests, exceed it. */
const MAX_TODAYS = 16;

function cachedWeeksOf(today: Day): CachedWeeks {
  const cached = cachedWeeks.get(today);
  if (cached !== undefined) {
    return cached;
  }
  if (cachedWeeks.size >= MAX_TODAYS) {
    cachedWeeks.clear();
  }
  const made = { bits: LABELS.map((_, index) => monthOf(today - weekday(today) + index)), weeks: [] };
  cachedWeeks.set(today, made);
  return made;
}

/** @param done which days are done: bit 0 is Sunday, bit 6 Monday */
function makeWeek(today: Day, done: number): readonly WeekDay[] {
  return Object.freeze(
    LABELS.map((label, index) => {
      const day = today - weekday(today) + index;
      return Object.freeze({
        isoDate: isoDate(day),
        label,
        dayNumber: dayOfMonth(day),
        isToday: day === today,
        isCheckedIn: ((done >> (LABELS.length - 1 - index)) & 1) === 1,
      });
    }),
  );
}
