import type { Bucket } from "./bucket.ts";
import type { SharedBuckets } from "./shared-buckets.ts";

/**
 * How long calls are collected before the shared bucket is told of them, in milliseconds. Instances learn of each
 * other's calls this late: a longer time saves commands and lets more through in excess.
 */
const REPORT_INTERVAL_MS = 25;

/**
 * Tells shared buckets how many tokens were taken, and takes over how many they have left. No call waits for this. An
 * instance lets calls through by its own bucket, and may be ahead of the shared bucket by its share: a second's worth
 * of calls, or a burst if that is less.
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

  /** Whether a bucket may get further ahead of the shared bucket. Always true while the shared bucket is away. */
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
      // Only what the own bucket lacks: time has paid for the rest.
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
