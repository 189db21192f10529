import type { Logger } from "pino";
import type { EndedCall } from "../call/observer.ts";
import type { RequestLogSettings } from "../config/telemetry.ts";
import { clip } from "../errors.ts";
import { type Answer, pathOf, type Request } from "../http/message.ts";
import { limitLines } from "./line-limit.ts";
import { withoutUser } from "./without-user.ts";

/** The lines of the log about requests. */
export interface RequestLog {
  /** A call has ended. */
  called(call: EndedCall): void;
  /** A request that is no call is answered. */
  answered(request: Request, answer: Answer): void;
}

/**
 * Creates the request log. However many requests there are, it has no more lines a second than it may, and then one
 * that says how many it has left out.
 */
export function createRequestLog(log: Logger, { share, perSecond, hasUsers }: RequestLogSettings): RequestLog {
  if (!log.isLevelEnabled("info")) {
    return { called() {}, answered() {} };
  }
  const limit = (kind: string) =>
    limitLines(perSecond, (count) =>
      log.info({ kind, count }, "requests were left out of the log: there were more than LOG_REQUESTS_PER_SECOND"),
    );
  const mayLogSucceeded = limit("succeeded");
  const mayLogOther = limit("other");
  const logsAll = log.isLevelEnabled("trace");
  /** Rises by the share with each successful call. Each whole number that it reaches is a line. */
  let due = 0;

  function isDue(): boolean {
    due += share;
    if (due < 1) {
      return false;
    }
    due -= 1;
    return true;
  }

  function fieldsOf(call: EndedCall): object {
    const { incoming, code, seconds, subject } = call;
    return {
      protocol: incoming.protocol,
      status: incoming.http.statusOf(code),
      code,
      ms: milliseconds(seconds),
      project: subject?.project,
      user: hasUsers ? subject?.userHash : undefined,
      ...originOf(call),
    };
  }

  return {
    called(call) {
      if (call.code === "OK" ? isDue() && mayLogSucceeded() : mayLogOther()) {
        log.info(fieldsOf(call), "request");
      }
    },
    answered({ method, url, requestId, peer, receivedAt }, { status }) {
      // Preflights and pages are for machines: in an ordinary log they would hide users.
      const isRefused = status >= 400;
      if (isRefused ? mayLogOther() : logsAll) {
        const ms = milliseconds((performance.now() - receivedAt) / 1000);
        // Without the query, which may name a user, and without a password, which a target with a scheme may have.
        const whole = pathOf(url).replace(/\/\/[^/]*@/, "//");
        const path = clip(hasUsers ? whole : withoutUser(whole));
        const fields = { verb: method, path, status, ms, requestId, peer };
        log[isRefused ? "info" : "trace"](fields, "request");
      }
    },
  };
}

/** What every line about a call has: which call it was, who called, and the trace to look into. */
export function originOf({ method: { contract }, incoming: { request }, span }: EndedCall): object {
  return {
    method: `${contract.method.parent.typeName}/${contract.method.name}`,
    requestId: request.requestId,
    peer: request.peer,
    ...(span && { trace_id: span.traceId, span_id: span.spanId }),
  };
}

/** To the microsecond: more digits mean nothing. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1000;
}
