import { DAY_MS, type Day } from "../day.ts";
import { offsetMinutes, zoneKey } from "../zone.ts";
import type { UserHistory } from "./history.ts";
import { ALL, keysOf } from "./keys.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

const HOUR_MS = 60 * 60 * 1000;

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

/** How many offsets are kept, of all zones together: some 15 MB, and those of ten years of seventy zones. */
const MAX_OFFSETS = 1 << 18;

/** By {@link zoneKey}, the offset on each day of UTC; undefined where clocks change on that day. */
const offsets = new Map<string, Map<Day, number | undefined>>();
let kept = 0;

/**
 * Returns how far local time is ahead of UTC, in milliseconds. Keeps offsets by day, because counting asks for events of
 * many years, and computing an offset takes microseconds.
 */
function offsetMs(instant: number, zone: string): number {
  const key = zoneKey(zone);
  let ofZone = offsets.get(key);
  if (ofZone === undefined) {
    ofZone = new Map();
    offsets.set(key, ofZone);
  }
  const day = Math.floor(instant / DAY_MS);
  if (!ofZone.has(day)) {
    const start = exactOffsetMs(day * DAY_MS, zone);
    keep(ofZone, day, start === exactOffsetMs((day + 1) * DAY_MS - 1, zone) ? start : undefined);
  }
  return ofZone.get(day) ?? exactOffsetMs(instant, zone);
}

/** Keeps an offset. When there are too many, those of all zones are computed again. */
function keep(ofZone: Map<Day, number | undefined>, day: Day, offset: number | undefined): void {
  if (kept >= MAX_OFFSETS) {
    for (const other of offsets.values()) {
      other.clear();
    }
    kept = 0;
  }
  ofZone.set(day, offset);
  kept++;
}

/** Offsets are whole seconds; see `dayOf`. */
function exactOffsetMs(instant: number, zone: string): number {
  return Math.round(offsetMinutes(zone, instant) * 60) * 1000;
}
