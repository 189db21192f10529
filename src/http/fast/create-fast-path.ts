import type { CreateFastPath } from "../fast-path.ts";
import { OwnedConnections } from "../owned-connections.ts";
import { FastConnection } from "./connection.ts";

/**
 * Serves HTTP/1.1 from the bytes on the socket, for requests in the one form that every reader takes the same way.
 * Nearly all requests have it. Node's server makes two streams and a dozen events for each request, which costs more
 * than all that streakd does for it. When anything else comes, Node's server takes the connection over for good. So
 * only Node interprets the special cases of HTTP.
 */
export const createFastPath: CreateFastPath = (init) => {
  const connections = new OwnedConnections<FastConnection>(init.turns, init.limits);

  return {
    busy: connections.busy,
    serve(socket) {
      connections.add(new FastConnection(socket, init, connections));
    },
    drain() {
      connections.isDraining = true;
    },
    close() {
      connections.isDraining = true;
      connections.isClosing = true;
      for (const connection of connections) {
        if (!connections.busy.has(connection.socket)) {
          connection.endIdle();
        }
      }
    },
  };
};
