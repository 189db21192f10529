import { randomUUID } from "node:crypto";
import type { Deadline } from "../deadline.ts";
import { StreakdError } from "../errors.ts";
import type { Stores } from "../store/stores.ts";
import type { StoreUnavailableError } from "../store/unavailable.ts";
import { createCommitting, type Settled } from "./committing.ts";
import type { Seen } from "./dedupe/dedupe-cache.ts";
import { type AcceptedEvent, type Arrived, createSorting, type Sorted } from "./resolving.ts";
import { Stage } from "./stage.ts";

export type { AcceptedEvent };

/** Is told what becomes of events, to count it. It is on their way, so it is quick, and must not throw. */
export interface IngestObserver {
  /** The store has taken a batch of so many events. */
  committed(events: number): void;
  /**
   * So many events are durable: new ones, repeats that the store told, and repeats that `Seen` told before the store
   * was asked.
   */
  settled(outcome: Settled | "seen", events: number): void;
}

/**
 * The way of an event from acceptance to durability, in two stages. The first finds its user and its day, and answers it
 * if it is known to be stored; the second commits it. While one batch commits the next is sorted, so a repeat never
 * waits for a commit.
 */
export class Ingest {
  readonly #sorting: Stage<Arrived>;
  readonly #committing: Stage<Sorted>;
  readonly #maxQueued: number;
  #closed = false;

  /**
   * @param clock the server's time in epoch milliseconds
   * @param maxQueued how many events may wait for a commit before more are refused
   */
  constructor(
    stores: Pick<Stores, "events" | "coalesceTurns">,
    seen: Seen,
    clock: () => number,
    maxQueued: number,
    observer: IngestObserver,
  ) {
    this.#maxQueued = maxQueued;
    const common = {
      // It holds up those of the other stage as well.
      onHeldUp: (reason: StoreUnavailableError | undefined) => {
        this.#sorting.note(reason);
        this.#committing.note(reason);
      },
      isClosing: () => this.#closed,
      coalesceTurns: stores.coalesceTurns,
    };
    const sort = createSorting(stores.events, seen, {
      onFresh: (sorted) => this.#committing.add(sorted),
      onSeen: (events) => observer.settled("seen", events),
    });
    const commit = createCommitting(stores.events, seen, clock, {
      onCommitted: (events) => observer.committed(events),
      onSettled: (outcome, events) => observer.settled(outcome, events),
      onMoved: (arrived) => this.#sorting.add(arrived),
    });
    this.#sorting = new Stage({ work: sort, ...common });
    this.#committing = new Stage({ work: commit, ...common });
  }

  /** How many events wait for a commit now, those in the one under way not counted. */
  get queued(): number {
    return this.#sorting.queued + this.#sorting.underWay + this.#committing.queued;
  }

  /**
   * Records an event. Resolves once it is durable and every later read sees it; a repeat resolves like the first. While
   * the store can't be reached it is tried again, for as long as the caller waits.
   *
   * @throws StreakdError OVERLOADED when the queue is full or the server is shutting down, and the deadline's error when
   *   its turn did not come in time. Reporting the event again is safe, stored or not.
   */
  record(event: AcceptedEvent, deadline: Deadline): Promise<void> {
    if (this.#closed) {
      return Promise.reject(new StreakdError("OVERLOADED", "The server is shutting down. Send the event again."));
    }
    if (this.queued >= this.#maxQueued) {
      return Promise.reject(new StreakdError("OVERLOADED", "Too many events are waiting. Send the event again later."));
    }
    return new Promise((resolve, reject) => {
      this.#sorting.add({ caller: { deadline, resolve, reject }, event, id: randomUUID() });
    });
  }

  /** Refuses new events and waits until every event that was let in has its answer. A store that is away is not waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#sorting.isBusy || this.#committing.isBusy) {
      await this.#sorting.idle();
      await this.#committing.idle();
    }
  }
}
