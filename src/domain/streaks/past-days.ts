import { actionsUpTo } from "../actions.ts";
import type { History } from "../check-ins.ts";
import type { Day } from "../day.ts";
import { daysUpTo, hasDay, monthsOf } from "../months.ts";
import type { SettledDays } from "./late-events.ts";
import type { StreakRules } from "./rules-for.ts";

/**
 * Returns a history as it was on a day, as far as it is known now: without the days after it. Late events of the day
 * after stay as far as they are about the day: they fill it, or date it if it is done anyway.
 *
 * @param history with the counts of actions of each day, where actions count
 * @param settled the same history, settled by the rules
 * @param rules those of the user
 */
export function historyUpTo(history: History, settled: SettledDays, { mode }: StreakRules, day: Day): History {
  const { others = [], actions } = history;
  const upToDay = {
    ...history,
    days: daysUpTo(history.days, day),
    ...(actions && { actions: actionsUpTo(actions, day) }),
  };
  if (others.length === 0) {
    return upToDay;
  }
  const { days, filled } = settled;
  const isFilled = filled?.has(day) ?? false;
  const isDated = !isFilled && days.has(day) && mode !== "cumulative";
  const othersUpTo = others.map((other) => ({
    ...other,
    days: daysUpTo(other.days, other.late && isFilled ? day + 1 : day),
  }));
  const dated = others.filter((other) => isDated && other.late && hasDay(other.days, day + 1));
  return {
    ...upToDay,
    others: [...othersUpTo, ...dated.map((other) => ({ ...other, late: false, days: monthsOf([day]) }))],
  };
}
