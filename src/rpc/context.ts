import type { DescMethod } from "@bufbuild/protobuf";
import { type ContextValues, createContextValues, type HandlerContext } from "@connectrpc/connect";
import { createDeadlineSignal, createLinkedAbortController } from "@connectrpc/connect/protocol";
import type { Closing, RequestHead } from "../http/message.ts";
import { MAX_TIMER_MS } from "./connect.ts";
import { PlainHeaders } from "./headers.ts";

/**
 * What a method learns of a call, as Connect would tell it. Headers, signal and values are objects that most methods
 * never look at, and that cost more than the rest of a call; here each is made when it is first asked for.
 */
export class PlainContext implements HandlerContext {
  readonly method: DescMethod;
  readonly protocolName: string;
  readonly requestMethod = "POST";
  readonly #head: RequestHead;
  readonly #closing: Closing;
  /** On the clock of `performance.now()`. */
  readonly #deadline: number | undefined;
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;
  #signal: AbortSignal | undefined;
  #values: ContextValues | undefined;

  /** @param timeoutMs how long the caller waits from now on, in milliseconds; undefined when it did not say */
  constructor(
    method: DescMethod,
    protocolName: string,
    head: RequestHead,
    closing: Closing,
    timeoutMs: number | undefined,
  ) {
    this.method = method;
    this.protocolName = protocolName;
    this.#head = head;
    this.#closing = closing;
    // As with Connect, a deadline that no timer can wait for is none.
    this.#deadline = timeoutMs === undefined || timeoutMs > MAX_TIMER_MS ? undefined : performance.now() + timeoutMs;
  }

  get service() {
    return this.method.parent;
  }

  get url(): string {
    const { headers } = this.#head;
    return new URL(this.#head.url ?? "", `http://${headers[":authority"] ?? headers.host}`).toString();
  }

  readonly timeoutMs = (): number | undefined =>
    this.#deadline === undefined ? undefined : this.#deadline - performance.now();

  get requestHeader(): Headers {
    this.#requestHeader ??= new PlainHeaders(this.#head.headers);
    return this.#requestHeader;
  }

  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers();
    return this.#responseHeader;
  }

  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers();
    return this.#responseTrailer;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#abortSignal();
    return this.#signal;
  }

  get values(): ContextValues {
    this.#values ??= createContextValues();
    return this.#values;
  }

  /** What the method has added to the answer, if anything. */
  get added(): { readonly header: Headers | undefined; readonly trailer: Headers | undefined } {
    return { header: this.#responseHeader, trailer: this.#responseTrailer };
  }

  /** Whether the method was told, by the signal, to stop. */
  get wasStopped(): boolean {
    return this.#signal?.aborted === true;
  }

  #abortSignal(): AbortSignal {
    // Its reason is the error that Connect answers, should the method throw it.
    const left = this.timeoutMs();
    const deadline = createDeadlineSignal(left && Math.ceil(left));
    const stop = createLinkedAbortController(deadline.signal);
    this.#closing.once("close", () => {
      deadline.cleanup();
      stop.abort();
    });
    return stop.signal;
  }
}
