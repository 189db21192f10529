import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { Messages, Method } from "../call/method.ts";
import type { RunCall } from "../call/pipeline.ts";
import { isOriginRefusal, StreakdError, TransportError } from "../errors.ts";
import { tooLarge } from "../http/body.ts";
import type { Decompress } from "../http/compression/decompress.ts";
import type { Request } from "../http/message.ts";
import { closeEnvelope, isEnveloped, type JsonOptions, messageIn, readUnaryBody } from "./body.ts";
import { withEncodableResponses } from "./encodable.ts";
import { toConnectError } from "./errors.ts";
import { httpSideOf } from "./http-side.ts";
import { checkQueryMessage } from "./query.ts";

/**
 * Lets Connect's library and the pipeline serve one call together. In order:
 *
 * 1. The library calls `begin`, which starts the pipeline and waits until the pipeline asks for the body.
 * 2. The library reads `body` and calls the implementation with the messages.
 * 3. `finish` or `finishStream` gives these messages to the pipeline and returns its responses.
 * 4. `end` runs last; it stops a pipeline that still waits, because the library refused the call.
 */
export class ConnectCall {
  readonly #method: Method;
  readonly #run: RunCall;
  readonly #request: Request;
  readonly #json: JsonOptions;
  readonly #decompress: Decompress;
  readonly #messages = Promise.withResolvers<Messages>();
  /** Whether the call has ended because the page's origin is refused. */
  isOriginRefused = false;
  /** Whether the messages are JSON, and not protobuf binary. */
  #isJson = false;
  #responses: Promise<Messages> | undefined;

  constructor(method: Method, run: RunCall, request: Request, json: JsonOptions, decompress: Decompress) {
    this.#method = method;
    this.#run = run;
    this.#request = request;
    this.#json = json;
    this.#decompress = decompress;
    // The pipeline may have ended before the library says that there are no messages.
    this.#messages.promise.catch(() => {});
  }

  get isUnary(): boolean {
    return this.#method.contract.method.methodKind === "unary";
  }

  /** Starts the pipeline. Resolves once the pipeline asks for the body, and rejects with its refusal. */
  async begin(context: HandlerContext): Promise<void> {
    const asksForBody = Promise.withResolvers<void>();
    this.#isJson = /json\b/i.test(context.responseHeader.get("content-type") ?? "");
    if (context.requestMethod === "GET") {
      // As over REST, refusals too: a streak changes with the next event and with the next day.
      context.responseHeader.set("Cache-Control", "no-store");
    }
    this.#responses = this.#run(
      withEncodableResponses(this.#method, this.#isJson ? this.#json : undefined),
      {
        protocol: context.protocolName,
        http: httpSideOf(this.#method, context.protocolName),
        request: this.#request,
        timeoutMs: context.timeoutMs(),
        response: {
          headers: context.responseHeader,
          trailers: context.responseTrailer,
          setHeaders(headers) {
            for (const [name, value] of Object.entries(headers)) {
              context.responseHeader.set(name, value);
            }
          },
        },
      },
      () => {
        asksForBody.resolve();
        return this.#messages.promise;
      },
    );
    this.#responses.catch((error: unknown) => {
      this.isOriginRefused = isOriginRefusal(error);
      asksForBody.reject(this.#toConnectError(error));
    });
    await asksForBody.promise;
    if (context.requestMethod === "GET") {
      const { maxMessageBytes } = this.#method.contract;
      await this.#refuseWhatFails(() =>
        checkQueryMessage(context, this.#request, maxMessageBytes, this.#json, this.#decompress),
      );
    }
  }

  /**
   * The body for the library. A unary message is read, decompressed and checked here first, because the library accepts
   * some bad ones.
   */
  async *body(): AsyncGenerator<Uint8Array> {
    const { contract } = this.#method;
    if (this.isUnary) {
      yield await this.#refuseWhatFails(async () => {
        const message = await readUnaryBody(this.#request, contract.maxMessageBytes, this.#decompress);
        messageIn(message, this.#request, contract.method.input, this.#json);
        return isEnveloped(this.#request) ? closeEnvelope(message) : message;
      });
    } else {
      yield* this.#request.body.chunks();
    }
  }

  /** The messages of a stream as the library reads them. Throws the caller's error when the library can't read them. */
  async *readable<T>(messages: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* messages;
    } catch (cause) {
      const { method, maxMessageBytes } = this.#method.contract;
      const error = readError(cause, maxMessageBytes);
      if (method.methodKind !== "server_streaming") {
        // It reaches the pipeline, which reads these messages.
        throw error;
      }
      // Only the library reads this stream, to get the one message that the pipeline waits for.
      throw await this.#refusal(error);
    }
  }

  /** Gives the messages to the pipeline and returns its one response. */
  async finish(messages: Messages): Promise<Message> {
    this.#messages.resolve(messages);
    try {
      return (await this.#responses) as Message;
    } catch (error) {
      throw this.#toConnectError(error);
    }
  }

  /** Gives the messages to the pipeline and returns its stream of responses. */
  async *finishStream(messages: Messages): AsyncGenerator<Message> {
    this.#messages.resolve(messages);
    try {
      yield* (await this.#responses) as AsyncIterable<Message>;
    } catch (error) {
      throw this.#toConnectError(error);
    }
  }

  /** Says that the library's handler is done. If it never called the implementation, its protocol refused the call. */
  end(): void {
    this.#messages.reject(new TransportError("the protocol refused the call"));
  }

  #toConnectError(error: unknown): ConnectError {
    return toConnectError(error, this.#isJson ? undefined : this.#method.contract.method.input);
  }

  async #refuseWhatFails<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw await this.#refusal(error);
    }
  }

  /** Ends the pipeline, which waits for the messages, with an error. Resolves to what it makes of the error. */
  async #refusal(error: unknown): Promise<ConnectError> {
    this.#messages.reject(error);
    return this.#toConnectError(
      await this.#responses?.then(
        () => error,
        (refusal: unknown) => refusal,
      ),
    );
  }
}

/** The call that a handler's context belongs to. */
export const connectCallKey = createContextKey<ConnectCall>(undefined as never);

/** Turns what the library throws while it reads a stream into an error of the catalogue, if one fits. */
function readError(cause: unknown, limit: number): StreakdError | TransportError {
  if (cause instanceof TransportError || cause instanceof StreakdError) {
    return cause;
  }
  const { code, rawMessage } = ConnectError.from(cause);
  if (code === Code.ResourceExhausted) {
    return tooLarge(limit);
  }
  // The library reports binary bytes that are no message as its own failure.
  return code === Code.InvalidArgument || rawMessage.startsWith("parse binary: ")
    ? new StreakdError("INVALID_BODY", `The request can't be read: ${rawMessage}.`, { cause })
    : new TransportError(rawMessage, { cause });
}
