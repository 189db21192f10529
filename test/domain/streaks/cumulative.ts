import { awardsFrom, type NaiveAward, type NaiveMilestone, type Shown } from "./awards.ts";
import { type Day, dayOf, daysFrom, isoOf } from "./calendar.ts";
import type { NaiveExplanation, NaivePeriod } from "./explanation.ts";
import type { NaiveRules, Recorded } from "./history.ts";

// A cumulative streak: what each done day counts, added up. No rules but the start of a day and `counts` decide anything.

/** What a cumulative streak follows from. */
interface Cumulative extends Recorded {
  today: string;
}

/** The numbers of a cumulative streak. */
export function cumulativeStreak(given: Cumulative) {
  const counts = countsOf(given);
  const current = sumOf([...counts.values()]);
  const todayDone = counts.has(dayOf(given.today));
  return {
    mode: "cumulative" as const,
    current,
    best: current,
    todayDone,
    pending: current > 0 && !todayDone,
    unit: unitOn(given.versions, dayOf(given.today)),
  };
}

/** The done days: each event counts for its own date, since there is no grace. */
export function cumulativeDone(recorded: Recorded): ReadonlySet<Day> {
  return new Set(countsOf(recorded).keys());
}

/** Explains a cumulative streak: each day is a period, and what is done counts, also after today. */
export function explainCumulative(given: Cumulative, from: Day, to: Day): NaiveExplanation {
  const counts = countsOf(given);
  const today = dayOf(given.today);
  const periods = daysFrom(from, to).map((day): NaivePeriod => {
    const isoDate = isoOf(day);
    const period = { firstDate: isoDate, lastDate: isoDate, unit: unitOn(given.versions, day), needed: 0 };
    const counted = counts.get(day);
    if (counted !== undefined) {
      return { ...period, outcome: "kept", counted, done: 1, days: [{ isoDate, status: "done" }] };
    }
    const isOver = day < today;
    return {
      ...period,
      outcome: isOver ? "between" : "open",
      counted: 0,
      done: 0,
      days: [{ isoDate, status: isOver ? "rest" : "open" }],
    };
  });
  return {
    ...(counts.size > 0 && { runFirstDate: isoOf(Math.min(...counts.keys())) }),
    countedBefore: countUpTo(counts, from - 1),
    periods,
  };
}

/** What each of the milestones was awarded. */
export function awardsOfCumulative(given: Cumulative, milestones: readonly NaiveMilestone[]): NaiveAward[] {
  const counts = countsOf(given);
  const today = dayOf(given.today);
  const first = Math.min(...counts.keys(), today);
  return awardsFrom(
    milestones,
    daysFrom(first, today).map((day): Shown => {
      const current = countUpTo(counts, day);
      return { day, current, ...(current > 0 && { begin: first }) };
    }),
  );
}

/** What each done day counts: 1 or, where any version counts actions, as many as it has. */
function countsOf({ dates, others = [], actions = {}, versions }: Recorded): ReadonlyMap<Day, number> {
  const done = new Set([...dates, ...others.flatMap(({ dates }) => dates)]);
  const doActionsCount = versions.some(({ counts }) => counts === "actions");
  return new Map([...done].map((date) => [dayOf(date), doActionsCount ? Math.max(1, actions[date] ?? 0) : 1]));
}

/** What the day counts: by the newest version that has begun on it, whatever cadence it has. */
function unitOn(versions: readonly NaiveRules[], day: Day): "action" | "day" {
  const held = versions.filter(({ from }) => from === undefined || dayOf(from) <= day).at(-1);
  return held?.counts === "actions" ? "action" : "day";
}

function countUpTo(counts: ReadonlyMap<Day, number>, last: Day): number {
  return sumOf([...counts].filter(([day]) => day <= last).map(([, count]) => count));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
