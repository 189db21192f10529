import type { Socket } from "node:net";
import { HTTP2_PREFACE } from "../preface.ts";

/** Whether the first bytes of a connection are HTTP/2's; `undefined` while that can't be told. */
export function isHttp2(bytes: Buffer): boolean | undefined {
  const length = Math.min(bytes.length, HTTP2_PREFACE.length);
  const matches = HTTP2_PREFACE.compare(bytes, 0, length, 0, length) === 0;
  return matches && length < HTTP2_PREFACE.length ? undefined : matches;
}

/** Decides by the first bytes of a connection. */
export interface Sniffer<T> {
  /** Returns what the bytes say; `undefined` when more bytes are needed. */
  readonly judge: (bytes: Buffer) => T | undefined;
  /** Is called once with what `judge` has returned, when the bytes are back in the socket. */
  readonly decide: (verdict: T) => void;
  /** How long the client may take to send the bytes, in milliseconds. */
  readonly timeoutMs: number;
  /** Is called when they take longer, and the socket is destroyed. */
  readonly onTimeout: () => void;
}

/**
 * Reads just enough to judge a connection by, and puts it back. When the socket ends or fails before, it is destroyed
 * and nothing is called.
 */
export function sniff<T>(socket: Socket, { judge, decide, timeoutMs, onTimeout }: Sniffer<T>): void {
  let held: Buffer | undefined;
  let lastLook: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // After this turn has read its sockets: a server that was held up runs its timers before it reads what came in time.
    lastLook = setImmediate(() => {
      onTimeout();
      destroy();
    });
  }, timeoutMs);

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
    const verdict = judge(held);
    if (verdict === undefined) {
      return;
    }
    release();
    socket.unshift(held);
    decide(verdict);
  }
  function release(): void {
    clearTimeout(timer);
    clearImmediate(lastLook);
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
