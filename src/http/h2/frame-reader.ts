import { HTTP2_PREFACE } from "../preface.ts";
import { ConnectionError } from "./errors.ts";
import { CODE, FRAME_HEAD_BYTES, type Frame, MAX_FRAME_BYTES } from "./frames.ts";
import { compact } from "./payload.ts";

/**
 * Cuts what a client sends into frames. Holds no more than one frame that is not whole, beside the bytes of one read.
 */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);
  #hasPreface = false;

  /** Adds bytes. */
  add(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
  }

  /** Whether bytes are held, which may be a part of a frame. */
  get hasBytes(): boolean {
    return this.#bytes.length > 0;
  }

  /**
   * Takes the next frame. Returns undefined when it is incomplete.
   *
   * @throws ConnectionError when the bytes don't begin with the preface, or the frame is too large
   */
  next(): Frame | undefined {
    if (!this.#hasPreface && !this.#takePreface()) {
      return undefined;
    }
    const bytes = this.#bytes;
    if (bytes.length < FRAME_HEAD_BYTES) {
      this.#bytes = compact(bytes);
      return undefined;
    }
    const length = bytes.readUIntBE(0, 3);
    if (length > MAX_FRAME_BYTES) {
      throw new ConnectionError(CODE.FRAME_SIZE_ERROR);
    }
    const end = FRAME_HEAD_BYTES + length;
    if (bytes.length < end) {
      this.#bytes = compact(bytes);
      return undefined;
    }
    this.#bytes = bytes.subarray(end);
    return {
      type: bytes[3] as number,
      flags: bytes[4] as number,
      stream: bytes.readUInt32BE(5) & 0x7fff_ffff,
      payload: bytes.subarray(FRAME_HEAD_BYTES, end),
    };
  }

  #takePreface(): boolean {
    const length = Math.min(this.#bytes.length, HTTP2_PREFACE.length);
    if (HTTP2_PREFACE.compare(this.#bytes, 0, length, 0, length) !== 0) {
      throw new ConnectionError(CODE.PROTOCOL_ERROR);
    }
    if (length < HTTP2_PREFACE.length) {
      return false;
    }
    this.#bytes = this.#bytes.subarray(length);
    this.#hasPreface = true;
    return true;
  }
}
