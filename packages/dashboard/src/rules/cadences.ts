import { CadenceKind } from "#gen/streak/v1/rules_pb.ts";
import { MAX_DAYS_A_MONTH, MAX_DAYS_A_WEEK, MAX_WINDOW, MIN_WINDOW } from "#src/domain/rules.ts";
import type { Unit } from "./units.ts";

/** How often a streak asks for a done day. */
export type CadenceName = keyof typeof CADENCES;

/** A kind of cadence, with the words of the form. */
export interface CadenceWords {
  readonly value: CadenceKind;
  readonly label: string;
  /** What it means, in a sentence or two. */
  readonly about: string;
  /** What a streak counts with it. */
  readonly unit: Unit;
  /** The fewest and the most days that can be asked for; undefined for kinds without a number. */
  readonly days?: readonly [number, number];
}

/** The kinds of cadence, the default first. */
export const CADENCES = {
  every_day: {
    value: CadenceKind.EVERY_DAY,
    label: "Every day",
    about: "Counts days in a row. A day that is over and not done ends the streak.",
    unit: "day",
  },
  weekdays: {
    value: CadenceKind.WEEKDAYS,
    label: "Chosen weekdays",
    about: "Counts days. All other weekdays are days off.",
    unit: "day",
  },
  days_a_week: {
    value: CadenceKind.DAYS_A_WEEK,
    label: "n days a week",
    about: "Counts weeks: those in a row that have enough done days, on whichever days.",
    unit: "week",
    days: [1, MAX_DAYS_A_WEEK],
  },
  days_a_month: {
    value: CadenceKind.DAYS_A_MONTH,
    label: "n days a month",
    about: "Counts calendar months: those in a row that have enough done days.",
    unit: "month",
    days: [1, MAX_DAYS_A_MONTH],
  },
  every_n_days: {
    value: CadenceKind.EVERY_N_DAYS,
    label: "Every n days",
    about: "Counts done days. The streak ends when so many days in a row are over without one.",
    unit: "day",
    days: [MIN_WINDOW, MAX_WINDOW],
  },
  days_in_any: {
    value: CadenceKind.DAYS_IN_ANY,
    label: "n in any m days",
    about: "Counts done days. The streak ends when the last m days have fewer than n of them.",
    unit: "day",
    days: [1, MAX_WINDOW],
  },
} as const satisfies Record<string, CadenceWords>;

/** The names of the kinds, the default first. */
export const CADENCE_NAMES = Object.keys(CADENCES) as CadenceName[];

/** Returns what is said of a kind. */
export function cadenceWords(name: CadenceName): CadenceWords {
  return CADENCES[name];
}

/** Returns the name of a kind; `every_day` when none is given. */
export function cadenceName(kind: CadenceKind | undefined): CadenceName {
  return CADENCE_NAMES.find((name) => CADENCES[name].value === kind) ?? "every_day";
}
