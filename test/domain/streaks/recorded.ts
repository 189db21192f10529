import { DateTime } from "luxon";
import type { History, OtherDays } from "#src/domain/check-ins.ts";
import { dateEvent } from "#src/domain/day-start.ts";
import { emptyMonths, withDay } from "#src/domain/months.ts";
import type { Present } from "#src/domain/streaks/present.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { presentOf } from "./by-history.ts";

/** Something that a user has done: when, and in which zone. */
export interface Act {
  readonly at: number;
  readonly zone: string;
}

/** @param local what calendar and clock show, such as `2026-01-05 20:00` */
export function act(local: string, zone: string): Act {
  return { at: instantIn(local, zone), zone };
}

/** The instant at which calendar and clock in a zone show this. */
export function instantIn(local: string, zone: string): number {
  const at = DateTime.fromSQL(local, { zone });
  if (!at.isValid) {
    throw new Error(`${local} in ${zone}: ${at.invalidExplanation}`);
  }
  return at.toMillis();
}

/** What acts leave in a store: the same in any order. */
export function recorded(
  acts: readonly Act[],
  home: string,
  { dayStarts }: Pick<StreakRules, "dayStarts"> = {},
): History {
  let days = emptyMonths;
  const others: OtherDays[] = [];
  for (const { at, zone } of acts) {
    const { day, late = false } = dateEvent(at, zone, dayStarts);
    if (!late && zone === home) {
      days = withDay(days, day);
      continue;
    }
    const isKind = (other: OtherDays) => other.late === late && (other.zone ?? home) === zone;
    const known = others.findIndex(isKind);
    const kind = { late, ...(zone !== home && { zone }) };
    others.splice(known < 0 ? others.length : known, known < 0 ? 0 : 1, {
      ...kind,
      days: withDay(others[known]?.days ?? emptyMonths, day),
    });
  }
  return { days, home, ...(others.length > 0 && { others }) };
}

/** The present of an instant that a calendar and a clock show. */
export function presentAt(local: string, zone: string, history: History, rules: StreakRules): Present {
  return presentOf(history, rules, instantIn(local, zone), zone);
}
