import type { Socket } from "node:net";
import type { Serve } from "./message.ts";

/** What may serve HTTP/1.1 connections at less cost, before Node's server does. It is free to serve none. */
export interface FastPath {
  /** The connections on which a request has begun, its head at least, and is not answered yet. */
  readonly busy: ReadonlySet<Socket>;
  /** Serves a connection. */
  serve(socket: Socket): void;
  /** Has every connection end with the answer that is under way. */
  close(): void;
}

/** What a fast path works with. */
export interface FastPathInit {
  readonly serve: Serve;
  /**
   * Takes over a connection for good: something came on it that the fast path does not serve. What was not served is in
   * the socket again.
   */
  readonly takeOver: (socket: Socket) => void;
  /** How long a connection stays open without a byte on it, in milliseconds, while nothing is being answered. */
  readonly idleMs: number;
  /** Learns of answers that can't be sent. Their connections are closed. */
  readonly onError: (error: unknown) => void;
}

/** Creates a fast path. */
export type CreateFastPath = (init: FastPathInit) => FastPath;
