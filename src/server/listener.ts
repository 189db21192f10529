import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  constants as http2,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { HttpRequest, HttpResponse, PlainAnswerer } from "../rest/http.ts";
import { answerClientError, answerThrown } from "./bad-request.ts";
import { listen, type Port } from "./listen.ts";
import { Pace } from "./pace.ts";
import { PlainHttp } from "./plain-http.ts";
import { type BodyRead, type PlainHttp2Init, servePlainStream } from "./plain-http2.ts";

/** What is called for a request. What it throws is answered 400 or 500; a promise it returns is not looked at. */
export type RequestHandler = (req: HttpRequest, res: HttpResponse) => void;

/** What requests are answered by. */
export interface RequestHandlers {
  /** Called for each request of either protocol that is not answered by `answer`. */
  readonly handle: RequestHandler;
  /** Called for each plain request; see {@link PlainHttp} and {@link servePlainStream}. */
  readonly answer: PlainAnswerer;
}

/** One port that serves HTTP/1.1 and cleartext HTTP/2. */
export interface Listener {
  /**
   * Starts to accept connections; port 0 takes any free one. Rejects, with a message that names the setting to mend,
   * when the port or the host can't be had.
   */
  listen(port: number, host: string): Promise<AddressInfo>;
  /**
   * Stops accepting, lets the requests in flight finish, and destroys what is left after `graceMs` milliseconds.
   * Resolves when no connection is left. Calling it again answers the same promise.
   */
  close(graceMs: number): Promise<void>;
}

/** How long a client may take, in milliseconds. Tests shorten them; nobody else has a reason to. */
export interface ListenerTimeouts {
  /** From the connection to the bytes that tell the protocol, in total: a byte now and then does not extend it. */
  readonly preface: number;
  /** From the first byte of an HTTP/1.1 request to the end of its headers; no more than `request`. */
  readonly headers: number;
  /** From the first byte of an HTTP/1.1 request to the end of its body; for HTTP/2, silence within a body. */
  readonly request: number;
  /** How often HTTP/1.1 connections are checked against `headers` and `request`. */
  readonly check: number;
  /**
   * How long an HTTP/1.1 connection stays open between requests. Longer than the 60 s after which the usual proxies
   * drop an idle connection, so that it is the proxy that closes, and never sends into a connection just closed.
   */
  readonly keepAlive: number;
  /** How long an HTTP/2 connection may be silent before it is closed gracefully. */
  readonly session: number;
}

const TIMEOUTS: ListenerTimeouts = {
  preface: 10_000,
  headers: 10_000,
  request: 60_000,
  check: 5_000,
  keepAlive: 75_000,
  session: 300_000,
};

/** What every HTTP/2 client sends first (RFC 9113, 3.4). HTTP/1.1 differs from it by the fourth byte at the latest. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const MAX_HEADER_BYTES = 16 * 1024;

/** How many requests an HTTP/2 client may have in flight on one connection. */
const MAX_CONCURRENT_STREAMS = 100;

/** What connections are accepted with. Those of an HTTP server stay open when the client has sent all. */
const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  // When the kernel starts to ask a silent peer whether it still lives, so that one that vanished frees its socket.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};

/**
 * Creates the one port. A connection that opens with HTTP/2's preface is served by Node's HTTP/2 server, any other by
 * {@link PlainHttp} as long as its requests are plain, and by Node's HTTP/1.1 server from the first that is not.
 *
 * It is the HTTP/1.1 server that listens, and only its `connection` listener is replaced: a server that never listened
 * (with a `net.Server` in front) keeps no list of its connections, so that Node would enforce neither `headersTimeout`
 * nor `requestTimeout` and could not close idle connections.
 *
 * @param onError learns of what went wrong on the server's side: a handler that throws, a connection that could not be
 * accepted. By default a process warning.
 */
