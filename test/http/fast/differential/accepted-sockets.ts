import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** The server's ends of the connections in this process. */
export interface AcceptedSockets {
  /** The server's end of the connection that a client has from this port of its own. Undefined until it is accepted. */
  of(clientPort: number): Socket | undefined;
  /** Stops watching. */
  close(): void;
}

/** Watches what servers in this process accept, so that a test can see how much of what it sent a server has read. */
export function watchAcceptedSockets(): AcceptedSockets {
  const sockets = new Map<number, Socket>();
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    const { remotePort } = socket;
    if (remotePort !== undefined) {
      sockets.set(remotePort, socket);
      socket.once("close", () => {
        if (sockets.get(remotePort) === socket) {
          sockets.delete(remotePort);
        }
      });
    }
  };
  subscribe("net.server.socket", onSocket);
  return { of: (clientPort) => sockets.get(clientPort), close: () => unsubscribe("net.server.socket", onSocket) };
}
