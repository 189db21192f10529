import type { Day } from "../../day.ts";

/** The days that a walk passes at once: from one day through another. */
export interface DaysToWalk {
  readonly from: Day;
  readonly through: Day;
  /** The last day of the whole walk. It is not over, nor is its period: so they can't be missed. */
  readonly lastDay: Day;
}
