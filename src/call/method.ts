import type {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  Message,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Call } from "./call.ts";
import type { MethodContract } from "./contract.ts";

/** What a call's messages are: one message, or a stream of them. */
export type Messages = Message | AsyncIterable<Message>;

/** A method with its handler. */
export interface Method {
  readonly contract: MethodContract;
  /**
   * Whether calls are left out of metrics and the access log: machines call probes all the time, which would hide
   * users.
   */
  readonly isProbe: boolean;
  /** Returns a promise of the response, or the stream of responses, as `create` takes them. */
  handle(request: Messages, call: Call): Promise<unknown> | AsyncIterable<unknown>;
}

/** A function of the request, or of the stream of requests, and the call. */
export type Handler<Desc extends DescMethod> =
  Desc extends DescMethodUnary<infer Input, infer Output>
    ? (request: MessageShape<Input>, call: Call) => Promise<MessageInitShape<Output>>
    : Desc extends DescMethodServerStreaming<infer Input, infer Output>
      ? (request: MessageShape<Input>, call: Call) => AsyncIterable<MessageInitShape<Output>>
      : Desc extends DescMethodClientStreaming<infer Input, infer Output>
        ? (requests: AsyncIterable<MessageShape<Input>>, call: Call) => Promise<MessageInitShape<Output>>
        : Desc extends DescMethodBiDiStreaming<infer Input, infer Output>
          ? (requests: AsyncIterable<MessageShape<Input>>, call: Call) => AsyncIterable<MessageInitShape<Output>>
          : never;

/** A handler for each method of a service, by local name. The compiler requires all of them. */
export type Handlers<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: Handler<Service["method"][Name]>;
};

/**
 * Returns the methods of a service with their handlers.
 *
 * @param contracts what the contract says about the methods; other services' contracts may be among them
 * @throws an error that names a method without its contract or its handler
 */
export function methodsOf<Service extends DescService>(
  service: Service,
  handlers: Handlers<Service>,
  contracts: readonly MethodContract[],
): Method[] {
  return service.methods.map((method) => {
    const contract = contracts.find((candidate) => candidate.method === method);
    return { contract: required(contract, method, "contract"), isProbe: false, handle: handlerOf(handlers, method) };
  });
}

/**
 * Returns the methods of a standard service that machines ask: health or reflection. Anyone may call them.
 *
 * @param maxMessageBytes the most bytes of a request message
 */
export function probesOf<Service extends DescService>(
  service: Service,
  handlers: Handlers<Service>,
  maxMessageBytes: number,
): Method[] {
  return service.methods.map((method) => ({
    contract: {
      method,
      access: "anyone",
      maxMessageBytes,
      hasDefaultDeadline: method.methodKind === "unary",
      check() {},
    },
    isProbe: true,
    handle: handlerOf(handlers, method),
  }));
}

/** Whether messages come as a stream. */
export function isStream(messages: Messages): messages is AsyncIterable<Message> {
  return Symbol.asyncIterator in messages;
}

/** Whether a method takes a stream of requests. */
export function hasStreamOfRequests({ methodKind }: DescMethod): boolean {
  return methodKind === "client_streaming" || methodKind === "bidi_streaming";
}

/** Whether a method's response is a stream. */
export function hasStreamOfResponses({ methodKind }: DescMethod): boolean {
  return methodKind === "server_streaming" || methodKind === "bidi_streaming";
}

function handlerOf(handlers: object, method: DescMethod): Method["handle"] {
  const handle = (handlers as Partial<Record<string, Method["handle"]>>)[method.localName];
  return required(handle, method, "handler");
}

function required<T>(part: T | undefined, method: DescMethod, what: string): T {
  if (part === undefined) {
    throw new Error(`${method.parent.typeName}.${method.name} has no ${what}`);
  }
  return part;
}
