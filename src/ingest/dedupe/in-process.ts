import { LRUCache } from "lru-cache";
import type { DedupeCache } from "./dedupe-cache.ts";

/**
 * How many keys are kept; beyond that the least recently used key is forgotten. A key usually takes 200 to 300 bytes,
 * and 1.5 KB when its names are as long as the contract allows: together some 30 MB, and 150 MB at worst.
 */
export const MAX_KEYS = 100_000;

/**
 * Creates a cache in this process's memory.
 *
 * @param clock returns the time in epoch milliseconds
 */
export function createInProcessDedupeCache(clock: () => number): DedupeCache {
  // The values are expiry times. lru-cache's own expiry is not used, because it reads a clock of its own. An expired
  // key that nobody looks up becomes the least recently used, so it is forgotten when the cache is full.
  const expiryOf = new LRUCache<string, number>({ max: MAX_KEYS });
  return {
    async has(keys) {
      const now = clock();
      return keys.map((key) => {
        const expiresAt = expiryOf.get(key);
        if (expiresAt === undefined) {
          return false;
        }
        if (expiresAt > now) {
          return true;
        }
        expiryOf.delete(key);
        return false;
      });
    },
    async add(entries) {
      for (const { key, expiresAt } of entries) {
        expiryOf.set(key, expiresAt);
      }
    },
    async close() {
      expiryOf.clear();
    },
  };
}
