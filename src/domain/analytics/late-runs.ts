import { type Day, dayOf } from "../day.ts";
import { partsOf } from "./keys.ts";
import type { Tallies } from "./tallies.ts";
import type { Vector } from "./vector.ts";

/** Runs of an event that may go on, of users with the same zone, that end on the same day. */
export interface LateRuns {
  readonly event: string;
  /** The users' zone. */
  readonly zone: string;
  readonly last: Day;
  /** How many there are, by length. */
  readonly lengths: Vector;
}

/** How many days users with the same zone have done of an event. */
export interface Totals {
  readonly event: string;
  readonly zone: string;
  /** How many users have done so many days. */
  readonly totals: Vector;
}

/** Returns all late runs, of all events. Users whose zone is not known have the zone of the project. */
export function lateRunsIn(tallies: Tallies, projectZone: string): LateRuns[] {
  return tallies.keys("lateRuns/").map((key) => {
    const [, event = "", zone = "", last = ""] = partsOf(key);
    return { event, zone: zone || projectZone, last: Number(last), lengths: tallies.vector(key) };
  });
}

/** Returns all totals, of all events. Users whose zone is not known have the zone of the project. */
export function totalsIn(tallies: Tallies, projectZone: string): Totals[] {
  return tallies.keys("totals/").map((key) => {
    const [, event = "", zone = ""] = partsOf(key);
    return { event, zone: zone || projectZone, totals: tallies.vector(key) };
  });
}

/** Returns a function that returns what a function returns for a zone, and calls it once for each zone. */
export function onceForZone<T>(read: (zone: string) => T): (zone: string) => T {
  const known = new Map<string, T>();
  return (zone) => {
    const found = known.get(zone) ?? read(zone);
    known.set(zone, found);
    return found;
  };
}

/** Returns a function that returns the day of an instant in a zone. */
export function todayIn(now: number): (zone: string) => Day {
  return onceForZone((zone) => dayOf(now, zone));
}
