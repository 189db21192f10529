import { doActionsCountOn } from "../domain/actions.ts";
import type { Day } from "../domain/day.ts";
import { dateEvent } from "../domain/day-start.ts";
import { homeOf, type KindLabel, labelOf } from "../store/day-kinds.ts";
import type { EventStore, ResolvedUser, StoredEvent } from "../store/events.ts";
import { isLaterZone, type UserZone } from "../store/streaks.ts";
import type { DedupeCache } from "./dedupe/dedupe-cache.ts";
import { dedupeKeyOf } from "./dedupe/dedupe-key.ts";
import type { AcceptedEvent, CountedAction, EventDate, PendingEvent, ResolvedEvent } from "./events.ts";
import type { BatchTracer, IngestObserver } from "./observer.ts";
import { rejectExpired } from "./stage.ts";

/**
 * For how long a repeat that names the user's zone again changes nothing, in milliseconds. It would only move the time
 * from which the zone holds; docs/decisions/0002 says what leaving it out costs.
 */
const SAME_ZONE_MS = 15 * 60 * 1000;

/**
 * Creates the stage that resolves the users and the days of events. It answers the callers of repeats that the dedupe
 * cache knows, since those need no commit.
 *
 * @param onResolved takes each of the other events
 */
export function createResolver(
  store: EventStore,
  dedupeCache: DedupeCache,
  observer: IngestObserver,
  batches: BatchTracer | undefined,
  onResolved: (event: ResolvedEvent) => void,
): (batch: readonly PendingEvent[]) => Promise<void> {
  return async (batch) => {
    const resolveUsers = () =>
      store.resolveUsers(
        // The user of an event that moved is verified, so that no event is sent back for ever.
        batch.map(({ event, hasMoved }) => (hasMoved ? { ...event, verify: true } : event)),
      );
    const traces = () => batch.map(({ trace }) => trace);
    const users = await (batches === undefined ? resolveUsers() : batches.run("resolve", traces(), resolveUsers));
    const resolved = batch.map((pending, index) => resolve(pending, users[index] as ResolvedUser));
    const askable = resolved.filter((event, index) => mayBeKnown(event, users[index] as ResolvedUser));
    const known = await dedupeCache.has(askable.map(({ dedupeKey }) => dedupeKey as string));
    const repeats = new Set(askable.filter((_, index) => known[index]));
    for (const { caller, stored } of repeats) {
      caller.resolve(stored.idempotencyKey === undefined ? "repeat" : "replayed");
    }
    observer.recorded("cached", repeats.size);
    for (const event of rejectExpired(resolved.filter((event) => !repeats.has(event)))) {
      onResolved(event);
    }
  };
}

/** Fixes an event's day, and gives the event to the user that its own user is an alias of. */
function resolve(pending: PendingEvent, user: ResolvedUser): ResolvedEvent {
  const { projectZone, dayStarts, countedAction, ...event } = pending.event;
  const { userHash, unverified, isRedated } = user;
  pending.date ??= dateOf(pending.event, user);
  const { day, late, dayZone } = pending.date;
  const userHome = homeOf(user);
  const stored: StoredEvent = {
    ...event,
    userHash,
    day,
    id: pending.id,
    ...(late && { late }),
    ...(dayZone !== undefined && { dayZone }),
    ...(userHome !== undefined && { userHome }),
    ...(isRedated && { isRedated }),
    ...(unverified && { unverified }),
    ...(countedAction && actionOn(day, countedAction, pending)),
  };
  const zone = dayZone ?? projectZone;
  // Days of a redated user that the cache knows may not be done any more.
  const label = isRedated ? undefined : labelFor(stored);
  return { caller: pending.caller, pending, stored, zone, dedupeKey: dedupeKeyOf(stored, label) };
}

/** Tells which action an event is, if actions count on its day. */
function actionOn(day: Day, { versions, id }: CountedAction, pending: PendingEvent): Pick<StoredEvent, "action"> {
  return doActionsCountOn(day, versions) ? { action: id ?? `own:${pending.id}` } : {};
}

/** Returns the day of an event: by the zone that it names, else the user's, else the project's. */
function dateOf({ at, tz, projectZone, dayStarts }: AcceptedEvent, { zone }: ResolvedUser): EventDate {
  const dayZone = tz ?? zone?.name;
  const { day, late } = dateEvent(at, dayZone ?? projectZone, dayStarts);
  return { day, ...(late && { late }), ...(dayZone !== undefined && { dayZone }) };
}

/**
 * Returns the label of the kind of day that the event does. Undefined while nobody can tell: the user is known to have
 * had no zone, and the event names one, but another event may name another zone first. An unverified user is taken for
 * a new one: where that is wrong, the store refutes the event, so that it comes back.
 */
function labelFor(event: StoredEvent): KindLabel | undefined {
  const isUncertain = event.dayZone !== undefined && event.userHome === undefined && event.unverified === undefined;
  return isUncertain ? undefined : labelOf(event, event.userHome);
}

/** Whether the dedupe cache can tell that an event is a repeat and changes nothing. */
function mayBeKnown({ dedupeKey, stored }: ResolvedEvent, user: ResolvedUser): boolean {
  // The store keeps the repeats of this project. An idempotency key tells that the event was recorded before.
  if (stored.keepRepeat && stored.idempotencyKey === undefined) {
    return false;
  }
  // An unverified user may turn out to be an alias. Then the days and idempotency keys of another user count.
  if (dedupeKey === undefined || user.unverified) {
    return false;
  }
  // A repeated idempotency key changes nothing at all, not even the zone. A done day proves less: an event that moves
  // the user's zone must reach the store even when its day is done.
  return stored.idempotencyKey !== undefined || !movesZone(stored, user.zone);
}

function movesZone({ tz, at }: StoredEvent, known: UserZone | undefined): boolean {
  if (tz === undefined || !isLaterZone({ name: tz, at }, known)) {
    return false;
  }
  return tz !== known?.name || at - known.at >= SAME_ZONE_MS;
}
