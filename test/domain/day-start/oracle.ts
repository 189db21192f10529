import { DateTime } from "luxon";

/** A version of rules as a vector has it: as much of it as says when days begin, and what comes in their grace. */
export interface NaiveVersion {
  /** The first date on which it holds; absent for the first version. */
  readonly from?: string;
  readonly rules: { readonly dayStart?: string; readonly graceMinutes?: number };
}

const MINUTE_MS = 60_000;

/** Returns the day that an instant belongs to, from the texts that a clock and a calendar show. */
export function naiveDay(instant: number, zone: string, versions: readonly NaiveVersion[]): string {
  const { date, time } = shown(instant, zone);
  return time < startOf(date, versions) ? dayBefore(date) : date;
}

/**
 * Returns whether an event of the instant is late: the clock shows less than the grace of the day before after the start
 * of its day.
 */
export function isNaiveLate(instant: number, zone: string, versions: readonly NaiveVersion[]): boolean {
  const day = naiveDay(instant, zone, versions);
  const { date, time } = shown(instant, zone);
  const grace = heldOn(dayBefore(day), versions)?.rules.graceMinutes ?? 0;
  const sinceStart = minutesAt(date, time) - minutesAt(day, startOf(day, versions));
  return sinceStart < grace;
}

/** What calendar and clock show, such as `2026-02-07` and `03:59`. */
function shown(instant: number, zone: string): { date: string; time: string } {
  const [date = "", time = ""] = DateTime.fromMillis(instant, { zone }).toISO()?.split("T") ?? [];
  return { date, time: time.slice(0, 5) };
}

function heldOn(date: string, versions: readonly NaiveVersion[]): NaiveVersion | undefined {
  return versions.filter(({ from = "" }) => from <= date).at(-1);
}

function startOf(date: string, versions: readonly NaiveVersion[]): string {
  return heldOn(date, versions)?.rules.dayStart ?? "00:00";
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}

/** How many minutes a calendar and a clock that is never changed count up to here. */
function minutesAt(date: string, time: string): number {
  return Date.parse(`${date}T${time}Z`) / MINUTE_MS;
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

/**
 * Returns when the day of an instant ends with its grace: the first full minute after it that belongs to a later day, and
 * in which an event would not be late for this one.
 */
export function naiveGraceEnd(instant: number, zone: string, versions: readonly NaiveVersion[]): number {
  const today = naiveDay(instant, zone, versions);
  let minute = Math.floor(instant / MINUTE_MS) * MINUTE_MS;
  let waits: boolean;
  do {
    minute += MINUTE_MS;
    const day = naiveDay(minute, zone, versions);
    waits = day <= today || (dayBefore(day) === today && isNaiveLate(minute, zone, versions));
  } while (waits);
  return minute;
}
