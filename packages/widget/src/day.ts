import { bare } from "../../web/src/environment.ts";

/**
 * Returns the calendar day in a time zone, such as `2024-01-08`.
 *
 * @param timeZone the browser's when undefined, or unknown to the browser: that is for the server to refuse
 */
export function localDay(timeZone: string | undefined): string {
  try {
    // The Swedish way of writing it is ISO 8601.
    return new Date().toLocaleDateString("sv", bare({ timeZone }));
  } catch {
    return localDay(undefined);
  }
}

/**
 * Returns how long it is until the next midnight in a time zone, in milliseconds; above 0. In the browser's own zone it is
 * right on days on which the clocks change, too, but for the second of two equal hours.
 *
 * @param now epoch milliseconds
 * @param timeZone the browser's when undefined
 * @throws RangeError when the zone is unknown
 */
export function untilMidnight(now: number, timeZone: string | undefined): number {
  const wall = new Date(new Date(now).toLocaleString("en", bare({ timeZone, hourCycle: "h23" as const })));
  return new Date(wall).setHours(24, 0, 0, 0) - wall.getTime();
}
