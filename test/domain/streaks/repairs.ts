import type { Day } from "./calendar.ts";

/** Which runs can be repaired, and what that costs. */
export interface NaiveRepairRules {
  withinDays: number;
  /** Absent where repairs may follow each other at once. */
  onceInDays?: number;
  price: { kind: "none" } | { kind: "freeze" } | { kind: "days"; days: number };
}

/** A repair that was made on a day. */
export interface NaiveRepair {
  on: string;
  withinDays: number;
  takesFreeze?: boolean;
}

/** Whether a run that has ended on this day can be repaired on the other one. */
export function isInReach(endedOn: Day, on: Day, withinDays: number): boolean {
  return on - withinDays <= endedOn && endedOn < on;
}
