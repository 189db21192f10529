import { INTERNAL_MESSAGE, StreakdError, TransportError } from "../errors.ts";
import type { Call, CallSubject } from "./call.ts";
import type { CallCode, Incoming } from "./incoming.ts";
import type { Method } from "./method.ts";
import type { Principal } from "./principal.ts";

/** Where a call stands in a trace, while the call is under way. */
export interface CallSpan {
  /** In hex, as the log and the headers of W3C name them. */
  readonly traceId: string;
  readonly spanId: string;
  /** Runs a handler, so that what it asks of the stores becomes part of the trace. */
  run<T>(work: () => T): T;
  /** Ends the span. */
  end(call: EndedCall): void;
}

/** What metrics, the log and traces learn of a call that has ended. */
export interface EndedCall {
  readonly method: Method;
  readonly incoming: Incoming;
  readonly code: CallCode;
  /** From when the head of the request was read. */
  readonly seconds: number;
  /** What was thrown; undefined after a success. */
  readonly error: unknown;
  /** Which project and user the call was about, if the handler came to know. */
  readonly subject: CallSubject | undefined;
  /** Who called; undefined when that could not be told. */
  readonly principal: Principal | undefined;
  readonly span: CallSpan | undefined;
}

/** The last step of the pipeline: is told of every call. Must be quick, and must not throw. */
export interface CallObserver {
  /** Begins the trace of a call; undefined when calls are not traced. */
  begin?(method: Method, incoming: Incoming): CallSpan | undefined;
  ended(call: EndedCall): void;
}

/** Observes one call. Only the first report of its end counts. */
export class Observation implements EndedCall {
  readonly method: Method;
  readonly incoming: Incoming;
  readonly span: CallSpan | undefined;
  principal: Principal | undefined;
  /** The call, once its request has passed the checks. */
  call: Call | undefined;
  code: CallCode = "OK";
  seconds = 0;
  error: unknown;
  readonly #observer: CallObserver;
  #hasEnded = false;

  constructor(observer: CallObserver, method: Method, incoming: Incoming) {
    this.#observer = observer;
    this.method = method;
    this.incoming = incoming;
    incoming.request.isCall = true;
    this.span = observer.begin?.(method, incoming);
  }

  get subject(): CallSubject | undefined {
    return this.call?.subject;
  }

  /** The call has succeeded. A stream of responses succeeds with its last message. */
  succeed(): void {
    this.#end("OK", undefined);
  }

  /** The call has failed. Returns the error for the caller. */
  fail(thrown: unknown): StreakdError | TransportError {
    if (thrown instanceof TransportError) {
      this.#end("OTHER", thrown);
      return thrown;
    }
    const error =
      thrown instanceof StreakdError ? thrown : new StreakdError("INTERNAL", INTERNAL_MESSAGE, { cause: thrown });
    this.#end(error.code, thrown);
    return error;
  }

  #end(code: CallCode, error: unknown): void {
    if (this.#hasEnded) {
      return;
    }
    this.#hasEnded = true;
    this.code = code;
    this.error = error;
    this.seconds = (performance.now() - this.incoming.request.receivedAt) / 1000;
    this.#observer.ended(this);
    this.span?.end(this);
  }
}
