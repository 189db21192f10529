import { DAY_MS, type Day } from "../day.ts";
import { instantOf } from "../local-time.ts";
import type { Widget } from "../project.ts";
import { lateRunsIn, onceForZone, todayIn, totalsIn } from "./late-runs.ts";
import type { Tallies } from "./tallies.ts";

/** The streaks of today; the contract's message says what each number means. */
export interface StreaksToday {
  /** How many streaks have each length above 0, in the order of the lengths. */
  readonly lengths: readonly { readonly days: number; readonly streaks: number }[];
  readonly alive: number;
  readonly doneToday: number;
  readonly pending: number;
  readonly atRisk: number;
}

/** How little of the day is left where a pending streak is at risk, in milliseconds. */
const AT_RISK_MS = 6 * 60 * 60 * 1000;

/**
 * Returns the streaks of today, each in its user's zone: what `streakOf` returns for each user, added up.
 *
 * @param widgets whose streaks
 * @param projectZone the zone of users whose own zone is not known
 * @param now epoch milliseconds
 */
export function streaksToday(
  tallies: Tallies,
  widgets: readonly Pick<Widget, "event" | "rules">[],
  projectZone: string,
  now: number,
): StreaksToday {
  const modes = new Map(widgets.map(({ event, rules }) => [event, rules.mode]));
  const today = todayIn(now);
  const isLate = onceForZone((zone) => isAtRisk(now, today(zone), zone));
  const count = new StreakCount();
  for (const { event, zone, last, lengths } of lateRunsIn(tallies, projectZone)) {
    const mode = modes.get(event);
    lengths.forEach((length, streaks) => {
      const current = currentOf(last, length, today(zone));
      if (mode === "continuous" && current > 0) {
        count.add(current, streaks, isLate(zone));
      }
      if (mode !== undefined && current > 0 && last >= today(zone)) {
        count.addDone(streaks, mode === "continuous" && isLate(zone));
      }
    });
  }
  for (const { event, totals } of totalsIn(tallies, projectZone)) {
    if (modes.get(event) === "cumulative") {
      totals.forEach((total, streaks) => {
        // A cumulative streak never falls.
        count.add(total, streaks, false);
      });
    }
  }
  return count.result;
}

/** Returns how long a run has been up to today, or up to yesterday where it ended then; 0 where it is not alive. */
function currentOf(last: Day, length: number, today: Day): number {
  const first = last - length + 1;
  return first <= today && last >= today - 1 ? Math.min(last, today) - first + 1 : 0;
}

/** Whether less than {@link AT_RISK_MS} are left of today. */
function isAtRisk(now: number, today: Day, zone: string): boolean {
  return instantOf((today + 1) * DAY_MS, zone) - now < AT_RISK_MS;
}

/** Adds streaks up. Those that have today done are added twice: as streaks, and as done. */
class StreakCount {
  readonly #lengths = new Map<number, number>();
  #alive = 0;
  #done = 0;
  #atRisk = 0;

  add(length: number, streaks: number, isLate: boolean): void {
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + streaks);
    this.#alive += streaks;
    this.#atRisk += isLate ? streaks : 0;
  }

  addDone(streaks: number, isLate: boolean): void {
    this.#done += streaks;
    this.#atRisk -= isLate ? streaks : 0;
  }

  get result(): StreaksToday {
    const lengths = [...this.#lengths].sort(([a], [b]) => a - b).map(([days, streaks]) => ({ days, streaks }));
    const pending = this.#alive - this.#done;
    return { lengths, alive: this.#alive, doneToday: this.#done, pending, atRisk: this.#atRisk };
  }
}
