import type { IncomingHttpHeaders } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import { LazyMetadata } from "../call/incoming.ts";
import type { Messages, Method } from "../call/method.ts";
import type { RunCall } from "../call/pipeline.ts";
import { isOriginRefusal } from "../errors.ts";
import type { Compression } from "../http/compression/compression.ts";
import type { Answer, Request } from "../http/message.ts";
import { isJson, type JsonOptions, messageIn, readUnaryBody } from "./body.ts";
import { toConnectError } from "./errors.ts";
import { createFormats, formatOf, type UnaryFormat } from "./formats.ts";
import { httpSideOf } from "./http-side.ts";
import { MAX_TIMER_MS } from "./timeouts.ts";

/** Answers a unary call. Returns undefined when Connect's library must answer it. */
export type ServeUnary = (method: Method, request: Request) => Promise<Answer> | undefined;

/**
 * Serves unary calls in the usual formats as Connect would. For each call Connect makes several web objects (headers,
 * signals, streams of bytes) that such a call does not need; they cost more than everything else.
 */
export function createUnary(run: RunCall, json: JsonOptions, { compress, decompress }: Compression): ServeUnary {
  const formats = createFormats(json, compress);

  async function answer(method: Method, format: UnaryFormat, timeoutMs: number | undefined, request: Request) {
    const response = new LazyMetadata();
    const { input, output } = method.contract.method;
    let message: Messages;
    try {
      const http = httpSideOf(method, format.protocol);
      message = await run(method, { protocol: format.protocol, http, request, timeoutMs, response }, () => {
        const body = readUnaryBody(request, method.contract.maxMessageBytes, decompress);
        const decode = (bytes: Uint8Array) => messageIn(bytes, request, input, json);
        return body instanceof Uint8Array ? decode(body) : body.then(decode);
      });
    } catch (error) {
      const refusal = format.fail(toConnectError(error, isJson(request) ? undefined : input), response.added);
      return { ...refusal, isOriginRefused: isOriginRefusal(error) };
    }
    // Outside the `try`: a response that can't be encoded is a defect of ours, for the log.
    return format.succeed(output, message as Message, response.added, request);
  }

  return (method, request) => {
    const format = formatOf(formats, request);
    const timeout = format && timeoutOf(format, request.headers);
    return format && timeout && answer(method, format, timeout.ms, request);
  };
}

/** Returns how long the caller waits, in milliseconds, if it says; undefined when its header can't be read. */
function timeoutOf(format: UnaryFormat, headers: IncomingHttpHeaders): { readonly ms: number | undefined } | undefined {
  const { timeoutMs, error } = format.timeoutMs(headers);
  if (error !== undefined) {
    return undefined;
  }
  // As with Connect, a deadline that no timer can wait for counts as none.
  return { ms: timeoutMs !== undefined && timeoutMs > MAX_TIMER_MS ? undefined : timeoutMs };
}
