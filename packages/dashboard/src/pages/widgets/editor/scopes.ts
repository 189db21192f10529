import { MilestoneScope } from "#gen/streak/v1/project_pb.ts";

/** For what a milestone is awarded. */
export type ScopeName = keyof typeof SCOPES;

/** The scopes, with the words of the form; `none` is for milestones that are not awarded. */
export const SCOPES = {
  none: {
    value: MilestoneScope.UNSPECIFIED,
    label: "Not awarded",
    about: "The state tells only whether the current streak has reached it.",
  },
  run: {
    value: MilestoneScope.RUN,
    label: "Once in each run",
    about: "The state tells the day of the award. A run that ends loses it, and the next run can get it again.",
  },
  ever: {
    value: MilestoneScope.EVER,
    label: "Once for each user",
    about: "The state tells the day of the award, which the user keeps for ever.",
  },
} as const;

/** The names of the scopes, the default first. */
export const SCOPE_NAMES = Object.keys(SCOPES) as ScopeName[];

/** Returns the name of a scope; `none` when none is given. */
export function scopeName(scope: MilestoneScope): ScopeName {
  return SCOPE_NAMES.find((name) => SCOPES[name].value === scope) ?? "none";
}
