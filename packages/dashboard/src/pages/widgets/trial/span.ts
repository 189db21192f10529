import { addDays, weekStartOf } from "../../../dates.ts";
import { CADENCES } from "../../../rules/cadences.ts";
import type { RulesDraft } from "../../../rules/draft.ts";

/** How many weeks the calendar has, and how many at most for cadences that look far back. */
const WEEKS = 6;
const MAX_WEEKS = 14;

/** The days that the calendar shows: whole weeks, of which today's is the last. */
export interface Span {
  readonly first: string;
  readonly last: string;
  readonly today: string;
  /** The weekday on which its weeks begin, from 1 for Monday to 7 for Sunday. */
  readonly weekStart: number;
}

/**
 * Returns the days that are enough to see what rules do: some weeks; for a cadence of months this month and the two
 * before it; for one that looks among many days, these days and two weeks more.
 */
export function spanOf(rules: RulesDraft, today: string): Span {
  const weekStart = rules.kind === "days_a_week" ? rules.weekStart : 1;
  const start = (date: string) => weekStartOf(date, weekStart);
  const window =
    rules.kind === "days_in_any" ? Number(rules.of) : rules.kind === "every_n_days" ? Number(rules.days) : 0;
  const weeks = Math.min(Math.max(WEEKS, Math.ceil((window || 0) / 7) + 2), MAX_WEEKS);
  const first =
    CADENCES[rules.kind].unit === "month" ? start(twoMonthsBefore(today)) : addDays(start(today), -7 * (weeks - 1));
  return { first, last: addDays(start(today), 6), today, weekStart };
}

/** The first day of the month two months before that of a day. */
function twoMonthsBefore(isoDate: string): string {
  const [year = 0, month = 0] = isoDate.split("-").map(Number);
  return new Date(Date.UTC(year, month - 3, 1)).toISOString().slice(0, 10);
}
