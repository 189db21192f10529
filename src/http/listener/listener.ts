import type { AddressInfo, Socket } from "node:net";
import { isForOperator, TransportError } from "../../errors.ts";
import { errorAnswer } from "../answer.ts";
import { Budget } from "../budget.ts";
import type { ConnectionInit, ConnectionServer } from "../connection-server.ts";
import type { CreateFastPath } from "../fast-path.ts";
import { createHttp2 } from "../h2/create-http2.ts";
import type { Limits, OnRefusal } from "../limits.ts";
import type { Answer, Serve } from "../message.ts";
import { readHello } from "../tls/client-hello.ts";
import { createTlsServer, refuseCleartext, type TlsInit, type TlsServer } from "../tls/tls-server.ts";
import type { TurnBudget } from "../turn-budget.ts";
import { Connections } from "./connections.ts";
import { createHttp1 } from "./http1.ts";
import { type Acceptor, listen, listenOnUnixSocket, type Port } from "./listen.ts";
import { shutDown } from "./shutdown.ts";
import { isHttp2, sniff } from "./sniff.ts";

/** What a listener is made of. */
export interface ListenerInit {
  /** Answers every request of either protocol. What it rejects with is answered as an error. */
  readonly serve: Serve;
  /** Serves HTTP/1.1 connections before Node's server does; without it Node's serves them all. */
  readonly createFastPath?: CreateFastPath | undefined;
  /** The certificate. Without it the port speaks cleartext. */
  readonly tls?: TlsInit | undefined;
  /**
   * Learns of what went wrong on the server's side: an error that `serve` rejects with and does not mean for the caller, an
   * answer that can't be sent.
   */
  readonly onError: (error: unknown) => void;
  /** Learns of each failure to accept a connection, such as for want of file descriptors. */
  readonly onAcceptFailed?: ((error: Error) => void) | undefined;
  /** The turns in which `serve` does its work. */
  readonly turns: TurnBudget;
  readonly limits: Limits;
  /** What is left of `maxUnfinishedBodyBytes`. */
  readonly bodyBudget: Budget;
  /** Learns of each client that goes over a bound. */
  readonly onRefusal: OnRefusal;
}

/** One port that serves HTTP/1.1 and HTTP/2, in cleartext or over TLS. */
export interface Listener {
  /**
   * Starts to accept connections; port 0 takes any free one. Rejects, with a message that names the setting to mend,
   * when the port, the host or the certificate can't be had.
   */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** The same on a Unix socket. */
  listenOnUnixSocket(path: string): Promise<void>;
  /** Goes on serving, and tells clients that their connections end: by `Connection: close`, or by GOAWAY. */
  drain(): void;
  /**
   * Stops accepting, lets the requests in flight finish, and destroys what is left after `graceMs` milliseconds.
   * Resolves when no connection is left. Calling it again returns the same promise.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Creates the one port. Over TLS a client says in the handshake (ALPN) whether it speaks HTTP/2. Of any other the first
 * bytes tell: HTTP/2 opens with a preface. A connection of HTTP/1.1 is served by the fast path as long as that takes
 * its requests, and by Node's HTTP/1.1 server from the first that it leaves.
 */
export function createListener(init: ListenerInit): Listener {
  const { limits } = init;
  const all: ConnectionInit = {
    serve: answerFailures(init.serve, onError),
    turns: init.turns,
    limits,
    requestBudget: new Budget(limits.maxRequests),
    bodyBudget: init.bodyBudget,
    onRefusal: init.onRefusal,
    onError,
  };
  const http2 = createHttp2(all);
  const nodeHttp1 = createHttp1(all);
  const fastPath = init.createFastPath?.({ ...all, takeOver: nodeHttp1.takeOver });
  const http1 = fastPath ?? nodeHttp1;
  const servers = fastPath === undefined ? [nodeHttp1, http2] : [fastPath, nodeHttp1, http2];
  const connections = new Connections(limits, servers, init.onRefusal);
  let tls: TlsServer | undefined;
  let port: Port | undefined;
  let closed: Promise<void> | undefined;

  function onError(error: unknown): void {
    if (isForOperator(error) && !(error instanceof TransportError)) {
      init.onError(error);
    }
  }

  const acceptor: Acceptor = {
    accept(socket) {
      if (closed !== undefined) {
        socket.destroy();
      } else if (connections.add(socket)) {
        if (tls === undefined) {
          serveBySniffing(socket, socket);
        } else {
          serveOverTls(socket, tls);
        }
      }
    },
    onError(error) {
      init.onAcceptFailed?.(error);
      if (OUT_OF_DESCRIPTORS.has(error.code)) {
        // It frees a descriptor. Without one, the kernel would report the waiting connection turn after turn.
        connections.closeIdle();
      }
    },
  };

  function onSlowHead(): void {
    init.onRefusal("headersMs");
  }

  function serveOverTls(accepted: Socket, { serve }: TlsServer): void {
    sniff(accepted, {
      judge: readHello,
      timeoutMs: limits.headersMs,
      onTimeout: onSlowHead,
      decide(found) {
        if (found === "not TLS") {
          refuseCleartext(accepted);
          return;
        }
        serve(accepted, (secure) => {
          if (typeof secure.alpnProtocol === "string") {
            serveWith(secure.alpnProtocol === "h2" ? http2 : http1, accepted, secure);
          } else {
            serveBySniffing(accepted, secure);
          }
        });
      },
    });
  }

  function serveBySniffing(accepted: Socket, socket: Socket): void {
    sniff(socket, {
      judge: isHttp2,
      timeoutMs: limits.headersMs,
      onTimeout: onSlowHead,
      decide: (is2) => serveWith(is2 ? http2 : http1, accepted, socket),
    });
  }

  function serveWith(server: ConnectionServer, accepted: Socket, socket: Socket): void {
    connections.setServed(accepted, socket);
    server.serve(socket);
  }

  /** Reads the certificate, and then listens. */
  async function start<T extends Port>(listening: () => Promise<T>): Promise<T> {
    if (init.tls !== undefined) {
      tls = await createTlsServer(init.tls, limits.headersMs, init.turns, onSlowHead);
    }
    try {
      const started = await listening();
      port = started;
      if (closed !== undefined) {
        tls?.close();
        await started.close();
      }
      return started;
    } catch (error) {
      tls?.close();
      throw error;
    }
  }

  return {
    async listen(number, host) {
      const { address } = await start(() => listen(acceptor, number, host));
      return address;
    },
    async listenOnUnixSocket(path) {
      await start(() => listenOnUnixSocket(acceptor, path));
    },
    drain() {
      for (const server of servers) {
        server.drain();
      }
    },
    close(graceMs) {
      tls?.close();
      closed ??= shutDown(graceMs, { port, connections, servers });
      return closed;
    },
  };
}

/** The errors of a process, or a machine, that has no file descriptors left. */
const OUT_OF_DESCRIPTORS: ReadonlySet<string | undefined> = new Set(["EMFILE", "ENFILE"]);

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
