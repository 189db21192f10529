/**
 * How many bodies are compressed or decompressed at once on zlib's threads. Node has 4 threads; more work at once would
 * only hold the memory of more bodies.
 */
const MAX_AT_ONCE = 4;

let running = 0;
const waiting: (() => void)[] = [];

/** Does work on zlib's threads, as soon as less than {@link MAX_AT_ONCE} other work is done there; in order. */
export async function onThread<T>(work: () => Promise<T>): Promise<T> {
  if (running === MAX_AT_ONCE) {
    // Whoever is done gives its place to the first that waits.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) {
      running -= 1;
    } else {
      next();
    }
  }
}
