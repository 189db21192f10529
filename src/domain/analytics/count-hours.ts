import type { Day } from "../day.ts";
import { offsetMinutes } from "../zone.ts";
import type { UserHistory } from "./history.ts";
import { ALL, keysOf } from "./keys.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Counts the local hours of a user's check-ins: of the stored streak interactions, of which each done day has one. */
export function countHours(tallies: Tallies, { events, zone }: UserHistory, { timeZone }: CountSettings): void {
  for (const { event, type, day, at, tz, isRepeat } of events) {
    if (type === "streak_interaction" && !isRepeat) {
      const hour = day * 24 + hourOf(at, tz ?? zone?.name ?? timeZone);
      tallies.add(keysOf(event).hours, hour);
      tallies.add(keysOf(ALL).hours, hour);
    }
  }
}

/** Returns the hour that clocks in a zone show at an instant, from 0 to 23. */
export function hourOf(instant: number, zone: string): number {
  const local = instant + offsetMs(instant, zone);
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS);
}

/** How many offsets are kept of a zone: those of some ten years. */
const MAX_DAYS_OF_ZONE = 4096;

/** By zone, the offset on each day of UTC; undefined where clocks change on that day. */
const offsets = new Map<string, Map<Day, number | undefined>>();

/**
 * Returns how far local time is ahead of UTC, in milliseconds. Keeps offsets by day, because counting asks for events of
 * many years, and computing an offset takes microseconds.
 */
function offsetMs(instant: number, zone: string): number {
  let ofZone = offsets.get(zone);
  if (ofZone === undefined || ofZone.size >= MAX_DAYS_OF_ZONE) {
    ofZone = new Map();
    offsets.set(zone, ofZone);
  }
  const day = Math.floor(instant / DAY_MS);
  if (!ofZone.has(day)) {
    const start = exactOffsetMs(day * DAY_MS, zone);
    ofZone.set(day, start === exactOffsetMs((day + 1) * DAY_MS - 1, zone) ? start : undefined);
  }
  return ofZone.get(day) ?? exactOffsetMs(instant, zone);
}

/** Offsets are whole seconds; see `dayOf`. */
function exactOffsetMs(instant: number, zone: string): number {
  return Math.round(offsetMinutes(zone, instant) * 60) * 1000;
}