export function createListener(
  { handle, answer }: RequestHandlers,
  onError: (error: unknown) => void = warn,
  timeouts: ListenerTimeouts = TIMEOUTS,
): Listener {
  const open = new Set<Socket>();
  /** Those of HTTP/1.1, and those not told apart yet. */
  const withoutSession = new Set<Socket>();
  const inFlight = new Set<ServerResponse>();
  let port: Port | undefined;
  let closed: Promise<void> | undefined;

  function serve(req: HttpRequest, res: HttpResponse): void {
    // A connection that breaks is reported on both; without a listener of our own, which stays, that would end the process.
    req.on("error", ignore);
    res.on("error", ignore);
    try {
      handle(req, res);
    } catch (error) {
      answerThrown(req, res, error, onError);
    }
  }

  function forget(this: ServerResponse): void {
    inFlight.delete(this);
  }

  const http1 = createHttp1(timeouts, (req, res) => {
    inFlight.add(res);
    res.once("close", forget);
    if (closed !== undefined) {
      res.shouldKeepAlive = false;
    }
    serve(req, res);
  });
  const common = { answer, pace: new Pace(), onError };
  const h2 = createH2(timeouts, serve, common);
  const serveHttp1 = http1.listeners("connection")[0] as (this: HttpServer, socket: Socket) => void;

  const plain = new PlainHttp({
    ...common,
    takeOver: (socket) => serveHttp1.call(http1, socket),
    idleMs: timeouts.keepAlive,
  });

  http1.removeAllListeners("connection");
  http1.on("connection", (socket: Socket) => {
    if (closed !== undefined) {
      socket.destroy();
      return;
    }
    open.add(socket);
    withoutSession.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      withoutSession.delete(socket);
    });
    sniff(socket, timeouts.preface, (isHttp2) => {
      if (isHttp2) {
        withoutSession.delete(socket);
        serveHttp2(h2, socket);
      } else {
        plain.serve(socket);
      }
    });
  });

  function drain(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => destroyAll(open), graceMs);
      // Node closes the idle HTTP/1.1 connections here, and answers when those of both protocols are gone.
      (port?.close() ?? Promise.resolve()).then(() => {
        clearTimeout(timer);
        resolve();
      });
      // Likewise: GOAWAY on each session, which closes with its last stream.
      h2.close();
      // What has not sent a whole head yet is no request in flight, and might never be one.
      plain.close();
      const busy = new Set([...plain.busy, ...[...inFlight].map((res) => res.socket)]);
      destroyAll([...withoutSession].filter((socket) => !busy.has(socket)));
      for (const res of inFlight) {
        res.shouldKeepAlive = false;
        // Where the headers are out, and promised a connection that stays, it has to be closed for them.
        if (res.headersSent) {
          res.once("close", () => http1.closeIdleConnections());
        }
      }
    });
  }

  return {
    async listen(number, host) {
      port = await listen(http1, SOCKET_OPTIONS, number, host, onError);
      if (closed !== undefined) {
        await port.close();
      }
      return port.address;
    },
    close(graceMs) {
      closed ??= drain(graceMs);
      return closed;
    },
  };
}

function createHttp1(
  timeouts: ListenerTimeouts,
  serve: (req: IncomingMessage, res: ServerResponse) => void,
): HttpServer {
  const server = createHttpServer(
    {
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      connectionsCheckingInterval: timeouts.check,
      keepAliveTimeout: timeouts.keepAlive,
      maxHeaderSize: MAX_HEADER_BYTES,
      ...SOCKET_OPTIONS,
    },
    serve,
  );
  server.on("clientError", answerClientError);
  return server;
}

function createH2(
  timeouts: ListenerTimeouts,
  serve: RequestHandler,
  plain: Omit<PlainHttp2Init, "takeOver">,
): Http2Server {
  const server = createHttp2Server(
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

function serveHttp2(server: Http2Server, socket: Socket): void {
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

/**
 * Reads just enough to tell HTTP/2 from HTTP/1.1, puts it back, and says which it is. A socket that is not told apart
 * within `timeoutMs`, ends, or fails before, is destroyed, and `decide` is not called.
 */
function sniff(socket: Socket, timeoutMs: number, decide: (isHttp2: boolean) => void): void {
  let held: Buffer | undefined;
  const timer = setTimeout(destroy, timeoutMs);

  function destroy(): void {
    socket.destroy();
  }
  function onReadable(): void {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) {
      return;
    }
    // Kept aside until the decision: what is put back makes the socket readable again at once.
    held = held === undefined ? bytes : Buffer.concat([held, bytes]);
    const length = Math.min(held.length, PREFACE.length);
    const matches = PREFACE.compare(held, 0, length, 0, length) === 0;
    if (matches && length < PREFACE.length) {
      return;
    }
    release();
    socket.unshift(held);
    decide(matches);
  }
  function release(): void {
    clearTimeout(timer);
    socket.off("readable", onReadable);
    socket.off("end", destroy);
    socket.off("error", destroy);
    socket.off("close", release);
  }

  socket.on("readable", onReadable);
  socket.on("end", destroy);
  socket.on("error", destroy);
  socket.on("close", release);
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) {
    socket.destroy();
  }
}

function ignore(): void {}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
