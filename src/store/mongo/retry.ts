import { setTimeout as delay } from "node:timers/promises";
import { StoreUnavailableError } from "../streak-store.ts";

/** The longest pause between two attempts, in milliseconds. The first is some two, and each is twice the one before. */
const LAST_PAUSE_MS = 100;

/** How many attempts there are: with the pauses some two seconds, in which somebody else's work is long done. */
const MAX_ATTEMPTS = 40;

/**
 * Attempts work that others can undo while it is done, until it comes to a result. The pauses between the attempts
 * differ from caller to caller, so that two that are in each other's way get out of it.
 *
 * @param attempt answers undefined when it has to be made again
 * @throws StoreUnavailableError after the last
 */
export async function untilDone<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let made = 1; made <= MAX_ATTEMPTS; made++) {
    const result = await attempt();
    if (result !== undefined) {
      return result;
    }
    await delay(Math.random() * Math.min(2 ** made, LAST_PAUSE_MS));
  }
  throw new StoreUnavailableError({ cause: new Error("Others changed the same documents at every attempt.") });
}
