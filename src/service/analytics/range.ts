import { MAX_DAYS } from "../../domain/analytics/bounds.ts";
import { type Day, dayOf, isoDate } from "../../domain/day.ts";
import type { Project } from "../../domain/project.ts";
import { refusal } from "../../errors.ts";
import { FIRST_DAY, readDate } from "../date.ts";

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
  const to = request.to === undefined ? dayOf(now, project.timeZone) : readDate(request.to, "to");
  const from = request.from === undefined ? Math.max(to - daysBefore, FIRST_DAY) : readDate(request.from, "from");
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
