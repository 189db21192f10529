import type { Day } from "../day.ts";
import { MAX_WEEKS } from "./bounds.ts";
import type { DoneDays } from "./done-days.ts";
import { ALL, GRANULARITIES, type Granularity, keysOf, type Scope } from "./keys.ts";
import { type Period, periodOf, retentionIndex, weekOf } from "./periods.ts";
import type { Tallies } from "./tallies.ts";

/** Counts a user's check-ins, the periods in which the user was active, and the user's first check-in. */
export function countDays(tallies: Tallies, done: ReadonlyMap<Scope, DoneDays>): void {
  const checkInsOfAll = tallies.open(keysOf(ALL).checkIns);
  for (const [scope, { days }] of done) {
    if (scope !== ALL) {
      const checkIns = tallies.open(keysOf(scope).checkIns);
      for (const day of days) {
        checkIns.add(day);
        checkInsOfAll.add(day);
      }
    }
    for (const granularity of GRANULARITIES) {
      countActive(tallies, granularity, scope, days);
    }
    const [first] = days;
    if (first !== undefined) {
      tallies.add(keysOf(scope).newUsers, first);
      countRetention(tallies, scope, first, days);
    }
  }
}

/** @param days in order */
function countActive(tallies: Tallies, granularity: Granularity, scope: Scope, days: readonly Day[]): void {
  const active = tallies.open(keysOf(scope).activeUsers[granularity]);
  let last: Period | undefined;
  for (const day of days) {
    const period = periodOf(granularity, day);
    if (period !== last) {
      active.add(period);
      last = period;
    }
  }
}

function countRetention(tallies: Tallies, scope: Scope, first: Day, days: readonly Day[]): void {
  const retention = tallies.open(keysOf(scope).retention);
  const cohort = weekOf(first);
  let last: Period | undefined;
  for (const day of days) {
    const week = weekOf(day);
    if (week - cohort >= MAX_WEEKS) {
      return;
    }
    if (week !== last) {
      retention.add(retentionIndex(cohort, week - cohort));
      last = week;
    }
  }
}
