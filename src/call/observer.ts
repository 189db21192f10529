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

/** What the pipeline tells of the calls that it runs. */
export interface Observer {
  /** A call has ended, a stream's with its last message. It began at `start`, on the clock of `performance.now()`. */
  ended(method: Method, incoming: Incoming, start: number, code: CallCode): void;
  /** A call has failed. Returns the error that its caller is told, and logs what the operator should know of. */
  failed(method: Method, error: unknown): StreakdError | TransportError;
}

/**
 * Creates the last step of the pipeline: metrics, the access log (a line a call, at level `debug`), and the log of
 * failures, each of which is logged once for all calls that it met.
 */
export function createObserver(count: CountCall, log: Logger): Observer {
  const logged = new WeakSet<object>();

  return {
    ended({ contract, isProbe }, { protocol, peer }, start, code) {
      if (isProbe) {
        return;
      }
      const seconds = (performance.now() - start) / 1000;
      count(protocol, contract.method.localName, code, seconds);
      if (log.isLevelEnabled("debug")) {
        log.debug({ protocol, method: nameOf(contract.method), code, seconds, peer }, "call");
      }
    },
    failed({ contract }, error) {
      if (error instanceof TransportError) {
        return error;
      }
      if (isForOperator(error) && !(typeof error === "object" && error !== null && logged.has(error))) {
        if (typeof error === "object" && error !== null) {
          logged.add(error);
        }
        // What we depend on is a warning, what is wrong in here an error.
        const level = error instanceof StreakdError ? "warn" : "error";
        log[level]({ err: error, method: nameOf(contract.method) }, "request failed");
      }
      return error instanceof StreakdError ? error : new StreakdError("INTERNAL", INTERNAL_MESSAGE, { cause: error });
    },
  };
}

/** What the log calls a method: `streak.v1.StreakService/RecordEvent`. */
function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}

/** What a call is counted by that ended with this error. */
export function codeOf(error: StreakdError | TransportError): CallCode {
  return error instanceof StreakdError ? error.code : "OTHER";
}
