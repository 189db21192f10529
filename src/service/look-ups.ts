import { LRUCache } from "lru-cache";
import { StreakdError } from "../errors.ts";

/** How many keys are remembered, also those that nothing was found for. Others are looked up each time. */
const MAX_REMEMBERED = 10_000;

/** How long a look-up holds, in milliseconds. So late an instance learns of another instance's change. */
const MAX_AGE_MS = 500;

/** How long a caller waits for a look-up at most, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Look-ups of secrets by their hashes. A look-up is remembered for half a second, and callers who ask for the same key
 * share it.
 */
export class LookUps<Found> {
  readonly #read: (key: string) => Promise<Found | undefined>;
  /** The age counts from the beginning of the look-up. */
  readonly #found = new LRUCache<string, Promise<Found | undefined>>({ max: MAX_REMEMBERED, ttl: MAX_AGE_MS });

  /** @param read asks the store */
  constructor(read: (key: string) => Promise<Found | undefined>) {
    this.#read = read;
  }

  /** Returns what there is for a key. Rejects with OVERLOADED when the store does not answer in time. */
  get(key: string): Promise<Found | undefined> {
    return this.#found.get(key) ?? this.#lookUp(key);
  }

  /**
   * Makes a change of what there is for a key. The next look-up asks the store again, also after a failure, since the
   * change may have been made. A look-up that began before the change is dropped, too.
   */
  async changing<T>(key: string, change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } finally {
      this.#found.delete(key);
    }
  }

  #lookUp(key: string): Promise<Found | undefined> {
    const looking = within(TIMEOUT_MS, this.#read(key));
    this.#found.set(key, looking);
    looking.catch(() => {
      // The next call looks it up again.
      if (this.#found.peek(key) === looking) {
        this.#found.delete(key);
      }
    });
    return looking;
  }
}

/** Returns the same promise, which rejects with OVERLOADED when it takes longer than `ms` milliseconds. */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new StreakdError("OVERLOADED", "The store does not answer in time. Send the request again later."));
    }, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
