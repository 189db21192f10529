import { daysSinceWeekday } from "./calendar/periods.ts";
import type { SettledDays } from "./late-events.ts";
import { doneStatus } from "./outcomes.ts";
import type { Present } from "./present.ts";
import type { StreakRules } from "./rules-for.ts";
import { streakOf } from "./streak.ts";
import { streakByRules } from "./streak-by-rules.ts";
import type { Streak } from "./streak-shape.ts";
import { type WeekDay, weekOf } from "./week.ts";

/** What a widget shows of done days. */
export interface State {
  readonly streak: Streak;
  /** Seven days: the week of today. Callers share the week of a widget without rules, so it is frozen. */
  readonly week: readonly WeekDay[];
}

/**
 * Returns the streak and the week that a user's days make at present.
 *
 * @param rules those of the user
 */
export function stateOf(settled: SettledDays, rules: StreakRules, present: Present): State {
  const { mode, calendar, tellsRules } = rules;
  const { today } = present;
  const { days, filled } = settled;
  if (!tellsRules || mode === "cumulative") {
    return { streak: streakOf(settled, rules, present), week: weekOf(days, today) };
  }
  const weekStart = calendar.weekStartOn(today);
  const week = weekOf(days, today, weekStart);
  const first = today - daysSinceWeekday(weekStart, today);
  const { streak, outcomes } = streakByRules(settled, rules, present, first);
  const withStatus = week.map((shown, index) => {
    const day = first + index;
    const status = shown.isCheckedIn ? doneStatus(day, filled) : outcomes.ofDay(day, outcomes.ofPeriodOn(day));
    return { ...shown, status };
  });
  return { streak, week: withStatus };
}
