import {
  createServer,
  type Http2Server,
  constants as http2,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { readBody, readChunks } from "../body.ts";
import { type Answer, isStreamed, type Request, type RequestBody, type Serve } from "../message.ts";
import { endStream, pump } from "../pump.ts";
import { type ListenerTimeouts, MAX_HEADER_BYTES } from "./limits.ts";
import { stopHttp2Upload } from "./unread-body.ts";

/** How many requests an HTTP/2 client may have in flight on one connection. */
const MAX_CONCURRENT_STREAMS = 100;

/**
 * How much of a body that is too large is read and thrown away before it is refused. HTTP/2 clients take the reset of a
 * stream on which they still send for a failure, whatever the answer was; this is what most of them send at most.
 */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/**
 * Creates Node's server of HTTP/2 connections, which listens to none: see {@link serveHttp2}. Requests are served from its
 * streams. `Http2ServerRequest` and `Http2ServerResponse` would be two more streams for each request, which forward the
 * events of this one.
 *
 * @param onError learns of answers that can't be sent. Their streams are reset.
 */
export function createHttp2(timeouts: ListenerTimeouts, serve: Serve, onError: (error: unknown) => void): Http2Server {
  const server = createServer({
    settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
  });
  server.on("session", (session) => session.setTimeout(timeouts.session, () => session.close()));
  server.on("stream", (stream, headers) => {
    // A connection that breaks is reported here; without a listener that would end the process.
    stream.on("error", ignore);
    abandonSilentUpload(stream, timeouts.request);
    const fail = (error: unknown) => {
      onError(error);
      cutOff(stream);
    };
    const refusal = refuse(headers);
    if (refusal !== undefined) {
      send(stream, { status: refusal, headers: {} }, false, fail);
      return;
    }
    // A stream whose reset came in the same packet is closed here.
    if (headers.expect !== undefined && !isGone(stream)) {
      stream.additionalHeaders({ ":status": 100 });
    }
    const isHead = headers[":method"] === "HEAD";
    serve(new Http2Request(stream, headers)).then(async (answer) => {
      await send(stream, answer, isHead, fail);
      await endStream(answer);
    });
  });
  return server;
}

/** Serves a connection that has begun as HTTP/2. */
export function serveHttp2(server: Http2Server, socket: Socket): void {
  // Sockets of an HTTP/1.1 server stay open when the client has ended; a session on one would never learn of the end.
  socket.allowHalfOpen = false;
  // A session that has ended its side after GOAWAY waits for the client to end its own, which not every client does.
  socket.once("finish", () => socket.destroy());
  server.emit("connection", socket);
}

/** The status of a request that is not even looked at, as Node refuses it over HTTP/1.1; undefined for any other. */
function refuse(headers: IncomingHttpHeaders): number | undefined {
  if (headers[":method"] === "CONNECT") {
    return 405;
  }
  return headers.expect === undefined || headers.expect === "100-continue" ? undefined : 417;
}

class Http2Request implements Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor = 2;
  readonly receivedAt = performance.now();
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.method = headers[":method"] ?? "";
    this.url = headers[":path"] ?? "";
    this.headers = headers;
    this.#stream = stream;
    // A reset without an error ends the body as if that were all of it.
    const isCutOff = () => stream.aborted;
    const declaredLength = headers["content-length"];
    this.body = {
      whole: (limit, framing = 0) =>
        readBody(stream, { limit, framing, declaredLength, discardBytes: MAX_DISCARDED_BYTES, isCutOff }),
      chunks: () => readChunks(stream, isCutOff),
    };
  }

  get peer(): string | undefined {
    return isGone(this.#stream) ? undefined : this.#stream.session?.socket.remoteAddress;
  }

  get isGone(): boolean {
    return isGone(this.#stream);
  }

  onceOver(listener: () => void): void {
    const stream = this.#stream;
    if (isGone(stream)) {
      listener();
      return;
    }
    // A stream that its client resets is closed only once what came of its body is read.
    const tell = () => {
      stream.off("aborted", tell).off("close", tell);
      listener();
    };
    stream.on("aborted", tell).on("close", tell);
  }
}

/** @param fail is called instead of throwing, also by what happens later */
async function send(
  stream: ServerHttp2Stream,
  answer: Answer,
  isHead: boolean,
  fail: (error: unknown) => void,
): Promise<void> {
  const { status, headers, body, trailers } = answer;
  if (isGone(stream)) {
    return;
  }
  stream.once("finish", () => stopHttp2Upload(stream));
  try {
    const isWhole = trailers === undefined && !isStreamed(body);
    const length = isWhole && body !== undefined ? { "content-length": Buffer.byteLength(body) } : {};
    const all = { ":status": status, ...headers, ...length };
    if (isHead || (isWhole && body === undefined)) {
      stream.respond(all, { endStream: true });
      return;
    }
    if (trailers !== undefined) {
      stream.on("wantTrailers", () => {
        try {
          stream.sendTrailers(trailers());
        } catch (error) {
          fail(error);
        }
      });
    }
    stream.respond(all, { waitForTrailers: trailers !== undefined });
    if (!isStreamed(body) || (await pump(body, stream))) {
      stream.end(isStreamed(body) ? undefined : body);
    }
  } catch (error) {
    fail(error);
  }
}

/**
 * Gives up a request whose body has stopped coming for some milliseconds. A stream that is silent because the server has
 * nothing to say, or does not read, stays.
 */
function abandonSilentUpload(stream: ServerHttp2Stream, ms: number): void {
  stream.setTimeout(ms);
  stream.on("timeout", () => {
    const isUploading = stream.state.state === http2.NGHTTP2_STREAM_STATE_OPEN;
    if (!isUploading || stream.readableLength > 0) {
      stream.setTimeout(ms);
    } else if (stream.headersSent) {
      cutOff(stream);
    } else {
      stream.close(http2.NGHTTP2_CANCEL);
    }
  });
}

/** Ends an answer so that half of it does not look like all of it: `close` would send its regular end. */
function cutOff(stream: ServerHttp2Stream): void {
  stream.destroy(new Error("the answer is cut off"));
}

/** The client has gone. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.closed || stream.destroyed;
}

function ignore(): void {}
