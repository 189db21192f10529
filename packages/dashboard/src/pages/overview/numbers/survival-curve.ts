import type { Survival } from "#gen/streak/v1/analytics_service_pb.ts";

/** How many runs get to a number of days. */
export interface SurvivalPoint {
  readonly days: number;
  /** The estimated part of all runs that gets to these days. */
  readonly part: number;
  /** How many runs have reached these days and are settled, and how many of them went on. */
  readonly reached: number;
  readonly wentOn: number;
}

/**
 * Returns the part of runs that gets to each number of days, by the method of Kaplan and Meier: of those that reach a day,
 * so many go on, and so on day by day. So runs that may still go on neither count as ended nor are left out.
 */
export function survivalCurve(days: readonly Pick<Survival, "days" | "reached" | "wentOn">[]): SurvivalPoint[] {
  let part = 1;
  return days.map(({ days, reached, wentOn }) => {
    const point = { days, part, reached, wentOn };
    part *= reached === 0 ? 0 : wentOn / reached;
    return point;
  });
}

/** The number of days that half of the runs get to: the last one that at least half get to. */
export function medianDays(curve: readonly SurvivalPoint[]): number | undefined {
  return curve.findLast(({ part }) => part >= 0.5)?.days;
}
