import type { MessageInitShape } from "@bufbuild/protobuf";
import { Counts, type Rules, type RulesSchema, Weekday } from "#gen/streak/v1/rules_pb.ts";
import { CADENCES, type CadenceName, cadenceName, cadenceWords } from "./cadences.ts";
import { PRICES, type PriceName, priceName } from "./prices.ts";

/** What a cumulative streak counts: the done days, or each action. */
export type CountsName = "days" | "actions";

/** Rules as they are typed. What a kind of cadence does not use is kept, for when that kind is chosen again. */
export interface RulesDraft {
  readonly kind: CadenceName;
  /** A number of days, as a text. */
  readonly days: string;
  /** For `days_in_any`: in how many days, as a text. */
  readonly of: string;
  /** For `weekdays`: those that are needed. */
  readonly weekdays: readonly Weekday[];
  /** For `days_a_week`: the first day of a week. */
  readonly weekStart: Weekday;
  readonly neverMissTwice: boolean;
  readonly hasFreezes: boolean;
  /** How many days, weeks or months earn a freeze, as a text; empty when none is earned. */
  readonly earnEvery: string;
  /** The most earned freezes that a user has at a time, as a text. Means nothing while none is earned. */
  readonly maxEarned: string;
  /** The most missed days, weeks or months in a row that freezes cover, as a text; empty when there is no such limit. */
  readonly maxInARow: string;
  /** Whether a covered day, week or month counts. Means nothing together with `neverMissTwice`. */
  readonly lengthenRun: boolean;
  readonly hasRepairs: boolean;
  /** For how many days after its end a run can be repaired, as a text. */
  readonly repairWithin: string;
  /** How many days lie between two repairs, as a text; empty when there is no such limit. */
  readonly repairOnceIn: string;
  readonly repairPrice: PriceName;
  /** For the price `days`: how many days must be done first, as a text. */
  readonly repairDays: string;
  readonly offWeekdays: readonly Weekday[];
  /** Dates, as {@link datesOf} reads them. */
  readonly offDates: string;
  /** The names of lists of the project's holidays. */
  readonly holidays: readonly string[];
  /** The local time at which a day begins, such as `04:00`. */
  readonly dayStart: string;
  /** How many minutes after its end a day can still be filled, as a text; empty when there is no grace. */
  readonly graceMinutes: string;
  /** What a cumulative streak counts. */
  readonly counts: CountsName;
}

/** The rules of a widget that says nothing; what other kinds of cadence, freezes and repairs begin with is in it, too. */
export const EVERY_DAY: RulesDraft = {
  kind: "every_day",
  days: "3",
  of: "7",
  weekdays: [Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY],
  weekStart: Weekday.MONDAY,
  neverMissTwice: false,
  hasFreezes: false,
  earnEvery: "10",
  maxEarned: "2",
  maxInARow: "",
  lengthenRun: false,
  hasRepairs: false,
  repairWithin: "3",
  repairOnceIn: "",
  repairPrice: "none",
  repairDays: "1",
  offWeekdays: [],
  offDates: "",
  holidays: [],
  dayStart: "00:00",
  graceMinutes: "",
  counts: "days",
};

/** Whether a miss can be let pass, covered or repaired with a kind of cadence: the others allow gaps by themselves. */
export function canPassMisses(kind: CadenceName): boolean {
  return kind !== "every_n_days" && kind !== "days_in_any";
}

/** Whether freezes can cover a miss by these rules. */
export function freezesCover({ hasFreezes, kind }: RulesDraft): boolean {
  return hasFreezes && canPassMisses(kind);
}

/** Whether freezes are earned by these rules, where there are any. */
export function freezesAreEarned({ earnEvery }: RulesDraft): boolean {
  return earnEvery.trim() !== "";
}

/** Whether a covered day, week or month counts by these rules, where there are freezes. */
export function lengthensRun({ lengthenRun, neverMissTwice }: RulesDraft): boolean {
  return lengthenRun && !neverMissTwice;
}

/** Whether a run that has ended can be repaired by these rules. */
export function canBeRepaired({ hasRepairs, kind }: RulesDraft): boolean {
  return hasRepairs && canPassMisses(kind);
}

/** Whether there is a grace after the end of a day by these rules. */
export function hasGrace({ graceMinutes }: RulesDraft): boolean {
  return graceMinutes.trim() !== "";
}

/** Returns the dates of a text, in which they stand on lines of their own, or between commas, semicolons or spaces. */
export function datesOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((date) => date !== "");
}

