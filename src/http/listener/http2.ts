import {
  createServer,
  type Http2Server,
  constants as http2,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { readBody, readChunks } from "../body.ts";
import type { Budget } from "../budget.ts";
import type { ConnectionInit } from "../connection-server.ts";
import { type Answer, isStreamed, type Request, type RequestBody } from "../message.ts";
import { endStream, pump } from "../pump.ts";
import { stopHttp2Upload } from "./unread-body.ts";

/**
 * How many bytes of a body that is too large are read and dropped before it is refused. An HTTP/2 client that still
 * sends takes the reset of its stream for a failure, whatever the answer was. Most clients send less than this.
 */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/**
 * Creates Node's HTTP/2 server, which does not listen itself: {@link serveHttp2} gives it connections. Requests are
 * served from its streams: `Http2ServerRequest` and `Http2ServerResponse` would be two more streams for each request
 * that only forward events.
 */
export function createHttp2({ serve, limits, unfinished, onRefusal, onError }: ConnectionInit): Http2Server {
  const server = createServer({
    settings: { maxConcurrentStreams: limits.maxStreams, maxHeaderListSize: limits.maxHeaderBytes },
  });
  server.on("session", (session) => session.setTimeout(limits.sessionMs, () => session.close()));
  server.on("stream", (stream, headers) => {
    // A broken connection is reported here. Without a listener that would end the process.
    stream.on("error", ignore);
    abandonSilentUpload(stream, limits.silenceMs);
    const fail = (error: unknown) => {
      onError(error);
      cutOff(stream);
    };
    const refusal = refuse(headers);
    if (refusal !== undefined) {
      send(stream, { status: refusal, headers: {} }, false, fail);
      return;
    }
    // If the reset came in the same packet, the stream is closed already.
    if (headers.expect !== undefined && !isGone(stream)) {
      stream.additionalHeaders({ ":status": 100 });
    }
    const isHead = headers[":method"] === "HEAD";
    serve(new Http2Request(stream, headers, unfinished, () => onRefusal("maxUnfinishedBodyBytes"))).then(
      async (answer) => {
        await send(stream, answer, isHead, fail);
        await endStream(answer);
      },
    );
  });
  return server;
}

/** Serves a connection that has begun as HTTP/2. */
export function serveHttp2(server: Http2Server, socket: Socket): void {
  // The listener's sockets stay open when the client has ended its side, and a session would never learn of that end.
  socket.allowHalfOpen = false;
  // After GOAWAY a session ends its side and waits until the client ends its own, which not every client does.
  socket.once("finish", () => socket.destroy());
  server.emit("connection", socket);
}

/** The status for a request that is refused at once, as Node does over HTTP/1.1; undefined for any other request. */
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

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, unfinished: Budget, onRefusal: () => void) {
    this.method = headers[":method"] ?? "";
    this.url = headers[":path"] ?? "";
    this.headers = headers;
    this.#stream = stream;
    // A reset without an error ends the body as if it were complete.
    const isCutOff = () => stream.aborted;
    const declaredLength = headers["content-length"];
    this.body = {
      whole: (limit, framing = 0) =>
        readBody(stream, {
          ...{ limit, framing, declaredLength, unfinished, onRefusal, isCutOff },
          discardBytes: MAX_DISCARDED_BYTES,
        }),
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
    // After a client's reset, `close` comes only when the rest of the body is read.
    const tell = () => {
      stream.off("aborted", tell).off("close", tell);
      listener();
    };
    stream.on("aborted", tell).on("close", tell);
  }
}

/** @param fail is called with an error, now or later, instead of throwing it */
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
 * Gives up a request when its body has stopped coming for `ms` milliseconds. A stream stays when it is silent because
 * the server has nothing to send or does not read.
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

/** Cuts off an answer so that half of it does not look like all of it: `close` would end it regularly. */
function cutOff(stream: ServerHttp2Stream): void {
  stream.destroy(new Error("the answer is cut off"));
}

/** Whether the client has gone. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.closed || stream.destroyed;
}

function ignore(): void {}
