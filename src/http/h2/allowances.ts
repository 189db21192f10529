import type { LimitName, Limits } from "../limits.ts";
import { ConnectionError } from "./errors.ts";
import { CODE } from "./frames.ts";

/** What a client may do only so often, and in how many seconds all of a burst comes back. */
const REFILL_SECONDS = { maxResets: 5, maxPings: 10, maxSettings: 10, maxIdleFrames: 10 } as const satisfies Partial<
  Record<LimitName, number>
>;

/** The bounds of how often a client may do something. */
export type AllowanceName = keyof typeof REFILL_SECONDS;

/** How often the client of one connection may still do what it may do only so often. */
export class Allowances {
  readonly #allowances: Readonly<Record<AllowanceName, Allowance>>;

  constructor(limits: Limits) {
    const allow = (name: AllowanceName) => new Allowance(limits[name], REFILL_SECONDS[name]);
    this.#allowances = {
      maxResets: allow("maxResets"),
      maxPings: allow("maxPings"),
      maxSettings: allow("maxSettings"),
      maxIdleFrames: allow("maxIdleFrames"),
    };
  }

  /** Uses up one time. Throws ConnectionError when none is left. */
  spend(name: AllowanceName): void {
    if (!this.#allowances[name].spend()) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, name);
    }
  }

  /** Allows some more times, but never more than a burst. */
  earn(name: AllowanceName, times: number): void {
    this.#allowances[name].earn(times);
  }
}

/** Some times in a burst, and then a steady rate. */
class Allowance {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  /** When what is left was last made up for the time that has passed, on the clock of `performance.now()`. */
  #filledAt = performance.now();

  constructor(burst: number, refillSeconds: number) {
    this.#burst = burst;
    this.#left = burst;
    this.#perMs = burst / (refillSeconds * 1000);
  }

  spend(): boolean {
    if (this.#left < 1) {
      const now = performance.now();
      this.earn((now - this.#filledAt) * this.#perMs);
      this.#filledAt = now;
    }
    if (this.#left < 1) {
      return false;
    }
    this.#left -= 1;
    return true;
  }

  earn(times: number): void {
    this.#left = Math.min(this.#burst, this.#left + times);
  }
}
