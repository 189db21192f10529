import { setTimeout } from "node:timers/promises";
import { create, createRegistry, type Message, type Registry } from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import { ConnectError, type HandlerContext } from "@connectrpc/connect";
import type { Failure, Header, Request, RequestInfo, StreamDefinition, Stubs, UnaryDefinition } from "./messages.ts";

/**
 * Implements ConformanceService as its proto asks for: a method answers what its first request says, and tells what it
 * saw of the call. `Unimplemented` is left out on purpose.
 *
 * @param onCall is told of each call
 */
export function createConformanceService(stubs: Stubs, onCall: (context: HandlerContext) => void): object {
  const registry = createRegistry(stubs.file_connectrpc_conformance_v1_service);

  function infoOf(context: HandlerContext, requests: readonly Message[]): RequestInfo {
    const timeoutMs = context.timeoutMs();
    return create(stubs.ConformancePayload_RequestInfoSchema, {
      requestHeaders: headersOf(context.requestHeader),
      requests: requests.map((request) => pack(registry, request)),
      ...(timeoutMs !== undefined && { timeoutMs: BigInt(Math.round(timeoutMs)) }),
      ...(context.requestMethod === "GET" && {
        connectGetInfo: { queryParams: headersOf(new URL(context.url).searchParams) },
      }),
    });
  }

  async function answerOnce(requests: Iterable<Request<UnaryDefinition>>, context: HandlerContext) {
    onCall(context);
    const seen = await Array.fromAsync(requests);
    const definition = seen[0]?.responseDefinition;
    addMetadata(context, definition);
    await pause(definition, context);
    const { response } = definition ?? {};
    const info = infoOf(context, seen);
    if (response?.case === "error") {
      throw errorOf(response.value, [pack(registry, info)]);
    }
    return { payload: { requestInfo: info, ...(response?.case && { data: response.value }) } };
  }

  async function* answerStream(requests: Iterable<Request<StreamDefinition>>, context: HandlerContext) {
    onCall(context);
    let first: Request<StreamDefinition> | undefined;
    let unanswered: Message[] = [];
    let sent = 0;
    for await (const request of requests) {
      if (first === undefined) {
        first = request;
        addMetadata(context, first.responseDefinition);
      }
      unanswered.push(request);
      if (first.fullDuplex) {
        const data = first.responseDefinition?.responseData[sent];
        if (data === undefined) {
          break;
        }
        await pause(first.responseDefinition, context);
        yield { payload: { requestInfo: infoOf(context, unanswered), data } };
        unanswered = [];
        sent += 1;
      }
    }
    const definition = first?.responseDefinition;
    for (const data of definition?.responseData.slice(sent) ?? []) {
      await pause(definition, context);
      yield { payload: { ...(sent === 0 && { requestInfo: infoOf(context, unanswered) }), data } };
      sent += 1;
    }
    if (definition?.error !== undefined) {
      throw errorOf(definition.error, sent === 0 ? [pack(registry, infoOf(context, unanswered))] : []);
    }
  }

  const unary = (request: Request<UnaryDefinition>, context: HandlerContext) => answerOnce([request], context);
  return {
    unary,
    idempotentUnary: unary,
    clientStream: answerOnce,
    serverStream: (request: Request<StreamDefinition>, context: HandlerContext) => answerStream([request], context),
    bidiStream: answerStream,
  };
}

function headersOf(entries: Headers | URLSearchParams): Header[] {
  return Array.from(entries, ([name, value]) => ({ name, value: [value] }));
}

function pack(registry: Registry, message: Message): Any {
  const desc = registry.getMessage(message.$typeName);
  if (desc === undefined) {
    throw new Error(`The stubs lack ${message.$typeName}.`);
  }
  return anyPack(desc, message);
}

function errorOf({ code, message, details }: Failure, more: readonly Any[]): ConnectError {
  const error = new ConnectError(message ?? "", code);
  error.details = [...details, ...more].map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value,
  }));
  return error;
}

function addMetadata(context: HandlerContext, definition: UnaryDefinition | StreamDefinition | undefined): void {
  append(context.responseHeader, definition?.responseHeaders);
  append(context.responseTrailer, definition?.responseTrailers);
}

function append(headers: Headers, more: readonly Header[] = []): void {
  for (const { name, value } of more) {
    for (const one of value) {
      headers.append(name, one);
    }
  }
}

/** Waits as long as a response is to be delayed, unless the call is over before. */
async function pause(definition: { responseDelayMs: number } | undefined, { signal }: HandlerContext): Promise<void> {
  if (definition !== undefined && definition.responseDelayMs > 0) {
    await setTimeout(definition.responseDelayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
