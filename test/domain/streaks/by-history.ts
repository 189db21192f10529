import type { History } from "#src/domain/check-ins.ts";
import type { Day } from "#src/domain/day.ts";
import * as explained from "#src/domain/streaks/explain.ts";
import { settle } from "#src/domain/streaks/late-events.ts";
import * as awards from "#src/domain/streaks/milestones/awards.ts";
import * as past from "#src/domain/streaks/past-days.ts";
import * as present from "#src/domain/streaks/present.ts";
import * as repair from "#src/domain/streaks/repair-offer.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import * as state from "#src/domain/streaks/state.ts";
import * as streak from "#src/domain/streaks/streak.ts";
import type { Streak } from "#src/domain/streaks/streak-shape.ts";

// Streaks of histories as they were recorded: each is settled first, as the server does it.

/** The streak that a history makes at present. */
export function streakOf(history: History, rules: StreakRules, now: present.Present): Streak {
  return streak.streakOf(settle(history, rules), rules, now);
}

/** The state that a history makes at present. */
export function stateOf(history: History, rules: StreakRules, now: present.Present): state.State {
  return state.stateOf(settle(history, rules), rules, now);
}

/** Why the streak that a history makes is what it is. */
export function explain(
  history: History,
  rules: StreakRules,
  now: present.Present,
  range: explained.ExplainedRange,
): explained.Explanation {
  return explained.explain(settle(history, rules), rules, now, range);
}

/** The last day to explain when nobody says. */
export function lastToExplain(history: History, rules: StreakRules, now: present.Present): Day {
  return explained.lastToExplain(settle(history, rules), rules, now);
}

/** The present of a history's streak at an instant. */
export function presentOf(history: History, rules: StreakRules, at: number, zone: string): present.ZonedPresent {
  return present.presentOf(settle(history, rules), rules, at, zone);
}

/** When today ends for a history's streak. */
export function endOfToday(
  history: History,
  rules: StreakRules,
  now: present.ZonedPresent,
  since?: number,
): number | undefined {
  return present.endOfToday(settle(history, rules), rules, now, since);
}

/** What was awarded for a history. */
export function awardsOf(
  milestones: Parameters<typeof awards.awardsOf>[0],
  history: History,
  rules: StreakRules,
  now: present.Present,
): awards.Awards {
  return awards.awardsOf(milestones, settle(history, rules), rules, now);
}

/** What a repair of a history's streak would say, or why there can be none. */
export function repairOn(
  history: History,
  rules: StreakRules,
  now: present.Present,
): ReturnType<typeof repair.repairOn> {
  return repair.repairOn(settle(history, rules), rules, now);
}

/** A history as it was on a day. */
export function historyUpTo(history: History, rules: StreakRules, day: Day): History {
  return past.historyUpTo(history, settle(history, rules), rules, day);
}
