import { type Day, isoDate } from "../../domain/day.ts";
import { daysUpTo, type Months } from "../../domain/months.ts";
import { refusal } from "../../errors.ts";
import { readStreakDateIfAny } from "../date.ts";

/** What a streak is computed from, beside its rules. */
export interface History {
  readonly days: Months;
  readonly today: Day;
}

/**
 * Returns the past day that a request asks about; undefined for the present.
 *
 * @throws StreakdError INVALID_BODY for what is no date of the years 2 to 9998
 */
export function readAsOf({ asOf }: { readonly asOf?: string | undefined }): Day | undefined {
  return readStreakDateIfAny(asOf, "asOf");
}

/**
 * Returns a history as it was on a day, as far as it is known now: without the days after it.
 *
 * @throws StreakdError INVALID_BODY when the day is after the user's today
 */
export function historyAsOf(asOf: Day, { days, today }: History): History {
  if (asOf > today) {
    throw refusal("asOf", `must not be after the user's today, ${isoDate(today)}`);
  }
  return { days: daysUpTo(days, asOf), today: asOf };
}
