/**
 * A fast cache of the events that are stored already, which keeps repeats off the store. Entries are written only after
 * the store's commit, and the cache may forget at any time: that costs speed, never correctness. So neither `has` nor
 * `add` ever rejects.
 */
export interface DedupeCache {
  /** Whether each dedupe key is known, in the same order. A key that can't be looked up counts as unknown. */
  has(keys: readonly string[]): Promise<boolean[]>;
  /** Keeps each entry until it expires. */
  add(entries: readonly DedupeEntry[]): Promise<void>;
  /** Releases the cache's memory or connection. */
  close(): Promise<void>;
}

/** A dedupe key whose event is stored. */
export interface DedupeEntry {
  readonly key: string;
  /** When to forget the key, in epoch milliseconds. */
  readonly expiresAt: number;
}
