import type { State } from "@streakd/web";
import { bare } from "../../web/src/environment.ts";

/** Returns the date that is today for a state; undefined without a state. */
export function todayOf(state: State | undefined): string | undefined {
  return state?.week.find(({ isToday }) => isToday)?.isoDate;
}

/**
 * Returns how long it is until the today of a state ends, in milliseconds; 0 or less when it is over; `NaN` without a
 * state. Where the state does not say when today ends, it ends at midnight. In the browser's own zone the result is
 * right on days on which the clocks change, too, except in the second of two equal hours.
 *
 * @param timeZone the browser's when undefined
 * @throws RangeError when the zone is unknown
 */
export function leftOf(state: State | undefined, timeZone?: string): number {
  // The Swedish way of writing it is nearly ISO 8601.
  const wall = new Date().toLocaleString("sv", bare({ timeZone })).replace(" ", "T");
  const end = state?.streak.todayEndTime;
  return end ? Date.parse(end) - Date.now() : Date.parse(`${todayOf(state)}T24:00`) - Date.parse(wall);
}
