import { randomUUID } from "node:crypto";
import { StreakdError } from "../errors.ts";
import type { Seen, SeenMark } from "../seen/seen.ts";
import {
  IDEMPOTENCY_WINDOW_MS,
  type Outcome,
  type ResolvedUser,
  type StoredEvent,
  StoreUnavailableError,
  type StreakStore,
  type UserZone,
} from "../store/streak-store.ts";
import { dayOf } from "../streak/day.ts";

/** An event that was let in: read, checked, its project and widget known. Its user and day are still to be found. */
export interface AcceptedEvent extends Omit<StoredEvent, "id" | "day"> {
  /** The zone that decides the day when neither the event nor an earlier one of the user names one. */
  readonly projectZone: string;
}

/**
 * The most events that one commit takes, so that the first of a long queue need not wait for the last and the store is
 * never held for long.
 */
const MAX_BATCH = 1000;

/** How long a day is remembered as done, in milliseconds: a day's repeats come on that day, in whatever zone. */
const DAY_MARK_MS = 48 * 60 * 60 * 1000;

/** An event whose caller waits for it. */
interface Waiting {
  readonly event: AcceptedEvent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A waiting event whose user and day are known. */
interface Ready extends Waiting {
  readonly stored: StoredEvent;
  /** What `Seen` knows it by. */
  readonly mark: string;
  /** It names the user's zone anew, so it has something to say even when its day is done. */
  readonly movesZone: boolean;
}

/**
 * The way of an event from acceptance to durability.
 *
 * Requests in flight share commits: a batch takes whatever waits when the previous commit returns. No timer is involved,
 * so a lone event pays no wait, and a loaded server pays one commit for many.
 */
export class Ingest {
  readonly #store: StreakStore;
  readonly #seen: Seen;
  readonly #clock: () => number;
  readonly #maxQueued: number;
  #queue: Waiting[] = [];
  #closed = false;
  #running: Promise<void> | undefined;

  /**
   * @param clock the server's time in epoch milliseconds
   * @param maxQueued how many events may wait for a commit before more are refused
   */
  constructor(store: StreakStore, seen: Seen, clock: () => number, maxQueued: number) {
    this.#store = store;
    this.#seen = seen;
    this.#clock = clock;
    this.#maxQueued = maxQueued;
  }

  /**
   * Records an event. Resolves once it is durable and every later read sees it; a repeat resolves like the first.
   *
   * @throws StreakdError OVERLOADED when the queue is full, the store is away or the server is shutting down; it is
   *   then unknown to the caller whether the event was stored, and reporting it again is safe
   */
  record(event: AcceptedEvent): Promise<void> {
    if (this.#closed) {
      return Promise.reject(new StreakdError("OVERLOADED", "The server is shutting down. Send the event again."));
    }
    if (this.#queue.length >= this.#maxQueued) {
      return Promise.reject(new StreakdError("OVERLOADED", "Too many events are waiting. Send the event again later."));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses new events and waits until every event that was let in has its answer. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // Let every request that has arrived already join the first batch: an embedded commit holds the event loop, so
    // without this each of them would find the queue empty and commit alone.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, MAX_BATCH);
      this.#queue = this.#queue.slice(MAX_BATCH);
      await this.#settle(batch);
    }
    this.#running = undefined;
  }

  /** Gives every event of a batch its answer; never rejects. */
  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit(batch);
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        const answer = new StreakdError("OVERLOADED", "The store can't take events now. Send the event again later.", {
          cause: error,
        });
        for (const waiting of batch) {
          waiting.reject(answer);
        }
      } else if (batch.length === 1) {
        batch[0]?.reject(error);
      } else {
        // One event that the store can't take must not fail its neighbours.
        for (const waiting of batch) {
          await this.#settle([waiting]);
        }
      }
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const users = await this.#store.resolveUsers(batch.map((waiting) => waiting.event));
    const ready = batch.map((waiting, i) => prepare(waiting, users[i] as ResolvedUser));
    const known = await this.#seen.has(ready.map((one) => one.mark));

    const fresh: Ready[] = [];
    ready.forEach((one, i) => {
      if (known[i] && !one.movesZone) {
        one.resolve();
      } else {
        fresh.push(one);
      }
    });
    if (fresh.length === 0) {
      return;
    }

    const now = this.#clock();
    const outcomes = await this.#store.record(
      fresh.map((one) => one.stored),
      now,
    );
    const moved: Waiting[] = [];
    const marks: SeenMark[] = [];
    fresh.forEach((one, i) => {
      const outcome = outcomes[i] as Outcome;
      if (outcome === "moved") {
        moved.push(one);
        return;
      }
      const mark = markToRemember(one, outcome, now);
      if (mark !== undefined) {
        marks.push(mark);
      }
      one.resolve();
    });
    await this.#seen.add(marks);
    if (moved.length > 0) {
      await this.#settle(moved);
    }
  }
}

/** Fixes an event's user and day. From here on they are never computed again. */
function prepare(waiting: Waiting, user: ResolvedUser): Ready {
  const { projectZone, ...event } = waiting.event;
  const zone = event.tz ?? user.zone?.name ?? projectZone;
  const stored: StoredEvent = {
    ...event,
    userHash: user.userHash,
    day: dayOf(event.at, zone),
    id: randomUUID(),
  };
  const counts = event.type === "streak_interaction";
  return {
    ...waiting,
    stored,
    mark: markOf(stored),
    // A repeated key changes nothing at all, not even the zone.
    movesZone: counts && event.idempotencyKey === undefined && namesLaterZone(event, user.zone),
  };
}

function namesLaterZone(event: { readonly at: number; readonly tz?: string }, known: UserZone | undefined): boolean {
  if (event.tz === undefined) {
    return false;
  }
  return known === undefined || event.at > known.at || (event.at === known.at && event.tz > known.name);
}

/**
 * What an event's repeats have in common: its key, or else the day that it makes done. An event with a key is known by
 * the key alone, since the key must be claimed even when the day is done. An analytics event without one has no repeats,
 * so its mark is its own. The parts can't run into each other, as no string from outside holds a line break.
 */
function markOf(event: StoredEvent): string {
  if (event.idempotencyKey !== undefined) {
    return [event.projectId, "key", event.idempotencyKey].join("\n");
  }
  if (event.type === "streak_interaction") {
    return [event.projectId, "day", event.userHash, event.event, event.day].join("\n");
  }
  return [event.projectId, "id", event.id].join("\n");
}

/** What `Seen` should hold once an event is stored, if anything. */
function markToRemember(one: Ready, outcome: Exclude<Outcome, "moved">, now: number): SeenMark | undefined {
  if (one.stored.idempotencyKey !== undefined) {
    // Of a repeat it isn't known here when its key expires, so only the first use is remembered.
    return outcome === "stored" ? { mark: one.mark, expiresAt: now + IDEMPOTENCY_WINDOW_MS } : undefined;
  }
  return one.stored.type === "streak_interaction" ? { mark: one.mark, expiresAt: now + DAY_MARK_MS } : undefined;
}
