import type { RulesJson } from "./contract.ts";
import { type Drawing, draw } from "./draw.ts";
import type { VectorGiven } from "./vector.ts";

// What the examples have in common.

export const WEEKEND = ["saturday", "sunday"];
export const ALL_WEEK = [
  "2026-01-12",
  "2026-01-13",
  "2026-01-14",
  "2026-01-15",
  "2026-01-16",
  "2026-01-17",
  "2026-01-18",
];

export const WEDNESDAY_TO_SATURDAY = [{ from: "2026-01-07", to: "2026-01-10" }];
export const ALL_NEXT_WEEK = [{ from: "2026-01-12", to: "2026-01-18" }];

/** An outage on the first Thursday of the pictures. */
export const THURSDAY = [{ from: "2026-01-08", to: "2026-01-08" }];

/** A freeze on the first day of the pictures, and as many as a user can have. */
export const GIFT = { from: "2026-01-05", count: 1 };
export const GIFTS = { from: "2026-01-05", count: 30 };

export const everyDay: RulesJson = { cadence: { kind: "every_day" } };
export const workdays: RulesJson = { cadence: { kind: "every_day" }, daysOff: { weekdays: WEEKEND } };
export const monWedFri: RulesJson = { cadence: { kind: "weekdays", weekdays: ["monday", "wednesday", "friday"] } };
export const threeAWeek: RulesJson = { cadence: { kind: "days_a_week", days: 3 } };
export const sevenAWeek: RulesJson = { cadence: { kind: "days_a_week", days: 7 } };
export const tenAMonth: RulesJson = { cadence: { kind: "days_a_month", days: 10 } };
export const everyThree: RulesJson = { cadence: { kind: "every_n_days", days: 3 } };
export const twoInFour: RulesJson = { cadence: { kind: "days_in_any", days: 2, of: 4 } };
export const threeInFour: RulesJson = { cadence: { kind: "days_in_any", days: 3, of: 4 } };

export function lenient(rules: RulesJson): RulesJson {
  return { ...rules, neverMissTwice: true };
}

export function off(rules: RulesJson, daysOff: NonNullable<RulesJson["daysOff"]>): RulesJson {
  return { ...rules, daysOff };
}

/** Rules with freezes. */
export function frozen(freezes: NonNullable<RulesJson["freezes"]>, rules: RulesJson = {}): RulesJson {
  return { ...rules, freezes };
}

export function change(before: RulesJson, from: string, after: RulesJson) {
  return [{ rules: before }, { from, rules: after }];
}

export function section(
  name: string,
  examples: readonly [name: string, picture: string, drawing?: Drawing][],
): VectorGiven[] {
  return examples.map(([example, picture, drawing]) => draw(name, example, picture, drawing));
}

/** Rules with repairs. */
export function repairable(repairs: NonNullable<RulesJson["repairs"]>, rules: RulesJson = {}): RulesJson {
  return { ...rules, repairs };
}
