import type { Http2ServerResponse } from "node:http2";
import { type ErrorCode, errorCatalogue, INTERNAL_MESSAGE, RETRY_AFTER_SECONDS, StreakdError } from "../errors.ts";
import { endWithBodyUnread } from "./listener/unread-body.ts";
import type { Answer, HttpResponse } from "./message.ts";

/**
 * What answers are counted by: `OK`, the error's code, or `OTHER` for those that the catalogue knows nothing of, because
 * the client went away or its protocol refused the request.
 */
export type AnswerCode = "OK" | ErrorCode | "OTHER";

/**
 * An error as REST answers it, `{"error": CODE, "message": …}`. This is the one place where an error becomes a REST
 * answer. Anything but a StreakdError is answered as INTERNAL without its message, which is for the log. `allow` lists
 * the methods that a METHOD_NOT_ALLOWED is about.
 */
export function errorAnswer(error: unknown, allow?: readonly string[]): Answer {
  const known = error instanceof StreakdError ? error : undefined;
  const code = known?.code ?? "INTERNAL";
  return {
    status: errorCatalogue[code].http,
    headers: {
      "Content-Type": "application/json",
      ...(code === "OVERLOADED" && { "Retry-After": RETRY_AFTER_SECONDS }),
      ...(allow !== undefined && { Allow: allow.join(", ") }),
    },
    body: errorBody(code, known?.message ?? INTERNAL_MESSAGE),
  };
}

/** What REST says of an error, as JSON. */
export function errorBody(code: ErrorCode, message: string): string {
  return JSON.stringify({ error: code, message });
}

/** Answers an error as REST does; see {@link errorAnswer}. The request's body may be unread. */
export function sendError(response: HttpResponse, error: unknown, allow?: readonly string[]): void {
  send(response, errorAnswer(error, allow));
}

/** Sends an answer, beside the headers that are set already; not if one was begun. The request's body may be unread. */
export function send(response: HttpResponse, { status, headers, body, trailers }: Answer): void {
  if (isOver(response)) {
    return;
  }
  response.statusCode = status;
  for (const name in headers) {
    response.setHeader(name, headers[name] as string);
  }
  if (trailers !== undefined) {
    response.addTrailers(trailers);
    // Headers that go with the end would be all that is sent.
    (response as Http2ServerResponse).writeHead(status);
  } else if (body !== undefined) {
    response.setHeader("Content-Length", Buffer.byteLength(body));
  }
  if (body === undefined) {
    response.end();
  } else if (status >= 400 && !response.req.complete) {
    endWithBodyUnread(response.req, response, body);
  } else {
    response.end(body);
  }
}

/** Whether an answer was begun, or nobody is left to be answered. */
function isOver(response: HttpResponse): boolean {
  return response.headersSent || isGone(response);
}

/** Whether nobody is left to be answered. Of HTTP/2 only the stream knows: Node's response says nothing, whatever its type. */
export function isGone(response: HttpResponse): boolean {
  return "stream" in response ? response.stream.destroyed : response.destroyed;
}
