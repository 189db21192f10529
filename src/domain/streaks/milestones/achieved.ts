import type { Milestone } from "../../project.ts";

/** A milestone, and whether the streak has reached it. */
export interface MilestoneState extends Milestone {
  readonly achieved: boolean;
}

/**
 * Returns the milestones, in the same order, with `achieved`: whether `current` is at least the target. In the
 * contract's example, the best streak is 12 days and the current one 5, and the milestone of 7 days is not achieved.
 * `awards.ts` tells when a milestone was awarded.
 *
 * @param current in the streak's unit
 */
export function achievedOf(milestones: readonly Milestone[], current: number): MilestoneState[] {
  return milestones.map(({ id, target, msg, rewardType }) => ({
    id,
    target,
    msg,
    achieved: current >= target,
    rewardType,
  }));
}
