import { bare } from "../../../web/src/environment.ts";

/**
 * Returns how long it is until the next midnight in a time zone, in milliseconds; above 0. In the browser's own zone it is
 * right on days on which the clocks change, too.
 *
 * @param now epoch milliseconds
 * @param tz the browser's zone when undefined
 * @throws RangeError when the zone is unknown
 */
export function untilMidnight(now: number, tz: string | undefined): number {
  const wall = new Date(new Date(now).toLocaleString("en", bare({ timeZone: tz, hourCycle: "h23" as const })));
  return new Date(wall).setHours(24, 0, 0, 0) - wall.getTime();
}
