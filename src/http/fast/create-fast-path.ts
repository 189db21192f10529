import type { Socket } from "node:net";
import type { CreateFastPath } from "../fast-path.ts";
import { TimeChecks } from "../time-checks.ts";
import { FastConnection } from "./connection.ts";

/**
 * Serves HTTP/1.1 from the bytes on the socket, for requests in the one form that every reader takes the same way.
 * Nearly all requests have it. Node's server makes two streams and a dozen events for each request, which costs more
 * than all that streakd does for it. When anything else comes, Node's server takes the connection over for good. So
 * only Node interprets the special cases of HTTP.
 */
export const createFastPath: CreateFastPath = (init) => {
  const busy = new Set<Socket>();
  const connections = new Map<FastConnection, Socket>();
  const checks = new TimeChecks(init.turns, init.limits);
  let isDraining = false;
  let isClosing = false;

  function forget(connection: FastConnection): void {
    connections.delete(connection);
    checks.delete(connection);
  }

  return {
    busy,
    serve(socket) {
      const connection = new FastConnection(socket, init, {
        setBusy: (isBusy) => (isBusy ? busy.add(socket) : busy.delete(socket)),
        isDraining: () => isDraining,
        isClosing: () => isClosing,
        forget,
      });
      connections.set(connection, socket);
      checks.add(connection);
    },
    drain() {
      isDraining = true;
    },
    close() {
      isDraining = true;
      isClosing = true;
      for (const [connection, socket] of connections) {
        if (!busy.has(socket)) {
          connection.endIdle();
        }
      }
    },
  };
};
