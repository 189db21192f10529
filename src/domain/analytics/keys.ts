import type { Day } from "../day.ts";

/**
 * Whose numbers a vector has: those of one event by its name, or those of all events together, which is the empty text.
 * No event has an empty name.
 */
export type Scope = string;

/** All events together. */
export const ALL: Scope = "";

/** The periods of which users are counted once each: see {@link periodOf}. */
export const GRANULARITIES = ["day", "week", "month"] as const;

/** How days are put together. */
export type Granularity = (typeof GRANULARITIES)[number];

/**
 * The keys of the vectors, with what indexes them and what they count. A vector that counts users once in each period
 * can't be summed over periods, so each granularity has its own. The zone of a user whose zone is not known is the empty
 * text.
 */
export const keys = {
  /** By day: done days. */
  checkIns: (scope: Scope) => `checkIns/${escaped(scope)}`,
  /** By day: users who have checked in for the first time. */
  newUsers: (scope: Scope) => `newUsers/${escaped(scope)}`,
  /** By day: widget impressions. */
  impressions: (scope: Scope) => `impressions/${escaped(scope)}`,
  /** By day: widget interactions. */
  widgetInteractions: (scope: Scope) => `widgetInteractions/${escaped(scope)}`,
  /** By period: users who have checked in. */
  activeUsers: (granularity: Granularity, scope: Scope) => `activeUsers/${granularity}/${escaped(scope)}`,
  /** By period: pairs of a user and a session. */
  sessions: (granularity: Granularity, scope: Scope) => `sessions/${granularity}/${escaped(scope)}`,
  /** By period: users who had a widget impression. */
  impressionUsers: (granularity: Granularity, scope: Scope) => `impressionUsers/${granularity}/${escaped(scope)}`,
  /** By period: users who had a widget impression and have checked in. */
  convertedUsers: (granularity: Granularity, scope: Scope) => `convertedUsers/${granularity}/${escaped(scope)}`,

  /** By length: the runs of days of one event, or of each event. */
  runs: (scope: Scope) => `runs/${escaped(scope)}`,
  /** By length: runs that end on a day or later than any day that a reader asks for, of users with this zone. */
  lateRuns: (event: string, zone: string, last: Day) => `lateRuns/${escaped(event)}/${escaped(zone)}/${last}`,
  /** By number of done days: the users with this zone who have done so many days of an event; never 0 days. */
  totals: (event: string, zone: string) => `totals/${escaped(event)}/${escaped(zone)}`,

  /** By {@link retentionIndex}: users. */
  retention: (scope: Scope) => `retention/${escaped(scope)}`,
  /** By 24 times the day plus the local hour: check-ins. */
  hours: (scope: Scope) => `hours/${escaped(scope)}`,
  /** By day: users who have reached a length for the first time. */
  milestone: (event: string, target: number) => `milestone/${escaped(event)}/${target}`,

  /** By month: stored events whose `meta` has a key. */
  metaEvents: (scope: Scope, metaKey: string) => `metaEvents/${escaped(scope)}/${escaped(metaKey)}`,
  /** By month: stored events whose `meta` has a key with this value. */
  metaValue: (scope: Scope, metaKey: string, value: string) => `${keys.metaValuesOf(scope, metaKey)}${value}`,
  /** What the keys of the values of a key of `meta` begin with. */
  metaValuesOf: (scope: Scope, metaKey: string) => `metaValues/${escaped(scope)}/${escaped(metaKey)}/`,
  /** By month: how many sets of users had so many different values that these were not kept. */
  metaExcess: (scope: Scope, metaKey: string) => `metaExcess/${escaped(scope)}/${escaped(metaKey)}`,
} as const;

/** Returns the parts of a key, as they were given. Not for the keys of values, which may have slashes. */
export function partsOf(key: string): string[] {
  return key.split("/").map(unescaped);
}

function escaped(part: string): string {
  return /[%/]/.test(part) ? part.replaceAll("%", "%25").replaceAll("/", "%2F") : part;
}

function unescaped(part: string): string {
  return part.replaceAll("%2F", "/").replaceAll("%25", "%");
}
