import { type Day, dayOf } from "./calendar.ts";

/** What freezes do, and how a run earns them. */
export interface NaiveFreezeRules {
  /** One for each `every` periods that a run keeps, and at most `max` at a time. Absent when none is earned. */
  earned?: { every: number; max: number };
  /** Absent when freezes cover as many as there are. */
  maxInARow?: number;
  lengthenRun: boolean;
}

/** Freezes that somebody gave to the user. They cover periods up to the day `to`, or all while it is absent. */
export interface NaiveGrant {
  from: string;
  count: number;
  to?: string;
}

/** A decision that holds from a day on: freezes cover nothing while `out` is true. */
export interface NaiveOptOut {
  from: string;
  out: boolean;
}

/** A granted freeze is the last day that it can cover, infinity when it does not expire. Earned ones are all alike. */
export type Freeze = Day | "earned";

/** The freezes that a user has. */
export interface Stock {
  /** The one that expires first comes first. */
  granted: readonly Day[];
  earned: number;
}

/** How many granted freezes a user has at most. */
const MAX_GRANTED = 30;

/** What is granted for one of the days from the first to the last. */
export function grantedIn(grants: readonly NaiveGrant[], first: Day, last: Day): Freeze[] {
  return grants
    .filter(({ from }) => first <= dayOf(from) && dayOf(from) <= last)
    .flatMap(({ count, to }) => Array<Freeze>(count).fill(to === undefined ? Number.POSITIVE_INFINITY : dayOf(to)));
}

/** What the user has when these freezes have come. Of more granted ones than there may be, those that expire first go. */
export function withFreezes({ granted, earned }: Stock, coming: readonly Freeze[]): Stock {
  if (coming.length === 0) {
    return { granted, earned };
  }
  const all = [...granted, ...coming.filter((freeze) => freeze !== "earned")];
  all.sort((one, other) => (one === other ? 0 : one - other));
  return {
    granted: all.slice(Math.max(0, all.length - MAX_GRANTED)),
    earned: earned + coming.filter((freeze) => freeze === "earned").length,
  };
}

/** What the user still has when there is room for so many earned freezes. */
export function withMaxEarned(stock: Stock, max: number): Stock {
  return { ...stock, earned: Math.min(stock.earned, max) };
}

/** What the user still has on this day. */
export function notExpired({ granted, earned }: Stock, day: Day): Stock {
  return { granted: granted.filter((last) => last >= day), earned };
}

/** The freeze that covers the next miss, and what is left then. Undefined when there is none. */
export function takeOne({ granted, earned }: Stock): { freeze: Freeze; left: Stock } | undefined {
  const [first, ...others] = granted;
  if (first !== undefined) {
    return { freeze: first, left: { granted: others, earned } };
  }
  return earned > 0 ? { freeze: "earned", left: { granted, earned: earned - 1 } } : undefined;
}

/** Whether the user has opted out, as of this day. The decisions are in the order in which they were made. */
export function isOptedOut(optOuts: readonly NaiveOptOut[], day: Day): boolean {
  let latest: NaiveOptOut | undefined;
  for (const decision of optOuts) {
    if (dayOf(decision.from) <= day && (latest === undefined || dayOf(decision.from) >= dayOf(latest.from))) {
      latest = decision;
    }
  }
  return latest?.out ?? false;
}
