import type { IncomingHttpHeaders } from "node:http";
import { createConnectRouter, createContextValues, type HandlerContext } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { hasStreamOfResponses, type Method } from "../call/method.ts";
import type { RunCall } from "../call/pipeline.ts";
import { clip } from "../errors.ts";
import { errorBody, methodNotAllowed } from "../http/answer.ts";
import { MIN_COMPRESSED_BYTES } from "../http/compression/compress.ts";
import type { Compression } from "../http/compression/compression.ts";
import { chooseEncoding, ENCODINGS, isEncoding } from "../http/compression/encoding.ts";
import type { Answer, Request } from "../http/message.ts";
import { encodingHeader, type JsonOptions, textDecoderOf } from "./body.ts";
import { createCompressions } from "./compressions.ts";
import { ConnectCall, connectCallKey } from "./connect-call.ts";
import { fields } from "./formats.ts";
import { dropEndlessTimeouts } from "./timeouts.ts";
import { fromWebText, isWebText, toWebText } from "./web-text.ts";

/** Answers a call in Connect, gRPC or gRPC-Web, as its headers say. */
export type ServeByConnect = (request: Request) => Promise<Answer>;

/**
 * Makes functions that serve the methods by Connect's library, by path. The library reads and writes the protocols, and
 * the pipeline runs the call: see {@link ConnectCall}.
 */
export function createConnect(
  methods: readonly Method[],
  run: RunCall,
  json: JsonOptions,
  compression: Compression,
): ReadonlyMap<string, ServeByConnect> {
  const router = createConnectRouter({
    // Before the library reads the body.
    requestGate: (context) => context.values.get(connectCallKey).begin(context),
    interceptors: [
      (next) => (request) =>
        next(
          request.stream
            ? { ...request, message: request.contextValues.get(connectCallKey).readable(request.message) }
            : request,
        ),
    ],
    jsonOptions: json,
    acceptCompression: createCompressions(compression),
    compressMinBytes: MIN_COMPRESSED_BYTES,
  });
  const methodOf = new Map(methods.map((method) => [method.contract.method, method]));
  for (const { contract } of methods) {
    const { methodKind } = contract.method;
    // A unary message is measured by `readUnaryBody`.
    const limits = methodKind === "unary" ? {} : { readMaxBytes: contract.maxMessageBytes };
    const jsonOptions = { ...json, textDecoder: textDecoderOf(contract.method.input) };
    router.rpc(contract.method, implementationOf(contract.method) as never, { ...limits, jsonOptions });
  }
  return new Map(
    router.handlers.map((handler) => [handler.requestPath, serverOf(handler, methodOf.get(handler.method) as Method)]),
  );

  function serverOf(handler: UniversalHandler, method: Method): ServeByConnect {
    async function serve(request: Request): Promise<Answer> {
      if (!handler.allowedMethods.includes(request.method)) {
        // Before the library refuses the version of HTTP: the method is wrong with any version.
        return methodNotAllowed(handler.allowedMethods, "This RPC");
      }
      const call = new ConnectCall(method, run, request, json, compression.decompress);
      try {
        const answer = await toAnswer(await handler(universalRequest(request, call)), handler.method, request);
        return { ...answer, isOriginRefused: call.isOriginRefused };
      } finally {
        call.end();
      }
    }
    return async (request) => (isWebText(request) ? toWebText(await serve(fromWebText(request))) : serve(request));
  }
}

/** The implementation that the library calls: it lets the pipeline run the call. */
function implementationOf(method: Method["contract"]["method"]) {
  const unary = (messages: never, { values }: HandlerContext) => values.get(connectCallKey).finish(messages);
  async function* streaming(messages: never, { values }: HandlerContext) {
    yield* values.get(connectCallKey).finishStream(messages);
  }
  return hasStreamOfResponses(method) ? streaming : unary;
}

function universalRequest(request: Request, call: ConnectCall): UniversalServerRequest {
  const header = webHeaders(request.headers);
  dropEndlessTimeouts(header);
  decideCompression(header, request, call.isUnary);
  // The body is measured while it is read, with a better error than the library's.
  header.delete("content-length");
  return {
    // The library offers no bidirectional stream when the version begins with "1.".
    httpVersion: request.httpVersionMajor === 1 ? "1.1" : "2.0",
    method: request.method,
    // The library needs a whole URL, but reads only its query.
    url: new URL(request.url, "http://host").toString(),
    header,
    body: call.body(),
    // Never aborts: the pipeline ends calls early, since it knows when the request is over.
    signal: new AbortController().signal,
    contextValues: createContextValues().set(connectCallKey, call),
  };
}

/**
 * Tells the library what to compress and decompress: the messages of streams, and gRPC-Web's answers. The library uses
 * the first accepted encoding, so it is told only the one that we choose. Unary requests are decompressed before, and
 * Connect's unary answers are compressed like every answer of HTTP.
 */
function decideCompression(header: Headers, request: Request, isUnary: boolean): void {
  const requested = encodingHeader(request);
  if (isUnary && isEncoding(header.get(requested))) {
    header.delete(requested);
  }
  header.set("accept-encoding", "identity");
  for (const name of ["grpc-accept-encoding", "connect-accept-encoding"]) {
    header.set(name, chooseEncoding(header.get(name) ?? undefined, ENCODINGS) ?? "identity");
  }
}

/** Connect answers a wrong content type without a body. Here the body says what to send instead. */
async function toAnswer(
  { status, header, body, trailer }: UniversalServerResponse,
  method: Method["contract"]["method"],
  request: Request,
): Promise<Answer> {
  if (status === 415) {
    const message = "The Content-Type is none of an RPC protocol: send JSON as application/json.";
    const headers = { "Content-Type": "application/json" };
    return { status, headers, body: errorBody("INVALID_BODY", message) };
  }
  // Its length follows from the body.
  header?.delete("content-length");
  return {
    status,
    headers: { ...fields(header), ...understoodEncodings(request) },
    // A unary answer is sent in one piece, with its length.
    body: body && method.methodKind === "unary" ? Buffer.concat(await Array.fromAsync(body)) : body,
    trailers: trailer && (() => fields(trailer)),
  };
}

/** The header that gRPC requires with the refusal of an encoding. The library sends it only for Connect. */
function understoodEncodings({ headers }: Request): Record<string, string> {
  const encoding = headers["grpc-encoding"] ?? "identity";
  return encoding === "identity" || isEncoding(encoding) ? {} : { "grpc-accept-encoding": ENCODINGS.join(",") };
}

/** The headers that the library quotes when it can't read them. */
const QUOTED = new Set([
  "content-encoding",
  "grpc-encoding",
  "connect-content-encoding",
  "connect-timeout-ms",
  "grpc-timeout",
]);

function webHeaders(headers: IncomingHttpHeaders): Headers {
  const web = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(":") && value !== undefined) {
      for (const one of Array.isArray(value) ? value : [value]) {
        web.append(name, QUOTED.has(name) ? clip(one) : one);
      }
    }
  }
  return web;
}
