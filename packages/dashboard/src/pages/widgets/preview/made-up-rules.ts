import { addDays, daysBetween, daysFrom, weekdayOf, weekStartOf } from "../../../dates.ts";
import { datesOf, freezesAreEarned, type RulesDraft } from "../../../rules/draft.ts";

/** What became of a day, as the state has it. */
export type MadeUpStatus = "done" | "off" | "missed" | "repaired" | "rest" | "open";

/** How far the period of today is, as the state has it. */
export interface MadeUpProgress {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly done: number;
  readonly needed: number;
  readonly daysLeft: number;
  readonly canBeMet: boolean;
}

/** The days of somebody who does just what rules ask for, with today's or without. */
export interface MadeUpDays {
  readonly progress: MadeUpProgress;
  statusOf(date: string): MadeUpStatus;
}

/** A stretch of days with how many of them are needed. */
type Period = Pick<MadeUpProgress, "firstDate" | "lastDate" | "needed">;

/**
 * Makes up the days around today of a user.
 *
 * @param today such as `2024-01-08`
 * @param before how many days, weeks or months the streak counted before today's
 * @param isDone whether the user has done today's
 * @param repaired the day before today that was missed and repaired; undefined when none was
 */
export function madeUpDays(
  rules: RulesDraft,
  today: string,
  before: number,
  isDone: boolean,
  repaired?: string,
): MadeUpDays {
  const period = periodOf(rules, today);
  const last = repaired ?? today;
  const isDoneOn = (date: string) =>
    date === today ? isDone : date < last && !isOff(rules, date) && wasDone(rules, period, before, date, last);
  const days = daysFrom(period.firstDate, period.lastDate);
  const done = days.filter(isDoneOn).length;
  const daysLeft = days.filter((date) => date >= today && !isDoneOn(date)).length;
  const isMissedWhenOver = rules.kind === "every_day" || rules.kind === "weekdays";
  return {
    progress: { ...period, done, daysLeft, canBeMet: done + daysLeft >= period.needed },
    statusOf(date) {
      if (isDoneOn(date)) {
        return "done";
      }
      if (date === repaired) {
        return "repaired";
      }
      return isOff(rules, date) ? "off" : date >= today ? "open" : isMissedWhenOver ? "missed" : "rest";
    },
  };
}

/** Returns how many freezes somebody has earned who has missed nothing, when the streak counts so many. */
export function madeUpFreezes(rules: RulesDraft, current: number): number {
  return freezesAreEarned(rules)
    ? Math.min(Math.trunc(current / numberOf(rules.earnEvery)), numberOf(rules.maxEarned))
    : 0;
}

/** The last day before today that rules of days have asked for. */
export function lastNeededDay(rules: RulesDraft, today: string): string {
  const days = Array.from({ length: 7 }, (_, place) => addDays(today, -1 - place));
  return days.find((date) => !isOff(rules, date)) ?? addDays(today, -1);
}

/** The period of today. */
function periodOf(rules: RulesDraft, today: string): Period {
  const days = numberOf(rules.days);
  switch (rules.kind) {
    case "days_a_week": {
      const firstDate = weekStartOf(today, rules.weekStart);
      return { firstDate, lastDate: addDays(firstDate, 6), needed: days };
    }
    case "days_a_month": {
      const firstDate = `${today.slice(0, 7)}-01`;
      const nextMonth = addDays(firstDate, 31).slice(0, 7);
      return { firstDate, lastDate: addDays(`${nextMonth}-01`, -1), needed: days };
    }
    case "every_n_days":
      return { firstDate: addDays(today, 1 - days), lastDate: today, needed: 1 };
    case "days_in_any":
      return { firstDate: addDays(today, 1 - numberOf(rules.of)), lastDate: today, needed: days };
    default:
      return { firstDate: today, lastDate: today, needed: isOff(rules, today) ? 0 : 1 };
  }
}

/** Whether a day before today is one of those that the user has done. */
function wasDone({ kind, days }: RulesDraft, period: Period, before: number, date: string, today: string): boolean {
  const daysAgo = daysBetween(date, today);
  switch (kind) {
    case "days_a_week":
      // All but one of those that this week needs, so that today's makes it.
      return date >= period.firstDate && daysBetween(period.firstDate, date) < period.needed - 1;
    case "days_a_month":
      return date >= period.firstDate && daysAgo < period.needed;
    case "every_n_days":
      return daysAgo % numberOf(days) === 0 && daysAgo / numberOf(days) <= before;
    case "days_in_any":
      return daysAgo < Math.min(period.needed, before + 1);
    default:
      return daysAgo <= before;
  }
}

function isOff({ kind, weekdays, offWeekdays, offDates }: RulesDraft, date: string): boolean {
  const weekday = weekdayOf(date);
  const isNeeded = kind !== "weekdays" || weekdays.some((each) => each === weekday);
  return !isNeeded || offWeekdays.some((each) => each === weekday) || datesOf(offDates).includes(date);
}

/** What is no number yet counts as one. */
function numberOf(text: string): number {
  return Math.max(1, Math.trunc(Number(text)) || 1);
}
