import type { Milestone } from "./project.ts";

/** A milestone, and whether the streak has reached it. */
export interface MilestoneState extends Milestone {
  readonly achieved: boolean;
}

/**
 * The milestones, in the same order, with what a streak has achieved. Only the current streak counts, so a streak that
 * breaks loses its milestones: in the contract's example the best streak is 12 days and the current one 5, and the
 * milestone of 7 days is not achieved.
 *
 * @param current the current streak, in days
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
