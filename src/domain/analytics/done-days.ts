import { ownDays } from "../check-ins.ts";
import type { Day } from "../day.ts";
import { type Months, type Run, runsOf, union } from "../months.ts";
import type { UserHistory } from "./history.ts";
import { ALL, type Scope } from "./keys.ts";

/** The days that a user has done. */
export interface DoneDays {
  /** At least one, in order. */
  readonly days: readonly Day[];
  readonly runs: readonly Run[];
}

/** Returns the days that a user has done, by the dates of the events: for each event that has any, and for all together. */
export function doneDaysOf({ days }: UserHistory): ReadonlyMap<Scope, DoneDays> {
  const done = new Map<Scope, DoneDays>();
  let together: Months | undefined;
  for (const [event, checkIns] of days) {
    const months = ownDays(checkIns);
    const runs = runsOf(months);
    if (runs.length > 0) {
      done.set(event, withDays(runs));
      together = together === undefined ? months : union(together, months);
    }
  }
  const [only] = done.values();
  if (only !== undefined && together !== undefined) {
    done.set(ALL, done.size === 1 ? only : withDays(runsOf(together)));
  }
  return done;
}

function withDays(runs: readonly Run[]): DoneDays {
  return { runs, days: daysOf(runs) };
}

function daysOf(runs: readonly Run[]): Day[] {
  const days: Day[] = [];
  for (const { first, length } of runs) {
    for (let day = first; day < first + length; day++) {
      days.push(day);
    }
  }
  return days;
}
