import type { DescMethod } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { type ErrorCode, INTERNAL_MESSAGE, isForOperator, StreakdError, TransportError } from "../errors.ts";
import type { Incoming } from "./incoming.ts";
import type { Method } from "./method.ts";

/**
 * The code under which a call is counted: `OK`, the error's code, or `OTHER` when the client left or the protocol
 * refused the request.
 */
export type CallCode = "OK" | ErrorCode | "OTHER";

/** Counts a call that has ended. Must not throw. */
export type CountCall = (protocol: string, method: string, code: CallCode, seconds: number) => void;

/**
 * The last step of the pipeline: metrics, the access log (a line for each call, at level `debug`), and the log of
 * failures. A failure that several calls share is logged once.
 */
export class Observer {
  readonly #count: CountCall;
  readonly #log: Logger;
  readonly #logged = new WeakSet<object>();

  constructor(count: CountCall, log: Logger) {
    this.#count = count;
    this.#log = log;
  }

  /** Counts a call that has ended with this code. */
  ended({ contract, isProbe }: Method, { protocol, request }: Incoming, code: CallCode): void {
    if (isProbe) {
      return;
    }
    const seconds = (performance.now() - request.receivedAt) / 1000;
    this.#count(protocol, contract.method.localName, code, seconds);
    if (this.#log.isLevelEnabled("debug")) {
      this.#log.debug({ protocol, method: nameOf(contract.method), code, seconds, peer: request.peer }, "call");
    }
  }

  /** Logs a failure that the operator should know of. */
  failed({ contract }: Method, error: unknown): void {
    if (error instanceof TransportError || !isForOperator(error)) {
      return;
    }
    if (typeof error === "object" && error !== null) {
      if (this.#logged.has(error)) {
        return;
      }
      this.#logged.add(error);
    }
    // A failing dependency is a warning, a defect of ours an error.
    const level = error instanceof StreakdError ? "warn" : "error";
    this.#log[level]({ err: error, method: nameOf(contract.method) }, "request failed");
  }
}

/** Reports the end of one call. Only the first report counts. */
export class Observation {
  readonly #observer: Observer;
  readonly #method: Method;
  readonly #incoming: Incoming;
  #hasEnded = false;

  constructor(observer: Observer, method: Method, incoming: Incoming) {
    this.#observer = observer;
    this.#method = method;
    this.#incoming = incoming;
  }

  /** The call has succeeded. A stream of responses succeeds with its last message. */
  succeed(): void {
    this.#end("OK");
  }

  /** The call has failed. Returns the error for the caller. */
  fail(thrown: unknown): StreakdError | TransportError {
    this.#observer.failed(this.#method, thrown);
    if (thrown instanceof TransportError) {
      this.#end("OTHER");
      return thrown;
    }
    const error =
      thrown instanceof StreakdError ? thrown : new StreakdError("INTERNAL", INTERNAL_MESSAGE, { cause: thrown });
    this.#end(error.code);
    return error;
  }

  #end(code: CallCode): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#observer.ended(this.#method, this.#incoming, code);
    }
  }
}

/** What the log calls a method: `streak.v1.StreakService/RecordEvent`. */
function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}
