import type { Socket } from "node:net";
import { networkOf } from "../../address.ts";
import type { ConnectionServer } from "../connection-server.ts";
import type { Limits, OnRefusal } from "../limits.ts";

/** How many busy connections are passed over in the search for one that is not, so that the search stays short. */
const MAX_PASSED_OVER = 64;

/**
 * The open connections of a port, within their bounds. When the port is full, a new connection takes the place of one
 * that is not busy: otherwise clients that only hold connections would keep out everybody else, health checks too. It
 * is the first one that is found, the oldest first, however short it has been idle; a request that its client has just
 * sent is lost. A new connection is closed when none is found.
 */
export class Connections {
  /**
   * Each accepted connection, oldest first, with the socket on which it is served. Over TLS that is another socket.
   * Undefined until the protocol is known.
   */
  readonly #open = new Map<Socket, Socket | undefined>();
  /** How many connections each network has. Empty unless there is a bound. */
  readonly #byNetwork = new Map<string, number>();
  readonly #limits: Limits;
  readonly #servers: readonly ConnectionServer[];
  readonly #onRefusal: OnRefusal;

  constructor(limits: Limits, servers: readonly ConnectionServer[], onRefusal: OnRefusal) {
    this.#limits = limits;
    this.#servers = servers;
    this.#onRefusal = onRefusal;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Adds a connection that was accepted. Returns false when there is no room, and the connection is closed. */
  add(socket: Socket): boolean {
    const network = this.#limits.maxConnectionsPerAddress > 0 ? networkOf(socket.remoteAddress) : undefined;
    const ofNetwork = network === undefined ? 0 : (this.#byNetwork.get(network) ?? 0);
    if (network !== undefined && ofNetwork >= this.#limits.maxConnectionsPerAddress) {
      this.#onRefusal("maxConnectionsPerAddress");
      socket.destroy();
      return false;
    }
    if (this.#open.size >= this.#limits.maxConnections) {
      this.#onRefusal("maxConnections");
      if (!this.closeIdle()) {
        socket.destroy();
        return false;
      }
    }
    this.#open.set(socket, undefined);
    if (network !== undefined) {
      this.#byNetwork.set(network, ofNetwork + 1);
    }
    socket.once("close", () => {
      this.#open.delete(socket);
      if (network !== undefined) {
        this.#leave(network);
      }
    });
    return true;
  }

  /** Notes on which socket a connection is served from now on. The server of that socket knows whether it is busy. */
  setServed(socket: Socket, served: Socket): void {
    if (this.#open.has(socket)) {
      this.#open.set(socket, served);
    }
  }

  /** Closes the first connection that is not busy, the oldest first. Returns false when none is found. */
  closeIdle(): boolean {
    let passedOver = 0;
    for (const [socket, served] of this.#open) {
      if (served === undefined || !this.#servers.some(({ busy }) => busy.has(served))) {
        this.#open.delete(socket);
        socket.destroy();
        return true;
      }
      if (passedOver === MAX_PASSED_OVER) {
        return false;
      }
      passedOver += 1;
      // Moved to the end, so that the next search begins with others.
      this.#open.delete(socket);
      this.#open.set(socket, served);
    }
    return false;
  }

  /** Closes the connections whose protocol is not known yet: their clients have sent no request. */
  destroyUnserved(): void {
    for (const [socket, served] of this.#open) {
      if (served === undefined) {
        socket.destroy();
      }
    }
  }

  /** Closes all connections at once. */
  destroyAll(): void {
    for (const socket of this.#open.keys()) {
      socket.destroy();
    }
  }

  #leave(network: string): void {
    const left = (this.#byNetwork.get(network) ?? 1) - 1;
    if (left === 0) {
      this.#byNetwork.delete(network);
    } else {
      this.#byNetwork.set(network, left);
    }
  }
}
