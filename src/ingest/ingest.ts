import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
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
import type { Deadline } from "./deadline.ts";

/** An event that was let in: read, checked, its project and widget known. Its user and day are still to be found. */
export interface AcceptedEvent extends Omit<StoredEvent, "id" | "day"> {
  /** The zone that decides the day when neither the event nor an earlier one of the user names one. */
  readonly projectZone: string;
}

/** Is told what becomes of events, to count it. It is on their way, so it is quick, and must not throw. */
export interface IngestObserver {
  /** The store has taken a batch of so many events. */
  committed(events: number): void;
  /**
   * So many events are durable: new ones, repeats that the store told, and repeats that `Seen` told before the store
   * was asked.
   */
  settled(outcome: Exclude<Outcome, "moved"> | "seen", events: number): void;
}

/**
 * The most events that one commit takes, so that the first of a long queue need not wait for the last and the store is
 * never held for long.
 */
const MAX_BATCH = 1000;

/** How long to leave a store alone that could not take a batch, in milliseconds; doubled each time up to the last. */
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 100;

/** How long a day is remembered as done, in milliseconds: a day's repeats come on that day, in whatever zone. */
const DAY_MARK_MS = 48 * 60 * 60 * 1000;

/** An event whose caller waits for it. */
interface Waiting {
  readonly event: AcceptedEvent;
  /** Made once, so that a batch that is tried again stores nothing twice. */
  readonly id: string;
  readonly deadline: Deadline;
  /** The server's time at the first try, in epoch milliseconds: a later try may find the key that this one claimed. */
  firstTried?: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** The event's day, once it is fixed. It is never computed again, whatever becomes of its user or its batch. */
  day?: number;
}

/** A waiting event whose user and day are known. */
interface Ready {
  readonly waiting: Waiting;
  readonly stored: StoredEvent;
  /** What `Seen` knows its repeats by; an analytics event without a key has none. */
  readonly mark: string | undefined;
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
  readonly #observer: IngestObserver;
  #queue: Waiting[] = [];
  /** The store did not take the last batch. */
  #isHeldUp = false;
  #closed = false;
  #running: Promise<void> | undefined;

  /**
   * @param clock the server's time in epoch milliseconds
   * @param maxQueued how many events may wait for a commit before more are refused
   */
  constructor(store: StreakStore, seen: Seen, clock: () => number, maxQueued: number, observer: IngestObserver) {
    this.#store = store;
    this.#seen = seen;
    this.#clock = clock;
    this.#maxQueued = maxQueued;
    this.#observer = observer;
  }

  /** How many events wait for a commit now, those in the one under way not counted. */
  get queued(): number {
    return this.#queue.length;
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
    if (this.#queue.length >= this.#maxQueued) {
      return Promise.reject(new StreakdError("OVERLOADED", "Too many events are waiting. Send the event again later."));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, id: randomUUID(), deadline, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses new events and waits until every event that was let in has its answer. A store that is away is not waited for. */
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
    let left = batch;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      left = left.filter(isInTime);
      if (left.length === 0) {
        return;
      }
      try {
        left = await this.#commit(left);
        this.#holdUp(this.#queue, undefined);
      } catch (error) {
        if (error instanceof StoreUnavailableError) {
          if (this.#closed) {
            // The callers are gone by now, and the operator waits.
            for (const waiting of left) {
              waiting.reject(error);
            }
            return;
          }
          // It holds up those behind as well, and those of them whose time is over leave room for others.
          this.#holdUp([...left, ...this.#queue], error);
          this.#queue = this.#queue.filter(isInTime);
          await delay(pause);
        } else if (left.length === 1) {
          left[0]?.reject(error);
          return;
        } else {
          // One event that the store can't take must not fail its neighbours.
          for (const waiting of left) {
            await this.#settle([waiting]);
          }
          return;
        }
      }
    }
  }

  /** Notes on those who wait what holds them up; nothing does any more when the store has taken a batch. */
  #holdUp(waiting: readonly Waiting[], reason: StoreUnavailableError | undefined): void {
    if (reason !== undefined || this.#isHeldUp) {
      this.#isHeldUp = reason !== undefined;
      for (const { deadline } of waiting) {
        deadline.reason = reason;
      }
    }
  }

  /** Commits a batch, and answers those of its events whose user became another's alias meanwhile: they go round again. */
  async #commit(batch: readonly Waiting[]): Promise<Waiting[]> {
    const users = await this.#store.resolveUsers(batch.map((waiting) => waiting.event));
    const ready = batch.map((waiting, i) => prepare(waiting, users[i] as ResolvedUser));

    const marked = ready.filter((one) => one.mark !== undefined && !one.movesZone);
    const known = await this.#seen.has(marked.map((one) => one.mark as string));
    const repeats = new Set(marked.filter((_, i) => known[i]));
    for (const { waiting } of repeats) {
      waiting.resolve();
    }
    this.#observer.settled("seen", repeats.size);
    const fresh = ready.filter((one) => !repeats.has(one) && isInTime(one.waiting));
    if (fresh.length === 0) {
      return [];
    }

    const now = this.#clock();
    for (const { waiting } of fresh) {
      waiting.firstTried ??= now;
    }
    const events = fresh.map((one) => one.stored);
    const outcomes = await this.#store.record(events, now);
    this.#observer.committed(events.length);
    const marks: SeenMark[] = [];
    const moved: Waiting[] = [];
    const settled = { stored: 0, repeat: 0 };
    fresh.forEach((one, i) => {
      const outcome = outcomes[i] as Outcome;
      if (outcome === "moved") {
        moved.push(one.waiting);
        return;
      }
      if (one.mark !== undefined) {
        marks.push(...markToRemember(one.mark, one.stored, outcome, one.waiting.firstTried ?? now));
      }
      settled[outcome] += 1;
      one.waiting.resolve();
    });
    this.#observer.settled("stored", settled.stored);
    this.#observer.settled("repeat", settled.repeat);
    // Nobody waits for it: what it forgets costs speed, never correctness.
    void this.#seen.add(marks);
    return moved;
  }
}

/** Whether a caller still waits; one that has stopped is answered here. Work past its deadline is not begun. */
function isInTime({ deadline, reject }: Waiting): boolean {
  const { isOver } = deadline;
  if (isOver) {
    reject(deadline.error());
  }
  return !isOver;
}

/** Fixes an event's day, and routes it to the user that its own is by now. */
function prepare(waiting: Waiting, user: ResolvedUser): Ready {
  const { projectZone, ...event } = waiting.event;
  waiting.day ??= dayOf(event.at, event.tz ?? user.zone?.name ?? projectZone);
  const stored: StoredEvent = { ...event, userHash: user.userHash, day: waiting.day, id: waiting.id };
  const counts = event.type === "streak_interaction";
  return {
    waiting,
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

/** What `Seen` should hold of an event now that it is stored. A mark must not outlive the key that it stands for. */
function markToRemember(
  mark: string,
  event: StoredEvent,
  outcome: Exclude<Outcome, "moved">,
  firstTried: number,
): readonly SeenMark[] {
  if (event.idempotencyKey === undefined) {
    return [{ mark, expiresAt: firstTried + DAY_MARK_MS }];
  }
  // Of a repeat it isn't known here when its key expires, so only the first use is remembered.
  return outcome === "stored" ? [{ mark, expiresAt: firstTried + IDEMPOTENCY_WINDOW_MS }] : [];
}
