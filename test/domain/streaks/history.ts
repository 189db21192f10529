import { type Day, dayOf, dayOfMonth, daysFrom, lengthOfMonth, weekdayOf } from "./calendar.ts";
import type { NaiveFreezeRules, NaiveGrant, NaiveOptOut } from "./freezes.ts";
import { hasAmnesty, isPaused, type NaiveAmnesty, type NaivePause } from "./pauses.ts";

/** Rules that hold from a date on. The first version of a list has no `from`. Weekdays go from 0 for Monday to 6. */
export interface NaiveRules {
  from?: string;
  cadence: NaiveCadence;
  neverMissTwice: boolean;
  /** The holidays are already resolved: their dates are among `dates`. */
  daysOff: { weekdays: readonly number[]; dates: readonly string[] };
  /** Absent where freezes cover nothing, and with `every_n_days` and `days_in_any`. */
  freezes?: NaiveFreezeRules;
}

export type NaiveCadence =
  | { kind: "every_day" }
  | { kind: "weekdays"; weekdays: readonly number[] }
  | { kind: "days_a_week"; days: number; weekStart: number }
  | { kind: "days_a_month"; days: number }
  | { kind: "every_n_days"; days: number }
  | { kind: "days_in_any"; days: number; of: number };

/** What is known of a user, and the rules that judge it. */
export interface Recorded {
  /** The done days, in any order and more than once each. */
  dates: readonly string[];
  /** At least one version, in the order of `from`. The first has no `from`. */
  versions: readonly NaiveRules[];
  /** In any order; they may have days in common. */
  pauses: readonly NaivePause[];
  /** Those of the project that are about the streak. In any order; they may have days in common. */
  amnesties: readonly NaiveAmnesty[];
  /** In any order. */
  grants: readonly NaiveGrant[];
  /** In the order in which they were made. */
  optOuts: readonly NaiveOptOut[];
}

/** A day, or days of one week or one month, that are judged together. */
export interface Period {
  first: Day;
  last: Day;
  /** The version of the rules by which the period is judged. */
  rules: NaiveRules;
  /** The first of the days up to this period that have the same n and m, for `every_n_days` and `days_in_any`. */
  since: Day;
}

/** What an answer depends on. */
export interface History {
  done: ReadonlySet<Day>;
  /** Whether the rules make the day a day off. */
  isOffByRules(day: Day): boolean;
  pauses: readonly NaivePause[];
  amnesties: readonly NaiveAmnesty[];
  grants: readonly NaiveGrant[];
  optOuts: readonly NaiveOptOut[];
  /** All periods in order, without gaps, from before the first done day and the first grant on. */
  periods: readonly Period[];
}

/**
 * Divides the calendar into periods. Pauses, amnesties and freezes leave these as they are.
 *
 * @param upTo the last day that has to lie in a period
 */
export function historyOf(recorded: Recorded, from: Day, upTo: Day): History {
  const { dates, versions, pauses, amnesties, grants, optOuts } = recorded;
  const done = new Set(dates.map(dayOf));
  const froms = versions.slice(1).map((version) => dayOf(version.from as string));
  const offDates = new Map(versions.map((version) => [version, new Set(version.daysOff.dates.map(dayOf))]));

  function versionOn(day: Day): NaiveRules {
    return versions[froms.findLastIndex((first) => first <= day) + 1] as NaiveRules;
  }

  /** The rules of the period of each day. */
  const judges = new Map<Day, NaiveRules>();

  function readIsOff(day: Day): boolean {
    // Only `progress` looks behind the last period, and no rules begin there.
    const rules = judges.get(day) ?? versionOn(day);
    const { cadence, daysOff } = rules;
    return (
      daysOff.weekdays.includes(weekdayOf(day)) ||
      offDates.get(rules)?.has(day) === true ||
      (cadence.kind === "weekdays" && !cadence.weekdays.includes(weekdayOf(day)))
    );
  }

  const known = new Map<Day, boolean>();

  function isOffByRules(day: Day): boolean {
    const isKnown = known.get(day) ?? readIsOff(day);
    known.set(day, isKnown);
    return isKnown;
  }

  const periods: Period[] = [];
  let first = Math.min(...done, ...froms, ...grants.map((grant) => dayOf(grant.from)), from);
  while (!beginsPeriod(first, versions[0] as NaiveRules)) {
    first--;
  }
  const end = Math.max(...done, upTo);
  while (first <= end) {
    const rules = versionOn(first);
    // The period goes to its end by the rules that hold on its first day, days off too, whatever comes within it.
    let last = first;
    while (!beginsPeriod(last + 1, rules)) {
      last++;
    }
    for (const day of daysFrom(first, last)) {
      judges.set(day, rules);
    }
    const before = periods.at(-1);
    const isSame = before !== undefined && isSameWindow(windowOf(before), windowOf({ rules }));
    periods.push({ first, last, rules, since: isSame ? before.since : first });
    first = last + 1;
  }
  return { done, isOffByRules, pauses, amnesties, grants, optOuts, periods };
}

