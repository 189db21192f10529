import { HEADER_BLOCK_FACTOR, type Limits } from "../limits.ts";
import { ConnectionError } from "./errors.ts";
import { CODE, FLAG, FRAME, type Frame, MAX_STREAM_ID } from "./frames.ts";
import { requireLength, unpad } from "./payload.ts";

/** A complete header block. */
export interface HeaderBlock {
  readonly stream: number;
  readonly bytes: Buffer;
  /** Whether the client's side of the stream ends with it. */
  readonly isLast: boolean;
  /** Whether it says that the stream depends on itself, which is an error of the stream. */
  readonly dependsOnItself: boolean;
}

/** Puts the header blocks of a connection together, from HEADERS and the CONTINUATION frames behind it. */
export class HeaderBlockReader {
  readonly #limits: Limits;
  #open: Omit<HeaderBlock, "bytes"> | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Whether a block has begun and not ended. Only its CONTINUATION frames may come then. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Throws ConnectionError when a frame may not come now, because a block is open or because none is. */
  check({ type, stream }: Frame): void {
    const isRight = this.#open === undefined || stream === this.#open.stream;
    if (!isRight || (type === FRAME.CONTINUATION) !== this.isOpen) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
  }

  /**
   * Adds a HEADERS or CONTINUATION frame. Returns the block when that was all of it.
   *
   * @throws ConnectionError when the frame is wrong, or the block goes over a bound
   */
  add(frame: Frame): HeaderBlock | undefined {
    const part = frame.type === FRAME.HEADERS ? this.#begin(frame) : frame.payload;
    this.#bytes += part.length;
    if (this.#bytes > HEADER_BLOCK_FACTOR * this.#limits.maxHeaderBytes) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, "maxHeaderBytes");
    }
    if (this.#parts.length > this.#limits.maxContinuations) {
      throw new ConnectionError(CODE.ENHANCE_YOUR_CALM, "maxContinuations");
    }
    const isWhole = (frame.flags & FLAG.END_HEADERS) !== 0;
    if (!isWhole || this.#parts.length > 0) {
      // Copied, because a small slice would keep the buffer of the whole read in memory.
      this.#parts.push(Buffer.from(part));
    }
    return isWhole ? this.#end(part) : undefined;
  }

  #begin(frame: Frame): Buffer {
    const payload = unpad(frame);
    const hasPriority = (frame.flags & FLAG.PRIORITY) !== 0;
    requireLength(!hasPriority || payload.length >= PRIORITY_BYTES);
    this.#bytes = 0;
    this.#open = {
      stream: frame.stream,
      isLast: (frame.flags & FLAG.END_STREAM) !== 0,
      dependsOnItself: hasPriority && dependencyOf(payload) === frame.stream,
    };
    return hasPriority ? payload.subarray(PRIORITY_BYTES) : payload;
  }

  #end(onlyPart: Buffer): HeaderBlock {
    const bytes = this.#parts.length === 0 ? onlyPart : Buffer.concat(this.#parts);
    const block = { ...(this.#open as Omit<HeaderBlock, "bytes">), bytes };
    this.#open = undefined;
    this.#parts = [];
    return block;
  }
}

/** How many bytes a priority has: the stream that it depends on, and its weight. */
export const PRIORITY_BYTES = 5;

/** The id of the stream that a priority names. */
export function dependencyOf(priority: Buffer): number {
  return priority.readUInt32BE(0) & MAX_STREAM_ID;
}
