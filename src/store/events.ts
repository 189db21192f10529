import type { Day } from "../domain/day.ts";
import type { EventType } from "../domain/event-type.ts";
import type { Gate } from "../domain/plans.ts";
import type { UserKey, UserZone } from "./streaks.ts";

/**
 * The events: whose they are, and keeping them. Recording is a union of days: idempotent, and the same in any order.
 */
export interface EventStore {
  /**
   * Returns who each of these users is by now, in the same order. A store may return a user unverified where a look-up
   * would cost a round trip, and verify it in `record`.
   */
  resolveUsers(users: readonly UserToResolve[]): Promise<ResolvedUser[]>;
  /**
   * Stores a batch of events. Returns the outcome of each, in the same order. After a rejection any part of the batch
   * may be stored; calling it again with the same events, with the `id` and `day` that they had, is safe and completes
   * it.
   *
   * @param now the server's clock in epoch milliseconds, from which idempotency keys expire
   */
  record(events: readonly StoredEvent[], now: number): Promise<Outcome[]>;
}

/** A user to resolve. */
export interface UserToResolve extends UserKey {
  /** Set to have the user looked up, so that the answer is verified: an earlier one did not hold. */
  readonly verify?: boolean;
}

/** Who a user is after aliases are followed. */
export interface ResolvedUser {
  readonly userHash: string;
  /** The zone of the user's latest event that named one. */
  readonly zone?: UserZone;
  /** The user's home zone, if that may not be `zone`: see `StreakRecord`. */
  readonly home?: string;
  /**
   * Set while the user is unverified: the store has not looked, or has found nothing, and takes the user for a new one,
   * who is no alias and has no zone. An event of the user must carry this value, so that `record` verifies it. The
   * dedupe cache must not be asked about such a user, who may turn out to be an alias: then another user's days and
   * idempotency keys count.
   */
  readonly unverified?: Unverified;
  /**
   * Set when events of the user were ever redated: see `ZoneStore`. Days that the dedupe cache knows may not be done
   * any more. So the cache must not be asked about a day of the user.
   */
  readonly isRedated?: true;
}

declare const opaque: unique symbol;

/** Why a user is unverified. Opaque: only the store that has made it knows what it means. */
export type Unverified = string & { readonly [opaque]: true };

export type { EventType } from "../domain/event-type.ts";

/** An accepted event whose user is resolved and whose day is fixed. */
export interface StoredEvent {
  readonly projectId: string;
  /** The resolved user. */
  readonly userHash: string;
  /** The `unverified` of the resolved user. */
  readonly unverified?: Unverified;
  readonly event: string;
  readonly type: EventType;
  /** The user's local day of `at`. */
  readonly day: Day;
  /**
   * The IANA zone that has decided `day`: the one that the event named, else the user's. Absent where that was the
   * project's, since neither had one: such a day counts as one of the user's home zone.
   */
  readonly dayZone?: string;
  /**
   * The user's home zone as `resolveUsers` returned it: `home`, else the name of `zone`. It never changes, so a store
   * need not look it up. Absent while it is unknown.
   */
  readonly userHome?: string;
  /** The `isRedated` of the resolved user. */
  readonly isRedated?: true;
  /** Set when the event came in the grace after the day before `day`. Such a day is kept apart: see `CheckIns`. */
  readonly late?: true;
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /**
   * When the server received it, in epoch milliseconds. Set only where that is not `at`, so that it costs nothing for
   * events that happen when they are reported. It is fixed when the event is accepted, as `id` is.
   */
  readonly receivedAt?: number;
  /**
   * The IANA zone that the event named. The zone of a streak interaction becomes the user's, unless a later event has
   * named another.
   */
  readonly tz?: string;
  /** Custom metadata, as JSON. */
  readonly meta?: string;
  readonly sessionId?: string;
  readonly idempotencyKey?: string;
  /** Set where the project's plan rejects new streakers over its limit: the user needs a seat in the event's month. */
  readonly gate?: Gate;
  /**
   * Set on a streak interaction whose project keeps repeats: if its day is done already, the event is kept as a repeat,
   * with its `meta` and `sessionId`. A repeat changes nothing else, and its outcome is `repeat` as ever. It follows its
   * user when the user becomes an alias. Only analytics read it: no list, no user and no usage shows or counts it.
   */
  readonly keepRepeat?: true;
  /**
   * Set on a streak interaction whose widget counts actions on `day`: which action it is. Events of the user with the
   * same `event`, `day` and `action` are one action, for ever. A link unites the actions of both users.
   */
  readonly action?: string;
  /**
   * Made when the event was accepted. It tells analytics events and repeats apart, and lets a batch be retried without
   * storing one twice.
   */
  readonly id: string;
}

/**
 * What became of an event.
 *
 * - `stored`: the event is new, and its day is done. If it has an idempotency key, it is the key's first use. Events of
 *   one day that are late, or dated in another zone, are new once each. An event with an `action` is new when the
 *   action is.
 * - `repeat`: the user's day was done already, in the same way. Nothing changed but the user's zone, which follows the
 *   latest event whatever its day, and the idempotency key, which such an event uses up too. With `keepRepeat`, the
 *   event is kept.
 * - `replayed`: the user has used the idempotency key within 24 hours, and the event that used it is stored. Nothing
 *   changed.
 * - `moved`: `userHash` has become an alias of another user since it was resolved. Nothing changed. Resolve the user
 *   again and record the event with the same day. An event that has claimed its idempotency key is never `moved`: the
 *   key fixes what it means, and that is done at once for the user of today, under that user's key.
 * - `refuted`: the user was unverified, and is not what it was taken for: the user is an alias, or has the zone that
 *   decides the day of an event that names none, or, for an event without an idempotency key, has another home zone
 *   than its `dayZone`. Nothing was stored, by this call or an earlier one. Resolve the user again and fix the day
 *   anew.
 * - `full`: the user has no seat in the event's month, and as many users have one as the event's `gate` allows. Nothing
 *   was stored, and the idempotency key is not used up.
 * - `unopened`: the user has no seat in the event's month, and the month is not open yet: see `SeatStore`. Nothing was
 *   stored, and the idempotency key is not used up. Open the month and record the event again.
 */
export type Outcome = DurableOutcome | "moved" | "refuted" | "full" | "unopened";

/** The outcomes of events that are durable; see {@link Outcome}. */
export type DurableOutcome = "stored" | "repeat" | "replayed";

/**
 * How long a user's idempotency key is kept from its first use, in milliseconds; the contract says 24 hours. An alias
 * brings its keys to its user. When both have the same key, the user's key stays, unless it had expired when the alias
 * used the key.
 */
export const IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000;
