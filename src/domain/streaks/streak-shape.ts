import type { WidgetRules } from "../rules.ts";
import type { StreakUnit } from "./calendar/calendar.ts";
import type { Pause } from "./ledger/pauses.ts";
import type { Progress } from "./progress.ts";
import type { RepairOffer } from "./repair-offer.ts";

/** A streak as it is on a given day. Its numbers are days, where `unit` says nothing else. */
export interface Streak {
  readonly mode: WidgetRules["mode"];
  /**
   * Continuous: what the run up to today counts. Without rules, pauses, amnesties and repairs, these are the done days
   * in a row up to today, or up to yesterday while today is not done; bridged days between them do not count.
   * Cumulative: all done days, and where actions count, all actions.
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

/** A continuous streak by rules, as it is on a day. */
export type StreakByRules = Streak & Required<Pick<Streak, "unit" | "progress">>;

/** A user's freezes for a streak, as they are on a day. */
export interface StreakFreezes {
  readonly left: number;
  /** How many covered periods end in the week that is shown on the day. */
  readonly usedInWeek: number;
  readonly optedOut: boolean;
}
