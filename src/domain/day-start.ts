import { DAY_MS, type Day, dayOf } from "./day.ts";
import { firstInstantAt, localTimeAt } from "./local-time.ts";
import type { RulesVersion } from "./rules.ts";

/** When the days of a widget begin: versions of its rules, of which at least one says a time other than midnight. */
export type DayStarts = readonly Pick<RulesVersion, "from" | "dayStart">[];

/** Returns the versions if any of them says when its days begin; undefined where all days begin at midnight. */
export function dayStartsOf(versions: readonly RulesVersion[] | undefined): DayStarts | undefined {
  return versions?.some(({ dayStart }) => dayStart !== undefined) ? versions : undefined;
}

/**
 * The day that an instant belongs to: the date that a calendar in this zone shows, or the day before where the clock
 * shows less than the start of the day on that date. Nothing counts but what calendar and clock show. So where a clock
 * is put back over the start of the day, the day before comes back for a while.
 *
 * @param instant epoch milliseconds
 * @param zone the IANA name of the zone
 * @param dayStarts undefined where days begin at midnight
 * @throws RangeError when `zone` is not an IANA name; see `isZone`
 */
export function dayByStart(instant: number, zone: string, dayStarts: DayStarts | undefined): Day {
  if (dayStarts === undefined) {
    return dayOf(instant, zone);
  }
  const local = localTimeAt(instant, zone);
  const date = Math.floor(local / DAY_MS);
  return local < startOf(date, dayStarts) ? date - 1 : date;
}

/**
 * The first instant, not before `since`, that belongs to a later day, in epoch milliseconds.
 *
 * @param since an instant that belongs to the day or an earlier one, some two days before its end at most
 */
export function endOfDay(day: Day, zone: string, dayStarts: DayStarts | undefined, since = day * DAY_MS): number {
  return firstInstantAt(startOf(day + 1, dayStarts), zone, since);
}

/** Returns when a day begins, in local time as if it were UTC. */
function startOf(day: Day, dayStarts: DayStarts = []): number {
  const version = dayStarts.findLast(({ from }) => from === undefined || from <= day);
  return day * DAY_MS + (version?.dayStart ?? 0) * MINUTE_MS;
}

const MINUTE_MS = 60 * 1000;
