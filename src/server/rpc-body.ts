import { type DescMessage, fromBinary, fromJson } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import type { HandlerContext } from "@connectrpc/connect";
import { StreakdError } from "../errors.ts";
import { MAX_BODY_BYTES, parseJson, readBody } from "../rest/body.ts";
import { asString } from "../rest/decode.ts";
import type { HttpRequest } from "../rest/http.ts";
import { param, parseQuery } from "../rest/query.ts";
import { asTimestamp } from "../rest/timestamp.ts";
import { toConnectError } from "./rpc-errors.ts";

/** How Connect reads JSON: see `createRpc` for why nothing unknown is ignored. */
export const jsonReadOptions = { ignoreUnknownFields: false };

/** What every gRPC message begins with: a byte of flags, then its length in 4 bytes. */
const ENVELOPE_BYTES = 5;

/**
 * The body of a unary RPC, checked before Connect reads it. Connect answers bytes that are no message with `internal`,
 * mends text that is not UTF-8, and takes February 30th for March 1st; here each of them is the caller's error, as
 * over REST. Throws ConnectErrors, which Connect answers in the protocol of the request.
 */
export async function* checkedBody(request: HttpRequest, input: DescMessage): AsyncGenerator<Uint8Array> {
  const contentType = (request.headers["content-type"] ?? "").toLowerCase();
  const isEnveloped = contentType.startsWith("application/grpc");
  try {
    const bytes = await readBody(request, isEnveloped ? MAX_BODY_BYTES + ENVELOPE_BYTES : MAX_BODY_BYTES);
    checkMessage(isEnveloped ? openEnvelope(bytes) : bytes, /json\b/.test(contentType), input);
    yield bytes;
  } catch (error) {
    throw asRpcError(error);
  }
}

/** The same for Connect's GET, which has the message in the query. */
export function checkQueryMessage({ url, method }: Pick<HandlerContext, "url" | "method">): void {
  try {
    const query = parseQuery(new URL(url).search.slice(1));
    const text = param(query, "message", asString) ?? "";
    const isBase64 = param(query, "base64", asString) === "1";
    const bytes = isBase64 ? parse("The message is not base64", () => base64Decode(text)) : Buffer.from(text);
    checkMessage(bytes, param(query, "encoding", asString) === "json", method.input);
  } catch (error) {
    throw asRpcError(error);
  }
}

function openEnvelope(bytes: Buffer): Buffer {
  if (bytes.length < ENVELOPE_BYTES || bytes.readUInt32BE(1) !== bytes.length - ENVELOPE_BYTES) {
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

function checkMessage(bytes: Uint8Array, isJson: boolean, input: DescMessage): void {
  if (!isJson) {
    parse(`The message is not a ${input.typeName} in protobuf binary`, () => fromBinary(input, bytes));
    return;
  }
  const json = parseJson(bytes);
  for (const field of input.fields) {
    const value = (json as Record<string, unknown> | null)?.[field.jsonName];
    if (field.message?.typeName === "google.protobuf.Timestamp" && typeof value === "string") {
      asTimestamp(value, field.jsonName);
    }
  }
  parse(`The message is not a ${input.typeName} in JSON`, () => fromJson(input, json as never, jsonReadOptions));
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
