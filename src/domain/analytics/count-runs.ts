import { DAY_MS, type Day } from "../day.ts";
import { zoneKey } from "../zone.ts";
import type { DoneDays } from "./done-days.ts";
import type { UserHistory } from "./history.ts";
import { ALL, keys, keysOf, type Scope } from "./keys.ts";
import type { Tallies } from "./tallies.ts";

/**
 * How long before the day of counting, in UTC, a run may have ended that is still kept with its last day. Somewhere it
 * is the day before, and a run that ended the day before that can go on; the third day is for clocks that differ.
 */
const DAYS_KEPT = 3;

/**
 * Counts a user's runs by length, those that may still go on also by their last day, and all done days together. The
 * zone is kept with what depends on today, which a reader knows for each zone. Its spellings are one zone.
 *
 * @param now when counting began, in epoch milliseconds
 */
export function countRuns(
  tallies: Tallies,
  { zone }: UserHistory,
  done: ReadonlyMap<Scope, DoneDays>,
  now: number,
): void {
  const earliest: Day = Math.floor(now / DAY_MS) - DAYS_KEPT;
  const zoneName = zoneKey(zone?.name ?? "");
  for (const [event, { days, runs }] of done) {
    if (event === ALL) {
      continue;
    }
    tallies.add(keys.totals(event, zoneName), days.length);
    for (const { first, length } of runs) {
      tallies.add(keysOf(event).runs, length);
      tallies.add(keysOf(ALL).runs, length);
      const last = first + length - 1;
      if (last >= earliest) {
        tallies.add(keys.lateRuns(event, zoneName, last), length);
      }
    }
  }
}
