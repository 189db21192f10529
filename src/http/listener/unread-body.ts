import type { IncomingMessage, ServerResponse } from "node:http";
import { LINGER, MAX_DROPPED_BODY_BYTES } from "../limits.ts";

/**
 * Ends an answer to a request whose body nobody read, so that the client gets the answer and can't make the server read
 * without bound. Status and headers, with the length, must be set and not yet written.
 *
 * HTTP/1.1 can't tell a client to stop. Node drops a short body and keeps the connection. After a long body the
 * connection closes, but not at once: otherwise the client's kernel drops an answer that is not read yet. So the end of
 * the answer is held back.
 */
export function endHttp1Unread(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void {
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  if (!isChunked && Number(request.headers["content-length"] ?? 0) <= MAX_DROPPED_BODY_BYTES) {
    response.end(body);
    return;
  }
  response.shouldKeepAlive = false;
  response.write(body);
  const end = () => response.end();
  linger(request, end);
  request.once("end", end);
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
