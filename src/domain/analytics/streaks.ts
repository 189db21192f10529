import type { Day } from "../day.ts";
import { dayByStart, endOfDay } from "../day-start.ts";
import type { Widget } from "../project.ts";
import type { WidgetRules } from "../rules.ts";
import { byZone, lateRunsIn, type Ruled, ruledIn, todayIn, totalsIn } from "./late-runs.ts";
import type { Tallies } from "./tallies.ts";

/** The streaks of today; the contract's message says what each number means. */
export interface StreaksToday {
  /** How many streaks have each `current` above 0, in its order: days, or what their widget's rules count. */
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
  const todayOf = todayIn(widgets, now);
  /** Whether less than {@link AT_RISK_MS} are left of today. */
  const isLateIn = byZone(widgets, (zone, dayStarts) => {
    const today = dayByStart(now, zone, dayStarts);
    return endOfDay(today, zone, dayStarts, now) - now < AT_RISK_MS;
  });
  const count = new StreakCount();
  for (const { event, zone, last, lengths } of lateRunsIn(tallies, projectZone)) {
    const mode = modes.get(event);
    const today = todayOf(event, zone);
    const isLate = isLateIn(event, zone);
    lengths.forEach((length, streaks) => {
      const current = currentOf(last, length, today);
      const isDone = last >= today;
      if (mode === "continuous" && current > 0) {
        count.add(current, streaks);
        count.addPending(isDone ? 0 : streaks);
        count.addAtRisk(isDone || !isLate ? 0 : streaks);
      }
      if (mode !== undefined && current > 0 && isDone) {
        count.addDone(streaks, mode);
      }
    });
  }
  for (const { event, totals } of totalsIn(tallies, projectZone)) {
    if (modes.get(event) === "cumulative") {
      totals.forEach((total, streaks) => {
        count.add(total, streaks);
        count.addPending(streaks);
      });
    }
  }
  for (const ruled of ruledIn(tallies, projectZone)) {
    const { event, zone } = ruled;
    addRuled(count, ruled, modes.get(event), todayOf(event, zone), isLateIn(event, zone));
  }
  return count.result;
}

/**
 * Adds streaks that were counted by rules. For a while after a change of the project, some segments may be counted as the
 * project was before. So what was counted by rules counts also for a widget that has none any more.
 */
function addRuled(
  count: StreakCount,
  { kind, day, numbers }: Ruled,
  mode: WidgetRules["mode"] | undefined,
  today: Day,
  isLate: boolean,
): void {
  if (kind === "done" && mode !== undefined) {
    count.addDone(numbers.at(today), mode);
  }
  if (mode !== "continuous") {
    return;
  }
  if (kind === "streaks" && day <= today) {
    numbers.forEach((current, streaks) => {
      count.add(current, streaks);
    });
  } else if (kind === "pending") {
    count.addPending(numbers.sum(Number.NEGATIVE_INFINITY, today));
  } else if (kind === "ending" && isLate) {
    count.addAtRisk(numbers.at(today));
  }
}

/** Returns how long a run has been up to today, or up to yesterday where it ended then; 0 where it is not alive. */
function currentOf(last: Day, length: number, today: Day): number {
  const first = last - length + 1;
  return first <= today && last >= today - 1 ? Math.min(last, today) - first + 1 : 0;
}

/** Adds streaks up. */
class StreakCount {
  readonly #lengths = new Map<number, number>();
  #alive = 0;
  #done = 0;
  #pending = 0;
  #atRisk = 0;

  /** Adds streaks above 0. Takes some back if there are less than 0. */
  add(current: number, streaks: number): void {
    this.#lengths.set(current, (this.#lengths.get(current) ?? 0) + streaks);
    this.#alive += streaks;
  }

  /** Says of streaks above 0 that they are pending. */
  addPending(streaks: number): void {
    this.#pending += streaks;
  }

  /** Says of pending streaks that they may be lost tonight. */
  addAtRisk(streaks: number): void {
    this.#atRisk += streaks;
  }

  /** Says of streaks that today is done. Cumulative ones were added as if none were. */
  addDone(streaks: number, mode: WidgetRules["mode"]): void {
    this.#done += streaks;
    this.#pending -= mode === "cumulative" ? streaks : 0;
  }

  get result(): StreaksToday {
    const lengths = [...this.#lengths]
      .filter(([, streaks]) => streaks !== 0)
      .sort(([a], [b]) => a - b)
      .map(([days, streaks]) => ({ days, streaks }));
    return { lengths, alive: this.#alive, doneToday: this.#done, pending: this.#pending, atRisk: this.#atRisk };
  }
}
