import { describe, expect, it } from "vitest";
import { createInProcessDedupeCache, MAX_KEYS } from "#src/ingest/dedupe/in-process.ts";
import { describeDedupeCache } from "./conformance.ts";

const NOW = Date.UTC(2024, 0, 15);

describeDedupeCache("in-process", async () => {
  const cache = createInProcessDedupeCache(() => NOW);
  return { cache, now: () => NOW, cleanup: () => cache.close() };
});

describe("the in-process dedupe cache", () => {
  it("forgets a key at the millisecond when it expires, and not before", async () => {
    let now = NOW;
    const cache = createInProcessDedupeCache(() => now);
    await cache.add([{ key: "a", expiresAt: NOW + 1000 }]);
    now = NOW + 999;
    expect(await cache.has(["a"])).toEqual([true]);
    now = NOW + 1000;
    expect(await cache.has(["a"])).toEqual([false]);
  });

  it("forgets the least recently used keys when it is full", async () => {
    const cache = createInProcessDedupeCache(() => NOW);
    const add = (key: string) => cache.add([{ key, expiresAt: NOW + 1 }]);
    await add("first");
    await add("second");
    await cache.add(Array.from({ length: MAX_KEYS - 2 }, (_, index) => ({ key: `${index}`, expiresAt: NOW + 1 })));
    expect(await cache.has(["first"])).toEqual([true]);
    await add("one more");
    expect(await cache.has(["first", "second", "one more"])).toEqual([true, false, true]);
  });

  it("forgets everything when it is closed", async () => {
    const cache = createInProcessDedupeCache(() => NOW);
    await cache.add([{ key: "a", expiresAt: NOW + 1 }]);
    await cache.close();
    expect(await cache.has(["a"])).toEqual([false]);
  });
});
