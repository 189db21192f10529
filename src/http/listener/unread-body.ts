import type { IncomingMessage, ServerResponse } from "node:http";
import { ANSWERED_UPLOAD_MS, LINGER, MAX_DROPPED_BODY_BYTES } from "../limits.ts";

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
 * Drops the rest of a body whose answer has ended and stated no length. Closes the connection when the rest is too long
 * or takes too long: its client would see a reset, perhaps before it has read the answer.
 */
export function stopHttp1Upload(request: IncomingMessage): void {
  if (request.complete) {
    return;
  }
  let left = LINGER.bytes;
  const close = () => request.socket.destroy();
  const timer = setTimeout(close, ANSWERED_UPLOAD_MS);
  request.on("data", (bytes: Buffer) => {
    left -= bytes.length;
    if (left < 0) {
      close();
    }
  });
  request.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
  request.resume();
}
