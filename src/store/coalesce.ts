import { setImmediate as nextTurn } from "node:timers/promises";

/** How large a batch is when waiting for more makes it hardly cheaper for each of its members. */
const ENOUGH = 100;

/**
 * Lets turns of the event loop pass, so that more calls arrive and can share a batch. A turn with nothing to do takes
 * microseconds. A turn of an overloaded server takes long, but there enough calls wait already.
 *
 * @param turns how many turns to wait at most
 * @param waiting returns how many calls wait by now
 */
export async function coalesce(turns: number, waiting: () => number): Promise<void> {
  for (let turn = 0; turn < turns && waiting() < ENOUGH; turn++) {
    await nextTurn();
  }
}
