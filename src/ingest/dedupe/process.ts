import { LRUCache } from "lru-cache";
import type { Seen } from "./dedupe-cache.ts";

/**
 * How many marks are remembered; beyond it the least recently used is forgotten. One takes 200 to 300 bytes as a rule, and
 * 1.5 KB when its names are as long as the contract allows: together some 30 MB, and 150 MB at worst.
 */
export const MAX_MARKS = 100_000;

/**
 * A `Seen` in this process's memory.
 *
 * @param clock tells the time in epoch milliseconds
 */
export function createProcessSeen(clock: () => number): Seen {
  // Values are when a mark expires. The cache's own expiry counts from its own clock and in spans, so it is left unused;
  // an expired mark that nobody asks for is the first to go when the cache is full.
  const marks = new LRUCache<string, number>({ max: MAX_MARKS });
  return {
    async has(wanted) {
      const now = clock();
      return wanted.map((mark) => {
        const expiresAt = marks.get(mark);
        if (expiresAt === undefined) {
          return false;
        }
        if (expiresAt > now) {
          return true;
        }
        marks.delete(mark);
        return false;
      });
    },
    async add(added) {
      for (const { mark, expiresAt } of added) {
        marks.set(mark, expiresAt);
      }
    },
    async close() {
      marks.clear();
    },
  };
}
