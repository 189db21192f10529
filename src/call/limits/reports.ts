import type { Bucket } from "./bucket.ts";
import type { SharedBuckets } from "./shared-buckets.ts";

/**
 * How long calls are collected before the shared bucket is told of them, in milliseconds. Instances learn of each other's
 * calls this late: a longer time saves commands and lets more through in excess.
 */
const REPORT_INTERVAL_MS = 25;

/**
 * Tells shared buckets what was taken, and takes over what they have left. No call waits for it. An instance lets calls
 * through by its own bucket, and may be ahead of the shared one by a second's worth of calls, or by a burst if that is
 * less: its share in advance.
 */
export class Reports {
  readonly #shared: SharedBuckets;
  readonly #clock: () => number;
  readonly #due = new Set<Bucket>();
  #timer: NodeJS.Timeout | undefined;

  /** @param clock the time in milliseconds */
  constructor(shared: SharedBuckets, clock: () => number) {
    this.#shared = shared;
    this.#clock = clock;
  }

  /** Whether a bucket may get further ahead of the shared one. Always, while the shared one is away. */
  hasShare({ unreported, isAlone, limit }: Bucket): boolean {
    return isAlone || unreported < Math.min(limit.burst, limit.requestsPerSecond);
  }

  /** Reports a bucket soon. */
  add(bucket: Bucket): void {
    bucket.isReporting = true;
    this.#due.add(bucket);
    this.#timer ??= setTimeout(() => this.#reportAll(), REPORT_INTERVAL_MS);
  }

  /** Stops reporting. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#due.clear();
    await this.#shared.close();
  }

  #reportAll(): void {
    this.#timer = undefined;
    for (const bucket of this.#due) {
      this.#due.delete(bucket);
      void this.#report(bucket);
    }
  }

  async #report(bucket: Bucket): Promise<void> {
    if (bucket.isAlone) {
      // Time has paid for the rest of what the shared bucket has missed.
      bucket.unreported = Math.min(bucket.unreported, bucket.missing);
    }
    const taken = bucket.unreported;
    const left = await this.#shared.take(bucket.name, bucket.limit, taken);
    bucket.isReporting = false;
    bucket.isAlone = left === undefined;
    if (left !== undefined) {
      bucket.unreported -= taken;
      bucket.agree(left, this.#clock());
      if (bucket.unreported > 0) {
        this.add(bucket);
      }
    }
  }
}
