import { doActionsCountOn } from "../actions.ts";
import type { Day } from "../day.ts";
import { type Months, runsOf } from "../months.ts";
import type { StreakUnit } from "./calendar/calendar.ts";
import type { SettledDays } from "./late-events.ts";
import type { Present } from "./present.ts";
import type { StreakRules } from "./rules-for.ts";
import { streakByRules } from "./streak-by-rules.ts";
import type { Streak } from "./streak-shape.ts";
import { mayTravel } from "./travel.ts";

/**
 * The streak that a user's days make at present. It depends on nothing else, such as the order in which the days were
 * recorded.
 *
 * Days after today are possible, when the user has travelled west or the app's clock is ahead. They count for `best`
 * and for a cumulative streak, but a continuous `current` ends at today.
 *
 * @param rules those of the user
 */
export function streakOf(settled: SettledDays, rules: StreakRules, present: Present): Streak {
  const { days } = settled;
  const { today } = present;
  const { mode, tellsRules } = rules;
  if (mode === "continuous" && (tellsRules || mayTravel(settled, present))) {
    const { streak } = streakByRules(settled, rules, present, today);
    return tellsRules ? streak : withoutRules(streak);
  }
  const todayDone = days.has(today);
  const { current, best } =
    mode === "cumulative" ? cumulative(settled, rules) : continuous(days.months, today, todayDone);
  const streak = { mode, current, best, todayDone, pending: current > 0 && !todayDone };
  return tellsRules ? { ...streak, unit: cumulativeUnitOn(today, rules) } : streak;
}

/** Returns a streak without the fields of rules. */
function withoutRules({ mode, current, best, todayDone, pending }: Streak): Streak {
  return { mode, current, best, todayDone, pending };
}

/** Returns what a cumulative streak counts on a day. */
export function cumulativeUnitOn(day: Day, { actions }: StreakRules): StreakUnit {
  return actions !== undefined && doActionsCountOn(day, actions) ? "action" : "day";
}

interface Count {
  readonly current: number;
  readonly best: number;
}

function cumulative({ days, actions }: SettledDays, rules: StreakRules): Count {
  const beyondFirst = (rules.actions && actions?.beyondFirst) ?? 0;
  const total = days.words.total + beyondFirst;
  return { current: total, best: total };
}

function continuous(days: Months, today: Day, todayDone: boolean): Count {
  const lastDay = todayDone ? today : today - 1;
  let current = 0;
  let best = 0;
  for (const { first, length } of runsOf(days)) {
    best = Math.max(best, length);
    if (first <= lastDay && lastDay < first + length) {
      current = lastDay - first + 1;
    }
  }
  return { current, best };
}
