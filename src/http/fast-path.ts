import type { Socket } from "node:net";
import type { ConnectionInit, ConnectionServer } from "./connection-server.ts";
import type { BodyLimit } from "./message.ts";

/** What a fast path works with. */
export interface FastPathInit extends ConnectionInit {
  /** How many bytes of a body `serve` reads. */
  readonly bodyLimit: BodyLimit;
  /**
   * Takes over a connection for good, because the fast path does not serve what came on it.
   *
   * @param bytes what was read and not served
   * @param begunAt when the first of these bytes came, on the clock of `performance.now()`
   */
  readonly takeOver: (socket: Socket, bytes: Buffer, begunAt: number) => void;
}

/**
 * Creates what serves usual HTTP/1.1 requests at less cost than Node's server, and hands every other connection over to
 * it.
 */
export type CreateFastPath = (init: FastPathInit) => ConnectionServer;
