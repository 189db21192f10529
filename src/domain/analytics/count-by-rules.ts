import { zoneKey } from "../zone.ts";
import type { CountedByRules } from "./by-rules.ts";
import type { UserHistory } from "./history.ts";
import { ALL, keysOf, ruledKeys, type Scope } from "./keys.ts";
import type { Tallies } from "./tallies.ts";

/**
 * Counts a user's runs by rules and pauses: all by length, and apart what depends on today. That is how the streak
 * changes from day to day if nothing more is done, and until when each run can go on.
 */
export function countRunsByRules(
  tallies: Tallies,
  { zone }: UserHistory,
  byRules: ReadonlyMap<Scope, CountedByRules>,
): void {
  const zoneName = zoneKey(zone?.name ?? "");
  for (const [event, counted] of byRules) {
    countRuns(tallies, event, zoneName, counted);
    countSteps(tallies, event, zoneName, counted);
  }
}

function countRuns(tallies: Tallies, event: string, zone: string, { runs }: CountedByRules): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const run of runs) {
    // Otherwise it is what windows leave of the run before: no day of it is new.
    if (run.last > last) {
      last = run.last;
      tallies.add(keysOf(event).runs, run.count);
      tallies.add(keysOf(ALL).runs, run.count);
      if (run.end !== undefined) {
        tallies.add(ruledKeys.runs(event, zone, run.end.day), run.count);
      }
    }
    if (run.end?.isPending) {
      tallies.add(ruledKeys.ending(event, zone), run.end.day);
    }
  }
}

function countSteps(tallies: Tallies, event: string, zone: string, { steps }: CountedByRules): void {
  let before = { current: 0, pending: false };
  for (const { day, done, current, pending } of steps) {
    if (current !== before.current) {
      const streaks = tallies.open(ruledKeys.streaks(event, zone, day));
      for (const [length, n] of [
        [before.current, -1],
        [current, 1],
      ] as const) {
        if (length > 0) {
          streaks.add(length, n);
        }
      }
    }
    if (pending !== before.pending) {
      tallies.add(ruledKeys.pending(event, zone), day, pending ? 1 : -1);
    }
    if (done && current > 0) {
      tallies.add(ruledKeys.done(event, zone), day);
    }
    before = { current, pending };
  }
}
