import type { Day } from "./day.ts";
import { countDays, hasDay, type Months, runsOf } from "./months.ts";
import type { Rules } from "./rules.ts";

/** A streak as it is on a given day. All numbers are days. */
export interface Streak {
  readonly mode: Rules["mode"];
  /**
   * Continuous: the days done without a gap up to today, or up to yesterday while today is not done.
   * Cumulative: all days done.
   */
  readonly current: number;
  /** Continuous: the longest run of days done. Cumulative: the same as `current`. Never below `current`. */
  readonly best: number;
  readonly todayDone: boolean;
  /** Whether the streak is alive and still waits for today. */
  readonly pending: boolean;
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
  const todayDone = hasDay(days, today);
  const { current, best } = rules.mode === "cumulative" ? cumulative(days) : continuous(days, today, todayDone);
  return { mode: rules.mode, current, best, todayDone, pending: current > 0 && !todayDone };
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
