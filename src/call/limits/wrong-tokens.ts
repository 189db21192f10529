import { LRUCache } from "lru-cache";
import { networkOf } from "../../address.ts";

/** How many wrong tokens an address may send within {@link WINDOW_MS}. */
export const MAX_WRONG_TOKENS = 20;

/** How long a wrong token counts, in milliseconds. */
const WINDOW_MS = 60_000;

/** How long the wrong tokens of an address are refused once it has sent too many, in milliseconds. */
const REFUSED_MS = 60_000;

/** How many addresses are remembered. Beyond that the least recently used one is forgotten. */
const MAX_ADDRESSES = 10_000;

/** The wrong tokens of an address. */
interface Guesses {
  /** When wrong tokens came, the oldest first, on the clock. */
  times: number[];
  /** Until when its wrong tokens are refused. */
  refusedUntil: number;
}

/**
 * Counts wrong tokens by the address that sends them, in this process alone, so that nobody can guess tokens at the
 * speed at which the server refuses them.
 */
export class WrongTokens {
  readonly #clock: () => number;
  readonly #byNetwork = new LRUCache<string, Guesses>({ max: MAX_ADDRESSES });

  /** @param clock the time in milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Counts a wrong token. Callers without an address count together.
   *
   * @returns for how many seconds, rounded up, the address must not try again; 0 when it may
   */
  count(address: string | undefined): number {
    const now = this.#clock();
    const network = networkOf(address) ?? "";
    const guesses = this.#byNetwork.get(network) ?? { times: [], refusedUntil: Number.NEGATIVE_INFINITY };
    this.#byNetwork.set(network, guesses);
    if (now >= guesses.refusedUntil) {
      guesses.times = [...guesses.times.filter((time) => time > now - WINDOW_MS), now];
      if (guesses.times.length <= MAX_WRONG_TOKENS) {
        return 0;
      }
      guesses.times = [];
      guesses.refusedUntil = now + REFUSED_MS;
    }
    return Math.ceil((guesses.refusedUntil - now) / 1000);
  }
}
