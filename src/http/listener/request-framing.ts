import type { IncomingMessage } from "node:http";
import { MAX_CHUNK_FRAMING_BYTES } from "../limits.ts";

/** Tells how far a request goes, so that Node's server can be given its bytes and none of the next request's. */
export interface Framing {
  /** Whether what was taken has more framing around its bytes than the server reads. */
  readonly isWasteful: boolean;
  /** The length of the body in bytes, or of its chunks that have begun. */
  readonly stated: number;
  /** How many of these bytes, the next of the connection, surely do not go beyond the end of the request. */
  take(bytes: Buffer): number;
}

const END_OF_HEAD = "\r\n\r\n";
const LINE_FEED = 0x0a;

/** The beginning of a line that says how large a chunk is. */
const CHUNK_SIZE = /^[0-9a-f]{1,12}(?=[;\r])/i;

/** How many characters of a line are kept to find the size of a chunk in it. */
const KEPT_OF_LINE = 16;

/** The framing of a head: all up to the first empty line. */
export class HeadFraming implements Framing {
  readonly isWasteful = false;
  readonly stated = 0;
  /** The last bytes taken, since an empty line may come in parts. */
  #before = "";
  /** How many bytes were taken. */
  length = 0;

  take(bytes: Buffer): number {
    const joint = this.#before + bytes.toString("latin1", 0, END_OF_HEAD.length - 1);
    const atJoint = joint.indexOf(END_OF_HEAD);
    const end = atJoint < 0 ? bytes.indexOf(END_OF_HEAD) : atJoint - this.#before.length;
    const count = end < 0 && atJoint < 0 ? bytes.length : end + END_OF_HEAD.length;
    this.length += count;
    const last = bytes.toString("latin1", Math.max(0, count - END_OF_HEAD.length + 1), count);
    this.#before = (this.#before + last).slice(1 - END_OF_HEAD.length);
    return count;
  }
}

/** The framing of a body of which the length is known. */
class LengthFraming implements Framing {
  readonly isWasteful = false;
  readonly stated: number;
  #left: number;

  constructor(length: number) {
    this.stated = length;
    this.#left = length;
  }

  take(bytes: Buffer): number {
    const count = Math.min(bytes.length, this.#left);
    this.#left -= count;
    return count;
  }
}

/** The most bytes of a body in chunks that are taken at once: Node's server makes an object of each chunk. */
const MAX_TAKEN_BYTES = 1024;

/**
 * The framing of a body in chunks, each a line and its bytes. The last chunk is empty, and lines follow it. A body ends
 * with a line, so whatever a line means there, nothing behind the body is taken with it.
 */
class ChunkFraming implements Framing {
  stated = 0;
  /** What is left of a chunk, with the line end behind it. */
  #left = 0;
  #line = "";
  #isLast = false;
  /** How many more bytes were framing than were of the body. */
  #excess = 0;

  get isWasteful(): boolean {
    return this.#excess > MAX_CHUNK_FRAMING_BYTES;
  }

  take(bytes: Buffer): number {
    if (this.#isLast) {
      return this.#takeLine(bytes, 0);
    }
    let at = 0;
    while (at < bytes.length && at < MAX_TAKEN_BYTES && !this.#isLast) {
      if (this.#left === 0) {
        at = this.#takeLine(bytes, at);
      } else {
        const count = Math.min(bytes.length - at, this.#left);
        this.#left -= count;
        at += count;
      }
    }
    return at;
  }

  /** Takes a line, or the beginning of one. Returns where it ends. */
  #takeLine(bytes: Buffer, start: number): number {
    const lineFeed = bytes.indexOf(LINE_FEED, start);
    const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
    this.#line += bytes.toString("latin1", start, Math.min(end, start + KEPT_OF_LINE - this.#line.length));
    if (lineFeed >= 0) {
      const size = Number.parseInt(CHUNK_SIZE.exec(this.#line)?.[0] ?? "0", 16);
      this.stated += size;
      this.#excess += this.#line.length + "\r\n".length - size;
      this.#isLast ||= size === 0;
      this.#left = this.#isLast ? 0 : size + "\r\n".length;
      this.#line = "";
    }
    return end;
  }
}

/** Returns the framing of a request's body. */
export function bodyFraming({ headers }: IncomingMessage): Framing {
  const length = headers["content-length"];
  return length === undefined ? new ChunkFraming() : new LengthFraming(Number(length));
}
