import { ALL, keysOf, type Scope } from "./keys.ts";
import { lateRunsIn, todayIn } from "./late-runs.ts";
import type { Tallies } from "./tallies.ts";

/** What became of the runs that reached a number of days. */
export interface Survival {
  readonly days: number;
  /** How many runs reached it, without those of just this length that can still go on. */
  readonly reached: number;
  /** How many of these reached one day more. */
  readonly wentOn: number;
}

/** The most numbers of days in an answer. */
export const MAX_SURVIVAL_DAYS = 1000;

/**
 * Returns the survival of runs for each number of days, from 1 to the longest run.
 *
 * @param projectZone the zone of users whose own zone is not known
 * @param now epoch milliseconds
 */
export function survivalOf(tallies: Tallies, scope: Scope, projectZone: string, now: number): readonly Survival[] {
  const open = openRuns(tallies, scope, projectZone, now);
  const runs = tallies.vector(keysOf(scope).runs);
  let longest = 0;
  runs.forEach((length) => {
    longest = length;
  });
  let reached = runs.total;
  return Array.from({ length: Math.min(longest, MAX_SURVIVAL_DAYS) }, (_, index) => {
    const days = index + 1;
    const wentOn = reached - runs.at(days);
    const survival = { days, reached: reached - (open.get(days) ?? 0), wentOn };
    reached = wentOn;
    return survival;
  });
}

/** Returns how many runs of each length can still go on: those that end yesterday or later. */
function openRuns(tallies: Tallies, scope: Scope, projectZone: string, now: number): ReadonlyMap<number, number> {
  const today = todayIn(now);
  const open = new Map<number, number>();
  for (const { event, zone, last, lengths } of lateRunsIn(tallies, projectZone)) {
    if ((scope === ALL || scope === event) && last >= today(zone) - 1) {
      lengths.forEach((length, runs) => {
        open.set(length, (open.get(length) ?? 0) + runs);
      });
    }
  }
  return open;
}
