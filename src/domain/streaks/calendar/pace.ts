import type { Cadence, Weekday } from "../../rules.ts";

/**
 * What a cadence asks for: `days` done days in each day, week, month, or window. A window is any `of` days in a row
 * that are not off.
 */
export type Pace =
  | { readonly per: "day" }
  | { readonly per: "week"; readonly days: number; readonly weekStart: Weekday }
  | { readonly per: "month"; readonly days: number }
  | { readonly per: "window"; readonly days: number; readonly of: number };

/** The pace of a calendar period of several days. */
export type WeekOrMonth = Extract<Pace, { readonly per: "week" | "month" }>;

/** Whether a pace has calendar periods of several days. */
export function isWeekOrMonth(pace: Pace): pace is WeekOrMonth {
  return pace.per === "week" || pace.per === "month";
}

/** Returns what a cadence asks for. */
export function paceOf(cadence: Cadence): Pace {
  switch (cadence.kind) {
    case "every_day":
    case "weekdays": // the other weekdays are days off
      return { per: "day" };
    case "days_a_week":
      return { per: "week", days: cadence.days, weekStart: cadence.weekStart };
    case "days_a_month":
      return { per: "month", days: cadence.days };
    case "every_n_days":
      return { per: "window", days: 1, of: cadence.days };
    case "days_in_any":
      return { per: "window", days: cadence.days, of: cadence.of };
  }
}
