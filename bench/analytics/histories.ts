import { type Day, isoDate } from "#src/domain/day.ts";
import { createRandom } from "../../test/support/random.ts";

/** How many days the histories go back. */
export const DAYS = 400;

/** How many events a user has, on average: what `historyOf` makes. */
export const EVENTS_PER_USER = 10;

/** The events of the project. */
export const EVENTS = ["visit", "lesson_done"] as const;

/** The zones of users; the others have none. */
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", undefined] as const;

/** Of so many equally likely numbers one is chosen. */
const MANY = 2 ** 32;

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
  const visits = 1 + Math.min(DAYS - 1, Math.floor(-5 * Math.log(1 - random.below(MANY) / MANY)));
  const visitDays: Day[] = [];
  for (let day = today - random.below(DAYS); visitDays.length < visits && day <= today; day++) {
    visitDays.push(day);
    // Now and then a day is missed.
    day += random.chance(0.15) ? 1 + random.below(4) : 0;
  }
  return {
    userHash: nameOf(index),
    zone: random.pick(ZONES),
    days: { visit: visitDays, lesson_done: visitDays.filter(() => random.chance(0.6)) },
    impressions: visitDays.filter(() => random.chance(0.25)),
    meta: JSON.stringify({ plan: random.pick(PLANS) }),
  };
}
