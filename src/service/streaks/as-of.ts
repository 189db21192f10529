import type { History } from "../../domain/check-ins.ts";
import { type Day, isoDate } from "../../domain/day.ts";
import { settle } from "../../domain/streaks/late-events.ts";
import { historyUpTo } from "../../domain/streaks/past-days.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import { refusal } from "../../errors.ts";
import { readStreakDateIfAny } from "../date.ts";
import type { Moment } from "./moment.ts";

/**
 * Returns the past day that a request asks about; undefined for the present.
 *
 * @throws StreakdError INVALID_BODY for what is no date of the years 2 to 9998
 */
export function readAsOf({ asOf }: { readonly asOf?: string | undefined }): Day | undefined {
  return readStreakDateIfAny(asOf, "asOf");
}

/**
 * Returns a past day as the present, with the history as it was then, as far as it is known now: without the days after
 * it. Zones don't decide that day: nobody was on the way to it, and the zone of now may be one that the user has
 * reached since.
 *
 * @param moment what `history` makes now
 * @param rules those of the user
 * @throws StreakdError INVALID_BODY when the day is after the user's today
 */
export function momentAsOf(asOf: Day, history: History, { settled, present }: Moment, rules: StreakRules): Moment {
  if (asOf > present.today) {
    throw refusal("asOf", `must not be after the user's today, ${isoDate(present.today)}`);
  }
  return {
    settled: settle(historyUpTo(history, settled, rules, asOf), rules),
    present: asOf === present.today ? present : { today: asOf },
  };
}
