import { type Day, dayOf, daysFrom, isoOf, weekdayOf } from "./calendar.ts";
import { explain, explainCumulative, type NaiveExplanation, type Status } from "./explanation.ts";
import { isOptedOut } from "./freezes.ts";
import { asOf, historyOf, type Period, periodAt, type Recorded, unitOf } from "./history.ts";
import { type NaivePause, pauseOn } from "./pauses.ts";
import { isPending, type NaiveProgress, progressOf } from "./progress.ts";
import { longestAlive, walkTo } from "./runs.ts";

/**
 * Computes streaks by rules in a naive way, to compare with the domain. Written from `docs/rules.md` alone: it walks day
 * by day with plain sets of days, tries every day on which a run might begin, and takes the run that counts the most. It
 * shares no code with `src`, so a mistake goes unseen only if both make the same one.
 */

/** What a streak follows from. */
export interface NaiveCase extends Recorded {
  mode: "continuous" | "cumulative";
  today: string;
}

export interface NaiveRuleStreak {
  mode: "continuous" | "cumulative";
  current: number;
  best: number;
  todayDone: boolean;
  pending: boolean;
  unit: "day" | "week" | "month";
  /** Absent when the mode is cumulative. */
  progress?: NaiveProgress;
  /** The pauses around today as one. Absent when today is not paused, or when the mode is cumulative. */
  pause?: NaivePause;
  /** Absent when the rules of today have no `freezes`, or when the mode is cumulative. */
  freezes?: NaiveFreezes;
}

export interface NaiveFreezes {
  left: number;
  /** How many covered periods have their last day in the week around today. */
  usedInWeek: number;
  optedOut: boolean;
}

/** The streak that follows from the case. */
export function naiveRuleStreak(given: NaiveCase): NaiveRuleStreak {
  const { dates, mode, versions, pauses, today } = given;
  const now = dayOf(today);
  const todayDone = dates.includes(today);
  if (mode === "cumulative") {
    const count = new Set(dates).size;
    return { mode, current: count, best: count, todayDone, pending: count > 0 && !todayDone, unit: "day" };
  }
  const history = historyOf(given, now, now);
  const known = asOf(history, now);
  const held = versions.filter(({ from }) => from === undefined || dayOf(from) <= now);
  const { runs, stock } = walkTo(known, now);
  const run = longestAlive(runs);
  const period = known.periods[periodAt(known, now)] as Period;
  const progress = progressOf(known, asOf(historyOf({ ...given, versions: held }, now, now), now), run, now);
  const pause = pauseOn(pauses, now);
  return {
    mode,
    current: run?.count ?? 0,
    best: Math.max(0, ...walkTo(history, Math.max(...history.done, now)).runs.map(({ count }) => count)),
    todayDone,
    pending: isPending(known, run, now, progress),
    unit: unitOf(period),
    progress,
    ...(pause !== undefined && { pause }),
    ...(period.rules.freezes !== undefined && {
      freezes: {
        left: stock.granted.length + stock.earned,
        usedInWeek: usedInWeek(given),
        optedOut: isOptedOut(given.optOuts, now),
      },
    }),
  };
}

/** What became of the periods that have any of the days from `from` to `to`. */
export function naiveExplanation(given: NaiveCase, from: string, to: string): NaiveExplanation {
  const { dates, mode, today } = given;
  const now = dayOf(today);
  if (mode === "cumulative") {
    return explainCumulative(new Set(dates.map(dayOf)), now, dayOf(from), dayOf(to));
  }
  const history = historyOf(given, Math.min(now, dayOf(from)), Math.max(now, dayOf(to)));
  return explain(asOf(history, now), now, dayOf(from), dayOf(to));
}

/** The seven days around today, with what became of each. */
export function naiveWeek(given: NaiveCase): { isoDate: string; status: Status }[] {
  const dates = weekOf(given);
  const statuses = new Map(
    naiveExplanation(given, dates[0] as string, dates[6] as string).periods.flatMap(({ days }) =>
      days.map(({ isoDate, status }) => [isoDate, status] as const),
    ),
  );
  return dates.map((isoDate) => ({
    isoDate,
    status: given.dates.includes(isoDate) ? "done" : (statuses.get(isoDate) as Status),
  }));
}

function usedInWeek(given: NaiveCase): number {
  const dates = weekOf(given);
  const { periods } = naiveExplanation(given, dates[0] as string, dates[6] as string);
  return periods.filter(({ outcome, lastDate }) => outcome === "frozen" && dates.includes(lastDate)).length;
}

function weekOf(given: NaiveCase): string[] {
  const now = dayOf(given.today);
  const first = now - ((weekdayOf(now) - weekStartOf(given, now) + 7) % 7);
  return daysFrom(first, first + 6).map(isoOf);
}

function weekStartOf(given: NaiveCase, now: Day): number {
  const history = historyOf(given, now, now);
  const { cadence } = (history.periods[periodAt(history, now)] as Period).rules;
  return given.mode === "continuous" && cadence.kind === "days_a_week" ? cadence.weekStart : 0;
}
