import type { RulesDraft } from "./draft.ts";
import { GRACE_LIMITS, numberProblem } from "./problems.ts";

/** The graces to choose from, in minutes; any other number within the limits can be typed. */
export const GRACE_CHOICES = ["30", "60", "120", "180", "360"] as const;

/**
 * Returns until when the day before can be filled, by the clock, such as `02:00`; undefined when there is no grace, or
 * its number is wrong.
 */
export function graceEnd({ dayStart, graceMinutes }: RulesDraft): string | undefined {
  if (numberProblem(graceMinutes, GRACE_LIMITS.minimum, GRACE_LIMITS.maximum) !== undefined) {
    return undefined;
  }
  const [hours = 0, minutes = 0] = dayStart.split(":").map(Number);
  const end = hours * 60 + minutes + Number(graceMinutes);
  return [Math.floor(end / 60), end % 60].map((part) => `${part}`.padStart(2, "0")).join(":");
}
