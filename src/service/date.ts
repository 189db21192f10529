import { DAY_MS, type Day, isoDate } from "../domain/day.ts";
import { FIRST_EXPLAINED, LAST_EXPLAINED } from "../domain/streaks/explain.ts";
import { refusal } from "../errors.ts";

const FIRST_DATE = "0001-01-01";
const LAST_DATE = "9999-12-31";

/** The first day that a request may name. It is a Monday. */
export const FIRST_DAY: Day = dayOfIso(FIRST_DATE);

const LAST_DAY: Day = dayOfIso(LAST_DATE);

/**
 * Reads a calendar date, such as `2026-01-31`.
 *
 * @param field the field's path
 * @param first the first date that the field may have
 * @param last the last one
 * @throws StreakdError INVALID_BODY for what is no date, and for a date outside those
 */
export function readDate(text: string, field: string, first = FIRST_DATE, last = LAST_DATE): Day {
  const day = dayOfIso(text);
  // Some dates that no calendar has, such as 2026-02-30, are read as another date.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(day) || isoDate(day) !== text || text < first || text > last) {
    throw refusal(field, `must be a date from ${first} to ${last}, such as 2026-01-31`);
  }
  return day;
}

/**
 * Reads a date on which a streak is asked about. The weeks and months around it have only dates that {@link readDate}
 * takes.
 *
 * @param field the field's path
 * @throws StreakdError INVALID_BODY for what is no date, and for a date outside the years 2 to 9998
 */
export function readStreakDate(text: string, field: string): Day {
  return readDate(text, field, isoDate(FIRST_EXPLAINED), isoDate(LAST_EXPLAINED));
}

/**
 * Reads such a date where a request has it; returns undefined where it has none.
 *
 * @param field the field's path
 * @throws StreakdError INVALID_BODY as {@link readStreakDate} does
 */
export function readStreakDateIfAny(text: string | undefined, field: string): Day | undefined {
  return text === undefined ? undefined : readStreakDate(text, field);
}

/** Returns the date of a day; of a day that no request may name, the nearest date that one may. */
export function nearestDate(day: Day): string {
  return isoDate(Math.min(Math.max(day, FIRST_DAY), LAST_DAY));
}

function dayOfIso(text: string): Day {
  return Date.parse(`${text}T00:00:00Z`) / DAY_MS;
}
