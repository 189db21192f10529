import { BOUNDS, type Limits, type RateName } from "../limits.ts";
import { ConnectionError } from "./errors.ts";
import { CODE } from "./frames.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How often the client of one connection may still do each action that is limited in rate (token buckets). */
export class Allowances {
  readonly #buckets: Readonly<Record<RateName, TokenBucket>>;

  constructor(limits: Limits) {
    const bucket = (name: RateName) => new TokenBucket(limits[name], BOUNDS[name].refillSeconds);
    this.#buckets = {
      maxResets: bucket("maxResets"),
      maxPings: bucket("maxPings"),
      maxSettings: bucket("maxSettings"),
      maxIdleFrames: bucket("maxIdleFrames"),
    };
  }

  /** Uses up one time. Throws ConnectionError when none is left. */
  spend(name: RateName): void {
    if (!this.#buckets[name].spend()) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, name);
    }
  }

  /** Allows some more times, but never more than a burst. */
  earn(name: RateName, times: number): void {
    this.#buckets[name].earn(times);
  }
}
