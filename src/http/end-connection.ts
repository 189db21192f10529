import type { Socket } from "node:net";

/** How long a client may take to end its side of a connection that the server has ended, in milliseconds. */
const LINGER_MS = 1_000;

/**
 * Ends a connection without a reset: what was sent still arrives, and the client sees an ordinary end. A connection that
 * is closed at once is reset when the client has just sent something, and the reset takes the last answer with it.
 */
export function endConnection(socket: Socket): void {
  if (socket.destroyed) {
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end();
  // The client's end is seen only on a socket that is read.
  socket.resume();
}
