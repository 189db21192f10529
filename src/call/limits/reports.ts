import { randomBytes } from "node:crypto";
import type { RateLimit } from "../../domain/rate-limit.ts";
import type { Bucket } from "./bucket.ts";
import type { Report, SharedBuckets, SharedLevel } from "./shared-buckets.ts";

/**
 * How long calls are collected before the shared bucket is told of them, in milliseconds. Instances learn of each
 * other's calls this late: a longer time saves commands and lets more through in excess.
 */
const REPORT_INTERVAL_MS = 25;

/** A report that is about to be sent. */
interface Outgoing {
  readonly bucket: Bucket;
  readonly report: Report;
  readonly sentAt: number;
}

/**
 * Tells shared buckets which calls passed, and takes over what they have left. No call waits for it. An instance lets
 * calls through by its own bucket. How far it may be ahead of the shared one is its share in advance, unless it knows
 * that no other instance uses the bucket.
 */
export class Reports {
  readonly #shared: SharedBuckets;
  readonly #clock: () => number;
  readonly #instance = randomBytes(9).toString("base64url");
  #reporters = 0;
  /** The buckets to report when the timer ends. */
  readonly #due = new Set<Bucket>();
  #timer: NodeJS.Timeout | undefined;
  #outgoing: Outgoing[] = [];
  #isClosed = false;

  /** @param clock the time in milliseconds */
  constructor(shared: SharedBuckets, clock: () => number) {
    this.#shared = shared;
    this.#clock = clock;
  }

  /** How many more calls a bucket may let through before the next report. No bound while the shared one is away. */
  allowanceOf(bucket: Bucket): number {
    return bucket.isCutOff || this.#clock() < bucket.soleUntil
      ? Number.POSITIVE_INFINITY
      : Math.max(0, shareOf(bucket.limit) - bucket.unreported);
  }

  /**
   * Reports a bucket that has let a call through: at once if nothing is known of the shared bucket by now, or if a sole
   * user takes much, because others must learn of it; otherwise soon.
   */
  taken(bucket: Bucket): void {
    if (bucket.isReporting || this.#isClosed) {
      return;
    }
    const now = this.#clock();
    const isLate = now >= bucket.reportedAt + REPORT_INTERVAL_MS;
    if (isLate || (now < bucket.soleUntil && bucket.unreported >= shareOf(bucket.limit))) {
      this.#begin(bucket, now);
      // In this turn of the event loop: ioredis collects the commands of a turn.
      queueMicrotask(() => this.#send());
    } else {
      this.#due.add(bucket);
      this.#timer ??= setTimeout(() => this.#reportDue(), REPORT_INTERVAL_MS);
    }
  }

  /** Stops reporting. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #reportDue(): void {
    const now = this.#clock();
    for (const bucket of this.#due) {
      this.#begin(bucket, now);
    }
    this.#send();
  }

  /** Fixes what is reported: calls that pass before the report is sent count for the next one. */
  #begin(bucket: Bucket, now: number): void {
    this.#due.delete(bucket);
    if (this.#due.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    if (bucket.isCutOff) {
      bucket.settlePaid();
    }
    bucket.reporter ??= `${this.#instance}.${++this.#reporters}`;
    bucket.reportedAt = now;
    bucket.isReporting = true;
    const { name, limit, reporter, settled: after, taken: upTo } = bucket;
    this.#outgoing.push({ bucket, report: { name, limit, reporter, after, upTo }, sentAt: now });
  }

  async #send(): Promise<void> {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    const levels = await this.#shared.report(outgoing.map(({ report }) => report));
    for (const [index, sent] of outgoing.entries()) {
      this.#end(sent, levels[index]);
    }
  }

  #end({ bucket, report, sentAt }: Outgoing, shared: SharedLevel | undefined): void {
    bucket.isReporting = false;
    bucket.isCutOff = shared === undefined;
    bucket.soleUntil = shared?.isSole ? sentAt + REPORT_INTERVAL_MS : Number.NEGATIVE_INFINITY;
    if (shared !== undefined) {
      bucket.setLevel(shared.level, report.upTo, this.#clock());
      if (bucket.unreported > 0) {
        this.taken(bucket);
      }
    }
  }
}

/**
 * How many calls an instance may let through that the shared bucket does not know of: a second's worth and a twentieth
 * of the burst, but no more than the burst. Two instances that are both ahead then stay below a tenth more than the
 * budget of ten seconds, `burst + 10 * rate`.
 */
function shareOf({ requestsPerSecond, burst }: RateLimit): number {
  return Math.min(burst, Math.floor(requestsPerSecond + burst / 20));
}
