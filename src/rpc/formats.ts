import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import { toBinary, toJsonString } from "@bufbuild/protobuf";
import type { ConnectError } from "@connectrpc/connect";
import { mergeNonProtocolHeaders } from "@connectrpc/connect/protocol";
import {
  codeToHttpStatus,
  parseTimeout as connectTimeout,
  errorToJsonBytes,
  trailerMux,
} from "@connectrpc/connect/protocol-connect";
import { grpcStatusOk, parseTimeout as grpcTimeout, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import type { AddedMetadata } from "../call/incoming.ts";
import { type Compress, MIN_COMPRESSED_BYTES } from "../http/compression/compress.ts";
import { chooseEncoding, ENCODINGS, isEncoding } from "../http/compression/encoding.ts";
import type { Answer, RequestHead } from "../http/message.ts";
import { closeEnvelope, type JsonOptions } from "./body.ts";

/** How unary calls are answered in one protocol with one encoding of messages. */
export interface UnaryFormat {
  readonly protocol: "connect" | "grpc";
  /** How long the caller waits, in milliseconds; an error when its header can't be read. */
  timeoutMs(headers: IncomingHttpHeaders): ReturnType<typeof connectTimeout>;
  /**
   * Returns the answer that holds a method's response. gRPC's is compressed here, if the client accepts it; Connect's
   * is compressed later, like every answer of HTTP.
   */
  succeed(output: DescMessage, message: Message, added: AddedMetadata, request: RequestHead): Answer | Promise<Answer>;
  /** Returns the answer that holds an error. */
  fail(error: ConnectError, added: AddedMetadata): Answer;
}

function connect(
  contentType: string,
  encode: (output: DescMessage, message: Message) => string | Uint8Array,
  jsonOptions: JsonOptions,
): UnaryFormat {
  return {
    protocol: "connect",
    timeoutMs: (headers) => connectTimeout(text(headers["connect-timeout-ms"]), Number.POSITIVE_INFINITY),
    succeed: (output, message, added) => connectAnswer(200, contentType, encode(output, message), added),
    fail(error, { headers = new Headers(), trailers, set }) {
      if (!error.isWireError) {
        mergeNonProtocolHeaders(headers, error.metadata);
      }
      const body = errorToJsonBytes(error, jsonOptions);
      return connectAnswer(codeToHttpStatus(error.code), "application/json", body, { headers, trailers, set });
    },
  };
}

function connectAnswer(
  status: number,
  contentType: string,
  body: string | Uint8Array,
  { headers, trailers, set }: AddedMetadata,
): Answer {
  const added = trailers === undefined ? headers : trailerMux(headers ?? new Headers(), trailers);
  return { status, headers: { ...set, ...fields(added), "content-type": contentType }, body };
}

function grpc(compress: Compress): UnaryFormat {
  return {
    protocol: "grpc",
    timeoutMs: (headers) => grpcTimeout(text(headers["grpc-timeout"]), Number.POSITIVE_INFINITY),
    succeed(output, message, added, { headers }) {
      const bytes = toBinary(output, message);
      const trailers = { ...fields(added.trailers), "grpc-status": grpcStatusOk };
      const encoding =
        bytes.length < MIN_COMPRESSED_BYTES
          ? undefined
          : chooseEncoding(text(headers["grpc-accept-encoding"]) ?? undefined, ENCODINGS);
      if (encoding === undefined) {
        return grpcAnswer(added, trailers, closeEnvelope(bytes));
      }
      const answer = (message: Uint8Array) =>
        grpcAnswer(added, trailers, closeEnvelope(message, true), { "grpc-encoding": encoding });
      const compressed = compress(bytes, encoding);
      return compressed instanceof Uint8Array ? answer(compressed) : compressed.then(answer);
    },
    fail: grpcFailure,
  };
}

/** Returns gRPC's answer that holds an error, whatever encodes its messages. */
export function grpcFailure(error: ConnectError, added: AddedMetadata): Answer {
  return grpcAnswer(added, fields(setTrailerStatus(added.trailers ?? new Headers(), error)));
}

function grpcAnswer(
  added: AddedMetadata,
  trailers: OutgoingHttpHeaders,
  body?: Uint8Array,
  encoding?: OutgoingHttpHeaders,
): Answer {
  const headers = { ...added.set, ...fields(added.headers), ...encoding, "content-type": "application/grpc+proto" };
  return { status: 200, headers, trailers: () => trailers, body };
}

/** The formats by Content-Type, in the usual spelling. */
export type UnaryFormats = ReadonlyMap<string | undefined, UnaryFormat>;

/** Creates the formats, which write JSON with these options. */
export function createFormats(jsonOptions: JsonOptions, compress: Compress): UnaryFormats {
  const grpcFormat = grpc(compress);
  const encodeJson = (output: DescMessage, message: Message) => toJsonString(output, message, jsonOptions);
  return new Map([
    ["application/json", connect("application/json", encodeJson, jsonOptions)],
    ["application/proto", connect("application/proto", toBinary, jsonOptions)],
    ["application/grpc", grpcFormat],
    ["application/grpc+proto", grpcFormat],
  ]);
}

/**
 * Returns the format of a POST, compressed or not; gRPC only over HTTP/2. Returns undefined for other requests, which
 * Connect's library serves, and for encodings that are not understood, which it refuses.
 */
export function formatOf(formats: UnaryFormats, request: RequestHead): UnaryFormat | undefined {
  const { headers, method, httpVersionMajor } = request;
  const format = formats.get(headers["content-type"]);
  if (format === undefined || method !== "POST" || (format.protocol === "grpc" && httpVersionMajor !== 2)) {
    return undefined;
  }
  const encoding = headers[format.protocol === "grpc" ? "grpc-encoding" : "content-encoding"] ?? "identity";
  return encoding === "identity" || isEncoding(encoding) ? format : undefined;
}

/** Returns headers as they are sent. */
export function fields(headers: Headers | undefined): Record<string, string | string[]> {
  if (headers === undefined) {
    return {};
  }
  // The one header whose values can't be joined.
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { "set-cookie": cookies }) };
}

function text(header: string | string[] | undefined): string | null {
  return header === undefined ? null : `${header}`;
}
