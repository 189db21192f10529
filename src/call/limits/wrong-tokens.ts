import { LRUCache } from "lru-cache";
import { networkOf } from "../../address.ts";
import { Bucket } from "./bucket.ts";

/** How many wrong tokens an address may send within {@link WINDOW_MS}. */
export const MAX_WRONG_TOKENS = 20;

/** How long a wrong token counts, in milliseconds. */
const WINDOW_MS = 60_000;

/** How long the wrong tokens of an address are refused once it has sent too many, in milliseconds. */
const REFUSED_MS = 60_000;

/** How many addresses are remembered. Beyond that the least recently used one is forgotten. */
const MAX_ADDRESSES = 10_000;

/** How many unknown tokens of a refused address are looked up a second: a right one may be among them. */
const LOOK_UPS_WHILE_REFUSED = { requestsPerSecond: 5, burst: 5 };

/** An address that has sent wrong tokens. */
interface Sender {
  /** When they came, the oldest first, on the clock. */
  times: number[];
  /** Until when its wrong tokens are refused. */
  refusedUntil: number;
  /** The look-ups that it still has while it is refused. */
  lookUps: Bucket;
}

/** Counts wrong tokens by the address that sends them, in this process alone. */
export class WrongTokens {
  readonly #clock: () => number;
  readonly #byNetwork = new LRUCache<string, Sender>({ max: MAX_ADDRESSES });

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
    const sender = this.#senderOf(address, now);
    if (now >= sender.refusedUntil) {
      sender.times = [...sender.times.filter((time) => time > now - WINDOW_MS), now];
      if (sender.times.length <= MAX_WRONG_TOKENS) {
        return 0;
      }
      sender.times = [];
      sender.refusedUntil = now + REFUSED_MS;
    }
    return Math.ceil((sender.refusedUntil - now) / 1000);
  }

  /** Whether a token that was never found may be looked up now. An address that is refused has few look-ups. */
  mayLookUp(address: string | undefined): boolean {
    const now = this.#clock();
    const sender = this.#byNetwork.get(networkOf(address) ?? "");
    if (sender === undefined || now >= sender.refusedUntil) {
      return true;
    }
    sender.lookUps.fill(LOOK_UPS_WHILE_REFUSED, now);
    if (sender.lookUps.remaining === 0) {
      return false;
    }
    sender.lookUps.take();
    return true;
  }

  #senderOf(address: string | undefined, now: number): Sender {
    const network = networkOf(address) ?? "";
    let sender = this.#byNetwork.get(network);
    if (sender === undefined) {
      const lookUps = new Bucket("look-ups", LOOK_UPS_WHILE_REFUSED, now);
      sender = { times: [], refusedUntil: Number.NEGATIVE_INFINITY, lookUps };
      this.#byNetwork.set(network, sender);
    }
    return sender;
  }
}
