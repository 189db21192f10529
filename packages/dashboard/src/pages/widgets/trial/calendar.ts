import type { ExplainedPeriod, Explanation } from "#gen/streak/v1/rules_service_pb.ts";
import { addDays, daysFrom } from "../../../dates.ts";
import { type DayLook, isDoneLook, lookOf } from "../../../rules/status.ts";
import type { Span } from "./span.ts";

/** By how many days each key goes on in a calendar whose rows are weeks. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/**
 * Where a key leads to from a day: arrows by a day or a week, Home and End to the ends of the history. It stays among
 * the days up to today.
 *
 * @returns undefined when the key leads nowhere
 */
export function dateAfterKey({ first, today }: Span, date: string, key: string): string | undefined {
  const step = STEPS[key];
  if (step === undefined) {
    return key === "Home" ? first : key === "End" ? today : undefined;
  }
  const next = addDays(date, step);
  return next < first || next > today ? date : next;
}

/**
 * What became of each day. A day that was toggled since the explanation is shown as done or as open until the next
 * answer.
 *
 * @param explanation undefined before the first answer
 */
export function looksOf(
  explanation: Explanation | undefined,
  dates: readonly string[],
  { first, last }: Span,
): ReadonlyMap<string, DayLook> {
  const done = new Set(dates);
  const explained = new Map(
    explanation?.periods.flatMap((period) => period.days.map((day) => [day.isoDate, lookOf(day, period)] as const)),
  );
  return new Map(
    daysFrom(first, last).map((date) => {
      const look = explained.get(date) ?? "open";
      return [date, isDoneLook(look) === done.has(date) ? look : done.has(date) ? "done" : "open"];
    }),
  );
}

/** The periods whose last day lies in the week that begins on this day. */
export function periodsEndingIn(periods: readonly ExplainedPeriod[], week: string): readonly ExplainedPeriod[] {
  const end = addDays(week, 6);
  return periods.filter(({ lastDate }) => lastDate >= week && lastDate <= end);
}
