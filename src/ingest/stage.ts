import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Deadline } from "../deadline.ts";
import { coalesce } from "../store/coalesce.ts";
import type { DurableOutcome } from "../store/events.ts";
import { StoreUnavailableError } from "../store/unavailable.ts";

/** The caller of a piece of work, and the two ways to answer. */
export interface Caller {
  readonly deadline: Deadline;
  readonly resolve: (outcome: DurableOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A piece of work whose caller waits for the answer. */
export interface Work {
  readonly caller: Caller;
}

/**
 * The most items in a batch. The bound keeps the first items of a long queue from waiting for the last, and the store
 * from being busy for long.
 */
const MAX_BATCH = 1000;

/** The pauses before a batch is retried, in milliseconds: doubled from the first each time, up to the last. */
const FIRST_BACKOFF_MS = 20;
const LAST_BACKOFF_MS = 100;

/** What a stage does with its items. */
export interface StageOptions<Item extends Work> {
  /**
   * Handles a batch: answers each item's caller, or hands the item on. When it rejects, no item without an answer may
   * have been handed on, so that the stage can retry all of them.
   */
  handle(batch: readonly Item[]): Promise<void>;
  /** Called with the reason when the store can't take a batch, and with `undefined` once it takes batches again. */
  onBlocked(reason: StoreUnavailableError | undefined): void;
  /** Whether items that wait for the store are to be rejected instead of retried. */
  isClosing(): boolean;
  /** How many turns of the event loop a batch waits for others to join it. */
  readonly coalesceTurns: number;
}

/**
 * A queue that handles its items in batches, one batch at a time. Items that arrive while a batch is handled share the
 * next batch. No timer is involved: an item that is alone waits for a few turns of the event loop, which is
 * microseconds, and a loaded server pays one round trip for many items.
 *
 * A batch that the store can't take now is retried for as long as its callers wait, unless the reason lasts. A batch
 * that fails for another reason is retried item by item, so that only the item at fault fails.
 */
export class Stage<Item extends Work> {
  readonly #options: StageOptions<Item>;
  #queue: Item[] = [];
  #inProgress: readonly Item[] = [];
  #blockedBy: StoreUnavailableError | undefined;
  #running: Promise<void> | undefined;

  constructor(options: StageOptions<Item>) {
    this.#options = options;
  }

  /** How many items wait for their batch. */
  get queued(): number {
    return this.#queue.length;
  }

  /** How many items are in the batch that is handled now. */
  get inProgress(): number {
    return this.#inProgress.length;
  }

  /** Whether any item is queued or in progress. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Queues an item. Its caller is answered in any case: by `handle`, or with the error that stopped the item. */
  add(item: Item): void {
    this.#queue.push(item);
    this.#running ??= this.#run();
  }

  /** Resolves when no item is left, as of now. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /**
   * Tells every caller here what blocks the store; `undefined` when nothing does. Items whose deadline is over are
   * rejected, which makes room in the queue.
   */
  setBlockedBy(reason: StoreUnavailableError | undefined): void {
    for (const { caller } of [...this.#inProgress, ...this.#queue]) {
      caller.deadline.reason = reason;
    }
    this.#inProgress = rejectExpired(this.#inProgress);
    this.#queue = rejectExpired(this.#queue);
  }

  async #run(): Promise<void> {
    // Lets every request that has already arrived join the batch, since each alone would be a round trip of its own.
    await nextTurn();
    while (this.#queue.length > 0) {
      await coalesce(this.#options.coalesceTurns, () => this.#queue.length);
      const batch = this.#queue.slice(0, MAX_BATCH);
      this.#queue = this.#queue.slice(MAX_BATCH);
      this.#inProgress = batch;
      await this.#handleWithRetries(batch);
      this.#inProgress = [];
    }
    this.#running = undefined;
  }

  /** Handles a batch until every caller has an answer or every item is handed on. Never rejects. */
  async #handleWithRetries(batch: readonly Item[]): Promise<void> {
    let left = batch;
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(backoff * 2, LAST_BACKOFF_MS)) {
      left = rejectExpired(left);
      if (left.length === 0) {
        return;
      }
      try {
        await this.#options.handle(left);
        this.#setBlocked(undefined);
        return;
      } catch (error) {
        if (error instanceof StoreUnavailableError) {
          if (this.#options.isClosing()) {
            // The callers are gone by now, and the operator waits.
            rejectAll(left, error);
            return;
          }
          if (error.isDiskFull) {
            // The same error for all callers, so that the log has it once.
            const reason = this.#blockedBy?.isDiskFull ? this.#blockedBy : error;
            this.#setBlocked(reason);
            rejectAll(left, reason);
            return;
          }
          this.#setBlocked(error);
          await delay(backoff);
        } else if (left.length === 1) {
          rejectAll(left, error);
          return;
        } else {
          // An item that the store can't take must not make its neighbours fail.
          for (const item of left) {
            await this.#handleWithRetries([item]);
          }
          return;
        }
      }
    }
  }

  #setBlocked(reason: StoreUnavailableError | undefined): void {
    if (reason !== undefined || this.#blockedBy !== undefined) {
      this.#blockedBy = reason;
      this.#options.onBlocked(reason);
    }
  }
}

/** Rejects the items whose deadline is over, so that no work is begun for them, and returns the others. */
export function rejectExpired<Item extends Work>(items: readonly Item[]): Item[] {
  return items.filter(({ caller: { deadline, reject } }) => {
    const { isOver } = deadline;
    if (isOver) {
      reject(deadline.error());
    }
    return !isOver;
  });
}

function rejectAll(items: readonly Work[], error: unknown): void {
  for (const { caller } of items) {
    caller.reject(error);
  }
}
