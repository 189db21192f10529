import type { DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { type AnswerCode, send } from "../http/answer.ts";
import type { BodyAnswerer, Closing, HttpRequest, HttpResponse, RequestHead } from "../http/message.ts";
import { bodyOf, jsonOptionsOf, readableMessage, readMessage } from "./body.ts";
import { createConnect } from "./connect.ts";
import type { ErrorReporter } from "./errors.ts";
import { createPlainCalls } from "./unary.ts";

/** How long a client that was answered may go on sending, in milliseconds. */
const LINGER_MS = 2_000;

/** What RPC is made of. */
export interface RpcInit {
  /** The services with what serves them: their methods by local name. */
  readonly services: readonly (readonly [DescService, object])[];
  /** The messages that an `Any` may hold in JSON; by default none, as ours have no `Any`. */
  readonly registry?: Registry;
  /** Adds what else is served, by Connect alone. */
  readonly others: (router: ConnectRouter) => void;
  /** Runs on a call's headers alone, before its body is read; throws a ConnectError to refuse it. */
  readonly gate: (call: Pick<HandlerContext, "service" | "requestHeader">) => void;
  /** Told of every failure that the operator should know of, with the method's name. Must not throw. */
  readonly onError: ErrorReporter;
  /**
   * Told of every call once its answer is decided, a stream's when it begins: its protocol as Connect names it, its
   * method, and how long it took. Must not throw.
   */
  readonly onAnswer: (protocol: string, method: DescMethod, code: AnswerCode, seconds: number) => void;
}

/** RPC, for the server to try on each request. */
export interface Rpc {
  /** Answers a request whose path is an RPC's; answers false, and touches nothing, for others. */
  handle(path: string, request: HttpRequest, response: HttpResponse): boolean;
  /**
   * What answers a request's whole body as `handle` would, if that takes no more than to call a unary method; undefined, and
   * nothing is done, when it takes more, or turns out to with the body.
   */
  answer(path: string, head: RequestHead, closing: Closing): BodyAnswerer | undefined;
}

/**
 * Serves RPC: Connect, gRPC and gRPC-Web, each as the request's headers say. Messages are never compressed, since ours
 * are small and a compressed one can unpack to any size.
 *
 * Unary calls in a plain format, which is nearly all of them, are served without Connect, at a fraction of the cost.
 * Connect serves everything else: streams, gRPC-Web, GET, and whatever is not quite as it should be.
 */
export function createRpc(init: RpcInit): Rpc {
  const { handlers, serve } = createConnect(init);
  const plainCallOf = createPlainCalls(init);
  const jsonOptions = jsonOptionsOf(init);

  function handle(path: string, request: HttpRequest, response: HttpResponse): boolean {
    const handler = handlers.get(path);
    if (handler === undefined) {
      return false;
    }
    endUploadAfter(response);
    const { methodKind, input } = handler.method;
    if (methodKind !== "unary" || request.method === "GET") {
      serve(handler, request, response);
      return true;
    }
    const read = () => readMessage(request, input, jsonOptions);
    const call = plainCallOf(path, request, response);
    if (call === undefined) {
      serve(handler, request, response, bodyOf(read));
      return true;
    }
    const reading = read();
    reading.then(
      async ({ message }) => send(response, await call.answer(message)),
      () =>
        serve(
          handler,
          request,
          response,
          bodyOf(() => reading),
        ),
    );
    return true;
  }

  return {
    handle,
    answer(path, head, closing) {
      const call = plainCallOf(path, head, closing);
      return (
        call &&
        ((body) => {
          const message = readableMessage(head, body, call.input, jsonOptions);
          return message && call.answer(message);
        })
      );
    },
  };
}

/** Over HTTP/2 an upload that nobody reads any more would keep its stream, of which a connection has a few hundred. */
function endUploadAfter(response: HttpResponse): void {
  if ("stream" in response) {
    const { stream } = response;
    stream.once("finish", () => {
      if (!stream.readableEnded) {
        // Not at once: many clients take a reset for a failure, whatever the answer was that came before.
        setTimeout(() => stream.close(), LINGER_MS).unref();
      }
    });
  }
}
