import { randomBytes } from "node:crypto";

/** How many hexadecimal digits the parts of an id have. The time lasts until the year 10889. */
const TIME_DIGITS = 12;
const COUNTER_DIGITS = 4;
const RANDOM_BYTES = 5;

/**
 * Returns a function that makes ids which rise with time, of 26 hexadecimal digits. An id has the milliseconds, a counter
 * within the millisecond, and 40 random bits, so that different processes make different ids.
 *
 * @param clock epoch milliseconds
 */
export function createTimeOrderedIds(clock: () => number): () => string {
  let last = 0;
  let counter = 0;
  return () => {
    const now = clock();
    counter = now > last ? 0 : counter + 1;
    // After the clock was set back, or when the counter is full, the ids go on from the last id.
    last = Math.max(now, last) + (counter >> (4 * COUNTER_DIGITS));
    counter %= 1 << (4 * COUNTER_DIGITS);
    return (
      firstIdOf(last) + counter.toString(16).padStart(COUNTER_DIGITS, "0") + randomBytes(RANDOM_BYTES).toString("hex")
    );
  };
}

/** Returns a text that is less than every id of this millisecond, and greater than every id before. */
export function firstIdOf(epochMs: number): string {
  return Math.max(0, epochMs).toString(16).padStart(TIME_DIGITS, "0");
}
