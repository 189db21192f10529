import type { Socket } from "node:net";
import type { ConnectionInit, ConnectionServer } from "../connection-server.ts";
import { Http2Connection } from "./connection.ts";

/** How often connections are checked against the bounds of time, in milliseconds, unless a bound is shorter. */
const CHECK_MS = 1_000;

/**
 * Serves HTTP/2 (RFC 9113), from connections that begin with its preface. Node's own HTTP/2 is not used: see
 * docs/decisions/0025-own-http2.md.
 */
export function createHttp2(init: ConnectionInit): ConnectionServer {
  const { headersMs, requestMs, silenceMs, stallMs, sessionMs } = init.limits;
  const checkMs = Math.min(CHECK_MS, Math.ceil(Math.min(headersMs, requestMs, silenceMs, stallMs, sessionMs) / 4));
  const connections = new Set<Http2Connection>();
  const busy = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;
  let isDraining = false;

  function check(): void {
    const now = performance.now();
    for (const connection of connections) {
      connection.check(now);
    }
  }

  return {
    busy,
    serve(socket) {
      const connection = new Http2Connection(socket, init, {
        setBusy: (isBusy) => (isBusy ? busy.add(socket) : busy.delete(socket)),
        isDraining: () => isDraining,
      });
      connections.add(connection);
      timer ??= setInterval(check, checkMs).unref();
      socket.once("close", () => {
        connections.delete(connection);
        if (connections.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      });
    },
    drain() {
      isDraining = true;
      for (const connection of connections) {
        connection.drain();
      }
    },
    close() {
      for (const connection of connections) {
        connection.close();
      }
    },
  };
}
