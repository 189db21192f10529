import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionServer } from "../connection-server.ts";
import type { Port } from "./listen.ts";

/** The parts of a listener that a shutdown closes. */
export interface ListenerParts {
  /** Undefined while the listener does not listen. */
  readonly port: Port | undefined;
  readonly http2: ConnectionServer;
  readonly fastPath: ConnectionServer | undefined;
}

/**
 * Shuts a listener down: requests in flight finish, and idle connections end. To tell which are idle it keeps the
 * connections and the requests that the listener adds from the start.
 */
export class GracefulShutdown {
  readonly #connections = new Set<Socket>();
  /** The connections of HTTP/1.1, and those whose protocol is not known yet. */
  readonly #withoutSession = new Set<Socket>();
  /** The answers of Node's HTTP/1.1 server that are not sent yet. */
  readonly #inFlight = new Set<ServerResponse>();
  /** One function for all answers: each request would otherwise make its own. */
  readonly #forget = createForget(this.#inFlight);
  #done: Promise<void> | undefined;

  /** Whether the shutdown has begun, so that no connection may be accepted any more. */
  get hasBegun(): boolean {
    return this.#done !== undefined;
  }

  /** Adds a connection that was accepted. */
  addConnection(socket: Socket): void {
    this.#connections.add(socket);
    this.#withoutSession.add(socket);
    socket.once("close", () => {
      this.#connections.delete(socket);
      this.#withoutSession.delete(socket);
    });
  }

  /** Notes that a connection is an HTTP/2 session, which Node's HTTP/2 server ends after its last stream. */
  addSession(socket: Socket): void {
    this.#withoutSession.delete(socket);
  }

  /** Adds a request of Node's HTTP/1.1 server. Once the shutdown has begun, its connection ends after the answer. */
  addRequest(response: ServerResponse): void {
    this.#inFlight.add(response);
    response.once("close", this.#forget);
    if (this.hasBegun) {
      response.shouldKeepAlive = false;
    }
  }

  /**
   * Stops accepting, lets the requests in flight finish, and destroys what is left after `graceMs` milliseconds.
   * Resolves when no connection is left. Calling it again returns the same promise.
   */
  begin(graceMs: number, parts: ListenerParts): Promise<void> {
    this.#done ??= this.#drain(graceMs, parts);
    return this.#done;
  }

  async #drain(graceMs: number, { port, http2, fastPath }: ListenerParts): Promise<void> {
    const timer = setTimeout(() => destroyAll(this.#connections), graceMs);
    // Resolves when the connections of both protocols are gone.
    const portClosed = port?.close();
    // GOAWAY on each session, which closes with its last stream.
    http2.close();
    fastPath?.close();
    this.#destroyIdle(fastPath?.busy);
    this.#endKeepAlive();
    await portClosed;
    clearTimeout(timer);
  }

  /** A connection that has not sent a whole head yet has no request in flight, and might never have one. */
  #destroyIdle(busyOnFastPath: Iterable<Socket> = []): void {
    const busy = new Set([...busyOnFastPath, ...[...this.#inFlight].map((response) => response.socket)]);
    destroyAll([...this.#withoutSession].filter((socket) => !busy.has(socket)));
  }

  /** Ends the connections of the requests in flight after their answers. */
  #endKeepAlive(): void {
    for (const response of this.#inFlight) {
      response.shouldKeepAlive = false;
      // Node closes no connection whose headers are out and promised that it stays open.
      if (response.headersSent) {
        const { socket } = response.req;
        response.once(
          "close",
          () => [...this.#inFlight].some(({ req }) => req.socket === socket) || socket.destroySoon(),
        );
      }
    }
  }
}

function createForget(inFlight: Set<ServerResponse>): (this: ServerResponse) => void {
  return function () {
    inFlight.delete(this);
  };
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) {
    socket.destroy();
  }
}
