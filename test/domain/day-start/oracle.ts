import { DateTime } from "luxon";

/** A version of rules as a vector has it: as much of it as says when days begin. */
export interface NaiveVersion {
  /** The first date on which it holds; absent for the first version. */
  readonly from?: string;
  readonly rules: { readonly dayStart?: string };
}

const MINUTE_MS = 60_000;

/** Returns the day that an instant belongs to, from the texts that a clock and a calendar show. */
export function naiveDay(instant: number, zone: string, versions: readonly NaiveVersion[]): string {
  const [date = "", time = ""] = DateTime.fromMillis(instant, { zone }).toISO()?.split("T") ?? [];
  const held = versions.filter(({ from = "" }) => from <= date).at(-1);
  const isBefore = time.slice(0, 5) < (held?.rules.dayStart ?? "00:00");
  return isBefore ? new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10) : date;
}

/**
 * Returns when the day of an instant ends: the first full minute after it whose day is later. Walks minute by minute.
 */
export function naiveDayEnd(instant: number, zone: string, versions: readonly NaiveVersion[]): number {
  const today = naiveDay(instant, zone, versions);
  let minute = Math.floor(instant / MINUTE_MS) * MINUTE_MS;
  do {
    minute += MINUTE_MS;
  } while (naiveDay(minute, zone, versions) <= today);
  return minute;
}
