import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
} from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import type { HandlerContext } from "@connectrpc/connect";
import { asTimestamp } from "../call/timestamp.ts";
import { StreakdError } from "../errors.ts";
import { MAX_BODY_BYTES, parseJson, readBody } from "../http/body.ts";
import type { HttpRequest, RequestHead } from "../http/message.ts";
import { asString } from "../rest/decode.ts";
import { param, parseQuery } from "../rest/query.ts";
import { toConnectError } from "./errors.ts";

/** How RPC reads and writes JSON. */
export interface JsonOptions {
  readonly alwaysEmitImplicit: boolean;
  readonly ignoreUnknownFields: boolean;
  readonly registry?: Registry;
}

/**
 * How RPC reads and writes JSON. The contract's example writes every field, and so do answers. Ignoring what is unknown
 * would also drop misspelt enum values: a widget_impression would then count as a day.
 */
export function jsonOptionsOf({ registry }: { readonly registry?: Registry }): JsonOptions {
  return { alwaysEmitImplicit: true, ignoreUnknownFields: false, ...(registry && { registry }) };
}

/** What every gRPC message begins with: a byte of flags, then its length in 4 bytes. */
const ENVELOPE_BYTES = 5;

/**
 * Reads the body of a unary RPC. Connect answers bytes that are no message with `internal`, mends text that is not UTF-8,
 * and takes February 30th for March 1st; here each of them is the caller's error, as over REST.
 *
 * @returns the bytes of the whole body, and the message in them
 */
export async function readMessage(
  request: HttpRequest,
  input: DescMessage,
  json: JsonOptions,
): Promise<{ readonly bytes: Uint8Array; readonly message: Message }> {
  const { isEnveloped, isJson } = encodingOf(request);
  const bytes = await readBody(request, isEnveloped ? MAX_BODY_BYTES + ENVELOPE_BYTES : MAX_BODY_BYTES);
  const inner = isEnveloped ? openEnvelope(bytes) : bytes;
  return { bytes, message: decodeMessage(inner, isJson, input, json) };
}

/** The message in a whole body; undefined when it is none, or too large. */
export function readableMessage(
  head: RequestHead,
  bytes: Uint8Array,
  input: DescMessage,
  json: JsonOptions,
): Message | undefined {
  const { isEnveloped, isJson } = encodingOf(head);
  if (bytes.length > MAX_BODY_BYTES) {
    return undefined;
  }
  try {
    return decodeMessage(isEnveloped ? openEnvelope(bytes) : bytes, isJson, input, json);
  } catch {
    return undefined;
  }
}

function encodingOf({ headers }: RequestHead): { readonly isEnveloped: boolean; readonly isJson: boolean } {
  const contentType = (headers["content-type"] ?? "").toLowerCase();
  return { isEnveloped: contentType.startsWith("application/grpc"), isJson: /json\b/.test(contentType) };
}

/** The body of a unary RPC as Connect is to read it: bytes that are a message, or an error, which Connect then answers. */
export async function* bodyOf(read: () => ReturnType<typeof readMessage>): AsyncGenerator<Uint8Array> {
  try {
    yield (await read()).bytes;
  } catch (error) {
    throw asRpcError(error);
  }
}

/** The same for Connect's GET, which has the message in the query. */
export function checkQueryMessage({ url, method }: Pick<HandlerContext, "url" | "method">, json: JsonOptions): void {
  try {
    const query = parseQuery(new URL(url).search.slice(1));
    const text = param(query, "message", asString) ?? "";
    const isBase64 = param(query, "base64", asString) === "1";
    const bytes = isBase64 ? parse("The message is not base64", () => base64Decode(text)) : Buffer.from(text);
    decodeMessage(bytes, param(query, "encoding", asString) === "json", method.input, json);
  } catch (error) {
    throw asRpcError(error);
  }
}

function openEnvelope(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = bytes;
  if (length < ENVELOPE_BYTES || new DataView(buffer, byteOffset).getUint32(1) !== length - ENVELOPE_BYTES) {
    throw new StreakdError("INVALID_BODY", "The body is not one gRPC message: its length is not the one it states.");
  }
  if (bytes[0] !== 0) {
    throw new StreakdError(
      "INVALID_BODY",
      "The gRPC message has flags, of which there is only compression: send it as it is.",
    );
  }
  return bytes.subarray(ENVELOPE_BYTES);
}

/** What every gRPC message is sent as: its envelope, then itself. */
export function closeEnvelope(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(ENVELOPE_BYTES + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, ENVELOPE_BYTES);
  return bytes;
}

function decodeMessage(bytes: Uint8Array, isJson: boolean, input: DescMessage, options: JsonOptions): Message {
  if (!isJson) {
    return parse(`The message is not a ${input.typeName} in protobuf binary`, () => fromBinary(input, bytes));
  }
  const json = parseJson(bytes);
  for (const field of input.fields) {
    const value = (json as Record<string, unknown> | null)?.[field.jsonName];
    if (field.message?.typeName === "google.protobuf.Timestamp" && typeof value === "string") {
      asTimestamp(value, field.jsonName);
    }
  }
  return parse(`The message is not a ${input.typeName} in JSON`, () => fromJson(input, json as JsonValue, options));
}

function parse<T>(problem: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new StreakdError("INVALID_BODY", `${problem}: ${(cause as Error).message}.`, { cause });
  }
}

function asRpcError(error: unknown): unknown {
  return error instanceof StreakdError ? toConnectError(error) : error;
}
