import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { shareReads } from "#src/store/shared-reads.ts";

test("what is asked while a read is under way is read together, and each asker gets its own answer", async () => {
  const read: (readonly number[])[] = [];
  const double = shareReads(async (asked: readonly number[]) => {
    read.push(asked);
    return asked.map((number) => number * 2);
  });
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(read).toEqual([[1], [2, 3]]);
  expect(await double(4)).toBe(8);
});

test("a read that waits some turns of the event loop is read together with what is asked meanwhile", async () => {
  const read: (readonly number[])[] = [];
  const same = shareReads(async (asked: readonly number[]) => {
    read.push(asked);
    return asked;
  }, 2);
  const first = same(1);
  await nextTurn();
  expect(await Promise.all([first, same(2)])).toEqual([1, 2]);
  expect(read).toEqual([[1, 2]]);
});

test("a read that fails fails those who asked for it, and none that comes after", async () => {
  const read = shareReads(async (asked: readonly string[]) => {
    if (asked.includes("bad")) {
      throw new Error("bad");
    }
    return asked;
  });
  const outcomes = await Promise.allSettled(["first", "bad", "beside"].map(read));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await read("after")).toBe("after");
});
