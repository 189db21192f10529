import { setTimeout } from "node:timers/promises";
import { create, createRegistry, type Message, type Registry } from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Call } from "#src/call/call.ts";
import { TransportError } from "#src/errors.ts";
import { queryOf, type RequestHead } from "#src/http/message.ts";
import type { Failure, Header, Request, RequestInfo, StreamDefinition, Stubs, UnaryDefinition } from "./messages.ts";

/**
 * Implements ConformanceService as its proto asks for: a method answers what its first request says, and tells what it
 * saw of the call.
 *
 * @param currentHead returns the head of the request that the running handler serves
 * @param onUnaryCall is told of each call of a unary method
 */
export function createConformanceService(
  stubs: Stubs,
  currentHead: () => RequestHead,
  onUnaryCall: (call: Call) => void,
): Record<string, (...call: never) => unknown> {
  const registry = createRegistry(stubs.file_connectrpc_conformance_v1_service);

  function infoOf(
    { headers, method, url }: RequestHead,
    { deadline }: Call,
    requests: readonly Message[],
  ): RequestInfo {
    const timeoutMs = deadline.at - performance.now();
    return create(stubs.ConformancePayload_RequestInfoSchema, {
      requestHeaders: headersOf(Object.entries(headers).filter(([name]) => !name.startsWith(":"))),
      requests: requests.map((request) => pack(registry, request)),
      ...(timeoutMs < Number.POSITIVE_INFINITY && { timeoutMs: BigInt(Math.round(timeoutMs)) }),
      ...(method === "GET" && { connectGetInfo: { queryParams: headersOf(new URLSearchParams(queryOf(url))) } }),
    });
  }

  async function answerOnce(requests: Iterable<Request<UnaryDefinition>>, call: Call) {
    // Of each call once, at its start: what comes later may run where the request is no longer known.
    const head = currentHead();
    const seen = await Array.fromAsync(requests);
    const definition = seen[0]?.responseDefinition;
    addMetadata(call, definition);
    await pause(definition, call);
    const { response } = definition ?? {};
    const info = infoOf(head, call, seen);
    if (response?.case === "error") {
      throw errorOf(response.value, [pack(registry, info)]);
    }
    return { payload: { requestInfo: info, ...(response?.case && { data: response.value }) } };
  }

  async function* answerStream(requests: Iterable<Request<StreamDefinition>>, call: Call) {
    const head = currentHead();
    let first: Request<StreamDefinition> | undefined;
    let unanswered: Message[] = [];
    let sent = 0;
    for await (const request of requests) {
      if (first === undefined) {
        first = request;
        addMetadata(call, first.responseDefinition);
      }
      unanswered.push(request);
      if (first.fullDuplex) {
        const data = first.responseDefinition?.responseData[sent];
        if (data === undefined) {
          break;
        }
        await pause(first.responseDefinition, call);
        yield { payload: { requestInfo: infoOf(head, call, unanswered), data } };
        unanswered = [];
        sent += 1;
      }
    }
    const definition = first?.responseDefinition;
    for (const data of definition?.responseData.slice(sent) ?? []) {
      await pause(definition, call);
      yield { payload: { ...(sent === 0 && { requestInfo: infoOf(head, call, unanswered) }), data } };
      sent += 1;
    }
    if (definition?.error !== undefined) {
      throw errorOf(definition.error, sent === 0 ? [pack(registry, infoOf(head, call, unanswered))] : []);
    }
  }

  function unary(request: Request<UnaryDefinition>, call: Call) {
    onUnaryCall(call);
    return answerOnce([request], call);
  }
  return {
    unary,
    idempotentUnary: unary,
    clientStream: answerOnce,
    serverStream: (request: Request<StreamDefinition>, call: Call) => answerStream([request], call),
    bidiStream: answerStream,
    async unimplemented() {
      throw asIs(new ConnectError("not implemented", Code.Unimplemented));
    },
  };
}

function headersOf(entries: Iterable<[string, string | string[] | undefined]>): Header[] {
  return Array.from(entries, ([name, value = []]) => ({ name, value: [value].flat() }));
}

function pack(registry: Registry, message: Message): Any {
  const desc = registry.getMessage(message.$typeName);
  if (desc === undefined) {
    throw new Error(`The stubs lack ${message.$typeName}.`);
  }
  return anyPack(desc, message);
}

function errorOf({ code, message, details }: Failure, more: readonly Any[]): TransportError {
  const error = new ConnectError(message ?? "", code);
  error.details = [...details, ...more].map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value,
  }));
  return asIs(error);
}

/** An error that the pipeline lets pass as it is. */
function asIs(error: ConnectError): TransportError {
  return new TransportError("as the runner wants it", { cause: error });
}

function addMetadata({ response }: Call, definition: UnaryDefinition | StreamDefinition | undefined): void {
  append(response.headers, definition?.responseHeaders);
  append(response.trailers, definition?.responseTrailers);
}

function append(headers: Headers, more: readonly Header[] = []): void {
  for (const { name, value } of more) {
    for (const one of value) {
      headers.append(name, one);
    }
  }
}

/** Waits as long as a response is to be delayed, unless the call is over before. */
async function pause(definition: { responseDelayMs: number } | undefined, { signal }: Call): Promise<void> {
  if (definition !== undefined && definition.responseDelayMs > 0) {
    await setTimeout(definition.responseDelayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
