import type { AddressInfo, Socket } from "node:net";
import { isForOperator, TransportError } from "../../errors.ts";
import { errorAnswer } from "../answer.ts";
import { Budget } from "../budget.ts";
import type { ConnectionInit, OnError } from "../connection-server.ts";
import type { CreateFastPath } from "../fast-path.ts";
import { createHttp2 } from "../h2/create-http2.ts";
import type { Limits, OnRefusal } from "../limits.ts";
import type { Answer, BodyLimit, CommonHeaders, Request, Serve } from "../message.ts";
import { createTlsServer, type TlsInit, type TlsServer } from "../tls/tls-server.ts";
import type { TurnBudget } from "../turn-budget.ts";
import { Connections } from "./connections.ts";
import { fitToDescriptors } from "./descriptors.ts";
import { createHttp1 } from "./http1.ts";
import { type Acceptor, listen, type Place, type Port } from "./listen.ts";
import { Protocols } from "./protocols.ts";
import { shutDown } from "./shutdown.ts";

/** What a listener is made of. */
export interface ListenerInit {
  /** Answers every request of either protocol. What it rejects with is answered as an error. */
  readonly serve: Serve;
  /** How many bytes of a body `serve` reads. */
  readonly bodyLimit: BodyLimit;
  /** The headers of answers that `serve` has not made, beside their own; without it none. */
  readonly commonHeaders?: CommonHeaders | undefined;
  /** Serves HTTP/1.1 connections before Node's server does; without it Node's serves them all. */
  readonly createFastPath?: CreateFastPath | undefined;
  /** The certificate. Without it the port speaks cleartext. */
  readonly tls?: TlsInit | undefined;
  /**
   * Learns of what went wrong on the server's side: an error that `serve` rejects with and does not mean for the
   * caller, or an answer that can't be sent.
   */
  readonly onError: OnError;
  /** Learns of each answer to a request, before it is sent. Must be quick, and must not throw. */
  readonly onAnswer: (request: Request, answer: Answer) => void;
  /** Learns of each connection that was accepted. */
  readonly onAccept?: ((socket: Socket) => void) | undefined;
  /** Learns of each failure to accept a connection, such as for want of file descriptors. */
  readonly onAcceptFailed: (error: Error) => void;
  /** Learns at the start that there are file descriptors for only so many connections, fewer than the bound. */
  readonly onFewDescriptors: (maxConnections: number) => void;
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
  /** How many connections are open. */
  readonly connections: number;
  /**
   * Starts to accept connections. Resolves with the address, in which port 0 has become a free one. Rejects, with a
   * message that names the setting to mend, when the place or the certificate can't be had.
   */
  listen(place: Place): Promise<AddressInfo>;
  /** Goes on serving, and tells clients that their connections end: by `Connection: close`, or by GOAWAY. */
  drain(): void;
  /**
   * Stops accepting, lets the requests in flight finish, and destroys what is left after `graceMs` milliseconds.
   * Resolves when no connection is left. Calling it again returns the same promise.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Creates the one port. A connection of HTTP/1.1 is served by the fast path as long as that takes its requests, and by
 * Node's HTTP/1.1 server from the first that it leaves.
 */
export function createListener(init: ListenerInit): Listener {
  const { onRefusal, turns } = init;
  const onError = ofOperator(init.onError);
  const limits = fitToDescriptors(init.limits);
  if (limits.maxConnections < init.limits.maxConnections) {
    init.onFewDescriptors(limits.maxConnections);
  }
  const all: ConnectionInit = {
    serve: answerFailures(init, onError),
    commonHeaders: init.commonHeaders,
    turns,
    limits,
    requestBudget: new Budget(limits.maxRequests),
    bodyBudget: init.bodyBudget,
    onRefusal,
    onError,
  };
  const http2 = createHttp2(all);
  const nodeHttp1 = createHttp1(all);
  const fastPath = init.createFastPath?.({ ...all, bodyLimit: init.bodyLimit, takeOver: nodeHttp1.takeOver });
  const servers = fastPath === undefined ? [nodeHttp1, http2] : [fastPath, nodeHttp1, http2];
  const connections = new Connections(limits, servers, onRefusal);
  const protocols = new Protocols({
    http1: fastPath ?? nodeHttp1,
    http2,
    limits,
    onRefusal,
    onServed: (accepted, served) => connections.setServed(accepted, served),
  });
  let tls: TlsServer | undefined;
  let port: Port | undefined;
  let closed: Promise<void> | undefined;

  const acceptor: Acceptor = {
    accept(socket) {
      if (closed !== undefined) {
        socket.destroy();
      } else if (connections.add(socket)) {
        init.onAccept?.(socket);
        if (tls === undefined) {
          protocols.serve(socket);
        } else {
          protocols.serveOverTls(socket, tls);
        }
      }
    },
    onError(error) {
      init.onAcceptFailed(error);
      if (OUT_OF_DESCRIPTORS.has(error.code)) {
        // This frees a descriptor. Otherwise the kernel would report the waiting connection in every turn.
        connections.closeIdle();
      }
    },
  };

  return {
    get connections() {
      return connections.size;
    },
    async listen(place) {
      if (init.tls !== undefined) {
        tls = await createTlsServer(init.tls, limits.headersMs, turns, () => onRefusal("headersMs"));
      }
      try {
        port = await listen(acceptor, place);
      } catch (error) {
        tls?.close();
        throw error;
      }
      if (closed !== undefined) {
        tls?.close();
        await port.close();
      }
      return port.address;
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

/** The same, of what the operator should learn. A client that leaves, or a protocol that refuses, is no such error. */
function ofOperator(onError: OnError): OnError {
  return (error, requestId) => {
    if (isForOperator(error) && !(error instanceof TransportError)) {
      onError(error, requestId);
    }
  };
}

/** The same, with an error's answer for what it rejects with. */
function answerFailures({ serve, commonHeaders, onAnswer }: ListenerInit, onError: OnError): Serve {
  return (request) => {
    function answered(answer: Answer): Answer {
      onAnswer(request, answer);
      return answer;
    }
    function failed(error: unknown): Answer {
      onError(error, request.requestId);
      const failure = errorAnswer(error);
      const answer = { ...failure, headers: { ...commonHeaders?.(request), ...failure.headers } };
      // A client that has gone gets no answer.
      return error instanceof TransportError ? answer : answered(answer);
    }
    try {
      return serve(request).then(answered, failed);
    } catch (error) {
      return Promise.resolve(failed(error));
    }
  };
}
