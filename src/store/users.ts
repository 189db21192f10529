import type { CheckIns } from "../domain/check-ins.ts";
import type { Day } from "../domain/day.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import { hasDay, type Months, runsOf } from "../domain/months.ts";
import { type KindLabel, kindsOf } from "./day-kinds.ts";
import type { StoredEvent } from "./events.ts";
import type { UserKey, UserZone } from "./streaks.ts";

/** The users of a project, for its operators. */
export interface UserStore {
  /**
   * Returns some of the users of a range, in order, without aliases. The work of a call is bounded: it may return fewer
   * users than `limit`, or none, before the end of the range.
   */
  listUsers(range: UserRange): Promise<UserSlice>;
  /**
   * Returns a user. Follows aliases. Returns undefined for an unknown name: a name that is no alias, has no alias, no
   * stored event, and no ledger.
   *
   * @param actionEvents the events whose actions are counted, in all, as in {@link UserRange}
   */
  readUser(user: UserKey, actionEvents?: readonly string[]): Promise<UserRecord | undefined>;
  /**
   * Returns what has done each of these days: the streak interaction of the day that was stored first. A day whose events
   * were late, or dated in another zone, has a check-in of each kind: those in time come before the late ones, and those
   * in the user's home zone before others. The days are those of the events' own dates. Follows aliases. Of two check-ins
   * of one day and one kind that a link brings together, the user's stays and the alias's goes. A done day has no
   * check-in where its event is gone from the database.
   *
   * @param days each once, in order; at most {@link MAX_CHECK_INS}. Those that are not done have no check-in
   */
  readCheckIns(user: UserKey, event: string, days: readonly Day[]): Promise<CheckIn[]>;
}

/** Which users to list: those who have done at least one day, and whose names begin with `prefix`. */
export interface UserRange {
  readonly projectId: string;
  readonly prefix: string;
  /** The `last` of the slice before; undefined for the first slice. */
  readonly after: string | undefined;
  /** The most users to return; at least 1. */
  readonly limit: number;
  /** The events whose actions are counted, in all: their days have `actions`. Absent where there are none. */
  readonly actionEvents?: readonly string[];
}

/** A part of a range of users. */
export interface UserSlice {
  /** In the order of the store, which is the same for every slice: the order of code points, except for bars. */
  readonly users: readonly ListedUser[];
  /** The name up to which the range was read, whether it is a user or not; undefined at the end of the range. */
  readonly last: string | undefined;
}

/** What a list shows of a user. */
export interface ListedUser {
  readonly userHash: string;
  /** The done days, by event; only events with days. */
  readonly days: DaysByEvent;
  readonly zone?: UserZone;
  /** The home zone of the user: see `StreakRecord`. */
  readonly home?: string;
  /** The entries of the user, in their order: see `LedgerStore`. Absent without entries. */
  readonly ledger?: readonly LedgerEntry[];
}

/** Days by the name of their event. A Map, since an event may be called `__proto__`. */
export type DaysByEvent = ReadonlyMap<string, CheckIns>;

/** Everything about a user. */
export interface UserRecord extends ListedUser {
  /** Names that lead to the user, over other aliases too, in any order; at most {@link MAX_ALIASES}. */
  readonly aliases: readonly string[];
  /** Whether there are more. */
  readonly hasMoreAliases: boolean;
  /**
   * The newest {@link MAX_RECENT_EVENTS} stored events without kept repeats, newest first. When a user has more than
   * {@link MAX_EVENTS_READ} stored events, analytics events may be missing.
   */
  readonly recentEvents: readonly RecentEvent[];
}

/** A kept event. */
export type RecentEvent = Pick<StoredEvent, "event" | "type" | "day" | "at" | "tz" | "meta" | "sessionId">;

/** The streak interaction that has done a day. It has a `dayZone` only where that is not the user's home zone. */
export type CheckIn = Pick<StoredEvent, "day" | "at" | "tz" | "late" | "dayZone"> &
  Required<Pick<StoredEvent, "receivedAt">>;

/** How many days {@link UserStore.readCheckIns} reads at most: thirteen months, with the days of all of them. */
export const MAX_CHECK_INS = 400;

/** After how many months of days a slice ends: some 3 ms of work for the thread that reads or computes them. */
export const MONTHS_OF_A_SLICE = 2000;

/** The most aliases that a record has. */
export const MAX_ALIASES = 100;

/** The most events that a record has. */
export const MAX_RECENT_EVENTS = 20;

/**
 * Among how many of a user's events the newest analytics events are looked for, since their keys do not tell their
 * time. Streak interactions are found by the done days.
 */
export const MAX_EVENTS_READ = 5000;

/** A day that events of one kind have done. */
export interface DoneDay {
  readonly day: Day;
  readonly label: KindLabel;
}

/** Returns the newest of the done days, newest first: {@link MAX_RECENT_EVENTS} at most. */
export function newestDays(days: DaysByEvent): ({ readonly event: string } & DoneDay)[] {
  const newest = [...days].flatMap(([event, checkIns]) =>
    kindsOf(checkIns).flatMap(({ label, days }) => newestOf(days).map((day) => ({ event, day, label }))),
  );
  return newest.toSorted((a, b) => b.day - a.day).slice(0, MAX_RECENT_EVENTS);
}

/** Returns those of the days that are done, in the same order; those of several kinds once for each. */
export function doneAmong(checkIns: CheckIns, asked: readonly Day[]): DoneDay[] {
  const kinds = kindsOf(checkIns);
  return asked.flatMap((day) => kinds.flatMap(({ label, days }) => (hasDay(days, day) ? [{ day, label }] : [])));
}

function newestOf(months: Months): Day[] {
  const found: Day[] = [];
  for (const { first, length } of runsOf(months).reverse()) {
    for (let day = first + length - 1; day >= first; day--) {
      if (found.push(day) === MAX_RECENT_EVENTS) {
        return found;
      }
    }
  }
  return found;
}

/**
 * Returns a user's record; undefined when nothing is known of the user.
 *
 * @param aliases all names that lead to the user, or at least one more than a record has
 */
export function recordOf(
  user: ListedUser,
  aliases: readonly string[],
  recentEvents: readonly RecentEvent[],
): UserRecord | undefined {
  const isKnown = user.days.size > 0 || user.ledger !== undefined || aliases.length > 0 || recentEvents.length > 0;
  return isKnown
    ? { ...user, aliases: aliases.slice(0, MAX_ALIASES), hasMoreAliases: aliases.length > MAX_ALIASES, recentEvents }
    : undefined;
}

/** Returns the newest of events, newest first: {@link MAX_RECENT_EVENTS} at most. */
export function newestEvents(events: readonly RecentEvent[]): RecentEvent[] {
  return events.toSorted((a, b) => b.at - a.at).slice(0, MAX_RECENT_EVENTS);
}
