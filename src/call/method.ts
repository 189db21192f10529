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

/** A method, and what serves it. */
export interface Method {
  readonly contract: MethodContract;
  /** A probe: its calls are not counted or logged. Machines call probes all the time, which would hide the calls of users. */
  readonly isProbe: boolean;
  /** Returns a promise of the response, or the stream of responses, as `create` takes them. */
  handle(request: Messages, call: Call): Promise<unknown> | AsyncIterable<unknown>;
}

/** What serves one method: a function of the request, or of the stream of requests, and the call. */
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

/** What serves a service: a handler for each of its methods, by local name. The compiler asks for every one. */
export type Handlers<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: Handler<Service["method"][Name]>;
};

/**
 * The methods of a service with what serves them.
 *
 * @param contracts what the contract says of them; those of other services may be among them
 * @throws an error naming a method that lacks its contract or its handler
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
 * The methods of a service that is not streakd's own but a standard that machines ask: health and reflection. Anyone may
 * call them.
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

/** Whether a method answers with a stream. */
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
