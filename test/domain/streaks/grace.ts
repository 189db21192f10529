import { type Day, dayOf } from "./calendar.ts";

/** Events that were late, or were dated in another zone than the home zone. */
export interface NaiveOthers {
  /** The days that they belong to by their own dates. */
  dates: readonly string[];
  late?: boolean;
  /** Absent when it is the home zone. */
  zone?: string;
}

/** What events make of days. */
export interface Resolved {
  /** The done days, each with the zones that date it for travel. */
  done: Map<Day, Set<string>>;
  /** The done days that a late event of the day after them fills. */
  filled: Set<Day>;
}

/** The zone of events of which no zone is known. */
const NOWHERE = "";

/**
 * Goes through the days in order. All late events of a day fill the day before it, if that is not done and not off;
 * otherwise they count for their own day.
 */
export function resolveDays(
  dates: readonly string[],
  others: readonly NaiveOthers[],
  homeZone: string | undefined,
  isOff: (day: Day) => boolean,
): Resolved {
  const done = new Map<Day, Set<string>>();
  const late = new Map<Day, Set<string>>();
  const add = (days: Map<Day, Set<string>>, day: Day, zone: string): void => {
    const zones = days.get(day) ?? new Set();
    days.set(day, zone === NOWHERE ? zones : zones.add(zone));
  };
  const kinds: readonly NaiveOthers[] = [{ dates }, ...others];
  for (const { dates, late: isLate = false, zone = homeZone ?? NOWHERE } of kinds) {
    for (const date of dates) {
      add(isLate ? late : done, dayOf(date), zone);
    }
  }
  const filled = new Set<Day>();
  for (const [day, zones] of [...late].sort(([one], [other]) => one - other)) {
    const before = day - 1;
    const fillsIt = !done.has(before) && !isOff(before);
    const to = fillsIt ? before : day;
    done.set(to, new Set([...(done.get(to) ?? []), ...zones]));
    if (fillsIt) {
      filled.add(before);
    }
    // It might have filled the day before. So for travel it dates that day, too, if it is done.
    const others = done.get(before);
    if (others !== undefined) {
      done.set(before, new Set([...others, ...zones]));
    }
  }
  return { done, filled };
}
