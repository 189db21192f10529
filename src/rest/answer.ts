import { type ErrorCode, errorCatalogue, INTERNAL_MESSAGE, RETRY_AFTER_SECONDS, StreakdError } from "../errors.ts";
import type { HttpResponse } from "./http.ts";
import { endWithBodyUnread } from "./unread-body.ts";

/**
 * What answers are counted by: `OK`, the error's code, or `OTHER` for those that the catalogue knows nothing of, because
 * the client went away or its protocol refused the request.
 */
export type AnswerCode = "OK" | ErrorCode | "OTHER";

/**
 * Answers an error as REST does, `{"error": CODE, "message": …}`. This is the one place where an error becomes a REST
 * answer. Anything but a StreakdError is answered as INTERNAL without its message, which is for the log. The request's
 * body may be unread. `allow` lists the methods that a METHOD_NOT_ALLOWED is about.
 */
export function sendError(response: HttpResponse, error: unknown, allow?: readonly string[]): void {
  if (isOver(response)) {
    return;
  }
  const known = error instanceof StreakdError ? error : undefined;
  const code = known?.code ?? "INTERNAL";
  const message = known?.message ?? INTERNAL_MESSAGE;
  if (code === "OVERLOADED") {
    response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
  }
  if (allow !== undefined) {
    response.setHeader("Allow", allow.join(", "));
  }
  response.statusCode = errorCatalogue[code].http;
  response.setHeader("Content-Type", "application/json");
  const body = errorBody(code, message);
  if (response.req.complete) {
    response.end(body);
  } else {
    endWithBodyUnread(response.req, response, body);
  }
}

/** What REST says of an error, as JSON. */
export function errorBody(code: ErrorCode, message: string): string {
  return JSON.stringify({ error: code, message });
}

/** Answers a success; without a body when there is none. */
export function send(response: HttpResponse, status: number, type?: string, body?: string | Uint8Array): void {
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
export function isOver(response: HttpResponse): boolean {
  return response.headersSent || isGone(response);
}

/** Whether nobody is left to be answered. Of HTTP/2 only the stream knows: Node's response says nothing, whatever its type. */
export function isGone(response: HttpResponse): boolean {
  return "stream" in response ? response.stream.destroyed : response.destroyed;
}
