import type { Socket } from "node:net";
import type { Budget } from "./budget.ts";
import type { Limits, OnRefusal } from "./limits.ts";
import type { CommonHeaders, Serve } from "./message.ts";
import type { Timed } from "./time-checks.ts";
import type { TurnBudget } from "./turn-budget.ts";

/** Serves connections of one protocol. */
export interface ConnectionServer {
  /** The connections with a request whose head has arrived and whose answer is not sent yet. */
  readonly busy: ReadonlySet<Socket>;
  /** Serves a connection. */
  serve(socket: Socket): void;
  /**
   * Goes on serving, and tells clients that their connections end: by `Connection: close` with the next answer, after
   * which the connection ends, or by GOAWAY.
   */
  drain(): void;
  /** Ends each connection that is not busy, and each busy one after its answers. */
  close(): void;
}

/** A connection, as what serves it knows it. */
export interface OwnedConnection extends Timed {
  readonly socket: Socket;
}

/** What a connection tells the server that it belongs to, and learns from it. */
export interface ConnectionOwner {
  /** Whether clients are told that their connections end. */
  readonly isDraining: boolean;
  /** Whether connections end when nothing is being answered, whatever their clients were told. */
  readonly isClosing: boolean;
  /** Says whether a connection has a request whose answer is not sent. */
  setBusy(connection: OwnedConnection, isBusy: boolean): void;
  /** Says that a connection is closed, or belongs to another server now. */
  forget(connection: OwnedConnection): void;
}

/** Learns of an error on the server's side, and of the request that it belongs to, if it belongs to one. */
export type OnError = (error: unknown, requestId?: string) => void;

/** What all that serves the connections of one port shares. */
export interface ConnectionInit {
  readonly serve: Serve;
  /** The headers of answers that `serve` has not made, beside their own; without it none. */
  readonly commonHeaders?: CommonHeaders | undefined;
  /** The turns in which connections are served. */
  readonly turns: TurnBudget;
  readonly limits: Limits;
  /** What is left of `maxRequests`, which HTTP/2 alone needs. */
  readonly requestBudget: Budget;
  /** What is left of `maxUnfinishedBodyBytes`. */
  readonly bodyBudget: Budget;
  /** Learns of each client that goes over a bound. */
  readonly onRefusal: OnRefusal;
  /** Learns of answers that can't be sent. Such an answer is cut off. */
  readonly onError: OnError;
}
