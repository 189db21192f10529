import { type Day, dayOfMonth, isoDate, weekday } from "./day.ts";
import { hasDay, type Months } from "./months.ts";

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
  const monday = today - weekday(today);
  return LABELS.map((label, index) => {
    const day = monday + index;
    return {
      isoDate: isoDate(day),
      label,
      dayNumber: dayOfMonth(day),
      isToday: day === today,
      isCheckedIn: hasDay(days, day),
    };
  });
}

const LABELS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
