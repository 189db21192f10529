import { DAY_MS, type Day } from "../day.ts";

/**
 * How long before the day of counting, in UTC, recent days begin. Somewhere it is the day before, and a run that ended the
 * day before that can go on; the third day is for clocks that differ.
 */
const DAYS_KEPT = 3;

/**
 * Returns the first day that may be yesterday, today or later for a user, now or when the tallies are read. What depends
 * on today is kept from that day on.
 *
 * @param now when counting began, in epoch milliseconds
 */
export function firstRecentDay(now: number): Day {
  return Math.floor(now / DAY_MS) - DAYS_KEPT;
}
