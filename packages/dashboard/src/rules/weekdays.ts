import { Weekday } from "#gen/streak/v1/rules_pb.ts";

/** The days of a week, Monday first. */
export const WEEKDAYS = [
  Weekday.MONDAY,
  Weekday.TUESDAY,
  Weekday.WEDNESDAY,
  Weekday.THURSDAY,
  Weekday.FRIDAY,
  Weekday.SATURDAY,
  Weekday.SUNDAY,
] as const;

const LONG = new Intl.DateTimeFormat(undefined, { weekday: "long", timeZone: "UTC" });
const SHORT = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const LIST = new Intl.ListFormat(undefined, { type: "conjunction" });

/** The first of January 2024 was a Monday. */
const dayOf = (weekday: Weekday) => new Date(Date.UTC(2024, 0, weekday));

/** The name of a weekday, such as `Monday`. */
export function weekdayName(weekday: Weekday): string {
  return LONG.format(dayOf(weekday));
}

/** The short name of a weekday, such as `Mon`. */
export function shortWeekdayName(weekday: Weekday): string {
  return SHORT.format(dayOf(weekday));
}

/**
 * The names of weekdays in the order of the week, such as `Monday and Friday`, or `Monday to Friday` for those in
 * between too.
 */
export function weekdayNames(weekdays: readonly Weekday[]): string {
  const ordered = WEEKDAYS.filter((each) => weekdays.includes(each));
  const [first, last] = [ordered[0], ordered.at(-1)];
  return first !== undefined && last !== undefined && ordered.length > 2 && last - first === ordered.length - 1
    ? `${weekdayName(first)} to ${weekdayName(last)}`
    : LIST.format(ordered.map(weekdayName));
}

/** The weekdays of a week that begins on this one, from 1 for Monday to 7 for Sunday. */
export function weekFrom(weekStart: number): Weekday[] {
  return WEEKDAYS.map((_, place) => WEEKDAYS[(place + weekStart - 1) % WEEKDAYS.length] as Weekday);
}
