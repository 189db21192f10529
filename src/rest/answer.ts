import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { errorCatalogue, RETRY_AFTER_SECONDS, StreakdError } from "../errors.ts";
import { endWithBodyUnread } from "./unread-body.ts";

/** A response of either HTTP version. */
export type Response = ServerResponse | Http2ServerResponse;

/**
 * Answers an error as REST does, `{"error": CODE, "message": …}`. This is the one place where an error becomes a REST
 * answer. Anything but a StreakdError is answered as INTERNAL without its message, which is for the log. The request's
 * body may be unread. `allow` lists the methods that a METHOD_NOT_ALLOWED is about.
 */
export function sendError(response: Response, error: unknown, allow?: readonly string[]): void {
  if (isOver(response)) {
    return;
  }
  const known = error instanceof StreakdError ? error : undefined;
  const code = known?.code ?? "INTERNAL";
  const message = known?.message ?? "Something went wrong inside. Try again, and tell the operator if it persists.";
  if (code === "OVERLOADED") {
    response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
  }
  if (allow !== undefined) {
    response.setHeader("Allow", allow.join(", "));
  }
  response.statusCode = errorCatalogue[code].http;
  response.setHeader("Content-Type", "application/json");
  const body = JSON.stringify({ error: code, message });
  if (response.req.complete) {
    response.end(body);
  } else {
    endWithBodyUnread(response.req, response, body);
  }
}

/** Answers a success; without a body when there is none. */
export function send(response: Response, status: number, type?: string, body?: string | Uint8Array): void {
  if (isOver(response)) {
    return;
  }
  response.statusCode = status;
  if (type === undefined || body === undefined) {
    response.end();
    return;
  }
  response.setHeader("Content-Type", type);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
}

/** Whether an answer was begun, or nobody is left to be answered. */
function isOver(response: Response): boolean {
  return response.headersSent || response.destroyed;
}
