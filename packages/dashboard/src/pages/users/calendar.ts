/** A day of the calendar of a year. */
export interface CalendarDay {
  /** Such as `2024-01-15`. */
  readonly date: string;
  /** From 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
  /** The week of the year that it lies in, from 0; weeks begin on Mondays. */
  readonly week: number;
  readonly isDone: boolean;
  readonly isToday: boolean;
  /** Whether it is after today. */
  readonly isToCome: boolean;
}

/** What a calendar tells in a sentence. */
export interface YearSummary {
  readonly daysDone: number;
  /** The days of the year up to today; 0 when the year is to come. */
  readonly daysPassed: number;
  /** The longest run within the year. */
  readonly longestRun: number;
}

const DAY_MS = 86_400_000;

/** The year of a date that is written `2024-01-15`. */
export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

/**
 * The days of a year, in order.
 *
 * @param year from 0 to 9999
 * @param dates the days that are done
 * @param today as `2024-01-15`
 */
export function calendarOf(year: number, dates: readonly string[], today: string): CalendarDay[] {
  const done = new Set(dates);
  const start = startOf(year);
  const offset = weekdayOf(start);
  const length = (startOf(year + 1) - start) / DAY_MS;
  return Array.from({ length }, (_, index) => {
    const date = isoDate(start + index * DAY_MS);
    return {
      date,
      weekday: (offset + index) % 7,
      week: Math.floor((offset + index) / 7),
      isDone: done.has(date),
      isToday: date === today,
      isToCome: date > today,
    };
  });
}

/** The first day of each month of a calendar. */
export function monthsOf(days: readonly CalendarDay[]): CalendarDay[] {
  return days.filter(({ date }) => date.endsWith("-01"));
}

/** Counts what a calendar shows. */
export function summaryOf(days: readonly CalendarDay[]): YearSummary {
  let run = 0;
  let longestRun = 0;
  for (const { isDone } of days) {
    run = isDone ? run + 1 : 0;
    longestRun = Math.max(longestRun, run);
  }
  return {
    daysDone: days.filter(({ isDone }) => isDone).length,
    daysPassed: days.filter(({ isToCome }) => !isToCome).length,
    longestRun,
  };
}

/** By how many days each key goes on in a calendar whose columns are weeks. */
const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 };

/**
 * Where a key leads to from a day of a calendar: arrows by a day or a week, Page Up and Page Down by a month, Home and
 * End to the ends of the year. It stops at the ends.
 *
 * @returns the index of the day; undefined when the key leads nowhere
 */
export function indexAfterKey(days: readonly CalendarDay[], index: number, key: string): number | undefined {
  const step = STEPS[key];
  if (step !== undefined) {
    return index + step in days ? index + step : index;
  }
  const last = days.length - 1;
  switch (key) {
    case "Home":
      return 0;
    case "End":
      return last;
    case "PageUp":
      return Math.max(index - 30, 0);
    case "PageDown":
      return Math.min(index + 30, last);
    default:
      return undefined;
  }
}

function startOf(year: number): number {
  // The year 10000 is written with a sign and six digits.
  return Date.parse(`${year > 9999 ? `+0${year}` : String(year).padStart(4, "0")}-01-01T00:00:00Z`);
}

function weekdayOf(time: number): number {
  return (new Date(time).getUTCDay() + 6) % 7;
}

function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
