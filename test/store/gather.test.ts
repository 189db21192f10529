import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { gather } from "#src/store/gather.ts";

it("waits as many turns of the event loop as it is told to", async () => {
  let turns = 0;
  const counting = (async () => {
    while (turns < 3) {
      await nextTurn();
      turns += 1;
    }
  })();
  await gather(3, () => 1);
  expect(turns).toBeGreaterThanOrEqual(2);
  await counting;
});

it("waits no more once enough have come", async () => {
  let waiting = 0;
  await gather(Number.POSITIVE_INFINITY, () => {
    waiting += 60;
    return waiting;
  });
  expect(waiting).toBe(120);
});
