import type { Day } from "../day.ts";
import type { Months } from "../months.ts";
import { daysSinceWeekday } from "./calendar.ts";
import type { Rules } from "./rules-for.ts";
import { type Streak, streakOf } from "./streak.ts";
import { streakByRules } from "./streak-by-rules.ts";
import { type WeekDay, weekOf } from "./week.ts";

/** What a widget shows of done days. */
export interface State {
  readonly streak: Streak;
  /** Seven days: the week of today. Callers share the week of a widget without rules, so it is frozen. */
  readonly week: readonly WeekDay[];
}

/** Returns the streak and the week that a set of done days makes today. */
export function stateOf(days: Months, rules: Rules, today: Day): State {
  const { mode, calendar } = rules;
  if (calendar === undefined || mode === "cumulative") {
    return { streak: streakOf(days, rules, today), week: weekOf(days, today) };
  }
  const weekStart = calendar.weekStartOn(today);
  const week = weekOf(days, today, weekStart);
  const first = today - daysSinceWeekday(weekStart, today);
  const { streak, outcomes } = streakByRules(days, { ...rules, calendar }, today, first);
  const withStatus = week.map((shown, index) => {
    const day = first + index;
    const status = shown.isCheckedIn ? "done" : outcomes.ofDay(day, outcomes.ofPeriodOn(day));
    return { ...shown, status };
  });
  return { streak, week: withStatus };
}
