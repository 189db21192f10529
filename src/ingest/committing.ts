import type { DurableOutcome, EventStore, Outcome } from "../store/events.ts";
import type { DedupeCache, DedupeEntry } from "./dedupe/dedupe-cache.ts";
import { dedupeExpiryOf } from "./dedupe/dedupe-key.ts";
import type { PendingEvent, ResolvedEvent } from "./events.ts";
import type { BatchTracer, IngestObserver } from "./observer.ts";

/**
 * Creates the stage that stores events. It answers the callers of the events that are durable then, and adds those
 * events to the dedupe cache.
 *
 * @param clock returns the server's time in epoch milliseconds
 * @param unstored takes the events that were not stored; see `Outcome`
 */
export function createCommitter(
  store: EventStore,
  dedupeCache: DedupeCache,
  clock: () => number,
  observer: IngestObserver,
  batches: BatchTracer | undefined,
  unstored: Unstored,
): (batch: readonly ResolvedEvent[]) => Promise<void> {
  return async (batch) => {
    const now = clock();
    for (const { pending } of batch) {
      pending.firstTriedAt ??= now;
    }
    const record = () =>
      store.record(
        batch.map(({ stored }) => stored),
        now,
      );
    const traces = () => batch.map(({ pending }) => pending.trace);
    const outcomes = await (batches === undefined ? record() : batches.run("commit", traces(), record));
    observer.committed(batch.length);
    const entries: DedupeEntry[] = [];
    const recorded = { stored: 0, repeat: 0, replayed: 0 };
    for (const [index, event] of batch.entries()) {
      const outcome = outcomes[index] as Outcome;
      if (!isDurable(outcome)) {
        handOver(event, outcome, unstored);
        continue;
      }
      const entry = dedupeEntryOf(event, outcome);
      if (entry !== undefined) {
        entries.push(entry);
      }
      recorded[outcome] += 1;
      event.caller.resolve(outcome);
    }
    observer.recorded("stored", recorded.stored);
    observer.recorded("repeat", recorded.repeat + recorded.replayed);
    // Not awaited: what the cache fails to keep costs speed, never correctness.
    void dedupeCache.add(entries);
  };
}

/** Takes the events that the store did not store. */
export interface Unstored {
  /** The event's user has to be resolved again. */
  moved(event: PendingEvent): void;
  /** The event's month has to be opened. */
  unopened(event: ResolvedEvent): void;
  /** The event's month has no seat left. */
  full(event: ResolvedEvent): void;
}

function isDurable(outcome: Outcome): outcome is DurableOutcome {
  return outcome === "stored" || outcome === "repeat" || outcome === "replayed";
}

function handOver(event: ResolvedEvent, outcome: Exclude<Outcome, DurableOutcome>, unstored: Unstored): void {
  switch (outcome) {
    case "moved":
    case "refuted":
      unstored.moved(unresolved(event, outcome));
      break;
    case "unopened":
      unstored.unopened(event);
      break;
    case "full":
      unstored.full(event);
  }
}

function unresolved({ pending }: ResolvedEvent, outcome: "moved" | "refuted"): PendingEvent {
  pending.hasMoved = true;
  if (outcome === "refuted") {
    // The day may come from the wrong zone, so it is computed again. A first event or an action can have been stored
    // for it, of which nothing counts while that day is not done. If the day is the same again, the action is a repeat.
    delete pending.date;
  }
  return pending;
}

/** What the dedupe cache should keep of an event that the store has recorded. */
function dedupeEntryOf(event: ResolvedEvent, outcome: DurableOutcome): DedupeEntry | undefined {
  if (event.dedupeKey === undefined) {
    return undefined;
  }
  const expiresAt = dedupeExpiryOf(event.stored, outcome, event.pending.firstTriedAt as number);
  return expiresAt === undefined ? undefined : { key: event.dedupeKey, expiresAt };
}
