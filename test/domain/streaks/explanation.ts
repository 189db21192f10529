import { type Day, daysFrom, isoOf } from "./calendar.ts";
import {
  doneFrom,
  type History,
  isRepairDay,
  isSkipped,
  type NaiveUnit,
  neededFrom,
  type Period,
  unitOf,
} from "./history.ts";
import { isIn } from "./pauses.ts";
import { longestAlive, type Outcome, type Told, walkTo } from "./runs.ts";

export type Status =
  | "done"
  | "late"
  | "paused"
  | "amnesty"
  | "off"
  | "bridged"
  | "repaired"
  | "missed"
  | "excused"
  | "frozen"
  | "rest"
  | "open";

export interface NaivePeriod {
  firstDate: string;
  lastDate: string;
  /** What the streak counts in this period. */
  unit: NaiveUnit;
  outcome: Outcome;
  counted: number;
  done: number;
  needed: number;
  days: { isoDate: string; status: Status }[];
}

export interface NaiveExplanation {
  runFirstDate?: string;
  /** What the current run counts in periods before the first of `periods`. */
  countedBefore: number;
  periods: NaivePeriod[];
}

/** Explains the periods that have one of the days from `from` to `to`. The history has no day after today. */
export function explain(history: History, today: Day, from: Day, to: Day): NaiveExplanation {
  const { runs } = walkTo(history, today);
  const current = longestAlive(runs);
  const periods: NaivePeriod[] = [];
  let countedBefore = 0;
  for (const [index, period] of history.periods.entries()) {
    // Where several runs have a period, the current one tells what became of it; else the one that began first.
    const run = [...(current === undefined ? [] : [current]), ...runs].find(
      ({ firstPeriod, told }) => firstPeriod <= index && index < firstPeriod + told.length,
    );
    const told = run?.told[index - run.firstPeriod] ?? withoutRun(history, period, today);
    if (period.last < from) {
      countedBefore += run !== undefined && run === current ? told.counted : 0;
    } else if (period.first <= to) {
      // A week or month in which a run begins asks for its share only.
      const first = told.from ?? period.first;
      periods.push({
        firstDate: isoOf(period.first),
        lastDate: isoOf(period.last),
        unit: unitOf(period),
        outcome: told.outcome,
        counted: told.counted,
        done: doneFrom(history, first, period.last),
        needed: told.outcome === "between" ? 0 : neededFrom(history, period, first),
        days: daysFrom(period.first, period.last).map((day) => ({
          isoDate: isoOf(day),
          status: statusOf(history, day, told.outcome, today),
        })),
      });
    }
  }
  return { ...(current !== undefined && { runFirstDate: isoOf(current.begin) }), countedBefore, periods };
}

function withoutRun(history: History, period: Period, today: Day): Told {
  if (isSkipped(history, period)) {
    return { outcome: "off", counted: 0 };
  }
  return { outcome: period.last < today ? "missed" : "open", counted: 0 };
}

function statusOf(history: History, day: Day, outcome: Outcome, today: Day): Status {
  if (history.done.has(day)) {
    return history.filled.has(day) ? "late" : "done";
  }
  if (isIn(history.pauses, day)) {
    return "paused";
  }
  if (isIn(history.amnesties, day)) {
    return "amnesty";
  }
  if (history.isOffByRules(day)) {
    return "off";
  }
  if (history.bridged.has(day)) {
    return "bridged";
  }
  if (isRepairDay(history, day)) {
    return "repaired";
  }
  if (["missed", "excused", "frozen", "repaired"].includes(outcome)) {
    return outcome as Status;
  }
  return day < today ? "rest" : "open";
}
