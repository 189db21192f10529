/** The least time between two lines of the log about the same thing, in milliseconds. */
const INTERVAL_MS = 60_000;

/**
 * Returns a function to call each time that something happens. It calls `log` the first time, and then at most once a
 * minute, with how often it has happened since the last call of `log`.
 */
export function throttle<T extends unknown[]>(log: (count: number, ...details: T) => void): (...details: T) => void {
  let unlogged = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (...details) => {
    unlogged += 1;
    const now = performance.now();
    if (now - loggedAt >= INTERVAL_MS) {
      const count = unlogged;
      loggedAt = now;
      unlogged = 0;
      log(count, ...details);
    }
  };
}
