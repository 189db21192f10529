import { setTimeout as delay } from "node:timers/promises";
import { StoreUnavailableError } from "../unavailable.ts";

/** The longest pause between two attempts, in milliseconds. The first is some two, and each is twice the one before. */
const MAX_BACKOFF_MS = 100;

/**
 * How many attempts there are. With the pauses they take some two seconds: long enough for another instance's work to
 * end.
 */
const MAX_ATTEMPTS = 40;

/**
 * Retries work that others can undo while it is being done, until it returns a result. The pauses are random, so that
 * two callers who are in each other's way get out of it.
 *
 * @param attempt returns undefined when it has to be made again
 * @throws StoreUnavailableError after the last attempt
 */
export async function retry<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let made = 1; made <= MAX_ATTEMPTS; made++) {
    const result = await attempt();
    if (result !== undefined) {
      return result;
    }
    await delay(Math.random() * Math.min(2 ** made, MAX_BACKOFF_MS));
  }
  throw new StoreUnavailableError({ cause: new Error("Others changed the same documents at every attempt.") });
}
