import type { Socket } from "node:net";

/** What reads from the kernel for a socket. Node has no public API for it. */
interface Handle {
  /** Whether Node takes it for being read. */
  readonly reading: boolean;
  readStart(): void;
  readStop(): void;
}

/** The sockets that are not read. */
const stopped = new WeakSet<Socket>();

/** How many bytes Node reads at a time, if there are so many. */
const FULL_READ_BYTES = 64 * 1024;

/**
 * Pauses a socket that has just given bytes. When they are all that Node reads at a time, there may be more, and nothing
 * more is read.
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
    // Node still takes it for being read, if it was, and does not start it again.
    handleOf(socket)?.readStop();
    socket.once("resume", start);
  }
}

/** Whether nothing is read from a socket, nor kept in memory, until it is resumed. */
export function isStopped(socket: Socket): boolean {
  return stopped.has(socket) && socket.readableLength === 0;
}

function start(this: Socket): void {
  stopped.delete(this);
  const handle = handleOf(this);
  // Otherwise Node starts it when there is room again.
  if (handle?.reading) {
    handle.readStart();
  }
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as unknown as { _handle?: Handle | null })._handle;
}

/** Frees the memory of bytes that are dropped now: in a flood they come faster than garbage is collected. */
export function dropped(bytes: Buffer | undefined): void {
  const buffer = bytes?.buffer;
  // Bytes that share their memory with others have only a part of it.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes?.byteLength) {
    buffer.transfer(0);
  }
}
