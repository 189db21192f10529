import type { DescMethod } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { type ErrorCode, INTERNAL_MESSAGE, isForOperator, StreakdError, TransportError } from "../errors.ts";
import type { Incoming } from "./incoming.ts";
import type { Method } from "./method.ts";

/**
 * What calls are counted by: `OK`, the error's code, or `OTHER` for those that the catalogue knows nothing of, because the
 * client went away or its protocol refused the request.
 */
export type CallCode = "OK" | ErrorCode | "OTHER";

/** Counts a call that has ended. Must not throw. */
export type CountCall = (protocol: string, method: string, code: CallCode, seconds: number) => void;

/** Begins to observe a call. */
export type Observe = (method: Method, incoming: Incoming) => Observation;

/** What the pipeline tells of one call. The call counts once, by the first end that is told. */
export interface Observation {
  /** When the call came, on the clock of `performance.now()`, in milliseconds. */
  readonly start: number;
  /** The call has succeeded; one that answers with a stream, with the last message. */
  succeed(): void;
  /** The call has failed. Returns the error that its caller is told, and logs what the operator should know of. */
  fail(error: unknown): StreakdError | TransportError;
}

/**
 * Creates the last step of the pipeline: metrics, the access log (a line a call, at level `debug`), and the log of
 * failures, each of which is logged once for all calls that it met.
 */
export function createObserver(count: CountCall, log: Logger): Observe {
  const logged = new WeakSet<object>();

  function end({ contract, isProbe }: Method, { protocol, peer }: Incoming, start: number, code: CallCode): void {
    if (isProbe) {
      return;
    }
    const seconds = (performance.now() - start) / 1000;
    count(protocol, contract.method.localName, code, seconds);
    if (log.isLevelEnabled("debug")) {
      log.debug({ protocol, method: nameOf(contract.method), code, seconds, peer }, "call");
    }
  }

  function logFailure({ contract }: Method, error: unknown): void {
    if (typeof error === "object" && error !== null) {
      if (logged.has(error)) {
        return;
      }
      logged.add(error);
    }
    // What we depend on is a warning, what is wrong in here an error.
    const level = error instanceof StreakdError ? "warn" : "error";
    log[level]({ err: error, method: nameOf(contract.method) }, "request failed");
  }

  return (method, incoming) => {
    const start = performance.now();
    let hasEnded = false;

    function endOnce(code: CallCode): void {
      if (!hasEnded) {
        hasEnded = true;
        end(method, incoming, start, code);
      }
    }

    return {
      start,
      succeed: () => endOnce("OK"),
      fail(thrown) {
        if (thrown instanceof TransportError) {
          endOnce("OTHER");
          return thrown;
        }
        if (isForOperator(thrown)) {
          logFailure(method, thrown);
        }
        const error =
          thrown instanceof StreakdError ? thrown : new StreakdError("INTERNAL", INTERNAL_MESSAGE, { cause: thrown });
        endOnce(error.code);
        return error;
      },
    };
  };
}

/** What the log calls a method: `streak.v1.StreakService/RecordEvent`. */
function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}
