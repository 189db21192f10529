import type { Day } from "../day.ts";
import { keysOf, type Scope } from "./keys.ts";
import { firstDayOf, retentionIndex, weekOf } from "./periods.ts";
import type { Tallies } from "./tallies.ts";

/** The users whose first check-in lies in the same week. */
export interface Cohort {
  /** The Monday of the week. */
  readonly monday: Day;
  /** How many of them have checked in in each week from that week on. */
  readonly activeUsers: readonly number[];
}

/** Returns the cohorts of all weeks from that of one day to that of another, each up to the last of these weeks. */
export function retentionOf(tallies: Tallies, scope: Scope, from: Day, to: Day): readonly Cohort[] {
  const retention = tallies.vector(keysOf(scope).retention);
  const first = weekOf(from);
  const count = weekOf(to) - first + 1;
  return Array.from({ length: count }, (_, index) => ({
    monday: firstDayOf("week", first + index),
    activeUsers: Array.from({ length: count - index }, (_, offset) =>
      retention.at(retentionIndex(first + index, offset)),
    ),
  }));
}
