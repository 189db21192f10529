// HTTP/2's frames as a client writes them, for the floods and for the tests. They are written apart from those of the
// server (src/http/h2/frames.ts), so that nothing that is tested is believed.

/** The types of HTTP/2 frames, by name. */
export const Type = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

/** The flags of HTTP/2 frames. */
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

/** The setting of the window that a stream begins with. */
export const INITIAL_WINDOW_SIZE = 4;

/** How many bytes a frame's head has, and its payload at most by default. */
export const FRAME_HEAD_BYTES = 9;
export const MAX_FRAME_BYTES = 16_384;

/** A header field, as name and value. */
export type Field = readonly [name: string, value: string];

/** A setting, as identifier and value. */
export type Setting = readonly [id: number, value: number];

/** Returns a frame. */
export function frame(type: number, flags: number, stream: number, payload: string | Uint8Array = ""): Buffer {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

/** Returns the payload of SETTINGS. */
export function settingsPayload(settings: readonly Setting[]): Buffer {
  const payload = Buffer.alloc(settings.length * 6);
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return payload;
}

/** Returns what a client sends first: the preface, and its settings. */
export function preface(settings: readonly Setting[] = []): Buffer {
  const first = frame(Type.SETTINGS, 0, 0, settingsPayload(settings));
  return Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), first]);
}

/** Returns a header block whose fields are literals, without an index and without the Huffman code. */
export function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

/** Returns a string of a header block, each character as a byte. */
export function text(value: string): Buffer {
  return Buffer.concat([integer(value.length, 7), Buffer.from(value, "latin1")]);
}

/** Returns an integer of a header block. Its first byte leaves the bits above the prefix 0. */
function integer(value: number, prefixBits: number): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) {
    return Buffer.of(value);
  }
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** Returns the stream identifiers that a client uses, from the first on. */
export function streams(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 2 * index + 1);
}

/** Returns an HTTP/2 request without a body, or with the body still to come. */
export function request(stream: number, fields: readonly Field[], flags = END_STREAM | END_HEADERS): Buffer {
  return frame(Type.HEADERS, flags, stream, block(fields));
}

/** The fields of a GET. */
export function get(path: string): Field[] {
  return [
    [":method", "GET"],
    [":scheme", "http"],
    [":authority", "x"],
    [":path", path],
  ];
}

/** The fields of a gRPC call. */
export function grpc(path: string): Field[] {
  return [
    [":method", "POST"],
    [":scheme", "http"],
    [":authority", "x"],
    [":path", path],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
}

/** Returns a gRPC message in its envelope. */
export function envelope(message: Buffer, statedLength = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(statedLength, 1);
  return Buffer.concat([head, message]);
}
