import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";

/** The largest body, in bytes, that is thrown away for the sake of an HTTP/1.1 connection that can be used again. */
const KEEP_ALIVE_BYTES = 64 * 1024;

/** How much more of an unread body is thrown away, in bytes and milliseconds, before the client is cut off. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 2_000;

/**
 * Ends an answer to a request whose body nobody read, such that the client gets the answer, and can't make the server take
 * in a body without bound. Status and headers must be set, the length among them, and not yet written.
 *
 * HTTP/1.1 can't tell the client to stop. A short body is left to Node, which throws it away and keeps the connection.
 * On a long one the connection is closed, but not at once: the client's kernel drops an answer that it has not yet
 * read when it is told that its bytes were refused. So the whole answer is sent, and the end of it held back.
 */
export function endHttp1Unread(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void {
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  if (!isChunked && Number(request.headers["content-length"] ?? 0) <= KEEP_ALIVE_BYTES) {
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
 * Throws away the rest of a body whose answer has ended without stating its length. The connection is closed when there is
 * too much of it.
 */
export function stopHttp1Upload(request: IncomingMessage): void {
  if (!request.complete) {
    linger(request, () => request.socket.destroy());
  }
}

/**
 * Has a client stop sending once its answer is sent: with a reset that says NO_ERROR (RFC 9113, 8.1), and not at once, since
 * many clients take a reset for a failure, whatever the answer was that came before.
 */
export function stopHttp2Upload(stream: ServerHttp2Stream): void {
  if (stream.endAfterHeaders) {
    stream.resume(); // It closes only once its empty body is read.
  } else if (!stream.readableEnded && !stream.destroyed) {
    linger(stream, () => stream.close(constants.NGHTTP2_NO_ERROR));
  }
}

/** Throws away what comes of an upload, and gives up when there is too much of it or it takes too long. */
function linger(upload: IncomingMessage | ServerHttp2Stream, giveUp: () => void): void {
  let left = LINGER_BYTES;
  const timer = setTimeout(giveUp, LINGER_MS);
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
