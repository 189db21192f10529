import type { History } from "../check-ins.ts";
import { hasDay } from "../months.ts";
import { daysSinceWeekday } from "./calendar/periods.ts";
import type { Present } from "./present.ts";
import type { Rules } from "./rules-for.ts";
import { settle } from "./settle.ts";
import { type Streak, streakOfSettled } from "./streak.ts";
import { streakByRules } from "./streak-by-rules.ts";
import { type WeekDay, weekOf } from "./week.ts";

/** What a widget shows of done days. */
export interface State {
  readonly streak: Streak;
  /** Seven days: the week of today. Callers share the week of a widget without rules, so it is frozen. */
  readonly week: readonly WeekDay[];
}

/**
 * Returns the streak and the week that a user's history makes at present.
 *
 * @param rules those of the user
 */
export function stateOf(history: History, rules: Rules, present: Present): State {
  const { mode, calendar } = rules;
  const { today } = present;
  const settled = settle(history, rules);
  const { days, filled } = settled;
  if (calendar === undefined || mode === "cumulative") {
    return { streak: streakOfSettled(settled, rules, present), week: weekOf(days, today) };
  }
  const weekStart = calendar.weekStartOn(today);
  const week = weekOf(days, today, weekStart);
  const first = today - daysSinceWeekday(weekStart, today);
  const { streak, outcomes } = streakByRules(settled, { ...rules, calendar }, present, first);
  const withStatus = week.map((shown, index) => {
    const day = first + index;
    const isLate = filled !== undefined && hasDay(filled, day);
    const done = isLate ? "late" : "done";
    const status = shown.isCheckedIn ? done : outcomes.ofDay(day, outcomes.ofPeriodOn(day));
    return { ...shown, status };
  });
  return { streak, week: withStatus };
}
