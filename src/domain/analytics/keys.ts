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

/** A key for each granularity. */
type ByGranularity = Readonly<Record<Granularity, string>>;

/**
 * The keys of vectors of a scope, with what indexes them and what they count. A vector that counts users once in each
 * period can't be summed over periods, so each granularity has its own.
 */
export interface ScopeKeys {
  /** By day: done days. */
  readonly checkIns: string;
  /** By day: users who have checked in for the first time. */
  readonly newUsers: string;
  /** By day: widget impressions. */
  readonly impressions: string;
  /** By day: widget interactions. */
  readonly widgetInteractions: string;
  /** By period: users who have checked in. */
  readonly activeUsers: ByGranularity;
  /** By period: pairs of a user and a session. */
  readonly sessions: ByGranularity;
  /** By period: users who had a widget impression. */
  readonly impressionUsers: ByGranularity;
  /** By period: users who had a widget impression and have checked in. */
  readonly convertedUsers: ByGranularity;
  /** By length: the runs of each event, in the unit of its rules. */
  readonly runs: string;
  /** By `retentionIndex`: users. */
  readonly retention: string;
  /** By 24 times the day plus the local hour: check-ins. */
  readonly hours: string;
}

/** Keys that were made. They are asked for with each user, and finding a vector by a new text takes longer. */
const made = new Map<Scope, ScopeKeys>();

/** How many scopes have their keys kept. */
const MAX_MADE = 1000;

/** Returns the keys of a scope. */
export function keysOf(scope: Scope): ScopeKeys {
  let ofScope = made.get(scope);
  if (ofScope === undefined) {
    if (made.size >= MAX_MADE) {
      made.clear();
    }
    ofScope = makeKeys(escaped(scope));
    made.set(scope, ofScope);
  }
  return ofScope;
}

function makeKeys(scope: string): ScopeKeys {
  const byGranularity = (name: string): ByGranularity => ({
    day: `${name}/day/${scope}`,
    week: `${name}/week/${scope}`,
    month: `${name}/month/${scope}`,
  });
  return {
    checkIns: `checkIns/${scope}`,
    newUsers: `newUsers/${scope}`,
    impressions: `impressions/${scope}`,
    widgetInteractions: `widgetInteractions/${scope}`,
    activeUsers: byGranularity("activeUsers"),
    sessions: byGranularity("sessions"),
    impressionUsers: byGranularity("impressionUsers"),
    convertedUsers: byGranularity("convertedUsers"),
    runs: `runs/${scope}`,
    retention: `retention/${scope}`,
    hours: `hours/${scope}`,
  };
}

/**
 * The keys of the other vectors, with what indexes them and what they count. The zone of a user whose zone is not known
 * is the empty text.
 */
export const keys = {
  /** By length: the runs of days that end on a day, of users with this zone; only runs that may go on. */
  lateRuns: (event: string, zone: string, last: Day) => `lateRuns/${escaped(event)}/${escaped(zone)}/${last}`,
  /** By number of done days, or of actions where these count, never 0: the users with this zone who have so many. */
  totals: (event: string, zone: string) => `totals/${escaped(event)}/${escaped(zone)}`,
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

const BY_RULES = "byRules/";

/**
 * The keys of what is counted by rules of streaks and depends on today, with what indexes the vectors and what they count.
 * All of it is what will be if nothing more is done, and of users with the same zone. Days are recent days
 * or later: see `firstRecentDay`.
 */
export const ruledKeys = {
  /** What all of them begin with. */
  prefix: BY_RULES,
  /** By `current`, never 0: how many more streaks have it from a day on than on the day before. */
  streaks: (event: string, zone: string, day: Day) => ruledKey("streaks", event, zone, day),
  /** By length: the runs that end with a day; `LATEST` stands for runs that a pause holds for ever. */
  runs: (event: string, zone: string, day: Day) => ruledKey("runs", event, zone, day),
  /** By day: how many more streaks are pending from the day on than on the day before. */
  pending: (event: string, zone: string) => ruledKey("pending", event, zone),
  /** By day: the streaks that are pending on the day and end with it. */
  ending: (event: string, zone: string) => ruledKey("ending", event, zone),
  /** By day: the streaks that are above 0 on the day, which is done. */
  done: (event: string, zone: string) => ruledKey("done", event, zone),
} as const;

/** What is counted by rules: see `ruledKeys`. */
export type RuledKind = Exclude<keyof typeof ruledKeys, "prefix">;

function ruledKey(kind: RuledKind, event: string, zone: string, ...days: readonly Day[]): string {
  return [`${BY_RULES}${kind}`, escaped(event), escaped(zone), ...days].join("/");
}

const VALUES = "metaValues/";

/** Whether a key is of a value of `meta`. */
export function isValueKey(key: string): boolean {
  return key.startsWith(VALUES);
}

/** Returns what `metaValuesOf` has returned for the key of a value. The value may have slashes, too. */
export function prefixOfValue(key: string): string {
  return key.slice(0, key.indexOf("/", key.indexOf("/", VALUES.length) + 1) + 1);
}

/** Returns the key of the excess of the values whose keys begin with a prefix. */
export function excessKeyOf(prefix: string): string {
  return `metaExcess/${prefix.slice(VALUES.length, -1)}`;
}

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
