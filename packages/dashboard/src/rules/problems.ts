import {
  CadenceSchema,
  DaysOffSchema,
  FreezeRulesSchema,
  RepairRulesSchema,
  RulesSchema,
} from "#gen/streak/v1/rules_pb.ts";
import { MAX_WINDOW, MIN_WINDOW } from "#src/domain/rules.ts";
import { isDate } from "../dates.ts";
import { limitsOf } from "../limits.ts";
import { cadenceWords } from "./cadences.ts";
import { canBeRepaired, datesOf, freezesAreEarned, freezesCover, hasGrace, type RulesDraft } from "./draft.ts";
import { WEEKDAYS } from "./weekdays.ts";

/** The most dates in a list. */
export const MAX_DATES = limitsOf(DaysOffSchema, "dates").maxItems;

/** The most lists of holidays that rules name. */
export const MAX_HOLIDAYS = limitsOf(DaysOffSchema, "holidays").maxItems;

/** The latest time at which a day can begin. */
export const LATEST_DAY_START = "06:00";

const DAY_START = /^(0[0-5]:[0-5]\d|06:00)$/;

/** The most days among which a cadence looks. */
export const MAX_OF = limitsOf(CadenceSchema, "of").maximum;

/** The limits of what rules say about freezes. */
export const FREEZE_LIMITS = {
  earnEvery: limitsOf(FreezeRulesSchema, "earnEvery"),
  maxEarned: limitsOf(FreezeRulesSchema, "maxEarned"),
  maxInARow: limitsOf(FreezeRulesSchema, "maxInARow"),
} as const;

/** The limits of what rules say about repairs. */
export const REPAIR_LIMITS = {
  repairWithin: limitsOf(RepairRulesSchema, "withinDays"),
  repairOnceIn: limitsOf(RepairRulesSchema, "onceInDays"),
} as const;

/** The limits of the grace, in minutes. */
export const GRACE_LIMITS = limitsOf(RulesSchema, "graceMinutes");

const MAX_REPAIR_DAYS = limitsOf(RepairRulesSchema, "days").maximum;

/** The most days that a repair can cost: no more than there are, when a run can be repaired for so many days. */
export function maxRepairDays(within: string): number {
  return Math.min(MAX_REPAIR_DAYS, Math.max(1, wholeNumber(within) ?? MAX_REPAIR_DAYS));
}

/** The fewest days among which `days_in_any` looks, when so many are asked for. */
export function minOf(days: string): number {
  return Math.max(MIN_WINDOW, wholeNumber(days) ?? 0);
}

/** Returns what the server would refuse of rules, by the field of the draft, as far as the form can know. */
export function rulesProblems(rules: RulesDraft): ReadonlyMap<keyof RulesDraft, string> {
  const { kind, days, of, weekdays, offWeekdays, offDates, holidays, dayStart } = rules;
  const limits = cadenceWords(kind).days;
  const problems = new Map<keyof RulesDraft, string>();
  const add = (field: keyof RulesDraft, problem: string | undefined) => {
    if (problem !== undefined) {
      problems.set(field, problem);
    }
  };
  if (limits !== undefined) {
    add("days", numberProblem(days, ...limits));
  }
  if (kind === "days_in_any") {
    add("of", numberProblem(of, minOf(days), MAX_WINDOW));
  }
  if (kind === "weekdays" && weekdays.length === 0) {
    add("weekdays", "Choose at least one weekday.");
  }
  if (freezesCover(rules)) {
    const { earnEvery, maxEarned, maxInARow } = FREEZE_LIMITS;
    if (freezesAreEarned(rules)) {
      add("earnEvery", numberProblem(rules.earnEvery, earnEvery.minimum, earnEvery.maximum));
      add("maxEarned", numberProblem(rules.maxEarned, maxEarned.minimum, maxEarned.maximum));
    }
    if (rules.maxInARow.trim() !== "") {
      add("maxInARow", numberProblem(rules.maxInARow, maxInARow.minimum, maxInARow.maximum));
    }
  }
  if (canBeRepaired(rules)) {
    addRepairProblems(rules, add);
  }
  if (hasGrace(rules)) {
    add("graceMinutes", numberProblem(rules.graceMinutes, GRACE_LIMITS.minimum, GRACE_LIMITS.maximum));
  }
  const needed = kind === "weekdays" ? weekdays : WEEKDAYS;
  if (needed.length > 0 && needed.every((weekday) => offWeekdays.includes(weekday))) {
    add("offWeekdays", "One weekday that is needed has to be left.");
  }
  add("offDates", datesProblem(datesOf(offDates)));
  add("holidays", holidays.length > MAX_HOLIDAYS ? `At most ${MAX_HOLIDAYS} lists.` : undefined);
  add("dayStart", DAY_START.test(dayStart) ? undefined : `A time from 00:00 to ${LATEST_DAY_START}.`);
  return problems;
}

function addRepairProblems(
  rules: RulesDraft,
  add: (field: keyof RulesDraft, problem: string | undefined) => void,
): void {
  const { repairWithin: within, repairOnceIn: onceIn } = REPAIR_LIMITS;
  add("repairWithin", numberProblem(rules.repairWithin, within.minimum, within.maximum));
  if (rules.repairOnceIn.trim() !== "") {
    add("repairOnceIn", numberProblem(rules.repairOnceIn, onceIn.minimum, onceIn.maximum));
  }
  if (rules.repairPrice === "freeze" && !freezesCover(rules)) {
    add("repairPrice", "A repair can cost a freeze only where the rules have freezes.");
  }
  if (rules.repairPrice === "days") {
    add("repairDays", numberProblem(rules.repairDays, 1, maxRepairDays(rules.repairWithin)));
  }
}

/** What is wrong with a list of dates; undefined when nothing is. */
export function datesProblem(dates: readonly string[]): string | undefined {
  const wrong = dates.find((date) => !isDate(date));
  if (wrong !== undefined) {
    return `“${wrong}” is no date such as 2026-12-25.`;
  }
  const repeated = dates.find((date, place) => dates.indexOf(date) < place);
  if (repeated !== undefined) {
    return `${repeated} is there twice.`;
  }
  return dates.length > MAX_DATES ? `At most ${MAX_DATES} dates.` : undefined;
}

/** What is wrong with the text of a whole number; undefined when nothing is. */
export function numberProblem(text: string, minimum: number, maximum: number): string | undefined {
  const value = wholeNumber(text);
  return value === undefined || value < minimum || value > maximum
    ? `A whole number from ${minimum} to ${maximum}.`
    : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,4}$/.test(text.trim()) ? Number(text) : undefined;
}
