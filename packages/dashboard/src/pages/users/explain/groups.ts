import type { ExplainedDay, ExplainedPeriod } from "#gen/streak/v1/rules_service_pb.ts";
import { addDays, weekdayOf } from "../../../dates.ts";
import { isOfDays, unitOf } from "../../../rules/units.ts";

/** Periods that are shown together: a week, a month, or the days of a calendar month where each day is a period. */
export interface PeriodGroup {
  readonly key: string;
  readonly firstDate: string;
  readonly lastDate: string;
  /** The one week or month; undefined where each day is a period. */
  readonly period: ExplainedPeriod | undefined;
  readonly days: readonly DayInPeriod[];
  /** What its periods count. */
  readonly counted: number;
}

/** A day with the period that it belongs to. */
export interface DayInPeriod {
  readonly day: ExplainedDay;
  readonly period: ExplainedPeriod;
}

/**
 * Puts periods into groups, in their order. A week or month is a group of its own; neighbouring days are put together
 * by calendar month.
 */
export function groupsOf(periods: readonly ExplainedPeriod[]): PeriodGroup[] {
  const groups: ExplainedPeriod[][] = [];
  for (const period of periods) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (
      group === undefined ||
      before === undefined ||
      isLong(before) ||
      isLong(period) ||
      !isSameMonth(before, period)
    ) {
      groups.push([period]);
    } else {
      group.push(period);
    }
  }
  return groups.map(groupOf);
}

function isSameMonth(one: ExplainedPeriod, other: ExplainedPeriod): boolean {
  return one.firstDate.slice(0, 7) === other.firstDate.slice(0, 7);
}

function groupOf(members: readonly ExplainedPeriod[]): PeriodGroup {
  const first = members[0] as ExplainedPeriod;
  const last = members.at(-1) as ExplainedPeriod;
  return {
    key: first.firstDate,
    firstDate: first.firstDate,
    lastDate: last.lastDate,
    period: isLong(first) ? first : undefined,
    days: members.flatMap((period) => period.days.map((day) => ({ day, period }))),
    counted: members.reduce((sum, { counted }) => sum + counted, 0),
  };
}

/** Whether it is a week or a month. After a change of rules, the rest of a week may be a single day. */
function isLong(period: ExplainedPeriod): boolean {
  return !isOfDays(unitOf(period));
}

/**
 * In which of seven columns the first day of a group stands, from 1: weeks fill a row, days and months begin on Monday.
 */
export function firstColumn({ firstDate, lastDate, period }: PeriodGroup): number {
  // By the end of a week: its first days may be missing after a change of rules.
  const isWeek = period !== undefined && unitOf(period) === "week";
  const weekStart = isWeek ? weekdayOf(addDays(lastDate, 1)) : 1;
  return ((weekdayOf(firstDate) - weekStart + 7) % 7) + 1;
}
