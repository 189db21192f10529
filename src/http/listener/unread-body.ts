import type { IncomingMessage, ServerResponse } from "node:http";
import { LINGER, MAX_DROPPED_BODY_BYTES } from "../limits.ts";

/**
 * Ends an answer to a request whose body nobody read. HTTP/1.1 can't tell a client to stop: Node drops a short body and
 * keeps the connection; a longer one ends the connection, which then lingers.
 */
export function endHttp1Unread(
  { headers }: IncomingMessage,
  response: ServerResponse,
  body: string | Uint8Array,
): void {
  const isChunked = headers["transfer-encoding"] !== undefined;
  if (isChunked || Number(headers["content-length"] ?? 0) > MAX_DROPPED_BODY_BYTES) {
    response.shouldKeepAlive = false;
  }
  response.end(body);
}

/**
 * Drops the rest of a body whose answer has ended and stated no length. Closes the connection when the rest is too
 * long.
 */
export function stopHttp1Upload(request: IncomingMessage): void {
  if (!request.complete) {
    linger(request, () => request.socket.destroy());
  }
}

/** Drops what comes of an upload, and gives up when it is too long or takes too long. */
function linger(upload: IncomingMessage, giveUp: () => void): void {
  let left = LINGER.bytes;
  const timer = setTimeout(giveUp, LINGER.ms);
  const stop = () => {
    clearTimeout(timer);
    upload.off("data", count);
  };
  function count(bytes: Buffer): void {
    left -= bytes.length;
    if (left < 0) {
      stop();
      giveUp();
    }
  }
  upload.on("data", count).once("end", stop).once("close", stop);
  upload.resume();
}
