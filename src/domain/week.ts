import { type Day, dayOfMonth, isoDate, weekday } from "./day.ts";
import { isKeptAt, type Months, monthOf, type Place } from "./months.ts";

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

/** The calendar week that today is in: 7 days, Monday first, as in the contract's example. It is shared, and frozen. */
export function weekOf(days: Months, today: Day): readonly WeekDay[] {
  const { places, weeks } = knownWeeksOf(today);
  let done = 0;
  for (const place of places) {
    done = done * 2 + (isKeptAt(days, place) ? 1 : 0);
  }
  const week = weeks[done] ?? makeWeek(today, done);
  weeks[done] = week;
  return week;
}

/** What is kept of the week of a day: where its days are looked up, and the weeks by those that are done, the last in the lowest bit. */
interface KnownWeeks {
  readonly places: readonly Place[];
  readonly weeks: (readonly WeekDay[])[];
}

const LABELS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Of the days that were today of late: nearly everybody asks for the same, and few weeks differ. */
const knownWeeks = new Map<Day, KnownWeeks>();

/** More than are today anywhere at a time; the bound is for a clock that does not stand still, as in tests. */
const MAX_TODAYS = 16;

function knownWeeksOf(today: Day): KnownWeeks {
  const known = knownWeeks.get(today);
  if (known !== undefined) {
    return known;
  }
  if (knownWeeks.size >= MAX_TODAYS) {
    knownWeeks.clear();
  }
  const made = { places: LABELS.map((_, index) => monthOf(today - weekday(today) + index)), weeks: [] };
  knownWeeks.set(today, made);
  return made;
}

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
