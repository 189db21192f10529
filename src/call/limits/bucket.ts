import type { RateLimit } from "../../domain/rate-limit.ts";

/** Tokens are counted in thousandths, because a thousandth is what one a second adds in a millisecond. */
const TOKEN = 1000;

/** A bucket holds tokens: a call takes one, and time adds new ones, until the bucket is full. It begins full. */
export class Bucket {
  /** The bucket's name in the shared buckets. */
  readonly name: string;
  #limit: RateLimit;
  #level: number;
  #filledAt: number;
  /** How many tokens were taken since the last report to the shared bucket. */
  unreported = 0;
  /** Whether the bucket waits to be reported, or is being reported. */
  isReporting = false;
  /** Whether the shared bucket was away when it was last asked. */
  isAlone = false;

  /** @param now the time in whole milliseconds */
  constructor(name: string, limit: RateLimit, now: number) {
    this.name = name;
    this.#limit = limit;
    this.#level = limit.burst * TOKEN;
    this.#filledAt = now;
  }

  get limit(): RateLimit {
    return this.#limit;
  }

  /** Adds the tokens that have come since the last call, at the limit's rate. The limit also holds from now on. */
  fill(limit: RateLimit, now: number): void {
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#level = Math.min(limit.burst * TOKEN, this.#level + elapsed * limit.requestsPerSecond);
    this.#filledAt = now;
    this.#limit = limit;
  }

  /** Whether the bucket has a token. */
  get hasToken(): boolean {
    return this.#level >= TOKEN;
  }

  /** Takes a token. */
  take(): void {
    this.#level -= TOKEN;
    this.unreported += 1;
  }

  /** How many tokens the bucket lacks to be full, rounded up. */
  get missing(): number {
    return Math.ceil(this.#limit.burst - this.#level / TOKEN);
  }

  /** How many whole tokens the bucket has. */
  get remaining(): number {
    return Math.max(0, Math.floor(this.#level / TOKEN));
  }

  /** In how many seconds, rounded up, one more token comes, if the bucket is not full. At least 1. */
  get secondsToNext(): number {
    const missing = (this.remaining + 1) * TOKEN - this.#level;
    return Math.max(1, Math.ceil(missing / this.#limit.requestsPerSecond / 1000));
  }

  /**
   * Takes over the shared bucket's number of tokens, less the unreported ones. The number is negative after an excess.
   */
  agree(tokens: number, now: number): void {
    this.#level = Math.round((tokens - this.unreported) * TOKEN);
    this.#filledAt = now;
  }
}
