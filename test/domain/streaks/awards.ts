import { type Day, daysFrom, isoOf } from "./calendar.ts";
import { asOf, type History } from "./history.ts";
import { longestAlive, walkTo } from "./runs.ts";

/** A milestone that is awarded. */
export interface NaiveMilestone {
  target: number;
  scope: "run" | "ever";
  repeats?: true;
}

export interface NaiveAward {
  timesAwarded: number;
  /** Absent before the first award. */
  awardedDate?: string;
}

/** What the state as of a day shows. */
export interface Shown {
  day: Day;
  current: number;
  /** The first day of the run; absent without one. */
  begin?: Day;
}

/** The awards of a streak whose run breaks. */
export function awardsOf(milestones: readonly NaiveMilestone[], history: History, today: Day): NaiveAward[] {
  const first = Math.min(...history.done, today);
  return awardsFrom(
    milestones,
    daysFrom(first, today).map((day): Shown => {
      // Only today counts as done for journeys, in the zone that decides which day is today.
      const known = asOf(day < today ? { ...history, zone: undefined } : history, day);
      const run = longestAlive(walkTo(known, day).runs);
      return { day, current: run?.count ?? 0, ...(run !== undefined && { begin: run.begin }) };
    }),
  );
}

/**
 * The awards of a streak that showed this.
 *
 * @param days all days up to today
 */
export function awardsFrom(milestones: readonly NaiveMilestone[], days: readonly Shown[]): NaiveAward[] {
  const begin = days.at(-1)?.begin;
  return milestones.map(({ target, scope, repeats = false }) => {
    const looked = days.filter(
      (shown) => scope === "ever" || (begin !== undefined && shown.begin !== undefined && shown.begin >= begin),
    );
    const awards: Day[] = [];
    for (let times = 1; times === 1 || repeats; times++) {
      const reached = looked.find(({ current }) => current >= times * target);
      if (reached === undefined) {
        break;
      }
      awards.push(reached.day);
    }
    const last = awards.at(-1);
    return { timesAwarded: awards.length, ...(last !== undefined && { awardedDate: isoOf(last) }) };
  });
}
