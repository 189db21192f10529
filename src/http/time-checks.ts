import type { Limits } from "./limits.ts";
import type { TurnBudget } from "./turn-budget.ts";

/** A connection whose client may take only a limited time. */
export interface Timed {
  /** Whether its client has taken too long. */
  isLate(now: number): boolean;
  /** Ends the request or the connection that takes too long. */
  giveUp(): void;
}

/** How often connections are checked, in milliseconds. A short bound is checked more often. */
const CHECK_MS = 1_000;

/**
 * Checks connections against their bounds of time, all with one timer: a timer for each would cost every connection
 * memory, and every request time. A bound may be exceeded by the time between two checks.
 */
export class TimeChecks {
  readonly #all = new Set<Timed>();
  readonly #turns: TurnBudget;
  readonly #intervalMs: number;
  #interval: NodeJS.Timeout | undefined;

  constructor(turns: TurnBudget, limits: Limits) {
    const { headersMs, requestMs, silenceMs, uploadMs, stallMs, keepAliveMs, sessionMs } = limits;
    const shortest = Math.min(headersMs, requestMs, silenceMs, uploadMs, stallMs, keepAliveMs, sessionMs);
    this.#turns = turns;
    this.#intervalMs = Math.min(CHECK_MS, shortest / 4);
  }

  /** Checks a connection from now on. */
  add(one: Timed): void {
    this.#all.add(one);
    this.#interval ??= setInterval(() => this.#check(), this.#intervalMs).unref();
  }

  /** Stops checking a connection. */
  delete(one: Timed): void {
    this.#all.delete(one);
    if (this.#all.size === 0) {
      clearInterval(this.#interval);
      this.#interval = undefined;
    }
  }

  #check(): void {
    const now = performance.now();
    for (const one of this.#all) {
      if (one.isLate(now)) {
        // Thousands may be late at once.
        this.#turns.runRead(() => this.#giveUp(one));
      }
    }
  }

  #giveUp(one: Timed): void {
    // Since it was found late, the connection may have ended, or may be in time again.
    if (this.#all.has(one) && one.isLate(performance.now())) {
      one.giveUp();
    }
  }
}
