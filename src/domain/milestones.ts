import type { Milestone } from "./project.ts";

/** A milestone, and whether the streak has reached it. */
export interface MilestoneState extends Milestone {
  readonly achieved: boolean;
}

/**
 * The milestones in the same order, as of a streak's `current`. A streak that breaks loses what it had achieved: in the
 * contract's example a best of 12 days has not achieved 7 while the current streak is 5.
 *
 * @param current in days
 */
export function milestonesOf(milestones: readonly Milestone[], current: number): MilestoneState[] {
  return milestones.map(({ id, target, msg, rewardType }) => ({
    id,
    target,
    msg,
    achieved: current >= target,
    rewardType,
  }));
}
