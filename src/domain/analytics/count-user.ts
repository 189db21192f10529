import { countDays } from "./count-days.ts";
import { countEvents } from "./count-events.ts";
import { countHours } from "./count-hours.ts";
import { countMeta } from "./count-meta.ts";
import { countMilestones } from "./count-milestones.ts";
import { countRuns } from "./count-runs.ts";
import { doneDaysOf } from "./done-days.ts";
import type { UserHistory } from "./history.ts";
import type { CountSettings } from "./settings.ts";
import type { Tallies } from "./tallies.ts";

/**
 * Adds all that is counted for one user.
 *
 * @param now when counting began, in epoch milliseconds. Runs that had ended long before are not kept apart, so the
 *   tallies answer for any later time, and for none that is more than a day earlier
 */
export function countUser(tallies: Tallies, history: UserHistory, settings: CountSettings, now: number): void {
  const done = doneDaysOf(history);
  countDays(tallies, done);
  countEvents(tallies, history, done);
  countRuns(tallies, history, done, now);
  countMilestones(tallies, done, settings);
  countHours(tallies, history, settings);
  countMeta(tallies, history, settings);
}
