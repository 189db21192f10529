import type { Activity } from "#gen/streak/v1/analytics_service_pb.ts";
import { daysBetween } from "../../../dates.ts";
import type { Step } from "../range/range.ts";

const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const LONG_DAY = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: "short", year: "numeric", month: "short", day: "numeric" },
  timeZone: "UTC",
});
const MONTH = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric", timeZone: "UTC" });

/** A period on an axis: short. */
function shortPeriod(isoDate: string, step: Step): string {
  return (step === "month" ? MONTH : DAY).format(new Date(isoDate));
}

/** A period in full, such as `Sat, Nov 28, 2026`, `Week of …`, or `Nov 2026`. */
export function longPeriod(isoDate: string, step: Step): string {
  if (step === "month") {
    return MONTH.format(new Date(isoDate));
  }
  const day = LONG_DAY.format(new Date(isoDate));
  return step === "week" ? `Week of ${day}` : day;
}

/** Adds up a number of all periods. Only for what can be added: one user may be active in several. */
export function totalOf(periods: readonly Activity[], value: (period: Activity) => number): number {
  return periods.reduce((sum, period) => sum + value(period), 0);
}

/**
 * The rows of a chart of periods, with how they are named.
 *
 * @param asked the step that was asked for: until the answer has come, the periods are still those of another
 */
export function periodsOf(periods: readonly Activity[], asked: Step, today: string | undefined) {
  const step = stepBetween(periods) ?? asked;
  return {
    rows: periods,
    rowTitle: { day: "Day", week: "Week", month: "Month" }[step],
    rowName: ({ isoDate }: Activity) => {
      const name = longPeriod(isoDate, step);
      return today !== undefined && isCurrent(isoDate, step, today) ? `${name} (so far)` : name;
    },
    rowTick: ({ isoDate }: Activity) => shortPeriod(isoDate, step),
  };
}

/** The step from one period to the next; undefined when there is only one. */
function stepBetween([first, second]: readonly Activity[]): Step | undefined {
  if (first === undefined || second === undefined) {
    return undefined;
  }
  const days = daysBetween(first.isoDate, second.isoDate);
  return days === 1 ? "day" : days === 7 ? "week" : "month";
}

/** Whether a period is not over yet. */
export function isCurrent(isoDate: string, step: Step, today: string): boolean {
  switch (step) {
    case "day":
      return isoDate === today;
    case "week":
      return daysBetween(isoDate, today) >= 0 && daysBetween(isoDate, today) < 7;
    case "month":
      return isoDate.slice(0, 7) === today.slice(0, 7);
  }
}
