import { ConnectionError } from "./errors.ts";
import { CODE, FLAG, type Frame } from "./frames.ts";

/** Throws ConnectionError unless a frame's payload has the right length. */
export function requireLength(isRight: boolean): void {
  if (!isRight) {
    throw new ConnectionError(CODE.FRAME_SIZE_ERROR);
  }
}

/**
 * Returns the payload of DATA or HEADERS without its padding. Throws ConnectionError when there is more padding than
 * payload.
 */
export function unpad({ flags, payload }: Frame): Buffer {
  if ((flags & FLAG.PADDED) === 0) {
    return payload;
  }
  requireLength(payload.length >= 1);
  const end = payload.length - (payload[0] as number);
  if (end < 1) {
    throw new ConnectionError(CODE.PROTOCOL_ERROR);
  }
  return payload.subarray(1, end);
}

/** Returns the same bytes: a copy if they are a small slice, which would keep the buffer of a whole read in memory. */
export function compact(bytes: Buffer): Buffer {
  return 2 * bytes.length < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes;
}
