/** How often the log tells of the same thing, in milliseconds, however often it happens. */
const INTERVAL_MS = 60_000;

/**
 * Returns a function to call each time that something happens. It calls `tell` the first time, and then at most once a
 * minute, with how often it has happened since the last call of `tell`.
 */
export function throttle<T extends unknown[]>(tell: (count: number, ...details: T) => void): (...details: T) => void {
  let untold = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  return (...details) => {
    untold += 1;
    const now = performance.now();
    if (now - toldAt >= INTERVAL_MS) {
      const count = untold;
      toldAt = now;
      untold = 0;
      tell(count, ...details);
    }
  };
}
