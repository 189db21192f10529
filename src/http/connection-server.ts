import type { Socket } from "node:net";
import type { Budget } from "./budget.ts";
import type { Limits, OnRefusal } from "./limits.ts";
import type { Serve } from "./message.ts";
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

/** What all that serves the connections of one port shares. */
export interface ConnectionInit {
  readonly serve: Serve;
  /** The turns in which connections are served. */
  readonly turns: TurnBudget;
  readonly limits: Limits;
  /** What is left of `maxRequests`, which HTTP/2 alone needs. */
  readonly requestBudget: Budget;
  /** What is left of `maxUnfinishedBodyBytes`. */
  readonly bodyBudget: Budget;
  /** Learns of each client that goes over a bound. */
  readonly onRefusal: OnRefusal;
  /** Learns of answers that can't be sent. They are cut off. */
  readonly onError: (error: unknown) => void;
}
