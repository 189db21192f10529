import { type Streak, StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import { plural } from "../format.ts";

/** What a streak counts. */
export type Unit = "day" | "week" | "month";

const UNITS: Readonly<Record<StreakUnit, Unit>> = {
  [StreakUnit.UNSPECIFIED]: "day",
  [StreakUnit.DAY]: "day",
  [StreakUnit.WEEK]: "week",
  [StreakUnit.MONTH]: "month",
};

/** What numbers of a unit are, as the label of a field. */
export const UNIT_WORDS: Readonly<Record<Unit, string>> = { day: "Days", week: "Weeks", month: "Months" };

/** About how many days each unit has, to put streaks of several units in an order. */
const DAYS: Readonly<Record<Unit, number>> = { day: 1, week: 7, month: 30 };

/** What a streak counts, or counted in a period: days when it does not say. */
export function unitOf({ unit }: Pick<Streak, "unit">): Unit {
  return UNITS[unit ?? StreakUnit.UNSPECIFIED] ?? "day";
}

/** The word for a number of a unit, such as `weeks`. */
export function unitWord(count: number, unit: Unit): string {
  return count === 1 ? unit : `${unit}s`;
}

/** A number of a unit, such as `12 weeks`. */
export function countOf(count: number, unit: Unit): string {
  return plural(count, unit, `${unit}s`);
}

/** Whether a streak says what it counts: its widget has rules, or its user has had pauses. */
export function namesUnit({ unit }: Pick<Streak, "unit">): boolean {
  return unit !== undefined && unit !== StreakUnit.UNSPECIFIED;
}

/** About how many days the current run of a streak spans. */
export function daysSpanned(streak: Pick<Streak, "unit" | "current">): number {
  return streak.current * DAYS[unitOf(streak)];
}
