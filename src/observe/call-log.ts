import type { Logger } from "pino";
import type { CallObserver, EndedCall } from "../call/observer.ts";
import type { TokenProblem } from "../call/principal.ts";
import { isForOperator, StreakdError, TransportError } from "../errors.ts";
import { limitLines } from "./line-limit.ts";
import { originOf, type RequestLog } from "./request-log.ts";
import { throttle } from "./throttle.ts";

/** The most lines a second about failures, each of which may have a stack of a kilobyte. */
const MAX_FAILURES_PER_SECOND = 100;

/**
 * Creates what the log tells of calls: a line for each, as the request log allows, and what the operator should know of
 * failures. A failure that several calls share is logged once.
 */
export function createCallLog(log: Logger, requests: RequestLog): CallObserver["ended"] {
  const logged = new WeakSet<object>();
  const mayLogFailure = limitLines(MAX_FAILURES_PER_SECOND, (count) =>
    log.error({ count }, "failures were left out of the log"),
  );
  const logShed = throttle((count, call: EndedCall, { message }: StreakdError) =>
    log.warn({ ...originOf(call), reason: message, count }, "calls are refused: the server is overloaded"),
  );
  const logWrongToken = throttle((count, call: EndedCall, problem: TokenProblem) =>
    log.warn({ ...originOf(call), problem, count }, "a wrong token was refused"),
  );

  function isLoggedAlready(error: unknown): boolean {
    if (typeof error !== "object" || error === null) {
      return false;
    }
    const isLogged = logged.has(error);
    logged.add(error);
    return isLogged;
  }

  function logFailure(call: EndedCall): void {
    const { error } = call;
    if (error instanceof TransportError) {
      return;
    }
    if (isForOperator(error)) {
      if (!isLoggedAlready(error) && mayLogFailure()) {
        // A failing dependency is a warning, a defect of ours an error.
        log[error instanceof StreakdError ? "warn" : "error"]({ err: error, ...originOf(call) }, "request failed");
      }
    } else if (call.code === "OVERLOADED") {
      logShed(call, error as StreakdError);
    } else if (call.code === "UNAUTHORIZED" && call.principal?.tokenProblem !== undefined) {
      logWrongToken(call, call.principal.tokenProblem);
    }
  }

  return (call) => {
    if (call.code !== "OK") {
      logFailure(call);
    }
    if (!call.method.isProbe) {
      requests.called(call);
    }
  };
}
