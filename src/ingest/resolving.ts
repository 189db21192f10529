import { dayOf } from "../domain/day.ts";
import type { EventStore, ResolvedUser, StoredEvent } from "../store/events.ts";
import { isLaterZone, type UserZone } from "../store/streaks.ts";
import type { Seen } from "./dedupe/dedupe-cache.ts";
import { type Item, isInTime } from "./stage.ts";

/**
 * For how long a repeat that names the user's zone again says nothing new by that, in milliseconds. It would only move the time
 * from which the zone holds; docs/decisions/0002 says what that costs, and whom.
 */
const SAME_ZONE_MS = 15 * 60 * 1000;

/** An event that was let in: read, checked, its project and widget known. Its user and day are still to be found. */
export interface AcceptedEvent extends Omit<StoredEvent, "id" | "day" | "unverified"> {
  /** The zone that decides the day when neither the event nor an earlier one of the user names one. */
  readonly projectZone: string;
}

/** An event as it arrived. */
export interface Arrived extends Item {
  readonly event: AcceptedEvent;
  /** Made once, so that a batch that is tried again stores nothing twice. */
  readonly id: string;
  /** The event's day, once it is fixed. It is never computed again, unless it came of a wrong guess of its user. */
  day?: number;
  /** Its user was guessed wrongly, or has become another's alias, so this time it is looked up. */
  hasMoved?: boolean;
  /** The server's time at the first try, in epoch milliseconds: a later try may find the key that this one claimed. */
  firstTried?: number;
}

/** An event whose user and day are known, or guessed. */
export interface Sorted extends Item {
  readonly arrived: Arrived;
  readonly stored: StoredEvent;
  /** What `Seen` knows its repeats by; an analytics event without a key has none. */
  readonly mark: string | undefined;
}

/** What becomes of events that were sorted. */
export interface SortingListeners {
  /** It is not known to be stored. */
  onFresh(sorted: Sorted): void;
  /** So many were known, and are answered. */
  onSeen(events: number): void;
}

/** Finds the users and days of events, and answers those that are known to be stored: they need no commit. */
export function createSorting(
  store: EventStore,
  seen: Seen,
  { onFresh, onSeen }: SortingListeners,
): (batch: readonly Arrived[]) => Promise<void> {
  return async (batch) => {
    const users = await store.resolveUsers(
      // Users that moved are verified, so that no event goes round for ever.
      batch.map(({ event: { projectId, userHash }, hasMoved = false }) => ({ projectId, userHash, verify: hasMoved })),
    );
    const sorted = batch.map((arrived, i) => sort(arrived, users[i] as ResolvedUser));
    const askable = sorted.filter((one, i) => mayBeSeen(one, users[i] as ResolvedUser));
    const known = await seen.has(askable.map((one) => one.mark as string));
    const repeats = new Set(askable.filter((_, i) => known[i]));
    for (const { caller } of repeats) {
      caller.resolve();
    }
    onSeen(repeats.size);
    for (const one of sorted) {
      if (!repeats.has(one) && isInTime(one)) {
        onFresh(one);
      }
    }
  };
}

/** Fixes an event's day, and routes it to the user that its own is by now. */
function sort(arrived: Arrived, { userHash, zone, unverified }: ResolvedUser): Sorted {
  const { projectZone, ...event } = arrived.event;
  arrived.day ??= dayOf(event.at, event.tz ?? zone?.name ?? projectZone);
  const stored: StoredEvent = {
    ...event,
    userHash,
    day: arrived.day,
    id: arrived.id,
    ...(unverified && { unverified }),
  };
  return { caller: arrived.caller, arrived, stored, mark: markOf(stored) };
}

/** Whether an event is a mere repeat if `Seen` knows its mark. */
function mayBeSeen({ mark, stored }: Sorted, user: ResolvedUser): boolean {
  if (mark === undefined) {
    return false;
  }
  // A key says nothing of the user, and a repeated one changes nothing at all, not even the zone. Days of an unverified
  // user are not known. An event that moves the user's zone has something to say even when its day is done.
  return stored.idempotencyKey !== undefined || !(user.unverified || movesZone(stored, user.zone));
}

function movesZone({ tz, at }: StoredEvent, known: UserZone | undefined): boolean {
  if (tz === undefined || !isLaterZone({ name: tz, at }, known)) {
    return false;
  }
  return tz !== known?.name || at - known.at >= SAME_ZONE_MS;
}

/**
 * What an event's repeats have in common: its key, or else the day that it makes done. An event with a key is known by
 * the key alone, since the key must be claimed even when the day is done. The parts can't run into each other, as no
 * string from outside holds a line break.
 */
function markOf(event: StoredEvent): string | undefined {
  if (event.idempotencyKey !== undefined) {
    return [event.projectId, "key", event.idempotencyKey].join("\n");
  }
  if (event.type === "streak_interaction") {
    return [event.projectId, "day", event.userHash, event.event, event.day].join("\n");
  }
  return undefined;
}
