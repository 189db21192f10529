/**
 * Computes streaks in a naive way, to compare with the domain: steps through a sorted list of ISO dates, one date after
 * the other, and takes local dates from `Intl`. It shares no code with `src`, so a mistake goes unseen only if both
 * make the same one.
 */

export interface NaiveStreak {
  mode: "continuous" | "cumulative";
  current: number;
  best: number;
  todayDone: boolean;
  pending: boolean;
}

/** The streak of these dates. They may come in any order and more than once. */
export function naiveStreak(dates: readonly string[], mode: NaiveStreak["mode"], today: string): NaiveStreak {
  const done = [...new Set(dates)].sort();
  const todayDone = done.includes(today);
  let current = 0;
  let best = 0;
  if (mode === "cumulative") {
    current = done.length;
    best = done.length;
  } else {
    for (let date = todayDone ? today : previousDate(today); done.includes(date); date = previousDate(date)) {
      current++;
    }
    for (const date of done) {
      let length = 1;
      for (let next = nextDate(date); done.includes(next); next = nextDate(next)) {
        length++;
      }
      best = Math.max(best, length);
    }
  }
  return { mode, current, best, todayDone, pending: current > 0 && !todayDone };
}

/** The local date in this zone, by `Intl`. */
export function naiveLocalDate(instant: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      calendar: "gregory",
      numberingSystem: "latn",
      timeZone: zone,
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const year = parts.era === "BC" ? 1 - Number(parts.year) : Number(parts.year);
  return written(year, Number(parts.month), Number(parts.day));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The date after this one. */
export function nextDate(date: string): string {
  const [year, month, day] = read(date);
  if (day < lengthOfMonth(year, month)) {
    return written(year, month, day + 1);
  }
  return month < 12 ? written(year, month + 1, 1) : written(year + 1, 1, 1);
}

/** The date before this one. */
export function previousDate(date: string): string {
  const [year, month, day] = read(date);
  if (day > 1) {
    return written(year, month, day - 1);
  }
  return month > 1 ? written(year, month - 1, lengthOfMonth(year, month - 1)) : written(year - 1, 12, 31);
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 2) {
    return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function read(date: string): [year: number, month: number, day: number] {
  return date.split("-").map(Number) as [number, number, number];
}

function written(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
