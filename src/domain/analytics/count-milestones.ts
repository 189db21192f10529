import { type CheckIns, ownDays } from "../check-ins.ts";
import type { Day } from "../day.ts";
import { LATEST } from "../streaks/days/bits.ts";
import { CountedDays } from "../streaks/days/counted-days.ts";
import { DaySet } from "../streaks/days/day-set.ts";
import { type CountedByRules, firstDaysByRules } from "./by-rules.ts";
import type { DoneDays } from "./done-days.ts";
import type { UserHistory } from "./history.ts";
import { keys, type Scope } from "./keys.ts";
import type { CountedWidget, CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/** Counts on which days a user has reached the lengths of milestones for the first time. */
export function countMilestones(
  tallies: Tallies,
  { days }: UserHistory,
  done: ReadonlyMap<Scope, DoneDays>,
  byRules: ReadonlyMap<Scope, CountedByRules>,
  { widgets, actionEvents }: CountSettings,
): void {
  for (const { event, mode, targets } of widgets) {
    const checkIns = days.get(event);
    const firstDayWith =
      actionEvents?.has(event) && checkIns !== undefined
        ? firstDaysOfActions(checkIns)
        : firstDays(done.get(event), byRules.get(event), mode, targets);
    for (const target of targets) {
      const day = firstDayWith(target);
      if (day === undefined) {
        break; // greater ones are not reached either
      }
      tallies.add(keys.milestone(event, target), day);
    }
  }
}

/** Returns the same as {@link firstDays}, where actions count. */
function firstDaysOfActions(checkIns: CheckIns): (target: number) => Day | undefined {
  const days = DaySet.ofMonths(ownDays(checkIns)).words;
  const counted = new CountedDays(days, checkIns.actions, LATEST);
  return (target) => (target <= counted.total ? counted.firstDayWith(target) : undefined);
}

/** Returns a function that returns the day on which a target was reached; undefined when it never was. */
function firstDays(
  ofEvent: DoneDays | undefined,
  ofRules: CountedByRules | undefined,
  mode: CountedWidget["mode"],
  targets: readonly number[],
): (target: number) => Day | undefined {
  // Where the user has pauses, an event is counted by rules whatever its mode. A cumulative streak has no pauses.
  if (ofRules !== undefined && mode === "continuous") {
    const days = firstDaysByRules(ofRules, targets);
    return (target) => days.get(target);
  }
  return (target) => ofEvent && firstDayWith(target, mode, ofEvent);
}

/** Returns the day that made a run, or all days together, as long as a target; undefined when none did. */
function firstDayWith(target: number, mode: CountedWidget["mode"], { days, runs }: DoneDays): Day | undefined {
  if (mode === "cumulative") {
    return days[target - 1];
  }
  const run = runs.find(({ length }) => length >= target);
  return run && run.first + target - 1;
}
