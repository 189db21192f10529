import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DedupeCache } from "#src/ingest/dedupe/dedupe-cache.ts";

/** A cache that is open and empty. */
export interface OpenedCache {
  readonly cache: DedupeCache;
  /** The time by which the cache's entries expire, in epoch milliseconds. */
  now(): number;
  cleanup(): Promise<void>;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * What every `DedupeCache` does, tested through nothing but the port.
 *
 * @param open opens an empty cache, a new one for each test
 */
export function describeDedupeCache(name: string, open: () => Promise<OpenedCache>): void {
  describe(`the ${name} dedupe cache`, () => {
    let opened: OpenedCache;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.cleanup());
    const inAnHour = (...keys: string[]) => keys.map((key) => ({ key, expiresAt: opened.now() + HOUR_MS }));

    it("knows nothing at first", async () => {
      expect(await opened.cache.has(["a", "b"])).toEqual([false, false]);
    });

    it("knows what was added, and replies in the order asked", async () => {
      await opened.cache.add(inAnHour("a", "b"));
      expect(await opened.cache.has(["b", "x", "a", "b"])).toEqual([true, false, true, true]);
    });

    it("does not know a key only because it was asked for", async () => {
      await opened.cache.has(["a"]);
      expect(await opened.cache.has(["a"])).toEqual([false]);
    });

    it("takes empty lists", async () => {
      await opened.cache.add([]);
      expect(await opened.cache.has([])).toEqual([]);
    });

    it("does not know a key that has already expired", async () => {
      await opened.cache.add([{ key: "old", expiresAt: opened.now() - 1 }, ...inAnHour("new")]);
      expect(await opened.cache.has(["old", "new"])).toEqual([false, true]);
    });

    it("knows a key that is added again after it has expired", async () => {
      await opened.cache.add([{ key: "a", expiresAt: opened.now() - 1 }]);
      await opened.cache.add(inAnHour("a"));
      expect(await opened.cache.has(["a"])).toEqual([true]);
    });

    it("tells awkward keys apart", async () => {
      const keys = [
        "__proto__",
        "constructor",
        "a|b",
        "a||b",
        "a b",
        "a\nb",
        "{a}",
        "'",
        '"',
        "é",
        "e\u0301",
        "🦊",
        "*",
      ];
      await opened.cache.add(inAnHour(...keys.filter((_, index) => index % 2 === 0)));
      expect(await opened.cache.has(keys)).toEqual(keys.map((_, index) => index % 2 === 0));
    });
  });
}
