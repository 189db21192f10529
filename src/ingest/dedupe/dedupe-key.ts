import { type KindLabel, ORDINARY } from "../../store/day-kinds.ts";
import { type DurableOutcome, IDEMPOTENCY_WINDOW_MS, type StoredEvent } from "../../store/events.ts";

/** How long the cache keeps a done day, in milliseconds: repeats come on the same day, in whatever zone. */
const DAY_TTL_MS = 48 * 60 * 60 * 1000;

/**
 * The key that an event shares with its repeats: made from its user and its idempotency key, or else from its user, its
 * name, its day, and the kind of day unless that is ordinary.
 * `undefined` for an analytics event without an idempotency key, which has no repeats, and for an action without one:
 * a done day does not say whether the next action is new.
 *
 * An event with an idempotency key is never known by its day, because the idempotency key must be claimed even when the
 * day is done. A line break separates the parts, since no string from outside holds one.
 *
 * @param label the kind of day that the event does; undefined while nobody can tell, and for a user whose events were
 *   redated: then it has no key by its day
 */
export function dedupeKeyOf(event: StoredEvent, label: KindLabel | undefined): string | undefined {
  if (event.idempotencyKey !== undefined) {
    return [event.projectId, "key", event.userHash, event.idempotencyKey].join("\n");
  }
  if (event.type === "streak_interaction" && event.action === undefined && label !== undefined) {
    const ordinary = [event.projectId, "day", event.userHash, event.event, event.day].join("\n");
    return label === ORDINARY ? ordinary : `${ordinary}\n${label}`;
  }
  return undefined;
}

/**
 * When the cache must forget the key of an event that is stored, in epoch milliseconds; `undefined` when it must not
 * keep the key. An entry must not outlive the idempotency key that it stands for.
 *
 * @param outcome what the store said about the event
 * @param firstTriedAt when the event was first given to the store, in epoch milliseconds
 */
export function dedupeExpiryOf(event: StoredEvent, outcome: DurableOutcome, firstTriedAt: number): number | undefined {
  if (event.idempotencyKey === undefined) {
    return firstTriedAt + DAY_TTL_MS;
  }
  // Nothing here says when a repeat's idempotency key expires, so the cache keeps only the first use.
  return outcome === "stored" ? firstTriedAt + IDEMPOTENCY_WINDOW_MS : undefined;
}
