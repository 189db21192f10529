import { describe, expect, it } from "vitest";
import { createProcessSeen, MAX_MARKS } from "#src/ingest/dedupe/process.ts";
import { describeSeen } from "./conformance.ts";

const NOW = Date.UTC(2024, 0, 15);

describeSeen("in-process", async () => {
  const seen = createProcessSeen(() => NOW);
  return { seen, now: () => NOW, cleanup: () => seen.close() };
});

describe("the in-process memory", () => {
  it("forgets a mark at the millisecond that it expires, and not before", async () => {
    let now = NOW;
    const seen = createProcessSeen(() => now);
    await seen.add([{ mark: "a", expiresAt: NOW + 1000 }]);
    now = NOW + 999;
    expect(await seen.has(["a"])).toEqual([true]);
    now = NOW + 1000;
    expect(await seen.has(["a"])).toEqual([false]);
  });

  it("forgets the marks not used for longest when it is full", async () => {
    const seen = createProcessSeen(() => NOW);
    const add = (mark: string) => seen.add([{ mark, expiresAt: NOW + 1 }]);
    await add("first");
    await add("second");
    await seen.add(Array.from({ length: MAX_MARKS - 2 }, (_, index) => ({ mark: `${index}`, expiresAt: NOW + 1 })));
    expect(await seen.has(["first"])).toEqual([true]);
    await add("one more");
    expect(await seen.has(["first", "second", "one more"])).toEqual([true, false, true]);
  });

  it("forgets everything when it is closed", async () => {
    const seen = createProcessSeen(() => NOW);
    await seen.add([{ mark: "a", expiresAt: NOW + 1 }]);
    await seen.close();
    expect(await seen.has(["a"])).toEqual([false]);
  });
});
