import { zoneKey } from "../zone.ts";
import type { CountedByRules } from "./by-rules.ts";
import type { DoneDays } from "./done-days.ts";
import type { UserHistory } from "./history.ts";
import { ALL, keys, keysOf, type Scope } from "./keys.ts";
import { firstRecentDay } from "./recent-days.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/**
 * Counts a user's runs of days by length, those that may still go on also by their last day, and all done days
 * together, or all actions where these count. Leaves out the runs of events that are counted by rules. The zone is kept
 * with what depends on today, which a reader knows for each zone. Its spellings are one zone.
 *
 * @param now when counting began, in epoch milliseconds
 */
export function countRuns(
  tallies: Tallies,
  { zone, days: checkIns }: UserHistory,
  done: ReadonlyMap<Scope, DoneDays>,
  byRules: ReadonlyMap<Scope, CountedByRules>,
  { actionEvents }: CountSettings,
  now: number,
): void {
  const earliest = firstRecentDay(now);
  const zoneName = zoneKey(zone?.name ?? "");
  for (const [event, { days, runs }] of done) {
    if (event === ALL) {
      continue;
    }
    const beyondFirst = actionEvents?.has(event) ? (checkIns.get(event)?.actions?.beyondFirst ?? 0) : 0;
    tallies.add(keys.totals(event, zoneName), days.length + beyondFirst);
    for (const { first, length } of byRules.has(event) ? [] : runs) {
      tallies.add(keysOf(event).runs, length);
      tallies.add(keysOf(ALL).runs, length);
      const last = first + length - 1;
      if (last >= earliest) {
        tallies.add(keys.lateRuns(event, zoneName, last), length);
      }
    }
  }
}
