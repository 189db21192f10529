import type { Day } from "./day.ts";

/** The most amnesties of a project, those that were taken back among them. */
export const MAX_AMNESTIES = 100;

/** The most days of an amnesty. */
export const MAX_AMNESTY_DAYS = 31;

/** Days on which nothing is asked of any user of a project. */
export interface Amnesty {
  /** Chosen by its author, unique in its project. */
  readonly id: string;
  /** The event whose streaks it is about; absent when it is about all. */
  readonly event?: string;
  readonly from: Day;
  /** The last of its days; at most {@link MAX_AMNESTY_DAYS} in all. */
  readonly to: Day;
  readonly declared: AmnestyDecision;
  /** Absent while the amnesty counts. */
  readonly takenBack?: AmnestyDecision;
}

/** Why, when and by whom an amnesty was declared or taken back. */
export interface AmnestyDecision {
  readonly reason: string;
  /** `root` for the admin token, else the id of a token. */
  readonly actor: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
