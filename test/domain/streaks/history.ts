import { type Day, dayOf, dayOfMonth, daysFrom, lengthOfMonth, weekdayOf } from "./calendar.ts";
import type { NaiveFreezeRules, NaiveGrant, NaiveOptOut } from "./freezes.ts";
import { type NaiveOthers, resolveDays } from "./grace.ts";
import { type DayRange, isIn, type NaiveAmnesty, type NaivePause, rangesOf } from "./pauses.ts";
import type { NaiveRepair, NaiveRepairRules } from "./repairs.ts";
import { bridgedDays, type ZonedDays } from "./travel.ts";

/** Rules that hold from a date on. The first version of a list has no `from`. Weekdays go from 0 for Monday to 6. */
export interface NaiveRules {
  from?: string;
  cadence: NaiveCadence;
  neverMissTwice: boolean;
  /** The holidays are already resolved: their dates are among `dates`. */
  daysOff: { weekdays: readonly number[]; dates: readonly string[] };
  /** Absent where freezes cover nothing, and with `every_n_days` and `days_in_any`. */
  freezes?: NaiveFreezeRules;
  /** Absent where no run can be repaired, and with `every_n_days` and `days_in_any`. */
  repairs?: NaiveRepairRules;
  /** Present where a cumulative streak counts actions. Means nothing to other streaks. */
  counts?: "actions";
}

/** What a streak counts: with `action` and `day`, a cumulative one. */
export type NaiveUnit = "action" | "day" | "week" | "month";

export type NaiveCadence =
  | { kind: "every_day" }
  | { kind: "weekdays"; weekdays: readonly number[] }
  | { kind: "days_a_week"; days: number; weekStart: number }
  | { kind: "days_a_month"; days: number }
  | { kind: "every_n_days"; days: number }
  | { kind: "days_in_any"; days: number; of: number };

/** What is known of a user, and the rules that judge it. */
export interface Recorded {
  /** The dates of events that were in time, in the home zone; in any order and more than once each. */
  dates: readonly string[];
  /** Further events. */
  others?: readonly NaiveOthers[];
  /** How many actions a day has, by dates, where that is more than one; of done days alone. */
  actions?: Readonly<Record<string, number>>;
  /** The zone of the events in `dates`; absent where zones don't matter. */
  homeZone?: string;
  /** The zone that decides which day is today; absent when it is the home zone. */
  zone?: string;
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
  /** In the order in which they were made. */
  repairs?: readonly NaiveRepair[];
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
  /** The zones of the events of each done day. */
  zones: ZonedDays;
  /** The zone that decides which day is today, where zones matter. */
  zone: string | undefined;
  /** The done days that late events of the day after them have filled. */
  filled: ReadonlySet<Day>;
  /** The days that a journey goes over. */
  bridged: ReadonlySet<Day>;
  /** Whether the rules make the day a day off. */
  isOffByRules(day: Day): boolean;
  /** The rules by which the day is judged. */
  rulesOn(day: Day): NaiveRules;
  pauses: readonly DayRange[];
  amnesties: readonly DayRange[];
  grants: readonly NaiveGrant[];
  optOuts: readonly NaiveOptOut[];
  /** In the order in which they were made. */
  repairs: readonly NaiveRepair[];
  /** The days of these repairs. */
  repairDays: ReadonlySet<Day>;
  /** All periods in order, without gaps, from before the first done day and the first grant on. */
  periods: readonly Period[];
}

/**
 * Divides the calendar into periods. Pauses, amnesties and freezes leave these as they are.
 *
 * @param upTo the last day that has to lie in a period
 * @param today counts as done for journeys; not given where there is no today yet
 */
export function historyOf(recorded: Recorded, from: Day, upTo: Day, today?: Day): History {
  const { dates, others = [], homeZone, versions, grants, optOuts, repairs = [] } = recorded;
  const pauses = rangesOf(recorded.pauses);
  const amnesties = rangesOf(recorded.amnesties);
  const ownDays = [...dates, ...others.flatMap(({ dates }) => dates)].map(dayOf);
  const froms = versions.slice(1).map((version) => dayOf(version.from as string));
  const offDates = new Map(versions.map((version) => [version, new Set(version.daysOff.dates.map(dayOf))]));

  function versionOn(day: Day): NaiveRules {
    return versions[froms.findLastIndex((first) => first <= day) + 1] as NaiveRules;
  }

  /** The rules of the period of each day. */
  const judges = new Map<Day, NaiveRules>();

  function readIsOff(day: Day): boolean {
    // Only `progress` looks beyond the last period, and no rules begin there.
    const rules = rulesOn(day);
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
  const rulesOn = (day: Day): NaiveRules => judges.get(day) ?? versionOn(day);
  const judging = { isOffByRules, rulesOn, pauses, amnesties, grants, optOuts, periods };
  // A late event may fill the day before it.
  let first = Math.min(...ownDays.map((day) => day - 1), ...froms, ...grants.map((grant) => dayOf(grant.from)), from);
  while (!beginsPeriod(first, versions[0] as NaiveRules)) {
    first--;
  }
  const end = Math.max(...ownDays, upTo);
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
  const { done: zones, filled } = resolveDays(dates, others, homeZone, (day) => isLeftEmpty(judging, day));
  const zone = recorded.zone ?? homeZone;
  const done = new Set(zones.keys());
  const bridged = bridgedDays(zones, today !== undefined && zone !== undefined ? { day: today, zone } : undefined);
  return withRepairs({ ...judging, done, zones, zone, filled, bridged }, repairs);
}

/** The same history with these repairs. */
export function withRepairs(
  history: Omit<History, "repairs" | "repairDays">,
  repairs: readonly NaiveRepair[],
): History {
  return { ...history, repairs, repairDays: new Set(repairs.map(({ on }) => dayOf(on))) };
}

/** Whether no late event fills the day: it is a day off by the rules, a pause, or an amnesty. */
export function isLeftEmpty(history: Pick<History, "isOffByRules" | "pauses" | "amnesties">, day: Day): boolean {
  return history.isOffByRules(day) || isIn(history.pauses, day) || isIn(history.amnesties, day);
}

/** Whether the day is a day off unless it is done. */
function isOffUnlessDone(history: History, day: Day): boolean {
  return (
    isIn(history.pauses, day) || isIn(history.amnesties, day) || history.bridged.has(day) || isRepairDay(history, day)
  );
}

/** Whether the day is the day of a repair in a cadence of days, which asks nothing of it. */
export function isRepairDay({ repairDays, rulesOn }: History, day: Day): boolean {
  return repairDays.has(day) && unitOf({ rules: rulesOn(day) }) === "day";
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

/** The same history as it was known on this day: without the days after it, and with it as today. */
export function asOf(history: History, day: Day): History {
  const zones = new Map([...history.zones].filter(([other]) => other <= day));
  const { zone } = history;
  const bridged = bridgedDays(zones, zone === undefined ? undefined : { day, zone });
  return withRepairs(
    { ...history, done: new Set(zones.keys()), zones, bridged },
    history.repairs.filter(({ on }) => dayOf(on) <= day),
  );
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
export function unitOf({ rules }: Pick<Period, "rules">): "day" | "week" | "month" {
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
