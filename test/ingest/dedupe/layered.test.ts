import { describe, expect, it } from "vitest";
import type { Seen } from "#src/ingest/dedupe/dedupe-cache.ts";
import { createLayeredSeen } from "#src/ingest/dedupe/layered.ts";
import { createProcessSeen } from "#src/ingest/dedupe/process.ts";
import { describeSeen } from "./conformance.ts";

const NOW = Date.UTC(2024, 0, 15);
const inAnHour = (...marks: string[]) => marks.map((mark) => ({ mark, expiresAt: NOW + 3_600_000 }));

describeSeen("layered", async () => {
  const seen = createLayeredSeen(
    createProcessSeen(() => NOW),
    createProcessSeen(() => NOW),
  );
  return { seen, now: () => NOW, cleanup: () => seen.close() };
});

describe("the layered memory", () => {
  /** Two instances with one shared memory, which notes what it is asked. */
  function open() {
    const memory = createProcessSeen(() => NOW);
    const asked: string[][] = [];
    const shared: Seen = {
      ...memory,
      async has(marks) {
        asked.push([...marks]);
        return await memory.has(marks);
      },
    };
    const instance = () =>
      createLayeredSeen(
        createProcessSeen(() => NOW),
        shared,
      );
    return { one: instance(), other: instance(), memory, asked };
  }

  it("asks the shared one only for what was not added here", async () => {
    const { one, other, asked } = open();
    await one.add(inAnHour("a", "c"));
    expect(await one.has(["a", "c"])).toEqual([true, true]);
    expect(asked).toEqual([]);
    await other.add(inAnHour("d"));
    expect(await one.has(["a", "b", "c", "d"])).toEqual([true, false, true, true]);
    expect(asked).toEqual([["b", "d"]]);
  });

  it("does not make what others added its own, as it can't tell when that expires", async () => {
    const { one, other, memory } = open();
    await one.add(inAnHour("a"));
    expect(await other.has(["a"])).toEqual([true]);
    await memory.close();
    expect(await other.has(["a"])).toEqual([false]);
    expect(await one.has(["a"])).toEqual([true]);
  });
});
