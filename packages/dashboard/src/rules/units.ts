import { type Streak, StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import { plural } from "../format.ts";

/** What a streak counts. */
export type Unit = "day" | "week" | "month" | "action";

const UNITS: Readonly<Record<StreakUnit, Unit>> = {
  [StreakUnit.UNSPECIFIED]: "day",
  [StreakUnit.DAY]: "day",
  [StreakUnit.WEEK]: "week",
  [StreakUnit.MONTH]: "month",
  [StreakUnit.ACTION]: "action",
};

/** What numbers of a unit are, as the label of a field. */
export const UNIT_WORDS: Readonly<Record<Unit, string>> = {
  day: "Days",
  week: "Weeks",
  month: "Months",
  action: "Actions",
};

/** About how many days each unit has, to put streaks of several units in an order. */
const DAYS = { day: 1, week: 7, month: 30 } as const;

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

/** Whether each day is a period of its own where a streak counts this unit. */
export function isOfDays(unit: Unit): boolean {
  return unit === "day" || unit === "action";
}

/**
 * About how many days the current run of a streak spans.
 *
 * @param daysDone how many days the user has ever done
 */
export function daysSpanned(streak: Pick<Streak, "unit" | "current">, daysDone: number): number {
  const unit = unitOf(streak);
  // A day may have many actions.
  return unit === "action" ? daysDone : streak.current * DAYS[unit];
}
