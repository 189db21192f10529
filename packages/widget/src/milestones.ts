import type { State } from "@streakd/web";
import { todayOf } from "./day.ts";

type Milestone = State["milestones"][number];

/** How often a milestone was awarded. One without a scope is awarded for as long as the streak reaches it. */
function timesOf({ timesAwarded, achieved }: Milestone): number {
  return timesAwarded ?? +achieved;
}

/**
 * Returns the milestones that users see, the nearest first. Of one that repeats these are two: the multiple of the latest
 * award, and the next. What was awarded once for ever stays achieved.
 */
export function byTarget({ milestones }: State): Milestone[] {
  return milestones
    .flatMap((milestone) => {
      const times = timesOf(milestone);
      return (milestone.repeats && times ? [times, times + 1] : [1]).map((n) => ({
        ...milestone,
        target: milestone.target * n,
        achieved: n <= times,
      }));
    })
    .sort((a, b) => a.target - b.target);
}

/** Returns the milestone that is nearest of those that are not reached. */
export function nextMilestone(state: State): Milestone | undefined {
  return byTarget(state).find(({ achieved }) => !achieved);
}

/**
 * Returns the milestones that were reached between two states. A longer streak may have reached a milestone earlier: a
 * repair brings an older run back, and so does a pause or an event that comes later. Then an award has the day of that time. Where the
 * state does not tell the day, the older run is known by its length.
 */
export function reachedSince(previous: State, { milestones, streak }: State): Milestone[] {
  const { best, repair } = previous.streak;
  const isRepaired = repair && streak.current >= repair.currentAfter;
  return milestones.filter((milestone) => {
    const { id, target, awardedDate } = milestone;
    const times = timesOf(milestone);
    return (
      previous.milestones.some((old) => old.id === id && timesOf(old) < times) &&
      (target * times > best || (awardedDate ? awardedDate >= (todayOf(previous) as string) : !isRepaired))
    );
  });
}
