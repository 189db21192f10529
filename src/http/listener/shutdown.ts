import type { Http2Server } from "node:http2";
import type { Socket } from "node:net";
import type { ConnectionServer } from "../connection-server.ts";
import type { Port } from "./listen.ts";

/** The parts of a listener that a shutdown closes. */
export interface ListenerParts {
  /** Undefined while the listener does not listen. */
  readonly port: Port | undefined;
  readonly http2: Http2Server;
  /** What serves HTTP/1.1. */
  readonly http1: readonly ConnectionServer[];
}

/**
 * Shuts a listener down: requests in flight finish, and idle connections end. It keeps the connections that the
 * listener adds from the start.
 */
export class GracefulShutdown {
  readonly #connections = new Set<Socket>();
  /** The connections whose protocol is not known yet. */
  readonly #undecided = new Set<Socket>();
  #done: Promise<void> | undefined;

  /** Whether the shutdown has begun, so that no connection may be accepted any more. */
  get hasBegun(): boolean {
    return this.#done !== undefined;
  }

  /** Adds a connection that was accepted. */
  addConnection(socket: Socket): void {
    this.#connections.add(socket);
    this.#undecided.add(socket);
    socket.once("close", () => {
      this.#connections.delete(socket);
      this.#undecided.delete(socket);
    });
  }

  /** Notes that the protocol of a connection is known, and that what serves the protocol ends the connection. */
  decide(socket: Socket): void {
    this.#undecided.delete(socket);
  }

  /**
   * Stops accepting, lets the requests in flight finish, and destroys what is left after `graceMs` milliseconds.
   * Resolves when no connection is left. Calling it again returns the same promise.
   */
  begin(graceMs: number, parts: ListenerParts): Promise<void> {
    this.#done ??= this.#drain(graceMs, parts);
    return this.#done;
  }

  async #drain(graceMs: number, { port, http2, http1 }: ListenerParts): Promise<void> {
    const timer = setTimeout(() => destroyAll(this.#connections), graceMs);
    // Resolves when the connections of both protocols are gone.
    const portClosed = port?.close();
    // GOAWAY on each session, which closes with its last stream.
    http2.close();
    for (const one of http1) {
      one.close();
    }
    destroyAll(this.#undecided);
    await portClosed;
    clearTimeout(timer);
  }
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) {
    socket.destroy();
  }
}
