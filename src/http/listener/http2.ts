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
import { pump } from "../pump.ts";
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
    stream.setTimeout(timeouts.request, abandonUpload);
    const refusal = refuse(headers);
    if (refusal !== undefined) {
      stream.respond({ ":status": refusal }, { endStream: true });
      return;
    }
    if (headers.expect !== undefined) {
      stream.additionalHeaders({ ":status": 100 });
    }
    const isHead = headers[":method"] === "HEAD";
    serve(new Http2Request(stream, headers))
      .then((answer) => send(stream, answer, isHead))
      .catch((error: unknown) => {
        onError(error);
        stream.close(http2.NGHTTP2_INTERNAL_ERROR);
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
    return this.#stream.session?.socket.remoteAddress;
  }

  get isGone(): boolean {
    return isGone(this.#stream);
  }

  onceOver(listener: () => void): void {
    if (this.#stream.destroyed) {
      listener();
    } else {
      this.#stream.once("close", listener);
    }
  }
}

function send(stream: ServerHttp2Stream, { status, headers, body, trailers }: Answer, isHead: boolean): void {
  if (isGone(stream)) {
    return;
  }
  stream.once("finish", () => stopHttp2Upload(stream));
  const all = { ":status": status, ...headers };
  if (trailers !== undefined) {
    stream.on("wantTrailers", () => stream.sendTrailers(trailers()));
  }
  const options = { waitForTrailers: trailers !== undefined };
  if (isHead && !isStreamed(body)) {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    stream.respond({ ...all, ...length }, { endStream: true });
  } else if (isStreamed(body)) {
    stream.respond(all, options);
    pump(body, stream).then(
      (isWhole) => isWhole && stream.end(),
      // A half answer must not look like a whole one.
      () => stream.close(http2.NGHTTP2_INTERNAL_ERROR),
    );
  } else if (trailers !== undefined) {
    stream.respond(all, options);
    stream.end(body);
  } else if (body !== undefined) {
    stream.respond({ ...all, "content-length": Buffer.byteLength(body) });
    stream.end(body);
  } else {
    stream.respond(all, { endStream: true });
  }
}

/** Gives up a request whose body stopped coming. A stream that is silent because the server has nothing to say stays. */
function abandonUpload(this: ServerHttp2Stream): void {
  if (!this.readableEnded) {
    this.close(http2.NGHTTP2_CANCEL);
  }
}

/** The client has gone. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.closed || stream.destroyed;
}

function ignore(): void {}
