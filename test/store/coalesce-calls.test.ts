import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { coalesceCalls } from "#src/store/coalesce-calls.ts";

test("reads that start while another is running go together, and each gets its own result", async () => {
  const read: (readonly number[])[] = [];
  const double = coalesceCalls(async (asked: readonly number[]) => {
    read.push(asked);
    return asked.map((number) => number * 2);
  });
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(read).toEqual([[1], [2, 3]]);
  expect(await double(4)).toBe(8);
});

test("a read that waits some turns of the event loop goes together with the reads that start meanwhile", async () => {
  const read: (readonly number[])[] = [];
  const same = coalesceCalls(async (asked: readonly number[]) => {
    read.push(asked);
    return asked;
  }, 2);
  const first = same(1);
  await nextTurn();
  expect(await Promise.all([first, same(2)])).toEqual([1, 2]);
  expect(read).toEqual([[1, 2]]);
});

test("a query that fails rejects the reads that share it, and none that comes after", async () => {
  const read = coalesceCalls(async (asked: readonly string[]) => {
    if (asked.includes("bad")) {
      throw new Error("bad");
    }
    return asked;
  });
  const outcomes = await Promise.allSettled(["first", "bad", "beside"].map(read));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await read("after")).toBe("after");
});
