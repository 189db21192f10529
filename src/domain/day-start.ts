import { DAY_MS, type Day, dayOf } from "./day.ts";
import { firstInstantAt, localTimeAt } from "./local-time.ts";
import type { RulesVersion } from "./rules.ts";

/** When the days of a widget begin, and how long their grace is: versions of its rules, of which at least one says it. */
export type DayStarts = readonly Pick<RulesVersion, "from" | "dayStart" | "grace">[];

/**
 * Returns the versions if any of them says when its days begin, or that they have a grace; undefined where all days begin
 * at midnight, and have none.
 */
export function dayStartsOf(versions: readonly RulesVersion[] | undefined): DayStarts | undefined {
  return versions?.some(({ dayStart, grace }) => dayStart !== undefined || grace !== undefined) ? versions : undefined;
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
  return dayStarts === undefined ? dayOf(instant, zone) : dayAt(localTimeAt(instant, zone), dayStarts);
}

/** The day of an event. */
export interface EventDay {
  readonly day: Day;
  /** Set when the event is late: it came in the grace after the day before, and may fill that day. */
  readonly late?: true;
}

/**
 * The day that an event belongs to, as `dayByStart` says it, and whether the event is late: whether the clock shows less
 * than the grace after the start of that day. The day before says how long its grace is.
 *
 * @param instant when the event happened, in epoch milliseconds
 * @param zone the IANA name of the zone
 * @param dayStarts undefined where days begin at midnight, and have no grace
 * @throws RangeError when `zone` is not an IANA name; see `isZone`
 */
export function dateEvent(instant: number, zone: string, dayStarts: DayStarts | undefined): EventDay {
  if (dayStarts === undefined) {
    return { day: dayOf(instant, zone) };
  }
  const local = localTimeAt(instant, zone);
  const day = dayAt(local, dayStarts);
  return local < endOfGraceOf(day - 1, dayStarts) ? { day, late: true } : { day };
}

/**
 * The first instant, not before `since`, that belongs to a later day, in epoch milliseconds.
 *
 * @param since an instant that belongs to the day or an earlier one, some two days before its end at most
 */
export function endOfDay(day: Day, zone: string, dayStarts: DayStarts | undefined, since = day * DAY_MS): number {
  return firstInstantAt(startOf(day + 1, dayStarts), zone, since);
}

/**
 * The first instant, not before `since`, at which an event would belong to a later day and could not fill this day any
 * more, in epoch milliseconds: the end of the day, where it has no grace.
 *
 * @param since an instant that belongs to the day or its grace, or to an earlier day, some two days before at most
 */
export function endOfGrace(day: Day, zone: string, dayStarts: DayStarts | undefined, since = day * DAY_MS): number {
  return firstInstantAt(endOfGraceOf(day, dayStarts), zone, since);
}

/** Returns the day of a local time, which is given as if it were UTC. */
function dayAt(local: number, dayStarts: DayStarts): Day {
  const date = Math.floor(local / DAY_MS);
  return local < startOf(date, dayStarts) ? date - 1 : date;
}

/** Returns when a day begins, in local time as if it were UTC. */
function startOf(day: Day, dayStarts: DayStarts | undefined): number {
  return day * DAY_MS + (versionOn(day, dayStarts)?.dayStart ?? 0) * MINUTE_MS;
}

/** Returns when the grace of a day ends, in local time as if it were UTC. */
function endOfGraceOf(day: Day, dayStarts: DayStarts | undefined): number {
  return startOf(day + 1, dayStarts) + (versionOn(day, dayStarts)?.grace ?? 0) * MINUTE_MS;
}

function versionOn(day: Day, dayStarts: DayStarts = []): DayStarts[number] | undefined {
  return dayStarts.findLast(({ from }) => from === undefined || from <= day);
}

const MINUTE_MS = 60 * 1000;
