import type { Day } from "./day.ts";

/** How a widget's days add up to a streak, as the widget is configured; `rulesFor` makes it ready to compute. */
export interface WidgetRules {
  /**
   * - `continuous`: a miss ends the run, unless the rules allow it.
   * - `cumulative`: every done day counts, and the count never falls.
   */
  readonly mode: "continuous" | "cumulative";
  /**
   * The versions of the rules: at least one, at most {@link MAX_VERSIONS}, in the order of their `from`. Absent while
   * every day counts and nothing else was ever said. The state then has no field that is not in the contract.
   */
  readonly versions?: readonly RulesVersion[];
}

/** Rules that hold from a day on. */
export interface RulesVersion {
  /** The first day on which they hold; absent for the first version, which holds from the beginning. */
  readonly from?: Day;
  readonly cadence: Cadence;
  /** Whether a single missed period does not end a run. */
  readonly neverMissTwice: boolean;
  readonly daysOff: DaysOff;
  /**
   * The local time at which a day begins, in minutes after midnight, at most {@link MAX_DAY_START}. What is done before
   * it counts for the day before. Absent where days begin at midnight.
   */
  readonly dayStart?: number;
  /** How long after the end of a day an event can still fill it, in minutes. Absent where there is no grace. */
  readonly grace?: number;
  /** Absent where freezes cover nothing; never there with the cadences `every_n_days` and `days_in_any`. */
  readonly freezes?: FreezeRules;
  /** Absent where no run can be repaired; never there with the cadences `every_n_days` and `days_in_any`. */
  readonly repairs?: RepairRules;
  /** Set where a cumulative streak counts actions; absent where it counts days. Continuous streaks ignore it. */
  readonly counts?: "actions";
}

/** Which runs can be repaired, and what that costs. */
export interface RepairRules {
  /** For how many days after its end a run can be repaired. */
  readonly withinDays: number;
  /** How many days after a repair the next one is possible, at the earliest; absent without such a bound. */
  readonly onceInDays?: number;
  readonly price: RepairPrice;
}

/** What a repair costs. */
export type RepairPrice =
  | { readonly kind: "none" }
  /** One freeze; the rules have freezes. */
  | { readonly kind: "freeze" }
  /** So many days must be done first, at most as many as `withinDays`. */
  | { readonly kind: "days"; readonly days: number };

/** How users come by freezes, and what freezes do. */
export interface FreezeRules {
  /** What a run earns; absent where all freezes are granted. */
  readonly earned?: EarnedFreezes;
  /**
   * The most missed periods of a gap that freezes cover; at most {@link MAX_FREEZES}. Absent where there is no such
   * bound.
   */
  readonly maxInARow?: number;
  /** Whether a covered period counts. Never true together with `neverMissTwice`. */
  readonly lengthenRun: boolean;
}

/** Returns a list that is equal for two `FreezeRules` only if they say the same. */
export function partsOfFreezes({ earned, maxInARow, lengthenRun }: FreezeRules): readonly unknown[] {
  return [earned?.every, earned?.max, maxInARow, lengthenRun];
}

/** Returns a list that is equal for two `RepairRules` only if they say the same. */
export function partsOfRepairs({ withinDays, onceInDays, price }: RepairRules): readonly unknown[] {
  return [withinDays, onceInDays, price.kind, price.kind === "days" ? price.days : undefined];
}

/** How a run earns freezes. */
export interface EarnedFreezes {
  /** How many periods a run must keep for each freeze. Done days off are not counted. */
  readonly every: number;
  /**
   * The most earned freezes that a user has at a time; at most {@link MAX_FREEZES}. While there are as many, nothing is
   * counted.
   */
  readonly max: number;
}

/** How often a streak asks for a done day. */
export type Cadence =
  | { readonly kind: "every_day" }
  /** The weekdays that are needed, of which there is at least one; all others are days off. */
  | { readonly kind: "weekdays"; readonly weekdays: readonly Weekday[] }
  /** @see MAX_DAYS_A_WEEK */
  | { readonly kind: "days_a_week"; readonly days: number; readonly weekStart: Weekday }
  /** @see MAX_DAYS_A_MONTH */
  | { readonly kind: "days_a_month"; readonly days: number }
  /** Once in any so many days. */
  | { readonly kind: "every_n_days"; readonly days: number }
  /** `days` days in any `of` days. */
  | { readonly kind: "days_in_any"; readonly days: number; readonly of: number };

/** A day of the week, from 0 for Monday to 6 for Sunday. */
export type Weekday = number;

/** All of them, in order. */
export const EVERY_WEEKDAY: readonly Weekday[] = [0, 1, 2, 3, 4, 5, 6];

/** Days that are not needed. */
export interface DaysOff {
  readonly weekdays: readonly Weekday[];
  readonly dates: readonly Day[];
  /** The names of lists of the project's holidays. */
  readonly holidays: readonly string[];
}

/** A list of dates that rules can name. */
export interface HolidayList {
  /** Unique in its project. */
  readonly name: string;
  readonly dates: readonly Day[];
}

/** The latest local time at which a day can begin, in minutes after midnight. */
export const MAX_DAY_START = 6 * 60;

/** The most versions that the rules of a widget have. */
export const MAX_VERSIONS = 100;

/** The most days that can be asked for in a week. */
export const MAX_DAYS_A_WEEK = 7;

/** The most days that can be asked for in a month, so that every month has them. */
export const MAX_DAYS_A_MONTH = 28;

/** The fewest and the most days among which `every_n_days` and `days_in_any` look. */
export const MIN_WINDOW = 2;
export const MAX_WINDOW = 90;

/** The most granted freezes that a user has for a streak at a time, and the most that rules let a user earn. */
export const MAX_FREEZES = 30;

/** The rules of a widget that says nothing: every day. */
export const EVERY_DAY: RulesVersion = {
  cadence: { kind: "every_day" },
  neverMissTwice: false,
  daysOff: { weekdays: [], dates: [], holidays: [] },
};