/** Returns what the form holds for rules; every day when there are none. */
export function toRulesDraft(rules: Rules | undefined): RulesDraft {
  const { cadence, daysOff, freezes, repairs, neverMissTwice = false, dayStart = EVERY_DAY.dayStart } = rules ?? {};
  const kind = cadenceName(cadence?.kind);
  return {
    ...EVERY_DAY,
    kind,
    days: cadenceWords(kind).days === undefined ? EVERY_DAY.days : `${cadence?.days}`,
    of: kind === "days_in_any" ? `${cadence?.of}` : EVERY_DAY.of,
    weekdays: kind === "weekdays" ? (cadence?.weekdays ?? []) : EVERY_DAY.weekdays,
    weekStart: cadence?.weekStart || EVERY_DAY.weekStart,
    neverMissTwice,
    hasFreezes: freezes !== undefined,
    ...(freezes !== undefined && {
      earnEvery: `${freezes.earnEvery ?? ""}`,
      maxEarned: `${freezes.maxEarned ?? EVERY_DAY.maxEarned}`,
      maxInARow: `${freezes.maxInARow ?? ""}`,
      lengthenRun: freezes.lengthenRun,
    }),
    hasRepairs: repairs !== undefined,
    ...(repairs !== undefined && {
      repairWithin: `${repairs.withinDays}`,
      repairOnceIn: `${repairs.onceInDays ?? ""}`,
      repairPrice: priceName(repairs.price),
      repairDays: `${repairs.days ?? EVERY_DAY.repairDays}`,
    }),
    offWeekdays: daysOff?.weekdays ?? [],
    offDates: (daysOff?.dates ?? []).join("\n"),
    holidays: daysOff?.holidays ?? [],
    dayStart,
    graceMinutes: `${rules?.graceMinutes ?? ""}`,
    counts: rules?.counts === Counts.ACTIONS ? "actions" : "days",
  };
}

/** Returns what is sent for rules without problems. */
export function toRules(draft: RulesDraft): MessageInitShape<typeof RulesSchema> {
  const { kind, neverMissTwice, offWeekdays, offDates, holidays, dayStart, graceMinutes, counts } = draft;
  const dates = [...new Set(datesOf(offDates))].toSorted();
  const hasDaysOff = offWeekdays.length + dates.length + holidays.length > 0;
  return {
    cadence: { kind: CADENCES[kind].value, ...cadenceFields(draft) },
    neverMissTwice: neverMissTwice && canPassMisses(kind),
    ...(freezesCover(draft) && { freezes: freezeFields(draft) }),
    ...(canBeRepaired(draft) && { repairs: repairFields(draft) }),
    ...(hasDaysOff && {
      daysOff: { weekdays: offWeekdays.toSorted(), dates, holidays: holidays.toSorted() },
    }),
    ...(dayStart !== EVERY_DAY.dayStart && { dayStart }),
    ...(hasGrace(draft) && { graceMinutes: Number(graceMinutes) }),
    ...(counts === "actions" && { counts: Counts.ACTIONS }),
  };
}

/** The fields that the kind of cadence has. */
function cadenceFields({ kind, days, of, weekdays, weekStart }: RulesDraft) {
  switch (kind) {
    case "every_day":
      return {};
    case "weekdays":
      return { weekdays: weekdays.toSorted() };
    case "days_a_week":
      return { days: Number(days), weekStart };
    case "days_a_month":
    case "every_n_days":
      return { days: Number(days) };
    case "days_in_any":
      return { days: Number(days), of: Number(of) };
  }
}

function freezeFields(draft: RulesDraft) {
  const { earnEvery, maxEarned, maxInARow } = draft;
  return {
    ...(freezesAreEarned(draft) && { earnEvery: Number(earnEvery), maxEarned: Number(maxEarned) }),
    ...(maxInARow.trim() !== "" && { maxInARow: Number(maxInARow) }),
    lengthenRun: lengthensRun(draft),
  };
}

function repairFields({ repairWithin, repairOnceIn, repairPrice, repairDays }: RulesDraft) {
  return {
    withinDays: Number(repairWithin),
    ...(repairOnceIn.trim() !== "" && { onceInDays: Number(repairOnceIn) }),
    price: PRICES[repairPrice].value,
    ...(repairPrice === "days" && { days: Number(repairDays) }),
  };
}

/** Whether two drafts stand for the same rules, whatever they keep for other kinds of cadence. */
export function isSame(one: RulesDraft, other: RulesDraft): boolean {
  return JSON.stringify(toRules(one)) === JSON.stringify(toRules(other));
}
