import { awardsOf, type NaiveAward, type NaiveMilestone } from "./awards.ts";
import { type Day, dayOf, daysFrom, isoOf, weekdayOf } from "./calendar.ts";
import { awardsOfCumulative, cumulativeDone, cumulativeStreak, explainCumulative } from "./cumulative.ts";
import { explain, type NaiveExplanation, type Status } from "./explanation.ts";
import { isOptedOut } from "./freezes.ts";
import {
  asOf,
  type History,
  historyOf,
  isLeftEmpty,
  type NaiveUnit,
  type Period,
  periodAt,
  type Recorded,
  unitOf,
} from "./history.ts";
import { type NaivePause, pauseOn } from "./pauses.ts";
import { isPending, type NaiveProgress, progressOf } from "./progress.ts";
import { type NaiveRepairOffer, repairOffer } from "./repair-offer.ts";
import { longestAlive, type Walk, walkTo } from "./runs.ts";
import type { ZonedDays } from "./travel.ts";

/**
 * Computes streaks by rules in a naive way, to compare with the domain. Written from `docs/rules.md` alone: it walks day
 * by day with plain sets of days, tries every day on which a run might begin, and takes the run that counts the most. It
 * shares no code with `src`, so a mistake goes unseen only if both make the same one.
 */

/** What a streak follows from. */
export interface NaiveCase extends Recorded {
  mode: "continuous" | "cumulative";
  /** The day that an event of the present would belong to. */
  today: string;
  /** Whether the present would make such an event late. */
  inGrace?: boolean;
}

export interface NaiveRuleStreak {
  mode: "continuous" | "cumulative";
  current: number;
  best: number;
  todayDone: boolean;
  pending: boolean;
  unit: NaiveUnit;
  /** Absent when the mode is cumulative. */
  progress?: NaiveProgress;
  /** The pauses around today as one. Absent when today is not paused, or when the mode is cumulative. */
  pause?: NaivePause;
  /** Absent when the rules of today have no `freezes`, or when the mode is cumulative. */
  freezes?: NaiveFreezes;
  /** Absent when no repair can be made today. */
  repair?: NaiveRepairOffer;
}

export interface NaiveFreezes {
  left: number;
  /** How many covered periods have their last day in the week around today. */
  usedInWeek: number;
  optedOut: boolean;
}

/** The day that is today: the day before it where a late event would fill that day. */
export function naiveToday(given: NaiveCase): string {
  if (given.inGrace !== true || given.mode === "cumulative") {
    return given.today;
  }
  const now = dayOf(given.today);
  const before = now - 1;
  const history = historyOf(given, before, now);
  const waits = !history.done.has(before) && !isLeftEmpty(history, before);
  return isoOf(waits ? before : now);
}

/** The history with all that is known now, also of days after today. */
function historyNow(given: NaiveCase, from: Day, upTo: Day): { history: History; now: Day } {
  const now = dayOf(naiveToday(given));
  return { history: historyOf(given, Math.min(from, now), Math.max(upTo, now), now), now };
}

/** The done days, each with the zones of its events, after late events have filled the days before theirs. */
export function naiveZones(given: NaiveCase): ZonedDays {
  const today = dayOf(given.today);
  return historyNow(given, today, today).history.zones;
}

/** The done days; by their own dates in a cumulative streak, which has no grace. */
export function naiveDone(given: NaiveCase): ReadonlySet<Day> {
  return given.mode === "cumulative" ? cumulativeDone(given) : new Set(naiveZones(given).keys());
}

/** The streak that follows from the case. */
export function naiveRuleStreak(given: NaiveCase): NaiveRuleStreak {
  const { mode, versions } = given;
  if (mode === "cumulative") {
    return cumulativeStreak(given);
  }
  const today = dayOf(given.today);
  const { history, now } = historyNow(given, today, today);
  const known = asOf(history, now);
  const held = versions.filter(({ from }) => from === undefined || dayOf(from) <= now);
  const walk = walkTo(known, now);
  const { runs, stock } = walk;
  const run = longestAlive(runs);
  const period = known.periods[periodAt(known, now)] as Period;
  const progress = progressOf(known, asOf(historyOf({ ...given, versions: held }, now, now, now), now), run, now);
  const pause = pauseOn(history.pauses, now);
  const repair = repairOffer(known, walk, now, history.repairs);
  return {
    mode,
    current: run?.count ?? 0,
    best: Math.max(0, ...countsOf(walk), ...countsOf(walkTo(history, Math.max(...history.done, now)))),
    todayDone: known.done.has(now),
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
    ...(repair !== undefined && { repair }),
  };
}

function countsOf({ runs }: Walk): number[] {
  return runs.map(({ count }) => count);
}

/** What became of the periods that have any of the days from `from` to `to`. */
export function naiveExplanation(given: NaiveCase, from: string, to: string): NaiveExplanation {
  if (given.mode === "cumulative") {
    return explainCumulative(given, dayOf(from), dayOf(to));
  }
  const { history, now } = historyNow(given, dayOf(from), dayOf(to));
  return explain(asOf(history, now), now, dayOf(from), dayOf(to));
}

/** What each of the milestones was awarded. */
export function naiveAwards(given: NaiveCase, milestones: readonly NaiveMilestone[]): NaiveAward[] {
  if (given.mode === "cumulative") {
    return awardsOfCumulative(given, milestones);
  }
  const today = dayOf(given.today);
  const { history, now } = historyNow(given, today, today);
  return awardsOf(milestones, history, now);
}

/** The seven days around today, with what became of each. */
export function naiveWeek(given: NaiveCase): { isoDate: string; status: Status }[] {
  const dates = weekOf(given);
  const { history, now } = historyNow(given, dayOf(dates[0] as string), dayOf(dates[6] as string));
  const statuses = new Map(
    naiveExplanation(given, dates[0] as string, dates[6] as string).periods.flatMap(({ days }) =>
      days.map(({ isoDate, status }) => [isoDate, status] as const),
    ),
  );
  const { filled } = history;
  const done = naiveDone(given);
  return dates.map((isoDate) => {
    const day = dayOf(isoDate);
    const isAhead = day > now && done.has(day);
    return { isoDate, status: isAhead ? (filled.has(day) ? "late" : "done") : (statuses.get(isoDate) as Status) };
  });
}

function usedInWeek(given: NaiveCase): number {
  const dates = weekOf(given);
  const { periods } = naiveExplanation(given, dates[0] as string, dates[6] as string);
  return periods.filter(({ outcome, lastDate }) => outcome === "frozen" && dates.includes(lastDate)).length;
}

function weekOf(given: NaiveCase): string[] {
  const now = dayOf(naiveToday(given));
  const first = now - ((weekdayOf(now) - weekStartOf(given, now) + 7) % 7);
  return daysFrom(first, first + 6).map(isoOf);
}

function weekStartOf(given: NaiveCase, now: Day): number {
  const history = historyOf(given, now, now);
  const { cadence } = (history.periods[periodAt(history, now)] as Period).rules;
  return given.mode === "continuous" && cadence.kind === "days_a_week" ? cadence.weekStart : 0;
}
