/**
 * How fast calls may come, as a token bucket: so many at once when there were none for a while, and then so many a
 * second. In any number of seconds `n` at most `burst + n * requestsPerSecond` calls pass.
 */
export interface RateLimit {
  /** A whole number from 1 to {@link MAX_RATE}. */
  readonly requestsPerSecond: number;
  /** A whole number from 1 to {@link MAX_RATE}. */
  readonly burst: number;
}

/** The most requests a second, and the largest burst. The contract's field has the same bound. */
export const MAX_RATE = 1_000_000;
