import { type DescMessage, fromBinary, fromJson } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import { StreakdError } from "../errors.ts";
import { MAX_BODY_BYTES, parseJson } from "../rest/body.ts";
import { asTimestamp } from "../rest/timestamp.ts";
import { toConnectError } from "./rpc-errors.ts";

/** How Connect reads JSON: see `createRpc` for why nothing unknown is ignored. */
export const jsonReadOptions = { ignoreUnknownFields: false };

/** What every gRPC message begins with: a byte of flags, then its length in 4 bytes. */
const ENVELOPE_BYTES = 5;

const MAX_MESSAGE_BYTES = MAX_BODY_BYTES + ENVELOPE_BYTES;

/**
 * How much of a message that is too large is read and thrown away before it is refused. Most clients read an answer only
 * after they have sent their message; this is what most of them send at the most.
 */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

/**
 * The body of a unary RPC, checked before Connect reads it. Connect answers bytes that are no message with `internal`,
 * mends text that is not UTF-8, and takes February 30th for March 1st; here each of them is the caller's error, as
 * over REST. Throws ConnectErrors, which Connect answers in the protocol of the request.
 */
export async function* checkedBody(request: UniversalServerRequest, input: DescMessage): AsyncGenerator<Uint8Array> {
  const bytes = await readAll(request.body as AsyncIterable<Uint8Array>);
  const contentType = request.header.get("content-type") ?? "";
  refuseAsRpc(() => {
    const message = contentType.startsWith("application/grpc") ? openEnvelope(bytes) : bytes;
    checkMessage(message, /json\b/.test(contentType), input);
  });
  yield bytes;
}

/** The same for Connect's GET, which has the message in the query. */
export function checkQueryMessage({ url, method }: Pick<HandlerContext, "url" | "method">): void {
  const query = new URL(url).searchParams;
  const text = query.get("message") ?? "";
  const bytes = Buffer.from(text, query.get("base64") === "1" ? "base64url" : "utf8");
  refuseAsRpc(() => checkMessage(bytes, query.get("encoding") === "json", method.input));
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size <= MAX_MESSAGE_BYTES) {
      chunks.push(chunk);
    } else if (size > MAX_DISCARDED_BYTES) {
      break;
    }
  }
  if (size > MAX_MESSAGE_BYTES) {
    const message = `The message is larger than ${MAX_BODY_BYTES} bytes: send less.`;
    throw toConnectError(new StreakdError("BODY_TOO_LARGE", message));
  }
  return Buffer.concat(chunks, size);
}

function openEnvelope(bytes: Buffer): Buffer {
  if (bytes.length < ENVELOPE_BYTES || bytes.readUInt32BE(1) !== bytes.length - ENVELOPE_BYTES) {
    throw new StreakdError("INVALID_BODY", "The body is not one gRPC message: its length is not the one it states.");
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

function parse(problem: string, read: () => void): void {
  try {
    read();
  } catch (cause) {
    throw new StreakdError("INVALID_BODY", `${problem}: ${(cause as Error).message}.`, { cause });
  }
}

function refuseAsRpc(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof StreakdError ? toConnectError(error) : error;
  }
}
