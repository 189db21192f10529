import type { Day } from "../day.ts";
import type { Widget } from "../project.ts";
import { keys } from "./keys.ts";
import type { Tallies } from "./tallies.ts";

/** How many users have reached a milestone. */
export interface MilestoneReached {
  /** The name of the widget's event. */
  readonly event: string;
  readonly id: string;
  readonly target: number;
  /** How many users have ever reached it. */
  readonly users: number;
  /** How many of them reached it for the first time in the range. */
  readonly usersInRange: number;
}

/** Returns how many users have reached each milestone of some widgets, and how many of them from one day to another. */
export function milestonesReached(
  tallies: Tallies,
  widgets: readonly Pick<Widget, "event" | "milestones">[],
  from: Day,
  to: Day,
): readonly MilestoneReached[] {
  return widgets.flatMap(({ event, milestones }) =>
    milestones.map(({ id, target }) => {
      const reached = tallies.vector(keys.milestone(event, target));
      return { event, id, target, users: reached.total, usersInRange: reached.sum(from, to) };
    }),
  );
}
