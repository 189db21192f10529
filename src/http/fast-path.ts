import type { Socket } from "node:net";
import type { ConnectionInit, ConnectionServer } from "./connection-server.ts";

/** What a fast path works with. */
export interface FastPathInit extends ConnectionInit {
  /**
   * Takes over a connection for good, because the fast path does not serve what came on it. The bytes that are not
   * served are in the socket again.
   */
  readonly takeOver: (socket: Socket) => void;
}

/**
 * Creates what serves usual HTTP/1.1 requests at less cost than Node's server, and hands every other connection over to
 * it.
 */
export type CreateFastPath = (init: FastPathInit) => ConnectionServer;
