import type { DescMethod } from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { StreakdError } from "../errors.ts";
import { type AnswerCode, errorBody, send, sendError } from "../rest/answer.ts";
import type { HttpRequest, HttpResponse } from "../rest/http.ts";
import { checkedBody, checkQueryMessage, jsonReadOptions } from "./rpc-body.ts";
import { answerCodeOf, createErrorInterceptor } from "./rpc-errors.ts";

/** Larger than any message that checkedBody lets through, and small enough for a stream. */
const MAX_DECLARED_BYTES = 8 * 1024 * 1024;

/** The longest delay that a timer of Node can have, in milliseconds: some 24 days. A longer one ends at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds in the units of the header `grpc-timeout`. */
const GRPC_UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** How long a client that was answered may go on sending, in milliseconds. */
const LINGER_MS = 2_000;

/** What RPC is made of. */
export interface RpcInit {
  /** Adds the services. */
  readonly routes: (router: ConnectRouter) => void;
  /** Runs on a call's headers alone, before its body is read; throws a ConnectError to refuse it. */
  readonly gate: (call: Pick<HandlerContext, "service" | "requestHeader">) => void;
  /** Told of every failure that the operator should know of, with the method's name. Must not throw. */
  readonly onError: (error: unknown, method: string) => void;
  /**
   * Told of every call once its answer is decided, a stream's when it begins: its protocol as Connect names it, its
   * method, and how long it took. Must not throw.
   */
  readonly onAnswer: (protocol: string, method: DescMethod, code: AnswerCode, seconds: number) => void;
}

/** What is known of a call by now. */
interface Progress {
  /** Known once the call has got to the gate; one that no protocol knows never does. */
  protocol?: string;
  /** `OTHER` until the call got to its method, or was refused with a code. */
  code: AnswerCode;
}

const progressKey = createContextKey<Progress>({ code: "OTHER" });

/**
 * Serves RPC: Connect, gRPC and gRPC-Web, each as the request's headers say. Messages are never compressed, since ours
 * are small and a compressed one can unpack to any size.
 *
 * @returns a function that answers a request whose path is an RPC's, and answers false, touching nothing, for others
 */
export function createRpc({
  routes,
  gate,
  onError,
  onAnswer,
}: RpcInit): (path: string, request: HttpRequest, response: HttpResponse) => boolean {
  const router = createConnectRouter({
    requestGate(call) {
      const progress = call.values.get(progressKey);
      progress.protocol = call.protocolName;
      try {
        gate(call);
        if (call.requestMethod === "GET") {
          // As over REST: a streak changes with the next event and at midnight.
          call.responseHeader.set("Cache-Control", "no-store");
          checkQueryMessage(call);
        }
      } catch (error) {
        progress.code = answerCodeOf(error);
        throw error;
      }
    },
    interceptors: [noteCode, createErrorInterceptor(onError)],
    // The contract's example writes every field, and so do answers in Connect's JSON. Ignoring what is unknown would
    // also drop misspelt enum values: a widget_impression would then count as a day.
    jsonOptions: { alwaysEmitImplicit: true, ...jsonReadOptions },
    acceptCompression: [],
    // For streams; a unary call's message is measured by checkedBody, whose error says more than Connect's.
    readMaxBytes: MAX_DECLARED_BYTES,
  });
  routes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  return (path, request, response) => {
    const handler = handlers.get(path);
    if (handler === undefined) {
      return false;
    }
    endUploadAfter(response);
    const start = performance.now();
    const progress: Progress = { code: "OTHER" };
    handler(universalRequest(request, response, handler, progress))
      .then((answer) => {
        if (progress.protocol !== undefined) {
          onAnswer(progress.protocol, handler.method, progress.code, (performance.now() - start) / 1000);
        }
        return respond(answer, handler, response);
      })
      .catch((error: unknown) => {
        // Connect has answered every failure of the call itself by now; this is a connection that broke.
        if (!request.destroyed && !response.destroyed) {
          onError(error, `${handler.service.typeName}/${handler.method.name}`);
        }
      });
    return true;
  };
}

function universalRequest(
  request: HttpRequest,
  response: HttpResponse,
  handler: UniversalHandler,
  progress: Progress,
): UniversalServerRequest {
  const contextValues = createContextValues().set(progressKey, progress);
  const universal = universalRequestFromNodeRequest(request, response, undefined, contextValues);
  dropEndlessTimeout(universal.header);
  if (handler.method.methodKind !== "unary" || request.method === "GET") {
    return universal;
  }
  return { ...universal, body: noteRefusal(checkedBody(request, handler.method.input), progress) };
}

/** Notes how a call ends that gets to its method. */
const noteCode: Interceptor = (next) => async (req) => {
  const progress = req.contextValues.get(progressKey);
  try {
    const res = await next(req);
    progress.code = "OK";
    return res;
  } catch (error) {
    progress.code = answerCodeOf(error);
    throw error;
  }
};

/** Notes how a call ends whose body is refused before. */
async function* noteRefusal(body: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    progress.code = answerCodeOf(error);
    throw error;
  }
}

/** Connect answers a wrong method and a wrong content type without a body, which tells nobody how to mend them. */
async function respond(
  answer: UniversalServerResponse,
  handler: UniversalHandler,
  response: HttpResponse,
): Promise<void> {
  if (answer.status === 405) {
    const message = `This RPC takes ${handler.allowedMethods.join(", ")}.`;
    sendError(response, new StreakdError("METHOD_NOT_ALLOWED", message), handler.allowedMethods);
  } else if (answer.status === 415) {
    const message = "The Content-Type is none of an RPC protocol: send JSON as application/json.";
    send(response, 415, "application/json", errorBody("INVALID_BODY", message));
  } else {
    await universalResponseToNodeResponse(answer, response);
  }
}

/** A deadline that no timer can wait for is none. */
function dropEndlessTimeout(header: Headers): void {
  const [, amount, unit] = /^(\d+)([HMSmun])$/.exec(header.get("grpc-timeout") ?? "") ?? [];
  if (Number(amount) * (GRPC_UNITS[unit ?? ""] ?? 0) > MAX_TIMER_MS) {
    header.delete("grpc-timeout");
  }
  if (Number(header.get("connect-timeout-ms")) > MAX_TIMER_MS) {
    header.delete("connect-timeout-ms");
  }
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
