import type { DedupeCache } from "./dedupe-cache.ts";

/**
 * Creates a cache of two levels: a local one that is asked first, and one shared by all instances that is asked only
 * for what the local one does not know. Entries are added to both. Keys that only the shared cache knows are not copied
 * to the local one, because the shared cache does not say when they expire.
 *
 * @param local replies without a round trip, such as a cache in this process
 */
export function createTwoLevelDedupeCache(local: DedupeCache, shared: DedupeCache): DedupeCache {
  return {
    async has(keys) {
      const known = await local.has(keys);
      const unknown = keys.filter((_, index) => !known[index]);
      if (unknown.length === 0) {
        return known;
      }
      const replies = (await shared.has(unknown)).values();
      return known.map((isKnown) => isKnown || replies.next().value === true);
    },
    async add(entries) {
      await Promise.all([local.add(entries), shared.add(entries)]);
    },
    async close() {
      await Promise.all([local.close(), shared.close()]);
    },
  };
}