/** Whether the day is a day off unless it is done: it is paused, or has an amnesty. */
function isOffUnlessDone({ pauses, amnesties }: History, day: Day): boolean {
  return isPaused(pauses, day) || hasAmnesty(amnesties, day);
}

/** Whether nothing is asked of the day: the rules make it a day off, or it has a pause or an amnesty and is not done. */
export function isOff(history: History, day: Day): boolean {
  return history.isOffByRules(day) || (!history.done.has(day) && isOffUnlessDone(history, day));
}

/**
 * Whether the windows of `every_n_days` and `days_in_any` pass over the day: it is off, or it has a pause or an amnesty,
 * done or not.
 */
export function isPassedOver(history: History, day: Day): boolean {
  return history.isOffByRules(day) || isOffUnlessDone(history, day);
}

/** The same history as it was known on this day: without the days after it. */
export function asOf(history: History, day: Day): History {
  return { ...history, done: new Set([...history.done].filter((other) => other <= day)) };
}

/** The index of the period of this day. */
export function periodAt(history: History, day: Day): number {
  return history.periods.findIndex((period) => period.first <= day && day <= period.last);
}

function beginsPeriod(day: Day, { cadence }: NaiveRules): boolean {
  switch (cadence.kind) {
    case "days_a_week":
      return weekdayOf(day) === cadence.weekStart;
    case "days_a_month":
      return dayOfMonth(day) === 1;
    default:
      return true;
  }
}

/** What the cadence of the period counts. */
export function unitOf({ rules }: Period): "day" | "week" | "month" {
  switch (rules.cadence.kind) {
    case "days_a_week":
      return "week";
    case "days_a_month":
      return "month";
    default:
      return "day";
  }
}

/** The n and m of `every_n_days` and `days_in_any`; undefined for all other cadences. */
export function windowOf({ rules }: Pick<Period, "rules">): { n: number; m: number } | undefined {
  switch (rules.cadence.kind) {
    case "every_n_days":
      return { n: 1, m: rules.cadence.days };
    case "days_in_any":
      return { n: rules.cadence.days, m: rules.cadence.of };
    default:
      return undefined;
  }
}

function isSameWindow(one: ReturnType<typeof windowOf>, other: ReturnType<typeof windowOf>): boolean {
  return one !== undefined && one.n === other?.n && one.m === other.m;
}

/** How many done days the period needs from this day on up to its end. */
export function neededFrom(history: History, period: Period, day: Day): number {
  const { cadence } = period.rules;
  const needed = daysFrom(day, period.last).filter((other) => !isOff(history, other)).length;
  switch (cadence.kind) {
    case "days_a_week":
      return Math.ceil((cadence.days * needed) / 7);
    case "days_a_month":
      return Math.ceil((cadence.days * needed) / lengthOfMonth(day));
    default:
      return needed;
  }
}

/** How many of the days from the first to the last are done. */
export function doneFrom(history: History, first: Day, last: Day): number {
  return daysFrom(first, last).filter((day) => history.done.has(day)).length;
}

/** Whether all days of the period are off. */
export function isSkipped(history: History, period: Period): boolean {
  return daysFrom(period.first, period.last).every((day) => isOff(history, day));
}

/**
 * The first day of the window that ends with this day: it has `m` days that are not passed over. Undefined when windows
 * pass over this day, so that none ends with it, or when the window would begin before `earliest`.
 */
export function windowTo(history: History, day: Day, m: number, earliest: Day): Day | undefined {
  if (isPassedOver(history, day)) {
    return undefined;
  }
  let found = 0;
  for (let first = day; first >= earliest; first--) {
    found += isPassedOver(history, first) ? 0 : 1;
    if (found === m) {
      return first;
    }
  }
  return undefined;
}
