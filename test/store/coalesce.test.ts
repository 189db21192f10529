import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { coalesce } from "#src/store/coalesce.ts";

it("waits as many turns of the event loop as it is told to", async () => {
  let turns = 0;
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; turns++) {
      await nextTurn();
    }
  })();
  await coalesce(30, () => 1);
  const waited = turns;
  isOver = true;
  await counting;
  // Either of the two may come first in a turn.
  expect([29, 30]).toContain(waited);
});

it("stops waiting once enough calls wait", async () => {
  let waiting = 0;
  await coalesce(Number.POSITIVE_INFINITY, () => {
    waiting += 60;
    return waiting;
  });
  expect(waiting).toBe(120);
});
