import type { Socket } from "node:net";

/** The handle by which Node reads a socket from the kernel. Node has no public API for it. */
interface Handle {
  /** Whether Node has begun to read. */
  readonly reading: boolean;
  readStart(): void;
  readStop(): void;
}

/** The sockets that {@link stopReading} has stopped. */
const stopped = new WeakSet<Socket>();

/** How many bytes Node reads at most at a time. */
const FULL_READ_BYTES = 64 * 1024;

/**
 * Pauses a socket that has just given bytes. When they are as many as Node reads at a time, more may wait in the
 * kernel. Then reading stops at once.
 */
export function pauseAfter({ length }: Buffer, socket: Socket): void {
  if (length < FULL_READ_BYTES) {
    socket.pause();
  } else {
    stopReading(socket);
  }
}

/**
 * Stops reading from a socket at once, until it is resumed. When a socket is paused, Node reads up to 64 KiB more and
 * keeps them in memory. The end of the connection is not noticed until the socket is resumed.
 */
export function stopReading(socket: Socket): void {
  socket.pause();
  if (!stopped.has(socket)) {
    stopped.add(socket);
    // `reading` of the handle stays true, so Node does not start it again.
    handleOf(socket)?.readStop();
    socket.once("resume", start);
  }
}

/** Whether a socket is neither read nor holds bytes in memory until it is resumed. */
export function isStopped(socket: Socket): boolean {
  return stopped.has(socket) && socket.readableLength === 0;
}

function start(this: Socket): void {
  stopped.delete(this);
  const handle = handleOf(this);
  // Otherwise Node starts the handle when there is room again.
  if (handle?.reading) {
    handle.readStart();
  }
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as unknown as { _handle?: Handle | null })._handle;
}

/**
 * Frees the memory of dropped bytes at once: in a flood, bytes come faster than garbage is collected. Nobody may use
 * the bytes any more, nor any part of them.
 */
export function dropped(bytes: Buffer | undefined): void {
  const buffer = bytes?.buffer;
  // Not when the memory also holds other bytes. Empty buffers have none, and one may be shared by many.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > 0 && buffer.byteLength === bytes?.byteLength) {
    buffer.transfer(0);
  }
}
