import type { Socket } from "node:net";
import type { ConnectionInit, ConnectionOwner } from "./connection-server.ts";
import { LINGER, MAX_HELD_READ_BYTES, REFUSED_HOLD_MS } from "./limits.ts";
import { dropped, isStopped, stopReading } from "./reading.ts";

/**
 * Ends our side of a connection, as {@link lingeringClose} does. A busy server does so later, if the client was
 * refused.
 *
 * @param isRefused whether the client got a refusal that says that the connection ends
 */
export function endConnection(
  socket: Socket,
  isRefused: boolean,
  { turns, limits }: Pick<ConnectionInit, "turns" | "limits">,
  { isClosing }: ConnectionOwner,
): void {
  const close = isRefused && turns.isBusy && !isClosing ? closeAfterRefusal : lingeringClose;
  close(socket, limits.stallMs);
}

/**
 * Sends what is written, and ends our side of a connection. The connection is destroyed when its client has ended the
 * other side, or goes on sending for too long. If it were closed while the client still sends, the client would see a
 * reset, and its kernel would drop an answer that the client has not read yet.
 *
 * Nothing else may listen to the socket's `data` and `end` any more.
 *
 * @param stallMs how long the client may read nothing of what is written, in milliseconds, before it is cut off
 * @param linger how many bytes it may still send, and how many milliseconds it may take, before it is cut off
 */
export function lingeringClose(
  socket: Socket,
  stallMs: number = LINGER.ms,
  linger: { readonly bytes: number; readonly ms: number } = LINGER,
): void {
  socket.setTimeout(socket.writableLength > 0 ? stallMs : 0, () => socket.destroy());
  if (socket.destroyed || socket.readableEnded) {
    socket.destroySoon();
    return;
  }
  let left = linger.bytes;
  let unread = socket.writableLength;
  let unreadSince = performance.now();
  let timer: NodeJS.Timeout | undefined;
  socket.on("data", (bytes: Buffer) => {
    left -= bytes.length;
    dropped(bytes);
    if (socket.writableLength !== unread) {
      unread = socket.writableLength;
      unreadSince = performance.now();
    }
    // The socket's own timeout begins again with whatever comes.
    const isStalled = unread > 0 && performance.now() - unreadSince > stallMs;
    if (left < 0 || isStalled) {
      socket.destroy();
      return;
    }
    // One read in a turn of the event loop: a client that sends as fast as it can would have many.
    socket.pause();
    setImmediate(() => socket.resume());
  });
  socket.once("end", () => socket.destroySoon());
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
  socket.end(() => {
    if (!socket.destroyed) {
      socket.setTimeout(0);
      timer = setTimeout(() => socket.destroy(), linger.ms);
    }
  });
}

/**
 * Ends a connection as {@link lingeringClose} does, but later, and reads hardly anything until then. The client has a
 * refusal that says that the connection ends, so it closes the connection itself. A client that ignores the refusal and
 * comes again at once would make a busy server do nothing but refuse it.
 */
function closeAfterRefusal(socket: Socket, stallMs: number): void {
  let left = MAX_HELD_READ_BYTES;
  // The socket is read while little comes, so that the end of the connection is noticed.
  const drop = (bytes: Buffer) => {
    left -= bytes.length;
    dropped(bytes);
    if (left <= 0) {
      stopReading(socket);
    }
  };
  const close = () => {
    release();
    lingeringClose(socket, stallMs);
  };
  const timer = setTimeout(close, REFUSED_HOLD_MS);
  const release = () => {
    clearTimeout(timer);
    socket.off("data", drop).off("end", close).off("close", release);
  };
  socket.on("data", drop).on("end", close).on("close", release);
  if (!isStopped(socket)) {
    socket.resume();
  }
}
