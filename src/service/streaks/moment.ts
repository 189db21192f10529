import type { History } from "../../domain/check-ins.ts";
import { type SettledDays, settle } from "../../domain/streaks/late-events.ts";
import { type Present, presentOf, type ZonedPresent } from "../../domain/streaks/present.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";

/** What a streak is computed from, beside its rules. */
export interface Moment {
  readonly settled: SettledDays;
  readonly present: Present;
}

/** The moment at which a request is answered. */
export interface MomentNow extends Moment {
  readonly present: ZonedPresent;
}

/**
 * Returns what a streak is computed from now, beside its rules.
 *
 * @param rules those of the user
 * @param now the server's time in epoch milliseconds
 * @param zone the IANA name of the zone that decides which day is today
 */
export function momentOf(history: History, rules: StreakRules, now: number, zone: string): MomentNow {
  const settled = settle(history, rules);
  return { settled, present: presentOf(settled, rules, now, zone) };
}
