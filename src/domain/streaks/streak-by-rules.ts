import type { Day } from "../day.ts";
import type { RulesCalendar } from "./calendar/calendar.ts";
import { daysSinceWeekday } from "./calendar/periods.ts";
import type { SettledDays } from "./late-events.ts";
import { Outcomes } from "./outcomes.ts";
import type { Present } from "./present.ts";
import { progressOf } from "./progress.ts";
import { repairOffer, repairToTry } from "./repair-offer.ts";
import type { StreakRules } from "./rules-for.ts";
import type { StreakByRules, StreakFreezes } from "./streak-shape.ts";
import { onlyPartOf, type RuledRun, type RunPart } from "./walk/ruled-run.ts";
import type { Standing } from "./walk/walk.ts";
import { bestUpTo, walkOfUser } from "./walk-of-user.ts";

/** A streak, and what became of the days around. */
export interface ExplainedStreak {
  readonly streak: StreakByRules;
  /** The run up to today; undefined when `current` is 0. */
  readonly run: RuledRun | undefined;
  /** The user's calendar: with pauses, amnesties, bridged days and repairs, as far as the days are done today. */
  readonly calendar: RulesCalendar;
  readonly outcomes: Outcomes;
}

/**
 * Returns the streak that done days make today.
 *
 * @param explainFrom the first day whose outcome is asked for
 */
export function streakByRules(
  settled: SettledDays,
  rules: StreakRules,
  present: Present,
  explainFrom: Day,
): ExplainedStreak {
  const { pauses } = rules;
  const { today } = present;
  const ended: RunPart[] = [];
  // The freezes tell how many were used in this week.
  const firstOfWeek = today - daysSinceWeekday(rules.calendar.weekStartOn(today), today);
  const { done, bridged, repairDays, calendar, standing } = walkOfUser(rules, settled, present, today, {
    endObserver: { from: Math.min(explainFrom, firstOfWeek), onEnd: (_, part) => ended.push(part) },
    tried: repairToTry(rules, today),
  });
  const { run, best, endedRuns } = standing;
  const progress = progressOf(calendar, done, today, standing);
  const todayDone = done.has(today);
  const waits = standing.openWindow ? progress.lastDate === today && !todayDone : progress.done < progress.needed;
  const streak: StreakByRules = {
    mode: "continuous",
    current: run?.count ?? 0,
    best: Math.max(best, bestLater(settled, rules, present)),
    todayDone,
    pending: run !== undefined && waits,
    unit: calendar.unitOn(today),
    progress,
  };
  const pause = pauses?.on(today);
  const freezes = freezesOn(today, firstOfWeek, standing, rules);
  const offer = repairOffer(rules, today, done, standing.ifRepaired);
  const repair = "refused" in offer ? undefined : offer;
  const covered = standing.freezeStock?.coveredFrom(explainFrom) ?? [];
  const current = run && (endedRuns?.partOf(run) ?? onlyPartOf(run));
  const further = { ...(pause && { pause }), ...(freezes && { freezes }), ...(repair && { repair }) };
  return {
    streak: pause || freezes || repair ? { ...streak, ...further } : streak,
    run,
    calendar,
    outcomes: new Outcomes({
      calendar,
      pauses,
      bridged,
      repairDays,
      done,
      filled: settled.filled,
      today,
      current,
      ended,
      covered,
      joins: endedRuns?.joins ?? [],
    }),
  };
}

/** Returns the freezes of a user today; undefined when the rules of today have none. */
function freezesOn(
  today: Day,
  firstOfWeek: Day,
  { freezeStock }: Standing,
  { calendar, freezeDecisions }: StreakRules,
): StreakFreezes | undefined {
  if (freezeStock === undefined || calendar.phaseOn(today).freezes === undefined) {
    return undefined;
  }
  const usedInWeek = freezeStock.coveredFrom(firstOfWeek).length;
  return { left: freezeStock.left, usedInWeek, optedOut: freezeDecisions?.isOptedOut(today) ?? false };
}

/** Returns the best of all days, if there are done days after today; 0 otherwise. */
function bestLater(settled: SettledDays, rules: StreakRules, present: Present): number {
  const { last } = settled.days.words;
  return last !== undefined && last > present.today ? bestUpTo(settled, rules, present, last) : 0;
}
