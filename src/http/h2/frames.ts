/** The types of frames (RFC 9113, 6). */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

/** The flags of frames. */
export const FLAG = { ACK: 0x1, END_STREAM: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** Why a stream or a connection ends (RFC 9113, 7). */
export const CODE = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
} as const;

/** The settings of HTTP/2 that are read or sent here (RFC 9113, 6.5.2). */
export const SETTING = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** How many bytes a frame has before its payload. */
export const FRAME_HEAD_BYTES = 9;

/** The largest payload of a frame, sent or received: HTTP/2's default, which every peer takes. */
export const MAX_FRAME_BYTES = 16 * 1024;

/** The windows of a connection and of its streams before anybody changes them. */
export const DEFAULT_WINDOW = 65_535;

/** The largest that a window can be. */
export const MAX_WINDOW: number = 2 ** 31 - 1;

/** The largest id of a stream. */
export const MAX_STREAM_ID: number = 2 ** 31 - 1;

/** A whole frame that was received. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Returns what comes before a frame's payload. */
export function frameHead(length: number, type: number, flags: number, stream: number): Buffer {
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return head;
}

/** Returns a header block as frames: HEADERS, and CONTINUATION as often as it needs. */
export function headersFrames(block: Buffer, flag: number, stream: number): Buffer[] {
  if (block.length <= MAX_FRAME_BYTES) {
    return [frameHead(block.length, FRAME.HEADERS, flag | FLAG.END_HEADERS, stream), block];
  }
  const frames: Buffer[] = [];
  for (let start = 0; start < block.length; start += MAX_FRAME_BYTES) {
    const part = block.subarray(start, start + MAX_FRAME_BYTES);
    const isLast = start + MAX_FRAME_BYTES >= block.length;
    const type = start === 0 ? FRAME.HEADERS : FRAME.CONTINUATION;
    const flags = (start === 0 ? flag : 0) | (isLast ? FLAG.END_HEADERS : 0);
    frames.push(frameHead(part.length, type, flags, stream), part);
  }
  return frames;
}

/** Returns a whole frame whose payload is numbers of four bytes. */
export function numbersFrame(type: number, stream: number, ...numbers: readonly number[]): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + 4 * numbers.length);
  frame.writeUIntBE(4 * numbers.length, 0, 3);
  frame[3] = type;
  frame[4] = 0;
  frame.writeUInt32BE(stream, 5);
  for (const [index, number] of numbers.entries()) {
    frame.writeUInt32BE(number, FRAME_HEAD_BYTES + 4 * index);
  }
  return frame;
}

/** Returns a SETTINGS frame. */
export function settingsFrame(settings: Readonly<Record<number, number>>): Buffer {
  const entries = Object.entries(settings);
  const payload = Buffer.allocUnsafe(6 * entries.length);
  for (const [index, [id, value]] of entries.entries()) {
    payload.writeUInt16BE(Number(id), 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  }
  return Buffer.concat([frameHead(payload.length, FRAME.SETTINGS, 0, 0), payload]);
}

/** Returns an acknowledgement, of SETTINGS or with the payload of a PING. */
export function ackFrame(type: number, payload?: Buffer): Buffer {
  const head = frameHead(payload?.length ?? 0, type, FLAG.ACK, 0);
  return payload === undefined ? head : Buffer.concat([head, payload]);
}
