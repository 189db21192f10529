import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Deadline } from "../deadline.ts";
import { coalesce } from "../store/coalesce.ts";
import { StoreUnavailableError } from "../store/unavailable.ts";

/** Who waits for the answer about an event. */
export interface Waiter {
  readonly deadline: Deadline;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Something on its way. */
export interface Item {
  readonly caller: Waiter;
}

/**
 * The most events that a batch takes, so that the first of a long queue need not wait for the last and the store is
 * never held for long.
 */
const MAX_BATCH = 1000;

/** How long to leave a store alone that could not take a batch, in milliseconds; doubled each time up to the last. */
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 100;

/** What a stage does, and whom it tells. */
export interface StageOptions<Work extends Item> {
  /**
   * Brings a batch on its way: each of its events is answered or handed on. A rejection means that none of those still
   * without an answer was handed on, so that they can be tried again.
   */
  work(batch: readonly Work[]): Promise<void>;
  /** The store can't take a batch, for this reason; without one, it can again. */
  onHeldUp(reason: StoreUnavailableError | undefined): void;
  /** Whether those who wait for the store are to be let down instead. */
  isClosing(): boolean;
  /** How many turns of the event loop a batch waits for others to join it. */
  readonly coalesceTurns: number;
}

/**
 * A stretch of the way of events, which takes them by batches, one at a time: whatever waits when the previous one is
 * through and, where that helps, a few turns of the event loop later. No timer is involved, so a lone event pays
 * microseconds at most, and a loaded server pays one round trip for many.
 *
 * A batch that the store can't take now is tried again for as long as its callers wait. One that fails for another reason
 * is tried event by event, so that one bad event fails alone.
 */
export class Stage<Work extends Item> {
  readonly #options: StageOptions<Work>;
  #queue: Work[] = [];
  #underWay: readonly Work[] = [];
  #isHeldUp = false;
  #running: Promise<void> | undefined;

  constructor(options: StageOptions<Work>) {
    this.#options = options;
  }

  /** How many wait for their batch. */
  get queued(): number {
    return this.#queue.length;
  }

  /** How many are in the batch that is under way. */
  get underWay(): number {
    return this.#underWay.length;
  }

  add(item: Work): void {
    this.#queue.push(item);
    this.#running ??= this.#run();
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when nothing is left to do for now. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Notes on all who are here what holds them up. Those whose time is over leave room for others. */
  note(reason: StoreUnavailableError | undefined): void {
    for (const { caller } of [...this.#underWay, ...this.#queue]) {
      caller.deadline.reason = reason;
    }
    this.#underWay = this.#underWay.filter(isInTime);
    this.#queue = this.#queue.filter(isInTime);
  }

  async #run(): Promise<void> {
    // Let every request that has arrived already join the batch; each of them alone would be a round trip of its own.
    await nextTurn();
    while (this.#queue.length > 0) {
      await coalesce(this.#options.coalesceTurns, () => this.#queue.length);
      const batch = this.#queue.slice(0, MAX_BATCH);
      this.#queue = this.#queue.slice(MAX_BATCH);
      this.#underWay = batch;
      await this.#settle(batch);
      this.#underWay = [];
    }
    this.#running = undefined;
  }

  /** Brings a batch through, or answers those that can't be; never rejects. */
  async #settle(batch: readonly Work[]): Promise<void> {
    let left = batch;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      left = left.filter(isInTime);
      if (left.length === 0) {
        return;
      }
      try {
        await this.#options.work(left);
        this.#holdUp(undefined);
        return;
      } catch (error) {
        if (error instanceof StoreUnavailableError) {
          if (this.#options.isClosing()) {
            // The callers are gone by now, and the operator waits.
            rejectAll(left, error);
            return;
          }
          this.#holdUp(error);
          await delay(pause);
        } else if (left.length === 1) {
          rejectAll(left, error);
          return;
        } else {
          // One event that the store can't take must not fail its neighbours.
          for (const item of left) {
            await this.#settle([item]);
          }
          return;
        }
      }
    }
  }

  #holdUp(reason: StoreUnavailableError | undefined): void {
    if (reason !== undefined || this.#isHeldUp) {
      this.#isHeldUp = reason !== undefined;
      this.#options.onHeldUp(reason);
    }
  }
}

/** Whether a caller still waits; one that has stopped is answered here. Work past its deadline is not begun. */
export function isInTime({ caller: { deadline, reject } }: Item): boolean {
  const { isOver } = deadline;
  if (isOver) {
    reject(deadline.error());
  }
  return !isOver;
}

function rejectAll(items: readonly Item[], error: unknown): void {
  for (const { caller } of items) {
    caller.reject(error);
  }
}
