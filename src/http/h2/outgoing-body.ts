import { MAX_PENDING_BYTES, PROGRESS_BYTES } from "../limits.ts";
import type { Sink } from "../pump.ts";
import { FLAG, FRAME, frameHead, MAX_FRAME_BYTES, MAX_WINDOW } from "./frames.ts";
import type { Output, Sender } from "./output.ts";

/** What a body needs of its stream. */
export interface OutgoingStream {
  readonly id: number;
  /** Called once, when all of the body is sent. Sends the trailers, if there are any. */
  onBodySent(): void;
}

/** The body of an answer, which is sent as the windows of the client let it. */
export class OutgoingBody implements Sender, Sink {
  readonly #stream: OutgoingStream;
  readonly #output: Output;
  /** How many bytes the client takes of this stream. */
  #window: number;
  /** What waits for the windows. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** When enough was last sent, or something began to wait, on the clock of `performance.now()`. */
  #progressAt = 0;
  /** How many bytes were sent since then. */
  #progressBytes = 0;
  /** Whether nothing comes after what is pending, but trailers perhaps. */
  #isEnding = false;
  #hasTrailers = false;
  #isClosed = false;
  #onDrained: (() => void) | undefined;

  constructor(stream: OutgoingStream, output: Output, window: number) {
    this.#stream = stream;
    this.#output = output;
    this.#window = window;
  }

  /** Whether the client has gone, as a {@link Sink} says it. */
  get destroyed(): boolean {
    return this.#isClosed;
  }

  /** Widens the client's window by so many bytes. Returns false when it becomes larger than a window can be. */
  widen(bytes: number): boolean {
    this.#window += bytes;
    if (bytes > 0 && this.#pendingBytes > 0) {
      this.#output.add(this);
    }
    return this.#window <= MAX_WINDOW;
  }

  /** Sends a whole body: at once if the windows let it, which is nearly always so. */
  send(body: Buffer, hasTrailers: boolean): void {
    const isAtOnce =
      body.length > 0 && body.length <= Math.min(this.#window, MAX_FRAME_BYTES) && this.#output.takeWindow(body.length);
    if (!isAtOnce) {
      this.write(body);
      this.end(hasTrailers);
      return;
    }
    this.#isEnding = true;
    this.#hasTrailers = hasTrailers;
    this.#writeFrame([body], body.length);
    this.#stream.onBodySent();
  }

  write(part: string | Uint8Array): boolean {
    const bytes = typeof part === "string" ? Buffer.from(part) : asBuffer(part);
    if (bytes.length > 0 && !this.#isClosed) {
      if (this.#pendingBytes === 0) {
        this.#beginWait();
      }
      this.#pending.push(bytes);
      this.#pendingBytes += bytes.length;
      this.#output.add(this);
    }
    return this.#pendingBytes < MAX_PENDING_BYTES;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDrained = () => {
        this.#onDrained = undefined;
        resolve();
      };
    });
  }

  /** Ends the body behind what waits. Its end needs no room in the windows. */
  end(hasTrailers: boolean): void {
    this.#isEnding = true;
    this.#hasTrailers = hasTrailers;
    if (this.#pendingBytes > 0) {
      return;
    }
    if (!hasTrailers) {
      this.#writeFrame([], 0);
    }
    this.#stream.onBodySent();
  }

  writeBody(most: number): number {
    const bytes = Math.min(most, this.#window, this.#pendingBytes);
    if (bytes <= 0) {
      return 0;
    }
    this.#writeFrame(this.#takePending(bytes), bytes);
    if (this.#pendingBytes === 0) {
      this.#onDrained?.();
      if (this.#isEnding) {
        this.#stream.onBodySent();
      }
    }
    return bytes;
  }

  /** Whether the client has taken too little of what waits for it, for so long. */
  isStalled(now: number, stallMs: number): boolean {
    if (this.#pendingBytes === 0) {
      return false;
    }
    // What only waits for its turn, behind other streams, is not late.
    const closedAt = this.#window <= 0 ? 0 : (this.#output.closedAt ?? now);
    return now - Math.max(closedAt, this.#progressAt) > stallMs;
  }

  /** Drops what waits, because nobody takes it any more. */
  close(): void {
    this.#isClosed = true;
    this.#output.remove(this);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#onDrained?.();
  }

  /** Writes a frame of the body, which ends the stream if nothing follows. */
  #writeFrame(payload: readonly Buffer[], bytes: number): void {
    this.#window -= bytes;
    this.#progressBytes += bytes;
    if (this.#progressBytes >= PROGRESS_BYTES) {
      this.#beginWait();
    }
    const isLast = this.#isEnding && this.#pendingBytes === 0 && !this.#hasTrailers;
    this.#output.write(frameHead(bytes, FRAME.DATA, isLast ? FLAG.END_STREAM : 0, this.#stream.id), ...payload);
  }

  #beginWait(): void {
    this.#progressAt = performance.now();
    this.#progressBytes = 0;
  }

  #takePending(bytes: number): Buffer[] {
    const taken: Buffer[] = [];
    let left = bytes;
    while (left > 0) {
      const first = this.#pending[0] as Buffer;
      if (first.length <= left) {
        this.#pending.shift();
        taken.push(first);
      } else {
        this.#pending[0] = first.subarray(left);
        taken.push(first.subarray(0, left));
      }
      left -= Math.min(left, first.length);
    }
    this.#pendingBytes -= bytes;
    return taken;
  }
}

/** Returns the same bytes as a buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
