import type { Random } from "./random.ts";

/** How many days the histories go back. */
export const DAYS = 730;

/** Somebody who uses the app. */
export interface Person {
  readonly userHash: string;
  /** What the person was called before signing in; undefined for those who signed in at once. */
  readonly visitor: string | undefined;
  /** On how many of the first active days the person was a visitor. */
  readonly visitorDays: number;
  readonly zone: string;
  readonly platform: string;
  /** Whether the person ever does more than look at the widget. */
  readonly takesPart: boolean;
  /** How many days ago the person came for the first time. */
  readonly firstDaysAgo: number;
  /** After how many days the person quits. */
  readonly lifetime: number;
  /** How likely the person is active on a day, from 0 to 1. */
  readonly habit: number;
  /** The hour of the day at which the person is mostly active. */
  readonly hour: number;
  /** The plan at first, and after how many active days the person buys another one. */
  readonly plan: string;
  readonly buysAfter: number;
}

/** In whatever hour it is looked at, somewhere the day is nearly over, and somewhere it has just begun. */
const ZONES = [
  ["Europe/Berlin", 26],
  ["Europe/London", 12],
  ["America/New_York", 16],
  ["America/Los_Angeles", 10],
  ["America/Sao_Paulo", 9],
  ["Asia/Kolkata", 9],
  ["Asia/Tokyo", 8],
  ["Africa/Lagos", 4],
  ["Australia/Sydney", 4],
  ["Pacific/Auckland", 2],
] as const;

const PLATFORMS = [
  ["web", 45],
  ["ios", 33],
  ["android", 22],
] as const;

const PLANS = [
  ["free", 74],
  ["pro", 21],
  ["team", 5],
] as const;

/** Before work, at lunch, in the evening. */
const HOURS = [
  [7.5, 35],
  [12.5, 20],
  [20.5, 45],
] as const;

/** How people are: how likely they are active on a day, and for how many days they stay, on average. */
const HABITS: readonly (readonly [{ readonly habit: number; readonly lifetime: number }, number])[] = [
  // They try it out.
  [{ habit: 0.7, lifetime: 2 }, 34],
  [{ habit: 0.55, lifetime: 45 }, 38],
  [{ habit: 0.93, lifetime: 150 }, 20],
  [{ habit: 0.99, lifetime: 300 }, 8],
];

/** How many of 100 people never do more than look at the widget. */
const LOOKERS = 8;

/** How many of 100 people were visitors before they signed in. */
const VISITORS = 12;

/** Invents a person. */
export function createPerson(index: number, random: Random): Person {
  const number = `${index + 1}`.padStart(5, "0");
  const { habit, lifetime } = random.weighted(HABITS);
  return {
    userHash: `user_${number}`,
    visitor: random.chance(VISITORS / 100) ? `visitor_${number}` : undefined,
    visitorDays: 1 + Math.floor(random.next() * 3),
    zone: random.weighted(ZONES),
    platform: random.weighted(PLATFORMS),
    takesPart: !random.chance(LOOKERS / 100),
    // Ever more people come: as many in the last half of the time as in three times as long before.
    firstDaysAgo: Math.floor(DAYS * (1 - Math.sqrt(random.next()))),
    lifetime: 1 + random.lifetime(lifetime),
    habit: Math.min(0.995, Math.max(0.1, random.around(habit, 0.1))),
    hour: random.around(random.weighted(HOURS), 1),
    plan: random.weighted(PLANS),
    buysAfter: 5 + random.lifetime(150),
  };
}
