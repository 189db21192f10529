import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
} from "@bufbuild/protobuf";
import { StreakdError } from "../errors.ts";
import type { Decompress } from "../http/compression/decompress.ts";
import { ENCODINGS, isEncoding } from "../http/compression/encoding.ts";
import { parseJson } from "../http/json.ts";
import type { Request, RequestHead } from "../http/message.ts";
import { toProtobufJson } from "./json-dialect.ts";
import { unreadableField } from "./json-field.ts";

/** How RPC reads and writes JSON. */
export interface JsonOptions {
  readonly alwaysEmitImplicit: boolean;
  readonly ignoreUnknownFields: boolean;
  readonly registry?: Registry;
}

/**
 * Returns how RPC reads and writes JSON. Answers hold every field, as in the contract's example. Unknown names are
 * refused, as protobuf's JSON has it: who calls with generated types has misspelt one.
 *
 * @param registry the messages that an `Any` may hold
 */
export function jsonOptionsOf(registry?: Registry): JsonOptions {
  return {
    alwaysEmitImplicit: true,
    ignoreUnknownFields: false,
    ...(registry && { registry }),
  };
}

/** How many bytes come before a gRPC message: a byte of flags, then its length in 4 bytes. */
const ENVELOPE_BYTES = 5;

/** The flag in an envelope that says that the message is compressed. */
const COMPRESSED = 1;

/**
 * Reads the body of a unary RPC: one message, which gRPC puts into an envelope. Returns its bytes, decompressed as the
 * headers say. Throws or rejects as `RequestBody.whole` and {@link Decompress} do, and with INVALID_BODY when there is
 * no such envelope.
 *
 * @param limit the most bytes of the message, compressed or not
 */
export function readUnaryBody(
  request: Request,
  limit: number,
  decompress: Decompress,
): Uint8Array | Promise<Uint8Array> {
  const open = isEnveloped(request) ? openEnvelope : openPlain;
  const body = request.body.whole(limit, framingOf(request));
  // Most bodies are there already, so nothing waits for them.
  return body instanceof Uint8Array
    ? open(body, request, limit, decompress)
    : body.then((bytes) => open(bytes, request, limit, decompress));
}

/**
 * Returns the message in the body of a unary RPC. Throws INVALID_BODY. Connect's library answers bytes that are no
 * message with `internal`, accepts text that is not UTF-8, and reads February 30 as March 1; here each is the caller's
 * error, as over REST.
 *
 * @param bytes what {@link readUnaryBody} returns
 */
export function messageIn(bytes: Uint8Array, request: RequestHead, input: DescMessage, json: JsonOptions): Message {
  return decodeMessage(bytes, isJson(request), input, json);
}

/** Whether the messages of a POST are JSON, and not protobuf binary. */
export function isJson({ headers }: RequestHead): boolean {
  return /json\b/i.test(headers["content-type"] ?? "");
}

/** Whether the messages of a unary call are in envelopes, as gRPC and gRPC-Web send them. */
export function isEnveloped({ headers }: RequestHead): boolean {
  return /^application\/grpc/i.test(headers["content-type"] ?? "");
}

/** How many bytes the body of a unary call has beside its message. */
export function framingOf(request: RequestHead): number {
  return isEnveloped(request) ? ENVELOPE_BYTES : 0;
}

/** The header that names the encoding of a unary call's message. */
export function encodingHeader(request: RequestHead): "grpc-encoding" | "content-encoding" {
  return isEnveloped(request) ? "grpc-encoding" : "content-encoding";
}

/** Returns the message that the bytes of a body hold. */
type Open = (
  bytes: Uint8Array,
  request: Request,
  limit: number,
  decompress: Decompress,
) => Uint8Array | Promise<Uint8Array>;

const openPlain: Open = (body, request, limit, decompress) => {
  const encoding = request.headers["content-encoding"];
  return isEncoding(encoding) ? decompress(body, encoding, limit, request) : body;
};

/** Returns the bytes in the envelope of a single gRPC message. */
const openEnvelope: Open = (bytes, request, limit, decompress) => {
  const { buffer, byteOffset, length } = bytes;
  if (length < ENVELOPE_BYTES || new DataView(buffer, byteOffset).getUint32(1) !== length - ENVELOPE_BYTES) {
    throw new StreakdError("INVALID_BODY", "The body is not one gRPC message: its length is not the one it states.");
  }
  const message = bytes.subarray(ENVELOPE_BYTES);
  if (bytes[0] === 0) {
    return message;
  }
  const encoding = request.headers["grpc-encoding"];
  if (bytes[0] !== COMPRESSED || !isEncoding(encoding)) {
    throw new StreakdError(
      "INVALID_BODY",
      `The gRPC message has flags that are not understood, or is compressed without a known grpc-encoding. Name the ` +
        `encoding there, one of ${ENCODINGS.join(", ")}, or send the message uncompressed.`,
    );
  }
  return decompress(message, encoding, limit, request);
};

/** Returns a gRPC message as it is sent: its envelope, then the message. */
export function closeEnvelope(message: Uint8Array, isCompressed = false): Buffer {
  const bytes = Buffer.allocUnsafe(ENVELOPE_BYTES + message.length);
  bytes[0] = isCompressed ? COMPRESSED : 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, ENVELOPE_BYTES);
  return bytes;
}

/** Reads a message. Throws INVALID_BODY when the bytes are not one. */
export function decodeMessage(bytes: Uint8Array, isJson: boolean, input: DescMessage, options: JsonOptions): Message {
  if (!isJson) {
    return parse(`The message is not a ${input.typeName} in protobuf binary`, () => fromBinary(input, bytes));
  }
  const json = parseMessage(bytes, input);
  return parse(
    `The message is not a ${input.typeName} in JSON`,
    () => fromJson(input, json, options),
    () => unreadableField(json, input, options),
  );
}

/**
 * Returns the text decoder that Connect's library uses for messages in JSON. The library alone would take protobuf's
 * JSON and nothing else, refuse an object with a key twice (over REST and in unary calls the last value counts), and
 * accept text that is not UTF-8, and February 30. So the decoder reads the message first, and gives the library the
 * text of the result.
 */
export function textDecoderOf(input: DescMessage): { decode(bytes: Uint8Array): string } {
  return { decode: (bytes) => JSON.stringify(parseMessage(bytes, input)) };
}

function parseMessage(bytes: Uint8Array, input: DescMessage): JsonValue {
  const json = parseJson(bytes);
  toProtobufJson(json, input);
  return json as JsonValue;
}

/**
 * Runs a library's parser, and throws INVALID_BODY in place of the library's error.
 *
 * @param fieldOf finds the field that is to blame
 */
export function parse<T>(problem: string, read: () => T, fieldOf?: () => string | undefined): T {
  try {
    return read();
  } catch (cause) {
    const field = fieldOf?.();
    throw new StreakdError("INVALID_BODY", `${problem}: ${(cause as Error).message}.`, { cause, field });
  }
}
