import { type AddressInfo, createServer, type Socket } from "node:net";
import { isForOperator, TransportError } from "../../errors.ts";
import { errorAnswer } from "../answer.ts";
import { Budget } from "../budget.ts";
import type { ConnectionInit } from "../connection-server.ts";
import type { CreateFastPath } from "../fast-path.ts";
import type { Limits, OnRefusal } from "../limits.ts";
import type { Answer, Serve } from "../message.ts";
import type { TurnBudget } from "../turn-budget.ts";
import { createHttp1 } from "./http1.ts";
import { createHttp2, serveHttp2 } from "./http2.ts";
import { listen, type Port, SOCKET_OPTIONS } from "./listen.ts";
import { GracefulShutdown } from "./shutdown.ts";
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
  /** The turns in which `serve` does its work. */
  readonly turns: TurnBudget;
  readonly limits: Limits;
  /** Learns of each client that goes over a bound. */
  readonly onRefusal: OnRefusal;
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
 */
export function createListener(init: ListenerInit): Listener {
  const { limits } = init;
  const connections: ConnectionInit = {
    serve: answerFailures(init.serve, onError),
    turns: init.turns,
    limits,
    requests: new Budget(limits.maxRequests),
    unfinished: new Budget(limits.maxUnfinishedBodyBytes),
    onRefusal: init.onRefusal,
    onError,
  };
  const shutdown = new GracefulShutdown();
  let port: Port | undefined;

  function onError(error: unknown): void {
    if (isForOperator(error) && !(error instanceof TransportError)) {
      init.onError(error);
    }
  }

  const http1 = createHttp1(connections);
  const http2 = createHttp2(connections);
  const fastPath = init.createFastPath?.({ ...connections, takeOver: http1.takeOver });

  const server = createServer(SOCKET_OPTIONS, (socket: Socket) => {
    if (shutdown.hasBegun) {
      socket.destroy();
      return;
    }
    shutdown.addConnection(socket);
    sniff(socket, limits.headersMs, (isHttp2) => {
      shutdown.decide(socket);
      if (isHttp2) {
        serveHttp2(http2, socket);
      } else {
        (fastPath ?? http1).serve(socket);
      }
    });
  });

  return {
    async listen(number, host) {
      port = await listen(server, number, host, onError);
      if (shutdown.hasBegun) {
        await port.close();
      }
      return port.address;
    },
    close: (graceMs) =>
      shutdown.begin(graceMs, { port, http2, http1: [http1, ...(fastPath === undefined ? [] : [fastPath])] }),
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
