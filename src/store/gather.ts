import { setImmediate as nextTurn } from "node:timers/promises";

/** With so many in a batch, one more makes it hardly cheaper for each of them. */
const ENOUGH = 100;

/**
 * Lets turns of the event loop go by for more to come that can share a batch. A turn with nothing to do takes microseconds,
 * one of an overloaded server long, but there enough have come already.
 *
 * @param turns how many turns to wait at the most
 * @param waiting how many have come by now
 */
export async function gather(turns: number, waiting: () => number): Promise<void> {
  for (let turn = 0; turn < turns && waiting() < ENOUGH; turn++) {
    await nextTurn();
  }
}
