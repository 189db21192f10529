import { daysBetween, daysFrom, weekdayOf, weekStartOf } from "../../../dates.ts";

/** A history to try rules on. */
export type HistoryName = keyof typeof HISTORIES;

/** The weekdays on which somebody does something three times a week: Monday, Wednesday and Saturday. */
const THREE = [1, 3, 6];

/**
 * What is missed, as the week and the weekday: the Wednesday of last week, and two days in a row in the week before.
 */
const GAPS = ["1 3", "2 2", "2 3"];

/** The histories to choose from: whether a day is done, by its weekday and by how many weeks ago its week was. */
const HISTORIES = {
  daily: { label: "Every day", isDone: () => true },
  weekdays: { label: "Weekdays", isDone: (weekday: number) => weekday <= 5 },
  three: { label: "3 a week", isDone: (weekday: number) => THREE.includes(weekday) },
  gap: { label: "With a gap", isDone: (weekday: number, weeksAgo: number) => !GAPS.includes(`${weeksAgo} ${weekday}`) },
} as const;

/** The histories with the words of the form. */
export const HISTORY_OPTIONS = (Object.keys(HISTORIES) as HistoryName[]).map((value) => ({
  value,
  label: HISTORIES[value].label,
}));

/** Returns the done days of a history from a day up to today. */
export function historyOf(name: HistoryName, first: string, today: string): string[] {
  const { isDone } = HISTORIES[name];
  const weeksAgo = (date: string) => daysBetween(weekStartOf(date, 1), weekStartOf(today, 1)) / 7;
  return daysFrom(first, today).filter((date) => isDone(weekdayOf(date), weeksAgo(date)));
}
