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
 * The keys of the vectors. `total` means that a vector is indexed by day, and that sums over days are right. The others
 * count a user once in each period, so each granularity has a vector of its own, indexed by period.
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
  lateRuns: (event: string, zone: string, last: Day) => `${keys.lateRunsOf(event)}${escaped(zone)}/${last}`,
  /** What the keys of the late runs of an event begin with. */
  lateRunsOf: (event: string) => `lateRuns/${escaped(event)}/`,
  /** By number of done days: the users with this zone who have done so many days of an event; never 0 days. */
  totals: (event: string, zone: string) => `${keys.totalsOf(event)}${escaped(zone)}`,
  /** What the keys of the totals of an event begin with. */
  totalsOf: (event: string) => `totals/${escaped(event)}/`,

  /** By {@link retentionIndex}: users. */
  retention: (scope: Scope) => `retention/${escaped(scope)}`,
  /** By day and hour, which is 24 times the day plus the hour: check-ins. */
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

/** The part of a key between two slashes that stands for a zone; see {@link keys.lateRuns} and {@link keys.totals}. */
export function zoneOfKey(key: string): string {
  return unescaped(key.split("/")[2] ?? "");
}

/** The last part of a key, where it is a number. */
export function numberOfKey(key: string): number {
  return Number(key.slice(key.lastIndexOf("/") + 1));
}

function escaped(part: string): string {
  return /[%/]/.test(part) ? part.replaceAll("%", "%25").replaceAll("/", "%2F") : part;
}

function unescaped(part: string): string {
  return part.replaceAll("%2F", "/").replaceAll("%25", "%");
}
