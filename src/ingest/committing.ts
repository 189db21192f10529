import { type EventStore, IDEMPOTENCY_WINDOW_MS, type Outcome } from "../store/events.ts";
import type { Seen, SeenMark } from "./dedupe/dedupe-cache.ts";
import type { Arrived, Sorted } from "./resolving.ts";

/** How long a day is remembered as done, in milliseconds: a day's repeats come on that day, in whatever zone. */
const DAY_MARK_MS = 48 * 60 * 60 * 1000;

/** An outcome that settles an event: it is durable. */
export type Settled = Extract<Outcome, "stored" | "repeat">;

/** What becomes of events that were committed. */
export interface CommittingListeners {
  /** The store has taken a batch of so many. */
  onCommitted(events: number): void;
  /** So many are durable and answered. */
  onSettled(outcome: Settled, events: number): void;
  /** Its user is another than it was sorted for, so it goes round again. */
  onMoved(arrived: Arrived): void;
}

/**
 * Stores events, and answers those that are durable then.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function createCommitting(
  store: EventStore,
  seen: Seen,
  clock: () => number,
  { onCommitted, onSettled, onMoved }: CommittingListeners,
): (batch: readonly Sorted[]) => Promise<void> {
  return async (batch) => {
    const now = clock();
    for (const { arrived } of batch) {
      arrived.firstTried ??= now;
    }
    const outcomes = await store.record(
      batch.map(({ stored }) => stored),
      now,
    );
    onCommitted(batch.length);
    const marks: SeenMark[] = [];
    const settled = { stored: 0, repeat: 0 };
    for (const [index, one] of batch.entries()) {
      const outcome = outcomes[index] as Outcome;
      if (outcome === "moved" || outcome === "refuted") {
        onMoved(moved(one, outcome));
        continue;
      }
      marks.push(...markToRemember(one, outcome));
      settled[outcome] += 1;
      one.caller.resolve();
    }
    onSettled("stored", settled.stored);
    onSettled("repeat", settled.repeat);
    // Nobody waits for it: what it forgets costs speed, never correctness.
    void seen.add(marks);
  };
}

function moved({ arrived }: Sorted, outcome: "moved" | "refuted"): Arrived {
  arrived.hasMoved = true;
  if (outcome === "refuted") {
    // Nothing was stored for the day that the unverified user led to.
    delete arrived.day;
  }
  return arrived;
}

/** What `Seen` should hold of an event now that it is stored. A mark must not outlive the key that it stands for. */
function markToRemember({ mark, stored, arrived }: Sorted, outcome: Settled): readonly SeenMark[] {
  if (mark === undefined) {
    return [];
  }
  const since = arrived.firstTried as number;
  if (stored.idempotencyKey === undefined) {
    return [{ mark, expiresAt: since + DAY_MARK_MS }];
  }
  // Of a repeat it isn't known here when its key expires, so only the first use is remembered.
  return outcome === "stored" ? [{ mark, expiresAt: since + IDEMPOTENCY_WINDOW_MS }] : [];
}
