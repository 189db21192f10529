import { MAX_DAYS } from "../../domain/analytics/bounds.ts";
import { DAY_MS, type Day, dayOf, isoDate } from "../../domain/day.ts";
import type { Project } from "../../domain/project.ts";
import { refusal } from "../../errors.ts";

/** The fields of a request that say which days. */
interface RangeRequest {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Days from one to another, both included. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** The first and the last day that a request may name. The first one is a Monday. */
const FIRST = "0001-01-01";
const LAST = "9999-12-31";

/** How many days before the last one the first one is when the request does not say: 30 days together. */
export const MONTH_BEFORE = 29;

/**
 * Reads which days a request is for.
 *
 * @param daysBefore how long before `to` the first day is when the request does not say
 * @param now epoch milliseconds
 * @throws StreakdError INVALID_BODY for what is no date, and for days that are not in order or too many
 */
export function readRange(request: RangeRequest, project: Project, daysBefore: number, now: number): DayRange {
  const to = request.to === undefined ? dayOf(now, project.timeZone) : readDay(request.to, "to");
  const from = request.from === undefined ? Math.max(to - daysBefore, dayOfIso(FIRST)) : readDay(request.from, "from");
  if (from > to) {
    throw refusal("from", `must not be later than ${request.to ? "to" : `today, ${isoDate(to)}`}`);
  }
  if (to - from > MAX_DAYS) {
    const earliest = isoDate(to - MAX_DAYS);
    throw refusal(
      "from",
      `must be at most ${MAX_DAYS} days before the last day, ${isoDate(to)}: ${earliest} or later. Ask several times`,
    );
  }
  return { from, to };
}

function readDay(text: string, field: string): Day {
  const day = dayOfIso(text);
  // Some dates that no calendar has, such as 2026-02-30, are read as another date.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(day) || isoDate(day) !== text || text < FIRST) {
    throw refusal(field, `must be a date from ${FIRST} to ${LAST}, such as 2026-01-31`);
  }
  return day;
}

function dayOfIso(text: string): Day {
  return Date.parse(`${text}T00:00:00Z`) / DAY_MS;
}
