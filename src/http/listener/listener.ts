import type { Server as HttpServer, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { isForOperator, TransportError } from "../../errors.ts";
import { errorAnswer } from "../answer.ts";
import type { CreateFastPath } from "../fast-path.ts";
import type { Answer, Serve } from "../message.ts";
import { createHttp1 } from "./http1.ts";
import { createHttp2, serveHttp2 } from "./http2.ts";
import { type ListenerTimeouts, SOCKET_OPTIONS, TIMEOUTS } from "./limits.ts";
import { listen, type Port } from "./listen.ts";
import { sniff } from "./sniff.ts";

/** What a listener is made of. */
export interface ListenerInit {
  /** Answers every request of either protocol. What it rejects with is answered as an error. */
  readonly serve: Serve;
  /** Serves HTTP/1.1 connections before Node's server does; without it Node's serves them all. */
  readonly createFastPath?: CreateFastPath | undefined;
  /**
   * Learns of what went wrong on the server's side: an error that `serve` rejects with and does not mean for the caller, an
   * answer that can't be sent, a connection that could not be accepted.
   */
  readonly onError: (error: unknown) => void;
  readonly timeouts?: ListenerTimeouts;
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
   * Resolves when no connection is left. Calling it again returns the same promise.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Creates the one port. A connection that opens with HTTP/2's preface is served by Node's HTTP/2 server. Any other is served
 * by the fast path as long as that takes its requests, and by Node's HTTP/1.1 server from the first that it leaves.
 *
 * It is the HTTP/1.1 server that listens, and only its `connection` listener is replaced: a server that never listened
 * (with a `net.Server` in front) keeps no list of its connections, so that Node would enforce neither `headersTimeout`
 * nor `requestTimeout` and could not close idle connections.
 */
export function createListener(init: ListenerInit): Listener {
  const { createFastPath, timeouts = TIMEOUTS } = init;
  const serve = answerFailures(init.serve, onError);
  const open = new Set<Socket>();
  /** The connections of HTTP/1.1, and those whose protocol is not known yet. */
  const withoutSession = new Set<Socket>();
  const inFlight = new Set<ServerResponse>();
  let port: Port | undefined;
  let closed: Promise<void> | undefined;

  function onError(error: unknown): void {
    if (isForOperator(error) && !(error instanceof TransportError)) {
      init.onError(error);
    }
  }

  function forget(this: ServerResponse): void {
    inFlight.delete(this);
  }

  function noteRequest(response: ServerResponse): void {
    inFlight.add(response);
    response.once("close", forget);
    if (closed !== undefined) {
      response.shouldKeepAlive = false;
    }
  }

  const http1 = createHttp1(timeouts, serve, noteRequest, onError);
  // Node would destroy connections whose answer is not all sent. `drain` ends those that are idle.
  http1.closeIdleConnections = () => {};
  const http2 = createHttp2(timeouts, serve, onError);
  const serveByNode = http1.listeners("connection")[0] as (this: HttpServer, socket: Socket) => void;
  const fastPath = createFastPath?.({
    serve,
    takeOver: (socket) => serveByNode.call(http1, socket),
    idleMs: timeouts.keepAlive,
    onError,
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
        serveHttp2(http2, socket);
      } else if (fastPath !== undefined) {
        fastPath.serve(socket);
      } else {
        serveByNode.call(http1, socket);
      }
    });
  });

  function drain(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => destroyAll(open), graceMs);
      // Node tells when the connections of both protocols are gone.
      (port?.close() ?? Promise.resolve()).then(() => {
        clearTimeout(timer);
        resolve();
      });
      // GOAWAY on each session, which closes with its last stream.
      http2.close();
      // A connection that has not sent a whole head yet has no request in flight, and might never have one.
      fastPath?.close();
      const busy = new Set([...(fastPath?.busy ?? []), ...[...inFlight].map((response) => response.socket)]);
      destroyAll([...withoutSession].filter((socket) => !busy.has(socket)));
      for (const response of inFlight) {
        response.shouldKeepAlive = false;
        // Where the headers are out, and promised a connection that stays, it has to be closed for them.
        if (response.headersSent) {
          const { socket } = response.req;
          response.once("close", () => [...inFlight].some(({ req }) => req.socket === socket) || socket.destroySoon());
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

/** The same, with an error's answer for what it rejects with. */
function answerFailures(serve: Serve, onError: (error: unknown) => void): Serve {
  function fail(error: unknown): Answer {
    onError(error);
    return errorAnswer(error);
  }
  return (request) => {
    try {
      return serve(request).catch(fail);
    } catch (error) {
      return Promise.resolve(fail(error));
    }
  };
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) {
    socket.destroy();
  }
}
