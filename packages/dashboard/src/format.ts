import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

const NUMBER = new Intl.NumberFormat();
const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
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
