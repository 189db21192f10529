import type { ConnectionInit, ConnectionServer } from "../connection-server.ts";
import { OwnedConnections } from "../owned-connections.ts";
import { Http2Connection } from "./connection.ts";

/**
 * Serves HTTP/2 (RFC 9113), from connections that begin with its preface. Node's own HTTP/2 is not used: see
 * docs/decisions/0025-own-http2.md.
 */
export function createHttp2(init: ConnectionInit): ConnectionServer {
  const connections = new OwnedConnections<Http2Connection>(init.turns, init.limits);

  return {
    busy: connections.busy,
    serve(socket) {
      connections.add(new Http2Connection(socket, init, connections));
    },
    drain() {
      connections.isDraining = true;
      for (const connection of connections) {
        connection.drain();
      }
    },
    close() {
      connections.isClosing = true;
      for (const connection of connections) {
        connection.close();
      }
    },
  };
}
