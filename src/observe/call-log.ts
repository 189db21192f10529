import type { Logger } from "pino";
import type { CallObserver, EndedCall } from "../call/observer.ts";
import { ADMIN_TOKEN_HEADER } from "../call/principal.ts";
import { isForOperator, StreakdError, TransportError } from "../errors.ts";
import { limitLines } from "./line-limit.ts";
import { originOf, type RequestLog } from "./request-log.ts";
import { throttle } from "./throttle.ts";

/** The most lines a second about failures, each of which may have a stack of a kilobyte. */
const MAX_FAILURES_PER_SECOND = 100;

const TOKEN_HEADER = ADMIN_TOKEN_HEADER.toLowerCase();

/**
 * Creates what the log tells of calls: a line for each, as the request log allows, and what the operator should know of
 * failures. A failure that several calls share is told once.
 */
export function createCallLog(log: Logger, requests: RequestLog): CallObserver["ended"] {
  const told = new WeakSet<object>();
  const mayTellFailure = limitLines(MAX_FAILURES_PER_SECOND, (count) =>
    log.error({ count }, "failures were left out of the log"),
  );
  const tellShed = throttle((count, call: EndedCall, { message }: StreakdError) =>
    log.warn({ ...originOf(call), reason: message, count }, "calls are refused: the server is overloaded"),
  );
  const tellToken = throttle((count, call: EndedCall) =>
    log.warn({ ...originOf(call), count }, "a wrong admin token was refused"),
  );

  function isToldAlready(error: unknown): boolean {
    if (typeof error !== "object" || error === null) {
      return false;
    }
    const isTold = told.has(error);
    told.add(error);
    return isTold;
  }

  function tellFailure(call: EndedCall): void {
    const { error } = call;
    if (error instanceof TransportError) {
      return;
    }
    if (isForOperator(error)) {
      if (!isToldAlready(error) && mayTellFailure()) {
        // A failing dependency is a warning, a defect of ours an error.
        log[error instanceof StreakdError ? "warn" : "error"]({ err: error, ...originOf(call) }, "request failed");
      }
    } else if (call.code === "OVERLOADED") {
      tellShed(call, error as StreakdError);
    } else if (call.code === "UNAUTHORIZED" && call.incoming.request.headers[TOKEN_HEADER] !== undefined) {
      tellToken(call);
    }
  }

  return (call) => {
    if (call.code !== "OK") {
      tellFailure(call);
    }
    if (!call.method.isProbe) {
      requests.called(call);
    }
  };
}
