import type { Day } from "../day.ts";
import { type DayStarts, dayByStart, dayStartsOf } from "../day-start.ts";
import type { Widget } from "../project.ts";
import { partsOf, type RuledKind, ruledKeys } from "./keys.ts";
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

/** How many days, or actions where these count, the users with the same zone have of an event. */
export interface Totals {
  readonly event: string;
  readonly zone: string;
  /** The number of users, by the number of days or actions. */
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

/** Something that is counted by rules, of users with the same zone. */
export interface Ruled {
  readonly kind: RuledKind;
  readonly event: string;
  /** The users' zone. */
  readonly zone: string;
  /** The day of the key; not a number for a kind whose numbers are by day. */
  readonly day: Day;
  /** See `ruledKeys`. */
  readonly numbers: Vector;
}

/** Returns all that is counted by rules, of all events. Users whose zone is not known have the zone of the project. */
export function ruledIn(tallies: Tallies, projectZone: string): Ruled[] {
  return tallies.keys(ruledKeys.prefix).map((key) => {
    const [, kind = "", event = "", zone = "", day = "-"] = partsOf(key);
    return {
      kind: kind as RuledKind,
      event,
      zone: zone || projectZone,
      day: Number(day),
      numbers: tallies.vector(key),
    };
  });
}

/**
 * Returns a function that remembers what `read` returns for a zone. For the events whose days always begin at midnight
 * it calls `read` once for each zone; for each other event, once for each zone again.
 */
export function byZone<T>(
  widgets: readonly Pick<Widget, "event" | "rules">[],
  read: (zone: string, dayStarts: DayStarts | undefined) => T,
): (event: string, zone: string) => T {
  const starts = new Map(widgets.map(({ event, rules }) => [event, dayStartsOf(rules.versions)]));
  const known = new Map<DayStarts | undefined, Map<string, T>>();
  return (event, zone) => {
    const dayStarts = starts.get(event);
    const ofStarts = known.get(dayStarts) ?? new Map<string, T>();
    known.set(dayStarts, ofStarts);
    const found = ofStarts.get(zone) ?? read(zone, dayStarts);
    ofStarts.set(zone, found);
    return found;
  };
}

/** Returns a function that returns which day an instant belongs to, for the users of an event with the same zone. */
export function todayIn(
  widgets: readonly Pick<Widget, "event" | "rules">[],
  now: number,
): (event: string, zone: string) => Day {
  return byZone(widgets, (zone, dayStarts) => dayByStart(now, zone, dayStarts));
}
