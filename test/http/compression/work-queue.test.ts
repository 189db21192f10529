import { expect, test } from "vitest";
import { WorkQueue } from "#src/http/compression/work-queue.ts";

test("work is done in order, as much at once as is allowed", async () => {
  const queue = new WorkQueue(2, 10);
  const begun: number[] = [];
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const all = ends.map(({ promise }, index) =>
    queue.run(() => {
      begun.push(index);
      return promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.resolve();
  await all[1];
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.reject(new Error("failed"));
  await expect(all[0]).rejects.toThrow("failed");
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.resolve();
  ends[3]?.resolve();
  await Promise.all([all[2], all[3]]);
  expect(await queue.run(async () => "again")).toBe("again");
});

test("a queue is full when all that may be done at once is done, and all that may wait waits", async () => {
  const queue = new WorkQueue(1, 1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const admitted: Promise<void>[] = [];
  for (const isFull of [false, false, true]) {
    expect(queue.isFull).toBe(isFull);
    if (!isFull) {
      admitted.push(queue.run(() => promise));
    }
  }
  resolve();
  await Promise.all(admitted);
  expect(queue.isFull).toBe(false);
});
