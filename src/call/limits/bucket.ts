import type { RateLimit } from "../../domain/rate-limit.ts";

/** Calls are counted in thousandths, because a thousandth is what one a second adds in a millisecond. */
const CALL = 1000;

/**
 * A bucket holds the calls that may pass: one that passes is taken from it, and time adds new ones, until the bucket is
 * full. It begins full.
 */
export class Bucket {
  /** The bucket's name in the shared buckets. */
  readonly name: string;
  #limit: RateLimit;
  #level: number;
  #filledAt: number;
  /** How many calls were ever taken. */
  taken = 0;
  /** How many of them the shared bucket need not be told of: it has counted them, or time has paid for them. */
  settled = 0;
  /** What the shared bucket knows this bucket by, apart from those of other instances. Set by the first report. */
  reporter: string | undefined;
  /** When it was last reported, on the clock. */
  reportedAt = Number.NEGATIVE_INFINITY;
  /** Whether a report is under way. */
  isReporting = false;
  /** Until when no other instance uses the shared bucket, beyond a share that each has in advance; on the clock. */
  soleUntil = Number.NEGATIVE_INFINITY;
  /** Whether the shared bucket was out of reach at the last report. */
  isCutOff = false;

  /** @param now the time in whole milliseconds */
  constructor(name: string, limit: RateLimit, now: number) {
    this.name = name;
    this.#limit = limit;
    this.#level = limit.burst * CALL;
    this.#filledAt = now;
  }

  get limit(): RateLimit {
    return this.#limit;
  }

  /** Adds the tokens that have come since the last call, at the limit's rate. The limit also holds from now on. */
  fill(limit: RateLimit, now: number): void {
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#level = Math.min(limit.burst * CALL, this.#level + elapsed * limit.requestsPerSecond);
    this.#filledAt = now;
    this.#limit = limit;
  }

  /** Takes a call. */
  take(): void {
    this.#level -= CALL;
    this.taken += 1;
  }

  /** How many calls were taken that the shared bucket is not known to have counted. */
  get unreported(): number {
    return this.taken - this.settled;
  }

  /** How many whole calls it has. */
  get remaining(): number {
    return Math.max(0, Math.floor(this.#level / CALL));
  }

  /** In how many seconds, rounded up, it has one call more than it has now, were it not full. At least 1. */
  get secondsToNext(): number {
    const lacking = (this.remaining + 1) * CALL - this.#level;
    return Math.max(1, Math.ceil(lacking / this.#limit.requestsPerSecond / 1000));
  }

  /** Settles the calls that time has paid for: to be full, the bucket lacks no more than the rest. */
  settlePaid(): void {
    const lacking = Math.ceil(this.#limit.burst - this.#level / CALL);
    this.settled = Math.max(this.settled, this.taken - lacking);
  }

  /**
   * Takes over the level of the shared bucket, less what that does not know of. It may be in debt.
   *
   * @param settled how many of the calls ever taken the shared bucket has counted
   */
  setLevel(level: number, settled: number, now: number): void {
    this.settled = settled;
    this.#level = Math.round((level - this.unreported) * CALL);
    this.#filledAt = now;
  }
}
