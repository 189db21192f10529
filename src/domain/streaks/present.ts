import type { Day } from "../day.ts";
import { dateEvent, endOfDay, endOfGrace } from "../day-start.ts";
import { isOff, type SettledDays } from "./late-events.ts";
import type { StreakRules } from "./rules-for.ts";

/** The day that is today for a streak. */
export interface Present {
  readonly today: Day;
  /** The IANA name of the zone that has decided it; absent where zones don't matter, as in a preview. */
  readonly zone?: string;
}

/** A present of which the zone is known. */
export type ZonedPresent = Required<Present>;

/**
 * Returns the present of a streak: the day that an event of now would belong to. Today waits for the grace: while an
 * event of now would fill the day before, that day is still today.
 *
 * @param rules those of the user
 * @param now epoch milliseconds
 * @param zone the IANA name of the zone that decides which day is today
 * @throws RangeError when `zone` is not an IANA name; see `isZone`
 */
export function presentOf(settled: SettledDays, rules: StreakRules, now: number, zone: string): ZonedPresent {
  const { day, late } = dateEvent(now, zone, rules.dayStarts);
  return { today: late && waitsForGrace(day - 1, settled, rules) ? day - 1 : day, zone };
}

/**
 * Returns when today ends, in epoch milliseconds: the first instant, not before `since`, at which a later day is today,
 * if nothing is done until then. Returns undefined where the rules don't say when days begin, and have no grace.
 *
 * @param since an instant of today, or of the two days before its end; absent for the first instant of all
 */
export function endOfToday(
  settled: SettledDays,
  rules: StreakRules,
  { today, zone }: ZonedPresent,
  since?: number,
): number | undefined {
  if (rules.dayStarts === undefined) {
    return undefined;
  }
  const end = waitsForGrace(today, settled, rules) ? endOfGrace : endOfDay;
  return end(today, zone, rules.dayStarts, since);
}

/** Whether a late event of the day after would fill a day. */
function waitsForGrace(day: Day, { days }: SettledDays, rules: StreakRules): boolean {
  return rules.mode !== "cumulative" && !days.has(day) && !isOff(day, rules);
}
