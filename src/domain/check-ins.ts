import type { Day } from "./day.ts";
import { type Months, union } from "./months.ts";

/**
 * The days on which a user has done something for an event, by the dates of the events. A union of sets in any order: so
 * recording stays idempotent, and the same in any order.
 */
export interface CheckIns {
  /** Those of the events that were in time, and dated in the user's home zone. */
  readonly days: Months;
  /** Those of all other events, each kind of them once. Absent without such events, which is so for most users. */
  readonly others?: readonly OtherDays[];
  /** The numbers of actions, where actions count. Absent where they were not asked for, and while no day has two. */
  readonly actions?: ActionCounts;
}

/** How many actions there are in the done days: see `docs/rules.md`, "Actions". A done day has at least one. */
export interface ActionCounts {
  /** How many actions there are in all, without the first one of each day. */
  readonly beyondFirst: number;
  /** How many actions each day has, for days with more than one; absent where they were not asked for. */
  readonly ofDays?: ReadonlyMap<Day, number>;
}

/** The days of events that were late, or not dated in the user's home zone. A day can be in several of these sets. */
export interface OtherDays extends OtherDaysKind {
  readonly days: Months;
}

/** What the events of {@link OtherDays} have in common. */
export interface OtherDaysKind {
  /** Whether they came in the grace after the day before: see `docs/rules.md`, "Grace". */
  readonly late: boolean;
  /** The IANA zone that has dated them; absent when it is the user's home zone. */
  readonly zone?: string;
}

/** What a user has done for an event, with the zone in which most of it was dated. */
export interface History extends CheckIns {
  /** The IANA name of the user's home zone, which is the zone of `days`; absent where zones don't matter. */
  readonly home?: string;
}

/** Returns the days of all events by their own dates, as a calendar shows them. */
export function ownDays({ days, others = [] }: CheckIns): Months {
  return others.reduce((all, other) => union(all, other.days), days);
}
