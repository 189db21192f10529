import { type Day, isoDate } from "#src/domain/day.ts";

/** How many days the histories go back. */
export const DAYS = 400;

/** How many events a user has, on average: what `historyOf` makes. */
export const EVENTS_PER_USER = 10;

/** The events of the project. */
export const EVENTS = ["visit", "lesson_done"] as const;

/** The zones of users; the others have none. */
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", undefined] as const;

const PLANS = ["free", "free", "free", "pro", "team"] as const;

/** What a user has done. */
export interface History {
  readonly userHash: string;
  readonly zone: string | undefined;
  /** The done days of each event, ascending. */
  readonly days: Readonly<Record<(typeof EVENTS)[number], readonly Day[]>>;
  readonly impressions: readonly Day[];
  readonly meta: string;
}

/** Returns the session of a user on a day. */
export function sessionOf(userHash: string, day: Day): string {
  return `${userHash}-${isoDate(day)}`;
}

/** Returns the name of a user. Names are in the order of their numbers, as both stores order them. */
export function nameOf(index: number): string {
  return index.toString(16).padStart(8, "0");
}

/**
 * Returns what a user has done, the same in each run. Most try it out; a few have streaks of months.
 *
 * @param today the last day
 */
export function historyOf(index: number, today: Day): History {
  const random = createRandom(index);
  const visits = 1 + Math.min(DAYS - 1, Math.floor(-5 * Math.log(1 - random())));
  const visitDays: Day[] = [];
  for (let day = today - Math.floor(random() * DAYS); visitDays.length < visits && day <= today; day++) {
    visitDays.push(day);
    // Now and then a day is missed.
    day += random() < 0.15 ? 1 + Math.floor(random() * 4) : 0;
  }
  return {
    userHash: nameOf(index),
    zone: ZONES[Math.floor(random() * ZONES.length)],
    days: { visit: visitDays, lesson_done: visitDays.filter(() => random() < 0.6) },
    impressions: visitDays.filter(() => random() < 0.25),
    meta: JSON.stringify({ plan: PLANS[Math.floor(random() * PLANS.length)] }),
  };
}

function createRandom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  // Mulberry32.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
