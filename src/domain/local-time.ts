import { DAY_MS } from "./day.ts";
import { offsetMinutes } from "./zone.ts";

/**
 * The instant at which the clocks in a zone show a date and time, in epoch milliseconds. Where they show it twice, since
 * they were put back, it is the first time. Where they never show it, since they were put forward, it is as much later as
 * they were put forward: 02:30 becomes 03:30. (Temporal and iCalendar do the same.)
 *
 * @param local the date and time as if it were UTC, in epoch milliseconds
 * @param zone the IANA name of the zone
 * @throws RangeError when `zone` is not an IANA name; see `isZone`
 */
export function instantOf(local: number, zone: string): number {
  // A day is more than any zone is from UTC. Like Temporal, this takes it that clocks change once within these two days.
  const before = offsetMs(zone, local - DAY_MS);
  const after = offsetMs(zone, local + DAY_MS);
  // The offset before a change is larger where clocks are put back, so that its instant is the earlier one.
  const isAfter = offsetMs(zone, local - before) !== before && offsetMs(zone, local - after) === after;
  return local - (isAfter ? after : before);
}

/** The date and time that clocks in a zone show at an instant, as if it were UTC, in epoch milliseconds. */
export function localTimeAt(instant: number, zone: string): number {
  return instant + offsetMs(zone, instant);
}

/**
 * The first instant, not before `since`, at which the clocks in a zone show a date and time or a later one, in epoch
 * milliseconds. Where they never show it, it is the moment at which they were put forward over it.
 *
 * @param local the date and time as if it were UTC, in epoch milliseconds
 * @param since epoch milliseconds, some two days before at most, since it assumes that clocks change at most once
 *   meanwhile
 */
export function firstInstantAt(local: number, zone: string, since: number): number {
  const before = offsetMs(zone, since);
  const unchanged = Math.max(since, local - before);
  if (offsetMs(zone, unchanged) === before) {
    return unchanged;
  }
  let [last, change] = [since, unchanged];
  while (change - last > 1) {
    const middle = Math.floor((last + change) / 2);
    if (offsetMs(zone, middle) === before) {
      last = middle;
    } else {
      change = middle;
    }
  }
  return Math.max(change, local - offsetMs(zone, change));
}

/** How far local time is ahead of UTC, in milliseconds; a whole number of seconds. */
function offsetMs(zone: string, instant: number): number {
  return Math.round(offsetMinutes(zone, instant) * 60) * 1000;
}
