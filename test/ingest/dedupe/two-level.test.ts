import { describe, expect, it } from "vitest";
import type { DedupeCache } from "#src/ingest/dedupe/dedupe-cache.ts";
import { createInProcessDedupeCache } from "#src/ingest/dedupe/in-process.ts";
import { createTwoLevelDedupeCache } from "#src/ingest/dedupe/two-level.ts";
import { describeDedupeCache } from "./conformance.ts";

const NOW = Date.UTC(2024, 0, 15);
const inAnHour = (...keys: string[]) => keys.map((key) => ({ key, expiresAt: NOW + 3_600_000 }));

describeDedupeCache("two-level", async () => {
  const cache = createTwoLevelDedupeCache(
    createInProcessDedupeCache(() => NOW),
    createInProcessDedupeCache(() => NOW),
  );
  return { cache, now: () => NOW, cleanup: () => cache.close() };
});

describe("the two-level dedupe cache", () => {
  /** Two instances with one shared cache, which notes what it is asked. */
  function open() {
    const backing = createInProcessDedupeCache(() => NOW);
    const asked: string[][] = [];
    const shared: DedupeCache = {
      ...backing,
      async has(keys) {
        asked.push([...keys]);
        return await backing.has(keys);
      },
    };
    const instance = () =>
      createTwoLevelDedupeCache(
        createInProcessDedupeCache(() => NOW),
        shared,
      );
    return { one: instance(), other: instance(), backing, asked };
  }

  it("asks the shared cache only for what was not added here", async () => {
    const { one, other, asked } = open();
    await one.add(inAnHour("a", "c"));
    expect(await one.has(["a", "c"])).toEqual([true, true]);
    expect(asked).toEqual([]);
    await other.add(inAnHour("d"));
    expect(await one.has(["a", "b", "c", "d"])).toEqual([true, false, true, true]);
    expect(asked).toEqual([["b", "d"]]);
  });

  it("does not copy what other instances added, since it can't tell when that expires", async () => {
    const { one, other, backing } = open();
    await one.add(inAnHour("a"));
    expect(await other.has(["a"])).toEqual([true]);
    await backing.close();
    expect(await other.has(["a"])).toEqual([false]);
    expect(await one.has(["a"])).toEqual([true]);
  });
});
