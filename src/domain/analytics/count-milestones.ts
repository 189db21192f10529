import type { Day } from "../day.ts";
import type { DoneDays } from "./done-days.ts";
import { keys, type Scope } from "./keys.ts";
import type { CountedWidget, CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/** Counts on which days a user has reached the lengths of milestones for the first time. */
export function countMilestones(
  tallies: Tallies,
  done: ReadonlyMap<Scope, DoneDays>,
  { widgets }: CountSettings,
): void {
  for (const { event, mode, targets } of widgets) {
    const ofEvent = done.get(event);
    for (const target of ofEvent ? targets : []) {
      const day = ofEvent && firstDayWith(target, mode, ofEvent);
      if (day === undefined) {
        break; // greater ones are not reached either
      }
      tallies.add(keys.milestone(event, target), day);
    }
  }
}

/** Returns the day that made a run, or all days together, as long as a target; undefined when none did. */
function firstDayWith(target: number, mode: CountedWidget["mode"], { days, runs }: DoneDays): Day | undefined {
  if (mode === "cumulative") {
    return days[target - 1];
  }
  const run = runs.find(({ length }) => length >= target);
  return run && run.first + target - 1;
}
