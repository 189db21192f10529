import { type Day, dayOfMonth, isoDate, weekday } from "../day.ts";
import { type DayBit, monthOf } from "../months.ts";
import { daysSinceWeekday } from "./calendar/periods.ts";
import type { DaySet } from "./days/day-set.ts";
import type { DayStatus } from "./outcomes.ts";

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
  /** What became of the day by the rules; absent without rules, pauses, amnesties and repairs. */
  readonly status?: DayStatus;
}

/**
 * The week of today: 7 days, from Monday to Sunday as in the contract's example, or from another weekday on. Callers
 * share the result, so it is frozen.
 *
 * @param weekStart the weekday that it begins with, from 0 for Monday to 6 for Sunday
 */
export function weekOf(days: DaySet, today: Day, weekStart = 0): readonly WeekDay[] {
  const cached = cachedWeeksOf(today, daysSinceWeekday(weekStart, today));
  let done = 0;
  for (const [index, bit] of cached.bits.entries()) {
    done = done * 2 + (days.has(cached.first + index, bit) ? 1 : 0);
  }
  const week = cached.weeks[done] ?? makeWeek(cached.first, today, done);
  cached.weeks[done] = week;
  return week;
}

/** The weeks that were made for one today and one beginning. */
interface CachedWeeks {
  readonly first: Day;
  /** How sets hold the days of the week, the first one first. */
  readonly bits: readonly DayBit[];
  /** The weeks, by a number whose bits say which days are done: bit 0 is the last day, bit 6 the first. */
  readonly weeks: (readonly WeekDay[])[];
}

const LABELS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/**
 * By today and by how many days before it the week begins. Nearly all callers ask for the same few days, and a week has
 * only 128 combinations of done days.
 */
const cachedWeeks = new Map<number, CachedWeeks>();

/** More dates than are today at the same time anywhere on earth. Only clocks that jump, as in tests, exceed it. */
const MAX_TODAYS = 16;

function cachedWeeksOf(today: Day, daysBefore: number): CachedWeeks {
  const key = today * LABELS.length + daysBefore;
  const cached = cachedWeeks.get(key);
  if (cached !== undefined) {
    return cached;
  }
  if (cachedWeeks.size >= MAX_TODAYS * LABELS.length) {
    cachedWeeks.clear();
  }
  const first = today - daysBefore;
  const made = { first, bits: LABELS.map((_, index) => monthOf(first + index)), weeks: [] };
  cachedWeeks.set(key, made);
  return made;
}

/** @param done which days are done: bit 0 is the last day, bit 6 the first */
function makeWeek(first: Day, today: Day, done: number): readonly WeekDay[] {
  return Object.freeze(
    LABELS.map((_, index) => {
      const day = first + index;
      return Object.freeze({
        isoDate: isoDate(day),
        label: LABELS[weekday(day)] as string,
        dayNumber: dayOfMonth(day),
        isToday: day === today,
        isCheckedIn: ((done >> (LABELS.length - 1 - index)) & 1) === 1,
      });
    }),
  );
}
