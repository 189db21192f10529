import type { Socket } from "node:net";

/** What every HTTP/2 client sends first (RFC 9113, 3.4). HTTP/1.1 differs from it by the fourth byte at the latest. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/**
 * Reads just enough to tell HTTP/2 from HTTP/1.1, puts it back, and says which it is. When the socket ends, fails, or
 * does not tell within `timeoutMs` milliseconds, it is destroyed and `decide` is not called.
 */
export function sniff(socket: Socket, timeoutMs: number, decide: (isHttp2: boolean) => void): void {
  let held: Buffer | undefined;
  const timer = setTimeout(destroy, timeoutMs);

  function destroy(): void {
    socket.destroy();
  }
  function onReadable(): void {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) {
      return;
    }
    // Held until the decision: bytes that are put back make the socket readable again at once.
    held = held === undefined ? bytes : Buffer.concat([held, bytes]);
    const length = Math.min(held.length, PREFACE.length);
    const matches = PREFACE.compare(held, 0, length, 0, length) === 0;
    if (matches && length < PREFACE.length) {
      return;
    }
    release();
    socket.unshift(held);
    decide(matches);
  }
  function release(): void {
    clearTimeout(timer);
    socket.off("readable", onReadable);
    socket.off("end", destroy);
    socket.off("error", destroy);
    socket.off("close", release);
  }

  socket.on("readable", onReadable);
  socket.on("end", destroy);
  socket.on("error", destroy);
  socket.on("close", release);
}
