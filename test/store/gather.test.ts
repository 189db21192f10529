import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { gather } from "#src/store/gather.ts";

it("waits as many turns of the event loop as it is told to", async () => {
  let turns = 0;
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; turns++) {
      await nextTurn();
    }
  })();
  await gather(30, () => 1);
  const waited = turns;
  isOver = true;
  await counting;
  // Which of the two is first in a turn is no matter.
  expect([29, 30]).toContain(waited);
});

it("waits no more once enough have come", async () => {
  let waiting = 0;
  await gather(Number.POSITIVE_INFINITY, () => {
    waiting += 60;
    return waiting;
  });
  expect(waiting).toBe(120);
});
