import { HTTP2_PREFACE } from "../preface.ts";
import { dropped } from "../reading.ts";
import { ConnectionError } from "./errors.ts";
import { CODE, FLAG, FRAME, FRAME_HEAD_BYTES, type Frame, MAX_FRAME_BYTES } from "./frames.ts";
import { compact } from "./payload.ts";

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Cuts what a client sends into frames. Holds no more than one frame that is not whole, beside the bytes of one read.
 * Frees the memory of what is read, which includes the payloads of all frames but the last DATA of a stream: whoever
 * handles another frame must be done with it, or have copied it, before the next frame is taken.
 */
export class FrameReader {
  /** The buffer that frames are cut off from, and the rest of it. */
  #whole: Buffer = NOTHING;
  #bytes = this.#whole;
  /** Whether a payload was cut off from it that may be kept: a body that comes in one frame is not copied. */
  #isShared = false;
  #hasPreface = false;

  /** Adds bytes, which nobody else may use. */
  add(bytes: Buffer): void {
    if (this.#bytes.length === 0) {
      this.#replace(bytes);
    } else {
      this.#replace(Buffer.concat([this.#bytes, bytes]));
      dropped(bytes);
    }
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
      this.#keepRest();
      return undefined;
    }
    const length = bytes.readUIntBE(0, 3);
    if (length > MAX_FRAME_BYTES) {
      throw new ConnectionError(CODE.FRAME_SIZE_ERROR);
    }
    const end = FRAME_HEAD_BYTES + length;
    if (bytes.length < end) {
      this.#keepRest();
      return undefined;
    }
    const [type, flags] = [bytes[3] as number, bytes[4] as number];
    this.#isShared ||= type === FRAME.DATA && (flags & FLAG.END_STREAM) !== 0;
    this.#bytes = bytes.subarray(end);
    return {
      type,
      flags,
      stream: bytes.readUInt32BE(5) & 0x7fff_ffff,
      payload: bytes.subarray(FRAME_HEAD_BYTES, end),
    };
  }

  /** Keeps a part of a frame, but not the whole read that it came in. */
  #keepRest(): void {
    const rest = this.#bytes.length === 0 ? NOTHING : compact(this.#bytes);
    if (rest !== this.#bytes) {
      this.#replace(rest);
    }
  }

  #replace(bytes: Buffer): void {
    if (!this.#isShared && this.#whole !== NOTHING) {
      dropped(this.#whole);
    }
    this.#isShared = false;
    this.#whole = bytes;
    this.#bytes = bytes;
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
