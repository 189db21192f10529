import type { Limits } from "../limits.ts";

/** A bound of time for what a client sends. */
export type TimeLimit = "headersMs" | "requestMs" | "uploadMs" | "silenceMs" | "keepAliveMs";

/** What a client is expected to send: a head, a body that is read as a whole, or one that is a stream of messages. */
export type Expected = "head" | "body" | "upload";

/** Measures how long a client takes to send, on one connection. All times are on the clock of `performance.now()`. */
export class RequestClock {
  /** When the first byte of the current request came; undefined between requests. */
  #begunAt: number | undefined;
  /** When the client last sent something, or the server began to wait for more. */
  #activeAt = performance.now();

  /** @param begunAt when the first byte of a request came; undefined before it has come */
  constructor(begunAt: number | undefined) {
    this.#begunAt = begunAt;
  }

  /** Notes that something has come. */
  receive(): void {
    this.#activeAt = performance.now();
    this.#begunAt ??= this.#activeAt;
  }

  /** Notes that the server waits for the client again, after a time in which it read nothing. */
  wait(): void {
    this.#activeAt = performance.now();
  }

  /** Notes that a request is done with. `hasMore`: whether bytes of the next one have come. */
  next(hasMore: boolean): void {
    this.#activeAt = performance.now();
    this.#begunAt = hasMore ? this.#activeAt : undefined;
  }

  /**
   * Returns the bound that the client has exceeded.
   *
   * @param isWaiting whether the server waits for the client, and not the client for the server
   */
  exceeded(now: number, limits: Limits, expected: Expected, isWaiting: boolean): TimeLimit | undefined {
    if (this.#begunAt === undefined) {
      return now - this.#activeAt > limits.keepAliveMs ? "keepAliveMs" : undefined;
    }
    const ms = now - this.#begunAt;
    const limit = expected === "upload" ? "uploadMs" : "requestMs";
    if (expected === "head" && limits.headersMs <= limits.requestMs) {
      return ms > limits.headersMs ? "headersMs" : undefined;
    }
    if (ms > limits[limit]) {
      return limit;
    }
    const isSilent = expected !== "head" && isWaiting && now - this.#activeAt > limits.silenceMs;
    return isSilent ? "silenceMs" : undefined;
  }
}
