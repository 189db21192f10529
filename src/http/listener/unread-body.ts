import { IncomingMessage, type ServerResponse } from "node:http";
import { constants, Http2ServerResponse } from "node:http2";
import type { HttpRequest, HttpResponse } from "../message.ts";

/** The largest body, in bytes, that is thrown away for the sake of an HTTP/1.1 connection that can be used again. */
const KEEP_ALIVE_BYTES = 64 * 1024;

/** How much of a larger one is thrown away, in bytes and milliseconds, before the connection is closed on it. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 2_000;

/**
 * Ends an answer to a request whose body nobody reads, such that the client gets the answer, and can't make the server
 * take in a body without bound. Status and headers must be set, the length among them, and not yet written.
 */
export function endWithBodyUnread(request: HttpRequest, response: HttpResponse, body: string | Uint8Array): void {
  if (response instanceof Http2ServerResponse) {
    endHttp2(response, body);
  } else if (request instanceof IncomingMessage) {
    endHttp1(request, response, body);
  }
}

/** The client is told to stop sending, with NO_ERROR after a whole answer (RFC 9113, 8.1); others are not disturbed. */
function endHttp2(response: Http2ServerResponse, body: string | Uint8Array): void {
  const { stream } = response;
  response.once("finish", () => {
    if (!stream.destroyed) {
      stream.close(constants.NGHTTP2_NO_ERROR);
    }
  });
  response.end(body);
}

/**
 * HTTP/1.1 can't tell the client to stop. A short body is left to Node, which throws it away and keeps the connection.
 * On a long one the connection is closed, but not at once: the client's kernel drops an answer that it has not yet
 * read when it is told that its bytes were refused. So the whole answer is sent, and the end of it held back.
 */
function endHttp1(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void {
  const isChunked = request.headers["transfer-encoding"] !== undefined;
  if (!isChunked && Number(request.headers["content-length"] ?? 0) <= KEEP_ALIVE_BYTES) {
    response.end(body);
    return;
  }
  response.shouldKeepAlive = false;
  response.write(body);

  let left = LINGER_BYTES;
  const end = () => response.end();
  const timer = setTimeout(end, LINGER_MS);
  response.once("close", () => clearTimeout(timer));
  request.once("end", end);
  request.on("data", (bytes: Buffer) => {
    left -= bytes.length;
    if (left < 0) {
      end();
    }
  });
}
