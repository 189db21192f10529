import {
  createServer,
  type Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  constants as http2,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { type BodyRead, type PlainHttp2Init, servePlainStream } from "../fast/stream.ts";
import { type ListenerTimeouts, MAX_HEADER_BYTES } from "./limits.ts";

/** How many requests an HTTP/2 client may have in flight on one connection. */
const MAX_CONCURRENT_STREAMS = 100;

/**
 * Creates the server of HTTP/2 connections, which listens to none: see {@link serveHttp2}.
 *
 * @param plain what plain requests are served with
 * @param serve called for any other request
 */
export function createHttp2(
  timeouts: ListenerTimeouts,
  plain: Omit<PlainHttp2Init, "takeOver">,
  serve: (req: Http2ServerRequest, res: Http2ServerResponse) => void,
): Http2Server {
  const server = createServer(
    { settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES } },
    serve,
  );
  server.on("session", (session) => session.setTimeout(timeouts.session, () => session.close()));

  // What makes a request and a response of a stream, and has them served.
  const [serveByNode] = server.listeners("stream") as [(...stream: StreamEvent) => void];
  server.removeAllListeners("stream");
  server.on("stream", (...event: StreamEvent) => {
    const [stream, headers, , rawHeaders] = event;
    stream.setTimeout(timeouts.request, abandonUpload);
    const takeOver = (read?: BodyRead) => {
      if (read === undefined) {
        serveByNode(...event);
        return;
      }
      const req = new Http2ServerRequest(stream, headers, {}, rawHeaders);
      putBack(req, read);
      serve(req, new Http2ServerResponse(stream));
    };
    servePlainStream(stream, headers, { ...plain, takeOver });
  });
  return server;
}

type StreamEvent = [stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]];

/** Makes what was read of a body the first that is read of the request. */
function putBack(req: Http2ServerRequest, { bytes, isWhole }: BodyRead): void {
  req.push(bytes);
  if (isWhole) {
    req.push(null);
  }
}

/** Serves a connection that has begun as HTTP/2. */
export function serveHttp2(server: Http2Server, socket: Socket): void {
  // Sockets of an HTTP/1.1 server stay open when the client has ended; a session on one would never learn of the end.
  socket.allowHalfOpen = false;
  // A session that has ended its side after GOAWAY waits for the client to end its own, which not every client does.
  socket.once("finish", () => socket.destroy());
  server.emit("connection", socket);
}

/** Gives up a request whose body stopped coming. A stream that is silent because the server has nothing to say stays. */
function abandonUpload(this: ServerHttp2Stream): void {
  if (!this.readableEnded) {
    this.close(http2.NGHTTP2_CANCEL);
  }
}
