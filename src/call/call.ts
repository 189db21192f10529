import type { Deadline } from "../deadline.ts";
import { ClientGone } from "../errors.ts";
import type { Incoming, ResponseMetadata } from "./incoming.ts";
import type { Principal } from "./principal.ts";

/** What a call is about, for metrics, the log and traces. */
export interface CallSubject {
  /** The `siteKey` of a project that exists. */
  readonly project: string;
  readonly userHash: string | undefined;
}

/** A running call: what a handler learns beside the request, and what ends its work early. */
export class Call {
  readonly principal: Principal;
  readonly deadline: Deadline;
  /** Set by whoever knows first: the rate limit that refuses the call, or the handler. */
  subject: CallSubject | undefined;
  readonly #incoming: Incoming;
  /** Ends the wait for a unary handler when the call is stopped before the handler is done. */
  #rejectRun: ((reason: Error) => void) | undefined;
  /** The same for the messages of streams: a request and a response may be waited for at once. */
  #waiting: Set<(reason: Error) => void> | undefined;
  #aborter: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isWatching = false;
  #stopReason: Error | undefined;

  constructor(principal: Principal, deadline: Deadline, incoming: Incoming) {
    this.principal = principal;
    this.deadline = deadline;
    this.#incoming = incoming;
  }

  /** The request's id, as in its answer and in the log. */
  get requestId(): string {
    return this.#incoming.request.requestId;
  }

  /** What the handler adds to the answer. */
  get response(): ResponseMetadata {
    return this.#incoming.response;
  }

  /** Aborts when nobody waits for the answer any more: the deadline is over, or the client has gone. */
  get signal(): AbortSignal {
    if (this.#aborter === undefined) {
      this.#aborter = new AbortController();
      this.#watchClient();
      if (this.#stopReason !== undefined) {
        this.#aborter.abort(this.#stopReason);
      }
    }
    return this.#aborter.signal;
  }

  /**
   * Runs a handler that returns one message. Rejects with the deadline's error when the deadline is over, even while
   * the work hangs. Does not start work after the deadline.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.deadline.check();
      const working = work();
      this.#startTimer();
      this.#rejectRun = reject;
      working.then(
        (result) => {
          clearTimeout(this.#timer);
          resolve(result);
        },
        (error: unknown) => {
          clearTimeout(this.#timer);
          reject(this.#explain(error));
        },
      );
    });
  }

  /** Runs a handler that returns a stream. The deadline ends the stream, and so does a client that leaves. */
  async *runStream<T>(work: () => AsyncIterable<T>): AsyncGenerator<T> {
    this.deadline.check();
    this.#startTimer();
    try {
      yield* this.untilStopped(work());
    } finally {
      clearTimeout(this.#timer);
      // Aborts the signal: the handler may wait for it, and nobody reads more.
      this.#stop(new ClientGone());
    }
  }

  /** Returns the same stream, which throws when the call is stopped, also while it waits for the next message. */
  untilStopped<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    this.#watchClient();
    return this.#pull(source);
  }

  async *#pull<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    let isOpen = true;
    try {
      for (;;) {
        const next = await this.#orStopped(iterator.next());
        if (next.done) {
          isOpen = false;
          return;
        }
        yield next.value;
      }
    } catch (error) {
      isOpen = this.#stopReason !== undefined;
      throw this.#explain(error);
    } finally {
      if (isOpen) {
        // Not awaited: a generator that hangs does not return before it goes on.
        iterator.return?.().catch(() => {});
      }
    }
  }

  #startTimer(): void {
    const { at } = this.deadline;
    if (at < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.#stop(this.deadline.error()), Math.max(0, at - performance.now()));
    }
  }

  /**
   * Returns the same promise, which rejects as soon as the call is stopped. `Promise.race` would keep a reaction for
   * each message until the call ends.
   */
  #orStopped<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopReason !== undefined) {
        reject(this.#stopReason);
        work.catch(() => {});
        return;
      }
      this.#waiting ??= new Set();
      const waiting = this.#waiting.add(reject);
      work.then(
        (result) => {
          waiting.delete(reject);
          resolve(result);
        },
        (error: unknown) => {
          waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  #stop(reason: Error): void {
    if (this.#stopReason !== undefined) {
      return;
    }
    this.#stopReason = reason;
    this.#rejectRun?.(reason);
    for (const reject of this.#waiting ?? []) {
      reject(reason);
    }
    this.#waiting?.clear();
    this.#aborter?.abort(reason);
  }

  #watchClient(): void {
    if (!this.#isWatching) {
      this.#isWatching = true;
      this.#incoming.request.onceOver(() => this.#stop(new ClientGone()));
    }
  }

  /** Replaces an AbortError that our signal caused by the reason of the abort. */
  #explain(error: unknown): unknown {
    return this.#stopReason !== undefined && error instanceof Error && error.name === "AbortError"
      ? this.#stopReason
      : error;
  }
}
