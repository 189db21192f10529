import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_DROPPED_BODY_BYTES } from "../limits.ts";

/** Whether a request has ended, or has a body so short that the rest is dropped when nobody reads it. */
export function hasShortRest({ complete, headers }: IncomingMessage): boolean {
  const isChunked = headers["transfer-encoding"] !== undefined;
  return complete || (!isChunked && Number(headers["content-length"] ?? 0) <= MAX_DROPPED_BODY_BYTES);
}

/**
 * Says in the head of an answer, which is about to be sent, that the connection ends with it, if much of the request may
 * still come. HTTP/1.1 can't tell a client to stop sending. A client that takes the connection for one that goes on may
 * send its next request behind a long body, and would lose it when the server stops reading.
 */
export function closeAfterLongBody(request: IncomingMessage, response: ServerResponse): void {
  if (!hasShortRest(request)) {
    response.shouldKeepAlive = false;
  }
}

/** Drops what is still to come of a request that is answered, so that the next one on the connection can be read. */
export function dropRest(request: IncomingMessage): void {
  if (!request.complete) {
    request.resume();
  }
}
