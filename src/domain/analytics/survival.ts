import type { Day } from "../day.ts";
import type { Widget } from "../project.ts";
import { ALL, keysOf, type Scope } from "./keys.ts";
import { lateRunsIn, ruledIn, todayIn } from "./late-runs.ts";
import type { Tallies } from "./tallies.ts";
import type { Vector } from "./vector.ts";

/** What became of the runs that reached a length. */
export interface Survival {
  /** The length: days, or what the rules of the run's widget count. */
  readonly days: number;
  /** How many runs reached it, without those of just this length that can still go on. */
  readonly reached: number;
  /** How many of these became longer. */
  readonly wentOn: number;
}

/** The most lengths in an answer. */
export const MAX_SURVIVAL_DAYS = 1000;

/**
 * Returns the survival of runs for each length, from 1 to that of the longest run.
 *
 * @param widgets all widgets of the project
 * @param projectZone the zone of users whose own zone is not known
 * @param now epoch milliseconds
 */
export function survivalOf(
  tallies: Tallies,
  scope: Scope,
  widgets: readonly Pick<Widget, "event" | "rules">[],
  projectZone: string,
  now: number,
): readonly Survival[] {
  const open = openRuns(tallies, scope, todayIn(widgets, now), projectZone);
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

/** Returns how many runs of each length can still go on: those that end with today or later if nothing more is done. */
function openRuns(
  tallies: Tallies,
  scope: Scope,
  todayOf: (event: string, zone: string) => Day,
  projectZone: string,
): ReadonlyMap<number, number> {
  const open = new Map<number, number>();
  const add = (event: string, zone: string, end: Day, lengths: Vector): void => {
    if ((scope === ALL || scope === event) && end >= todayOf(event, zone)) {
      lengths.forEach((length, runs) => {
        open.set(length, (open.get(length) ?? 0) + runs);
      });
    }
  };
  for (const { event, zone, last, lengths } of lateRunsIn(tallies, projectZone)) {
    add(event, zone, last + 1, lengths);
  }
  for (const { kind, event, zone, day, numbers } of ruledIn(tallies, projectZone)) {
    if (kind === "runs") {
      add(event, zone, day, numbers);
    }
  }
  return open;
}
