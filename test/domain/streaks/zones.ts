import { DateTime } from "luxon";
import { type Day, dayOf } from "./calendar.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What was found: the same few days are asked for again and again. */
const beginnings = new Map<string, Map<Day, number>>();
const datesThatExist = new Map<string, Map<Day, boolean>>();

/** What is known of a day in a zone, or is found out now. */
function remembered<T>(known: Map<string, Map<Day, T>>, day: Day, zone: string, read: () => T): T {
  const ofZone = known.get(zone) ?? new Map<Day, T>();
  known.set(zone, ofZone);
  const found = ofZone.get(day) ?? read();
  ofZone.set(day, found);
  return found;
}

/** The date that a calendar in the zone shows. */
export function dateAt(instant: number, zone: string): Day {
  const { year, month, day } = DateTime.fromMillis(instant, { zone });
  const digits = (number: number, length: number) => String(number).padStart(length, "0");
  return dayOf(`${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`);
}

/** The first instant at which a calendar in the zone shows this day or a later one. */
export function beginOf(day: Day, zone: string): number {
  return remembered(beginnings, day, zone, () => readBegin(day, zone));
}

/**
 * Walks by quarters of an hour from some hours before, then by minutes, and back by seconds: clocks of old times differ
 * by seconds. Midnight is among the quarters, so that one that lasts for a minute is seen.
 */
function readBegin(day: Day, zone: string): number {
  const midnight = day * DAY_MS;
  let instant = midnight - DateTime.fromMillis(midnight, { zone }).offset * MINUTE_MS;
  do {
    instant -= 3 * HOUR_MS;
  } while (dateAt(instant, zone) >= day);
  for (const step of [QUARTER_MS, MINUTE_MS]) {
    while (dateAt(instant + step, zone) < day) {
      instant += step;
    }
  }
  instant += MINUTE_MS;
  while (dateAt(instant - SECOND_MS, zone) >= day) {
    instant -= SECOND_MS;
  }
  return instant;
}

/** The first instant at which a calendar in the zone shows a date that is later than this day. */
function overOf(day: Day, zone: string): number {
  return beginOf(day + 1, zone);
}

/** The first date after this day that the zone has. */
function dateAfter(day: Day, zone: string): Day {
  let next = day + 1;
  while (!exists(next, zone)) {
    next++;
  }
  return next;
}

/** Whether a calendar in the zone ever shows this date. */
function exists(day: Day, zone: string): boolean {
  return remembered(datesThatExist, day, zone, () => dateAt(beginOf(day, zone), zone) === day);
}

/** Whether `later` begins in `to` before the day after `earlier` is over in `from`. */
export function isJourney(earlier: Day, from: string, later: Day, to: string): boolean {
  return beginOf(later, to) < overOf(dateAfter(earlier, from), from);
}
