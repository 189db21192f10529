import type { Socket } from "node:net";
import type { ConnectionOwner, OwnedConnection } from "./connection-server.ts";
import type { Limits } from "./limits.ts";
import { TimeChecks } from "./time-checks.ts";
import type { TurnBudget } from "./turn-budget.ts";

/** The open connections of a server, and what they have in common. */
export class OwnedConnections<C extends OwnedConnection> implements ConnectionOwner {
  /** The sockets of those that are busy. */
  readonly busy = new Set<Socket>();
  readonly #all = new Set<OwnedConnection>();
  readonly #checks: TimeChecks;
  isDraining = false;
  isClosing = false;

  constructor(turns: TurnBudget, limits: Limits) {
    this.#checks = new TimeChecks(turns, limits);
  }

  /** Adds a connection, and checks it against the bounds of time from now on. */
  add(connection: C): void {
    this.#all.add(connection);
    this.#checks.add(connection);
  }

  forget(connection: OwnedConnection): void {
    this.#all.delete(connection);
    this.#checks.delete(connection);
    this.busy.delete(connection.socket);
  }

  setBusy({ socket }: OwnedConnection, isBusy: boolean): void {
    if (isBusy) {
      this.busy.add(socket);
    } else {
      this.busy.delete(socket);
    }
  }

  [Symbol.iterator](): Iterator<C> {
    return this.#all.values() as Iterator<C>;
  }
}
