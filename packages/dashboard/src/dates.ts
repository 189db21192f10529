const DAY_MS = 86_400_000;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Returns the day so many days later; earlier when negative. */
export function addDays(isoDate: string, days: number): string {
  return new Date(Date.parse(isoDate) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days after the first day the second is. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The days from one to another, both of them among these; none when the second is before the first. */
export function daysFrom(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, index) => addDays(from, index));
}

/** The day of the week, from 1 for Monday to 7 for Sunday, as `Weekday` of the contract has it. */
export function weekdayOf(isoDate: string): number {
  return new Date(isoDate).getUTCDay() || 7;
}

/** The first day of the week of a day, when weeks begin on this weekday, from 1 for Monday to 7 for Sunday. */
export function weekStartOf(isoDate: string, weekStart: number): string {
  return addDays(isoDate, -((weekdayOf(isoDate) - weekStart + 7) % 7));
}

/** Whether a text is a date of the calendar that is written `2026-12-25`. */
export function isDate(text: string): boolean {
  // Date.parse takes February 30 for March 1.
  return ISO_DATE.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}

/**
 * The day that a calendar shows now in a time zone, such as `2026-12-25`.
 *
 * @param timeZone an IANA name; one that the browser does not know counts as UTC
 */
export function todayIn(timeZone: string): string {
  try {
    // The Swedish way of writing it is ISO 8601.
    return new Date().toLocaleDateString("sv", { timeZone });
  } catch {
    return new Date().toISOString().slice(0, 10);
  }
}
