import type { Socket } from "node:net";
import type { Serve } from "./message.ts";

/** Serves usual HTTP/1.1 requests at less cost than Node's server, and hands every other connection over to it. */
export interface FastPath {
  /** The connections with a request whose head has arrived and whose answer is not sent yet. */
  readonly busy: ReadonlySet<Socket>;
  /** Serves a connection. */
  serve(socket: Socket): void;
  /** Ends each busy connection after its answer. */
  close(): void;
}

/** What a fast path works with. */
export interface FastPathInit {
  readonly serve: Serve;
  /**
   * Takes over a connection for good, because the fast path does not serve what came on it. The bytes that are not
   * served are in the socket again.
   */
  readonly takeOver: (socket: Socket) => void;
  /** How long a connection stays open without a byte on it, in milliseconds, while nothing is being answered. */
  readonly idleMs: number;
  /** Learns of answers that can't be sent. Their connections are closed. */
  readonly onError: (error: unknown) => void;
}

/** Creates a fast path. */
export type CreateFastPath = (init: FastPathInit) => FastPath;
