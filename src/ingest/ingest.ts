import { randomUUID } from "node:crypto";
import type { Deadline } from "../deadline.ts";
import { isoMonth } from "../domain/day.ts";
import { StreakdError } from "../errors.ts";
import type { DurableOutcome } from "../store/events.ts";
import type { Stores } from "../store/stores.ts";
import type { StoreUnavailableError } from "../store/unavailable.ts";
import { createCommitter } from "./committing.ts";
import type { DedupeCache } from "./dedupe/dedupe-cache.ts";
import type { AcceptedEvent, PendingEvent, ResolvedEvent } from "./events.ts";
import type { BatchTracer, IngestObserver } from "./observer.ts";
import { Openings } from "./openings.ts";
import { planLimitReached } from "./plan-limit.ts";
import { Rejections } from "./rejections.ts";
import { createResolver } from "./resolving.ts";
import { Stage } from "./stage.ts";

/**
 * The path of an event from acceptance to durability, in two stages. The first resolves the event's user and day, and
 * answers the caller if the dedupe cache knows the event. The second commits the event. While one batch is committed
 * the next is resolved, so a known repeat never waits for a commit.
 */
export class Ingest {
  readonly #resolving: Stage<PendingEvent>;
  readonly #committing: Stage<ResolvedEvent>;
  readonly #openings: Openings;
  readonly #rejections: Rejections;
  readonly #maxQueued: number;
  readonly #batches: BatchTracer | undefined;
  #isClosed = false;

  /**
   * @param clock returns the server's time in epoch milliseconds
   * @param maxQueued how many events may wait for a commit before more are refused
   * @param batches traces batches; undefined unless there are traces
   */
  constructor(
    stores: Pick<Stores, "events" | "seats" | "usage" | "coalesceTurns">,
    dedupeCache: DedupeCache,
    clock: () => number,
    maxQueued: number,
    observer: IngestObserver,
    batches?: BatchTracer,
  ) {
    this.#maxQueued = maxQueued;
    this.#batches = batches;
    const common = {
      // Both stages need the store, so what blocks one blocks the other.
      onBlocked: (reason: StoreUnavailableError | undefined) => {
        observer.blocked(reason);
        this.#resolving.setBlockedBy(reason);
        this.#committing.setBlockedBy(reason);
      },
      isClosing: () => this.#isClosed,
      coalesceTurns: stores.coalesceTurns,
    };
    this.#resolving = new Stage({
      handle: createResolver(stores.events, dedupeCache, observer, batches, (event) => this.#committing.add(event)),
      ...common,
    });
    this.#rejections = new Rejections(stores.usage);
    this.#openings = new Openings(stores.seats, clock, (event) => this.#resolving.add(event));
    this.#committing = new Stage({
      handle: createCommitter(stores.events, dedupeCache, clock, observer, batches, {
        moved: (event) => this.#resolving.add(event),
        unopened: (event) => this.#openings.add(event),
        full: (event) => {
          this.#rejections.note(event.stored.projectId, isoMonth(event.stored.day));
          event.caller.reject(planLimitReached(event, clock()));
        },
      }),
      ...common,
    });
  }

  /** How many events wait for a commit now, without the events of the commit in progress. */
  get queued(): number {
    return this.#resolving.queued + this.#resolving.inProgress + this.#committing.queued + this.#openings.waiting;
  }

  /**
   * Records an event. Resolves with what became of it, once the event is durable and every later read sees it. While
   * the store is unavailable the event is retried, for as long as the caller waits.
   *
   * @throws StreakdError OVERLOADED when the queue is full or the server is shutting down, PLAN_LIMIT_REACHED when the
   *   user gets no seat, and the deadline's error when the event was not recorded in time. Reporting the event again is
   *   safe, whether it was stored or not.
   */
  record(event: AcceptedEvent, deadline: Deadline): Promise<DurableOutcome> {
    if (this.#isClosed) {
      return Promise.reject(new StreakdError("OVERLOADED", "The server is shutting down. Send the event again."));
    }
    if (this.queued >= this.#maxQueued) {
      return Promise.reject(new StreakdError("OVERLOADED", "Too many events are waiting. Send the event again later."));
    }
    return new Promise((resolve, reject) => {
      const trace = this.#batches?.current();
      this.#resolving.add({ caller: { deadline, resolve, reject }, event, id: randomUUID(), trace });
    });
  }

  /** Refuses new events, and waits until every accepted event has an answer. Does not wait for an unavailable store. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#openings.close();
    while (this.#resolving.isBusy || this.#committing.isBusy) {
      await this.#resolving.idle();
      await this.#committing.idle();
    }
    await this.#rejections.close();
  }
}
