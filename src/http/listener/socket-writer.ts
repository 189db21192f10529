import type { Socket } from "node:net";
import type { Limits, OnRefusal } from "../limits.ts";

type Chunk = Buffer | string;

/** Writes to a socket, and cuts off a client that reads nothing of what waits for it. */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #stallMs: number;

  constructor(socket: Socket, { stallMs }: Limits, onRefusal: OnRefusal) {
    this.#socket = socket;
    this.#stallMs = stallMs;
    socket.on("timeout", () => {
      if (socket.writableLength > 0) {
        onRefusal("stallMs");
        socket.destroy();
      }
    });
  }

  /** Writes a chunk, and calls `done` when it is sent, or can't be. */
  write(chunk: Chunk, encoding: BufferEncoding, done: () => void): void {
    const isRead = this.#socket.write(chunk, encoding, () => {
      if (this.#socket.timeout) {
        this.#socket.setTimeout(0);
      }
      done();
    });
    if (!isRead) {
      this.#socket.setTimeout(this.#stallMs);
    }
  }

  /** Writes chunks in one go, as `write` does. */
  writeAll(chunks: { chunk: Chunk; encoding: BufferEncoding }[], done: () => void): void {
    this.#socket.cork();
    const last = chunks.pop();
    for (const { chunk, encoding } of chunks) {
      this.#socket.write(chunk, encoding);
    }
    if (last !== undefined) {
      this.write(last.chunk, last.encoding, done);
    }
    this.#socket.uncork();
  }
}
