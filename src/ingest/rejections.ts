import type { UsageStore } from "../store/usage.ts";

/** How long counts wait for more before they are added to the store, in milliseconds: what a crash loses at most. */
const FLUSH_AFTER_MS = 5_000;

/** The events of a project's month that were rejected since the last time. */
interface Count {
  readonly projectId: string;
  readonly month: string;
  events: number;
}

/**
 * Counts the events that plans reject, by project and month. The store learns of them every few seconds, so that a
 * crowd of rejected newcomers costs it no writes.
 */
export class Rejections {
  readonly #store: UsageStore;
  #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(store: UsageStore) {
    this.#store = store;
  }

  /** Counts rejected events. */
  note(projectId: string, month: string, events = 1): void {
    // A month has no line break.
    const key = `${month}\n${projectId}`;
    const count = this.#counts.get(key);
    if (count === undefined) {
      this.#counts.set(key, { projectId, month, events });
    } else {
      count.events += events;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flushing = this.#flush();
    }, FLUSH_AFTER_MS).unref();
  }

  /** Adds what is left to the store, if that can take it. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#flush();
    clearTimeout(this.#timer);
  }

  async #flush(): Promise<void> {
    const counts = this.#counts;
    this.#counts = new Map();
    for (const { projectId, month, events } of counts.values()) {
      try {
        await this.#store.addRejected(projectId, month, events);
      } catch {
        // Whoever waits for the store is told that it is away; the next flush tries again.
        this.note(projectId, month, events);
      }
    }
  }
}
