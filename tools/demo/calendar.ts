/** A calendar day, as days since 1970-01-01. */
export type Day = number;

const DAY_MS = 24 * 60 * 60 * 1000;

/** How likely people are active on a day of the week, from Sunday to Saturday, compared with others. */
const WEEKDAYS = [0.84, 1, 1.02, 1, 0.97, 0.88, 0.78];

/** How likely people are active on holidays, compared with other days, by month and day. */
const HOLIDAYS: Readonly<Record<string, number>> = {
  "12-24": 0.55,
  "12-25": 0.45,
  "12-26": 0.65,
  "12-31": 0.6,
  // Good resolutions.
  "01-02": 1.1,
  "01-03": 1.1,
};

/** Returns a day as `2024-01-15`. */
export function isoDate(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Returns how likely people are active on a day, compared with an ordinary Monday. */
export function moodOf(day: Day): number {
  const weekday = new Date(day * DAY_MS).getUTCDay();
  return (WEEKDAYS[weekday] as number) * (HOLIDAYS[isoDate(day).slice(5)] ?? 1);
}

/** The present in a time zone. */
export interface LocalNow {
  readonly day: Day;
  /** Such as `2024-01-15T12:34:56`. */
  readonly time: string;
}

/**
 * Returns what returns the present in time zones.
 *
 * @param now epoch milliseconds
 */
export function localNowAt(now: number): (zone: string) => LocalNow {
  const known = new Map<string, LocalNow>();
  return (zone) => {
    const local = known.get(zone) ?? localNow(now, zone);
    known.set(zone, local);
    return local;
  };
}

function localNow(now: number, timeZone: string): LocalNow {
  // Swedish writes times as ISO does.
  const time = new Date(now).toLocaleString("sv-SE", { timeZone }).replace(" ", "T");
  return { day: Date.parse(`${time.slice(0, 10)}T00:00:00Z`) / DAY_MS, time };
}

/**
 * Returns the time of a day.
 *
 * @param hour from 0 to below 24, with a fraction
 */
export function timeOf(day: Day, hour: number): string {
  const seconds = Math.floor(hour * 3600);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${isoDate(day)}T${parts.map((part) => `${part}`.padStart(2, "0")).join(":")}`;
}
