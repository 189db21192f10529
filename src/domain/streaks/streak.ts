import type { Day } from "../day.ts";
import { countDays, hasDay, type Months, runsOf } from "../months.ts";
import type { WidgetRules } from "../rules.ts";
import type { StreakUnit } from "./calendar.ts";
import type { Pause } from "./pauses.ts";
import type { Progress } from "./progress.ts";
import type { Rules } from "./rules-for.ts";
import { type StreakFreezes, streakByRules } from "./streak-by-rules.ts";

/** A streak as it is on a given day. Its numbers are days, where `unit` says nothing else. */
export interface Streak {
  readonly mode: WidgetRules["mode"];
  /**
   * Continuous: what the run up to today counts; without rules, pauses and amnesties, the days done without a gap up to
   * today, or up to yesterday while today is not done. Cumulative: all days done.
   */
  readonly current: number;
  /** Continuous: the most that a run has counted. Cumulative: the same as `current`. Never below `current`. */
  readonly best: number;
  readonly todayDone: boolean;
  /** Whether the streak is alive and its period still waits: without rules, for today. */
  readonly pending: boolean;
  /** Absent without rules, pauses and amnesties. */
  readonly unit?: StreakUnit;
  /** Absent without rules, pauses and amnesties, and of a cumulative streak. */
  readonly progress?: Progress;
  /** The united pause that has today; absent when today is not paused, and of a cumulative streak. */
  readonly pause?: Pause;
  /** Absent while the rules of the day have no freezes, and of a cumulative streak. */
  readonly freezes?: StreakFreezes;
}

/**
 * The streak that a set of done days makes today. It depends on nothing else: neither on the order in which the days
 * were recorded nor on the zones in which they were recorded.
 *
 * Two consequences are intended:
 * - Days after today are possible, when the user has travelled west or the app's clock is ahead. They count for `best`
 *   and for a cumulative streak, but a continuous `current` ends at today.
 * - A date that a zone skipped, as Samoa skipped 2011-12-30, can't be done there and breaks a continuous streak.
 *   Calendar dates are the truth. To forgive such a date, the service would have to know where the user was on a day
 *   without events.
 */
export function streakOf(days: Months, rules: Rules, today: Day): Streak {
  if (rules.calendar !== undefined && rules.mode === "continuous") {
    return streakByRules(days, { ...rules, calendar: rules.calendar }, today, today).streak;
  }
  const todayDone = hasDay(days, today);
  const { current, best } = rules.mode === "cumulative" ? cumulative(days) : continuous(days, today, todayDone);
  const streak = { mode: rules.mode, current, best, todayDone, pending: current > 0 && !todayDone };
  return rules.calendar === undefined ? streak : { ...streak, unit: "day" };
}

interface Count {
  readonly current: number;
  readonly best: number;
}

function cumulative(days: Months): Count {
  const total = countDays(days);
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
