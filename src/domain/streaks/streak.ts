import { doActionsCountOn } from "../actions.ts";
import type { History } from "../check-ins.ts";
import type { Day } from "../day.ts";
import { countDays, hasDay, type Months, runsOf } from "../months.ts";
import type { WidgetRules } from "../rules.ts";
import { everyDay, type StreakUnit } from "./calendar/calendar.ts";
import type { Pause } from "./ledger/pauses.ts";
import type { Present } from "./present.ts";
import type { Progress } from "./progress.ts";
import type { RepairOffer } from "./repair-offer.ts";
import type { Rules } from "./rules-for.ts";
import { type SettledDays, settle } from "./settle.ts";
import { type StreakFreezes, streakByRules } from "./streak-by-rules.ts";
import { mayTravel } from "./travel.ts";

/** A streak as it is on a given day. Its numbers are days, where `unit` says nothing else. */
export interface Streak {
  readonly mode: WidgetRules["mode"];
  /**
   * Continuous: what the run up to today counts; without rules, pauses, amnesties and repairs, the days done without a gap up to
   * today, or up to yesterday while today is not done. Cumulative: all days done, and where actions count, all actions.
   */
  readonly current: number;
  /** Continuous: the most that a run has counted. Cumulative: the same as `current`. Never below `current`. */
  readonly best: number;
  readonly todayDone: boolean;
  /** Whether the streak is alive and its period still waits: without rules, for today. */
  readonly pending: boolean;
  /** Absent without rules, pauses, amnesties and repairs. */
  readonly unit?: StreakUnit;
  /** Absent without rules, pauses, amnesties and repairs, and of a cumulative streak. */
  readonly progress?: Progress;
  /** The united pause that has today; absent when today is not paused, and of a cumulative streak. */
  readonly pause?: Pause;
  /** Absent while the rules of the day have no freezes, and of a cumulative streak. */
  readonly freezes?: StreakFreezes;
  /** The repair that can be made on the day; absent when none can be made. */
  readonly repair?: RepairOffer;
}

/**
 * The streak that a user's history makes at present. It depends on nothing else, such as the order in which the days were
 * recorded.
 *
 * Days after today are possible, when the user has travelled west or the app's clock is ahead. They count for `best` and
 * for a cumulative streak, but a continuous `current` ends at today.
 *
 * @param rules those of the user
 */
export function streakOf(history: History, rules: Rules, present: Present): Streak {
  return streakOfSettled(settle(history, rules), rules, present);
}

/** The same, for callers that have settled the history. */
export function streakOfSettled(settled: SettledDays, rules: Rules, present: Present): Streak {
  const { days } = settled;
  const { today } = present;
  if (rules.mode === "continuous" && rules.calendar !== undefined) {
    return streakByRules(settled, { ...rules, calendar: rules.calendar }, present, today).streak;
  }
  if (rules.mode === "continuous" && mayTravel(settled, present)) {
    const { streak } = streakByRules(settled, { ...rules, calendar: everyDay }, present, today);
    const { mode, current, best, todayDone, pending } = streak;
    return { mode, current, best, todayDone, pending };
  }
  const todayDone = hasDay(days, today);
  const { current, best } =
    rules.mode === "cumulative" ? cumulative(settled, rules) : continuous(days, today, todayDone);
  const streak = { mode: rules.mode, current, best, todayDone, pending: current > 0 && !todayDone };
  return rules.calendar === undefined ? streak : { ...streak, unit: cumulativeUnitOn(today, rules) };
}

/** Returns what a cumulative streak counts on a day. */
export function cumulativeUnitOn(day: Day, { actions }: Rules): StreakUnit {
  return actions !== undefined && doActionsCountOn(day, actions) ? "action" : "day";
}

interface Count {
  readonly current: number;
  readonly best: number;
}

function cumulative({ days, actions }: SettledDays, rules: Rules): Count {
  const beyondFirst = (rules.actions && actions?.beyondFirst) ?? 0;
  const total = countDays(days) + beyondFirst;
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
