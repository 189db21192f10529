import type { ConnectionServer } from "../connection-server.ts";
import type { Connections } from "./connections.ts";
import type { Port } from "./listen.ts";

/** The parts of a listener that a shutdown closes. */
export interface ListenerParts {
  /** Undefined while the listener does not listen. */
  readonly port: Port | undefined;
  readonly connections: Connections;
  readonly servers: readonly ConnectionServer[];
}

/**
 * Stops accepting, lets the requests in flight finish, ends idle connections, and destroys what is left after `graceMs`
 * milliseconds. Resolves when no connection is left.
 */
export async function shutDown(graceMs: number, { port, connections, servers }: ListenerParts): Promise<void> {
  const timer = setTimeout(() => connections.destroyAll(), graceMs);
  // Resolves when the connections are gone.
  const portClosed = port?.close();
  for (const server of servers) {
    server.drain();
  }
  // A request that has come but is not read yet is still answered, so its connection must not count as idle.
  await nextTurn();
  await nextTurn();
  for (const server of servers) {
    server.close();
  }
  connections.destroyUnserved();
  await portClosed;
  clearTimeout(timer);
}

/** Resolves after the event loop has polled the sockets. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
