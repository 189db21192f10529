import { formatDay } from "../../../format.ts";
import { canPassMisses, EVERY_DAY, type RulesDraft } from "../../../rules/draft.ts";
import { weekdayNames } from "../../../rules/weekdays.ts";
import { cadenceInWords, datesInWords, freezesInWords, graceInWords, repairsInWords } from "../../../rules/words.ts";
import type { Difference } from "./difference.ts";

/** A part of rules that a person changes, with how its value reads; empty when it says nothing. */
interface Part {
  readonly key: string;
  readonly label: string;
  readonly show: (rules: RulesDraft) => string;
}

const PARTS: readonly Part[] = [
  { key: "rules", label: "How often", show: cadenceInWords },
  {
    key: "rules.neverMissTwice",
    label: "Never miss twice",
    show: ({ neverMissTwice, kind }) => (neverMissTwice && canPassMisses(kind) ? "on" : ""),
  },
  { key: "rules.freezes", label: "Freezes", show: freezesInWords },
  { key: "rules.repairs", label: "Repairs", show: repairsInWords },
  { key: "rules.offWeekdays", label: "Weekdays off", show: ({ offWeekdays }) => weekdayNames(offWeekdays) },
  { key: "rules.holidays", label: "Holidays off", show: ({ holidays }) => holidays.toSorted().join(", ") },
];

/**
 * Returns what differs between two versions of rules, in words, such as `3 days a week` and
 * `5 days a week, from Dec 1, 2026`. Undefined stands for no rules.
 *
 * @param from the first day on which the later version holds; undefined for rules that hold from the beginning
 */
export function rulesDifferences(
  before: RulesDraft | undefined,
  after: RulesDraft | undefined,
  from: string | undefined,
): Difference[] {
  const parts = PARTS.map(({ key, label, show }) => ({
    key,
    label,
    before: before === undefined ? "" : show(before),
    after: after === undefined ? "" : show(after),
  }));
  const dates = {
    key: "rules.offDates",
    label: "Dates off",
    ...datesInWords(before?.offDates ?? "", after?.offDates ?? ""),
  };
  const grace = {
    ...{ key: "rules.grace", label: "Grace" },
    ...{
      before: before === undefined ? "" : graceInWords(before),
      after: after === undefined ? "" : graceInWords(after),
    },
  };
  return [...parts, dates, grace]
    .filter((part) => part.before !== part.after)
    .map((part) => ({ ...part, after: `${part.after || "nothing"}${sinceOf(after, from)}` }));
}

/** The rules that hold also for cumulative widgets. */
const ALWAYS = [
  { field: "counts", label: "Counts" },
  { field: "dayStart", label: "The day begins at" },
] as const;

/**
 * Returns the differences in what is counted and when a day begins. These rules hold also for cumulative widgets.
 * Undefined stands for no widget.
 *
 * @param from the first day on which the later version holds; undefined for rules that hold from the beginning
 */
export function lastingDifferences(
  before: RulesDraft | undefined,
  after: RulesDraft | undefined,
  from: string | undefined,
): Difference[] {
  return after === undefined
    ? []
    : ALWAYS.filter(({ field }) => after[field] !== (before ?? EVERY_DAY)[field]).map(({ field, label }) => ({
        key: `rules.${field}`,
        label,
        before: before?.[field] ?? "",
        after: `${after[field]}${sinceOf(after, from)}`,
      }));
}

function sinceOf(after: RulesDraft | undefined, from: string | undefined): string {
  return from === undefined || after === undefined ? "" : `, from ${formatDay(from)}`;
}
