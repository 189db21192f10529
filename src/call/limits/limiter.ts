import { LRUCache } from "lru-cache";
import type { RateLimit } from "../../domain/rate-limit.ts";
import { Bucket } from "./bucket.ts";
import type { Reports } from "./reports.ts";

/**
 * How many buckets a policy keeps. Beyond that the least recently used bucket is forgotten, and its caller begins with
 * a full bucket. A bucket takes some 300 bytes, all buckets of a policy 30 MB.
 */
const MAX_BUCKETS = 100_000;

/** One policy of rate limiting. Each caller has its own bucket. */
export class Limiter {
  /** The policy's name in headers and metrics. */
  readonly policy: PolicyName;
  readonly #clock: () => number;
  readonly #reports: Reports | undefined;
  /** Made with the first bucket: it takes 3 MB at once, which a policy without a limit need not have. */
  #buckets: LRUCache<string, Bucket> | undefined;

  /**
   * @param clock the time in milliseconds; it must never go back
   * @param reports shares the buckets with other instances; undefined when this process limits alone
   */
  constructor(policy: PolicyName, clock: () => number, reports: Reports | undefined) {
    this.policy = policy;
    this.#clock = clock;
    this.#reports = reports;
  }

  /** Returns the bucket of a caller, filled up to now. */
  bucketOf(caller: string, limit: RateLimit): Bucket {
    const now = this.#clock();
    this.#buckets ??= new LRUCache({ max: MAX_BUCKETS });
    let bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      bucket = new Bucket(`${this.policy}:${caller}`, limit, now);
      this.#buckets.set(caller, bucket);
    } else {
      bucket.fill(limit, now);
    }
    return bucket;
  }

  /** How many calls a bucket would let through now. */
  remaining(bucket: Bucket): number {
    const { remaining } = bucket;
    return this.#reports === undefined ? remaining : Math.min(remaining, this.#reports.allowanceOf(bucket));
  }

  /** Lets a call through. */
  take(bucket: Bucket): void {
    bucket.take();
    this.#reports?.taken(bucket);
  }
}

/** The policies: `default` counts by project, `address` by address, `admin` by token or address. */
export type PolicyName = "default" | "address" | "admin";
