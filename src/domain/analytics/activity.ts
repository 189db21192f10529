import type { Day } from "../day.ts";
import { type Granularity, keysOf, type Scope } from "./keys.ts";
import { firstDayOf, type Period, periodOf } from "./periods.ts";
import type { Tallies } from "./tallies.ts";
import type { Vector } from "./vector.ts";

/** What happened in a period; the contract's message says what each number means. */
export interface Activity {
  readonly firstDay: Day;
  readonly checkIns: number;
  readonly activeUsers: number;
  readonly newUsers: number;
  readonly returningUsers: number;
  readonly impressions: number;
  readonly widgetInteractions: number;
  readonly sessions: number;
  readonly impressionUsers: number;
  readonly convertedUsers: number;
}

/** Returns the activity in all periods from that of one day to that of another. */
export function activityOf(
  tallies: Tallies,
  scope: Scope,
  granularity: Granularity,
  from: Day,
  to: Day,
): readonly Activity[] {
  const totals = {
    checkIns: tallies.vector(keysOf(scope).checkIns),
    newUsers: tallies.vector(keysOf(scope).newUsers),
    impressions: tallies.vector(keysOf(scope).impressions),
    widgetInteractions: tallies.vector(keysOf(scope).widgetInteractions),
  };
  const activeUsers = tallies.vector(keysOf(scope).activeUsers[granularity]);
  const sessions = tallies.vector(keysOf(scope).sessions[granularity]);
  const impressionUsers = tallies.vector(keysOf(scope).impressionUsers[granularity]);
  const convertedUsers = tallies.vector(keysOf(scope).convertedUsers[granularity]);

  const activityIn = (period: Period): Activity => {
    const firstDay = firstDayOf(granularity, period);
    const nextDay = firstDayOf(granularity, period + 1);
    const newUsers = sumOf(totals.newUsers, firstDay, nextDay);
    return {
      firstDay,
      checkIns: sumOf(totals.checkIns, firstDay, nextDay),
      activeUsers: activeUsers.at(period),
      newUsers,
      returningUsers: activeUsers.at(period) - newUsers,
      impressions: sumOf(totals.impressions, firstDay, nextDay),
      widgetInteractions: sumOf(totals.widgetInteractions, firstDay, nextDay),
      sessions: sessions.at(period),
      impressionUsers: impressionUsers.at(period),
      convertedUsers: convertedUsers.at(period),
    };
  };
  const first = periodOf(granularity, from);
  const count = periodOf(granularity, to) - first + 1;
  return Array.from({ length: count }, (_, index) => activityIn(first + index));
}

/** Returns the sum of the numbers from one index up to another, which is not included. */
function sumOf(vector: Vector, from: number, end: number): number {
  let sum = 0;
  for (let index = from; index < end; index++) {
    sum += vector.at(index);
  }
  return sum;
}
