import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

const NUMBER = new Intl.NumberFormat();
const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The units of relative times, the largest first, in seconds. */
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** A number in full, such as `12,345`. */
export function formatNumber(value: number | bigint): string {
  return NUMBER.format(value);
}

/** A number for small places, such as `12.3K`. */
export function formatCompact(value: number | bigint): string {
  return COMPACT.format(value);
}

/** A part of one as a percentage: 0.25 is `25%`. */
export function formatPercent(part: number): string {
  return PERCENT.format(part);
}

/** The day of a time in the browser's zone, such as `Nov 28, 2026`. */
export function formatDate(time: Timestamp | Date): string {
  return DATE.format(dateOf(time));
}

/** A calendar day that is written `2026-11-28`, which has no zone, such as `Nov 28, 2026`. */
export function formatDay(isoDate: string): string {
  return DAY.format(new Date(`${isoDate}T00:00:00Z`));
}

/** A calendar day where there is little room, such as `Aug 12`; with its year when this is not the browser's own. */
export function formatDaySoon(isoDate: string): string {
  const date = new Date(`${isoDate}T00:00:00Z`);
  return (date.getUTCFullYear() === new Date().getFullYear() ? DAY_OF_YEAR : DAY).format(date);
}

/** The days from one to another, such as `Nov 23 – 29, 2026`. */
export function formatDays(from: string, to: string): string {
  return DAY.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
}

/** The month of a calendar day, such as `November 2026`. */
export function formatMonth(isoDate: string): string {
  return MONTH.format(new Date(`${isoDate}T00:00:00Z`));
}

/** A time in the browser's zone, such as `Nov 28, 2026, 5:45 PM`. */
export function formatDateTime(time: Timestamp | Date): string {
  return DATE_TIME.format(dateOf(time));
}

/**
 * How long ago a time was, or how soon it will be, such as `5 minutes ago`.
 *
 * @param now epoch milliseconds
 */
export function formatRelative(time: Timestamp | Date, now = Date.now()): string {
  const seconds = Math.round((dateOf(time).getTime() - now) / 1000);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const);
  return RELATIVE.format(Math.trunc(seconds / length), unit);
}

/** The word for a count: `plural(1, "user", "users")` is `1 user`. */
export function plural(count: number, one: string, many: string): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

function dateOf(time: Timestamp | Date): Date {
  return time instanceof Date ? time : timestampDate(time);
}
