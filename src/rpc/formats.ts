import type { OutgoingHttpHeaders } from "node:http";
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
import type { Answer, RequestHead } from "../http/message.ts";
import { closeEnvelope, type JsonOptions } from "./body.ts";

/** What a method may add to its answer. */
export interface Metadata {
  readonly header: Headers | undefined;
  readonly trailer: Headers | undefined;
}

/** How plain calls are answered in one protocol and one encoding of messages. */
export interface PlainFormat {
  readonly protocolName: "connect" | "grpc";
  /** How long the caller waits, in milliseconds, as far as its header says so in a way that can be read. */
  timeoutMs(request: RequestHead): ReturnType<typeof connectTimeout>;
  /** Answers a method's message. */
  succeed(output: DescMessage, message: Message, added: Metadata): Answer;
  /** Answers an error. */
  fail(error: ConnectError, added: Metadata): Answer;
}

function connect(
  contentType: string,
  encode: (output: DescMessage, message: Message) => string | Uint8Array,
  jsonOptions: JsonOptions,
): PlainFormat {
  return {
    protocolName: "connect",
    timeoutMs: ({ headers }) => connectTimeout(text(headers["connect-timeout-ms"]), Number.POSITIVE_INFINITY),
    succeed: (output, message, added) => connectAnswer(200, contentType, encode(output, message), added),
    fail(error, { header = new Headers(), trailer }) {
      if (!error.isWireError) {
        mergeNonProtocolHeaders(header, error.metadata);
      }
      const body = errorToJsonBytes(error, jsonOptions);
      return connectAnswer(codeToHttpStatus(error.code), "application/json", body, { header, trailer });
    },
  };
}

function connectAnswer(
  status: number,
  contentType: string,
  body: string | Uint8Array,
  { header, trailer }: Metadata,
): Answer {
  const added = trailer === undefined ? header : trailerMux(header ?? new Headers(), trailer);
  return { status, headers: { ...fields(added), "content-type": contentType }, body };
}

const grpc: PlainFormat = {
  protocolName: "grpc",
  timeoutMs: ({ headers }) => grpcTimeout(text(headers["grpc-timeout"]), Number.POSITIVE_INFINITY),
  succeed: (output, message, { header, trailer }) =>
    grpcAnswer(header, { ...fields(trailer), "grpc-status": grpcStatusOk }, closeEnvelope(toBinary(output, message))),
  fail: (error, { header, trailer = new Headers() }) => grpcAnswer(header, fields(setTrailerStatus(trailer, error))),
};

function grpcAnswer(header: Headers | undefined, trailers: OutgoingHttpHeaders, body?: Uint8Array): Answer {
  return { status: 200, headers: { ...fields(header), "content-type": "application/grpc+proto" }, trailers, body };
}

/** The formats of plain calls by their Content-Type, in the one spelling that clients use. */
export type PlainFormats = ReadonlyMap<string | undefined, PlainFormat>;

/** Creates the formats, with JSON as it is written by us. */
export function createPlainFormats(jsonOptions: JsonOptions): PlainFormats {
  const encodeJson = (output: DescMessage, message: Message) => toJsonString(output, message, jsonOptions);
  return new Map([
    ["application/json", connect("application/json", encodeJson, jsonOptions)],
    ["application/proto", connect("application/proto", toBinary, jsonOptions)],
    ["application/grpc", grpc],
    ["application/grpc+proto", grpc],
  ]);
}

/** The format of a request that is plain: a POST whose message is not compressed, of gRPC only over HTTP/2. Undefined for any other. */
export function plainFormatOf(formats: PlainFormats, request: RequestHead): PlainFormat | undefined {
  const { headers, method, httpVersionMajor } = request;
  const format = formats.get(headers["content-type"]);
  const encoding = headers[format?.protocolName === "grpc" ? "grpc-encoding" : "content-encoding"] ?? "identity";
  const isPlain =
    format !== undefined &&
    method === "POST" &&
    encoding === "identity" &&
    (format.protocolName === "connect" || httpVersionMajor === 2);
  return isPlain ? format : undefined;
}

function fields(headers: Headers | undefined): Record<string, string | string[]> {
  if (headers === undefined) {
    return {};
  }
  // The one header that can't be joined to one.
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { "set-cookie": cookies }) };
}

function text(header: string | string[] | undefined): string | null {
  return header === undefined ? null : `${header}`;
}
