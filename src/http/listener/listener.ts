import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { isGone } from "../answer.ts";
import { PlainHttp } from "../fast/connection.ts";
import type { HttpRequest, HttpResponse, PlainAnswerer } from "../message.ts";
import { answerClientError, answerThrown } from "./bad-request.ts";
import { createHttp2, serveHttp2 } from "./http2.ts";
import { type ListenerTimeouts, MAX_HEADER_BYTES, TIMEOUTS } from "./limits.ts";
import { listen, type Port } from "./listen.ts";
import { sniff } from "./sniff.ts";
import { Pace } from "./turn-budget.ts";

/**
 * What is called for a request. What it throws is answered 400 or 500; a promise it returns is not looked at.
 *
 * @param inTurn does the work that is passed to it in this turn of the event loop or in one of the next, as {@link Pace} says;
 *   what that throws is answered likewise. It is not done any more when the client has gone.
 */
export type RequestHandler = (req: HttpRequest, res: HttpResponse, inTurn: (work: () => void) => void) => void;

/** What requests are answered by. */
export interface RequestHandlers {
  /** Called for each request of either protocol that is not answered by `answer`. */
  readonly handle: RequestHandler;
  /** Called for each plain request, as PlainHttp and servePlainStream say. */
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
  const pace = new Pace();
  let port: Port | undefined;
  let closed: Promise<void> | undefined;

  function serve(req: HttpRequest, res: HttpResponse): void {
    // A connection that breaks is reported on both; without a listener of our own, which stays, that would end the process.
    req.on("error", ignore);
    res.on("error", ignore);
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (error) {
        answerThrown(req, res, error, onError);
      }
    };
    attempt(() => handle(req, res, (work) => pace.serve(() => isGone(res) || attempt(work))));
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
  const common = { answer, pace, onError };
  const h2 = createHttp2(timeouts, common, serve);
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

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) {
    socket.destroy();
  }
}

function ignore(): void {}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
