import type { NaiveAward, NaiveMilestone } from "../awards.ts";
import type { NaivePeriod, Status } from "../explanation.ts";
import type { NaiveFreezeRules, NaiveGrant, NaiveOptOut } from "../freezes.ts";
import type { NaiveOthers } from "../grace.ts";
import type { NaiveCadence, NaiveRules } from "../history.ts";
import {
  type NaiveCase,
  type NaiveRuleStreak,
  naiveAwards,
  naiveExplanation,
  naiveRuleStreak,
  naiveToday,
  naiveWeek,
} from "../oracle.ts";
import type { NaiveAmnesty, NaivePause } from "../pauses.ts";
import type { NaiveRepair, NaiveRepairRules } from "../repairs.ts";
import type { HolidaysJson, RulesJson, VersionJson } from "./contract.ts";

/** What an example is about. */
export interface VectorGiven {
  /** The heading in `docs/rules.md` under which the sentence stands that this example shows. */
  readonly section: string;
  readonly name: string;
  readonly mode: "continuous" | "cumulative";
  readonly versions: readonly VersionJson[];
  /** Present when the rules are every day alone: over the API, a new widget with them is a widget without rules. */
  readonly withoutRules?: true;
  readonly holidays?: readonly HolidaysJson[];
  readonly pauses?: readonly NaivePause[];
  readonly amnesties?: readonly NaiveAmnesty[];
  readonly grants?: readonly NaiveGrant[];
  /** In the order in which they were made. */
  readonly optOuts?: readonly NaiveOptOut[];
  /** In the order in which they were made. */
  readonly repairs?: readonly NaiveRepair[];
  readonly done: readonly string[];
  /** Events that were late, or not dated in the home zone. */
  readonly others?: readonly NaiveOthers[];
  /** How many actions a day has, by dates, where that is more than one. */
  readonly actions?: Readonly<Record<string, number>>;
  readonly homeZone?: string;
  /** The zone that decides which day is today, when it is not the home zone. */
  readonly zone?: string;
  /** Whether the present would make an event of `today` late. */
  readonly inGrace?: true;
  readonly milestones?: readonly NaiveMilestone[];
  /** The day that an event of the present would belong to. */
  readonly today: string;
  /** The first and the last day that are explained. */
  readonly explain: { readonly from: string; readonly to: string };
}

/** What follows. */
export interface VectorResult {
  /** The day that is today, where it waits for the grace. */
  readonly waitingToday?: string;
  readonly streak: NaiveRuleStreak;
  /** What each of the milestones was awarded. */
  readonly awards?: readonly NaiveAward[];
  /** What became of the seven days that a widget shows; absent when the mode is cumulative. */
  readonly week?: readonly Status[];
  readonly runFirstDate?: string;
  readonly countedBefore: number;
  readonly periods: readonly VectorPeriod[];
}

/** A period, with what became of its days. */
export type VectorPeriod = Omit<NaivePeriod, "days"> & { readonly days: readonly Status[] };

/** An example with its results, as `test/vectors/rules.json` holds it. */
export type Vector = VectorGiven & VectorResult;

/** Returns what follows from an example, by the oracle. */
export function resultOf(given: VectorGiven): VectorResult {
  const naive = naiveCaseOf(given);
  const { periods, ...explanation } = naiveExplanation(naive, given.explain.from, given.explain.to);
  const today = naiveToday(naive);
  return {
    ...(today !== given.today && { waitingToday: today }),
    streak: naiveRuleStreak(naive),
    ...(given.milestones !== undefined && { awards: naiveAwards(naive, given.milestones) }),
    ...(given.mode === "continuous" && { week: naiveWeek(naive).map(({ status }) => status) }),
    ...explanation,
    periods: periods.map(({ days, ...period }) => ({ ...period, days: days.map(({ status }) => status) })),
  };
}

function naiveCaseOf(given: VectorGiven): NaiveCase {
  const { mode, holidays = [], pauses = [], amnesties = [], grants = [], optOuts = [], repairs = [], today } = given;
  const { done, others = [], actions = {}, homeZone, zone, inGrace = false } = given;
  const versions = given.versions.map((version) => naiveRulesOf(version, holidays));
  const zones = { ...(homeZone !== undefined && { homeZone }), ...(zone !== undefined && { zone }) };
  const events = { dates: done, others, actions, ...zones, today, inGrace };
  return { mode, versions, pauses, amnesties, grants, optOuts, repairs, ...events };
}

function naiveRulesOf({ from, rules }: VersionJson, holidays: readonly HolidaysJson[]): NaiveRules {
  const { weekdays = [], dates = [], holidays: names = [] } = rules.daysOff ?? {};
  return {
    ...(from !== undefined && { from }),
    cadence: naiveCadenceOf(rules.cadence),
    neverMissTwice: rules.neverMissTwice ?? false,
    daysOff: {
      weekdays: weekdays.map(weekdayOf),
      dates: [...dates, ...holidays.filter(({ name }) => names.includes(name)).flatMap((list) => list.dates)],
    },
    ...(rules.freezes !== undefined && { freezes: naiveFreezesOf(rules.freezes) }),
    ...(rules.repairs !== undefined && { repairs: naiveRepairsOf(rules.repairs) }),
    ...(rules.counts === "actions" && { counts: rules.counts }),
  };
}

function naiveRepairsOf(repairs: NonNullable<RulesJson["repairs"]>): NaiveRepairRules {
  const { withinDays, onceInDays, price: kind = "none", days = 0 } = repairs;
  return {
    withinDays,
    ...(onceInDays !== undefined && { onceInDays }),
    price: kind === "days" ? { kind, days } : { kind },
  };
}

function naiveFreezesOf(freezes: NonNullable<RulesJson["freezes"]>): NaiveFreezeRules {
  const { earnEvery, maxEarned = 0, maxInARow, lengthenRun = false } = freezes;
  return {
    ...(earnEvery !== undefined && { earned: { every: earnEvery, max: maxEarned } }),
    ...(maxInARow !== undefined && { maxInARow }),
    lengthenRun,
  };
}

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function weekdayOf(name: string): number {
  return WEEKDAYS.indexOf(name);
}

function naiveCadenceOf(cadence: RulesJson["cadence"] = { kind: "every_day" }): NaiveCadence {
  const { kind, days = 0, of = 0, weekdays = [], weekStart = "monday" } = cadence;
  switch (kind) {
    case "every_day":
      return { kind };
    case "weekdays":
      return { kind, weekdays: weekdays.map(weekdayOf) };
    case "days_a_week":
      return { kind, days, weekStart: weekdayOf(weekStart) };
    case "days_a_month":
    case "every_n_days":
      return { kind, days };
    case "days_in_any":
      return { kind, days, of };
  }
}
