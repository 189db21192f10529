/**
 * How fast calls may come, as a token bucket: `burst` calls at once after a pause, and then `requestsPerSecond` calls a
 * second. In any `n` seconds, at most `burst + n * requestsPerSecond` calls pass.
 */
export interface RateLimit {
  /** A whole number from 1 to {@link MAX_RATE}. */
  readonly requestsPerSecond: number;
  /** A whole number from 1 to {@link MAX_RATE}. */
  readonly burst: number;
}

/** The most requests a second, and the largest burst. The contract's field has the same bound. */
export const MAX_RATE = 1_000_000;
