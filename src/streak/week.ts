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

/** The calendar week that today is in: 7 days, Monday first, as in the contract's example. */
export function weekOf(days: Months, today: Day): WeekDay[] {
  return datesFrom(today - weekday(today)).map(({ day, place, isoDate, label, dayNumber }) => ({
    isoDate,
    label,
    dayNumber,
    isToday: day === today,
    isCheckedIn: isKeptAt(days, place),
  }));
}

/** What of a week's day is the same for every user. */
interface WeekDate extends Pick<WeekDay, "isoDate" | "label" | "dayNumber"> {
  readonly day: Day;
  readonly place: Place;
}

const LABELS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Of the weeks asked for of late, by their Monday: nearly everybody asks for the present one. */
const weeks = new Map<Day, readonly WeekDate[]>();

/** More than are the present week anywhere at a time; the bound is for a clock that does not stand still, as in tests. */
const MAX_WEEKS = 16;

function datesFrom(monday: Day): readonly WeekDate[] {
  const known = weeks.get(monday);
  if (known !== undefined) {
    return known;
  }
  if (weeks.size >= MAX_WEEKS) {
    weeks.clear();
  }
  const dates = LABELS.map((label, index) => {
    const day = monday + index;
    return { day, place: monthOf(day), isoDate: isoDate(day), label, dayNumber: dayOfMonth(day) };
  });
  weeks.set(monday, dates);
  return dates;
}
