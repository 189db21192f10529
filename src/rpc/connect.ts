import { createConnectRouter, createContextKey, createContextValues, type Interceptor } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { StreakdError } from "../errors.ts";
import { type AnswerCode, errorBody, isGone, send, sendError } from "../http/answer.ts";
import type { HttpRequest, HttpResponse } from "../http/message.ts";
import { checkQueryMessage, jsonOptionsOf } from "./body.ts";
import { answerCodeOf, createErrorInterceptor } from "./errors.ts";
import type { RpcInit } from "./rpc.ts";

/** Larger than any message that readMessage lets through, and small enough for a stream. */
const MAX_DECLARED_BYTES = 8 * 1024 * 1024;

/** The longest delay that a timer of Node can have, in milliseconds: some 24 days. A longer one ends at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds in the units of the header `grpc-timeout`. */
const GRPC_UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** What is known of a call by now. */
interface Progress {
  /** Known once the call has got to the gate; one that no protocol knows never does. */
  protocol?: string;
  /** `OTHER` until the call got to its method, or was refused with a code. */
  code: AnswerCode;
}

const progressKey = createContextKey<Progress>({ code: "OTHER" });

/** Answers a request to a method of RPC. */
export type ConnectServer = (
  handler: UniversalHandler,
  request: HttpRequest,
  response: HttpResponse,
  body?: Body,
) => void;

/** A body that Connect is to read instead of the request's. */
type Body = AsyncIterable<Uint8Array>;

/** Makes Connect's handlers by path, and what serves requests by them. */
export function createConnect(init: RpcInit): {
  readonly handlers: ReadonlyMap<string, UniversalHandler>;
  readonly serve: ConnectServer;
} {
  const { services, others, gate, onError, onAnswer } = init;
  const jsonOptions = jsonOptionsOf(init);
  const router = createConnectRouter({
    requestGate(call) {
      const progress = call.values.get(progressKey);
      progress.protocol = call.protocolName;
      try {
        gate(call);
        if (call.requestMethod === "GET") {
          // As over REST: a streak changes with the next event and at midnight.
          call.responseHeader.set("Cache-Control", "no-store");
          checkQueryMessage(call, jsonOptions);
        }
      } catch (error) {
        progress.code = answerCodeOf(error);
        throw error;
      }
    },
    interceptors: [noteCode, createErrorInterceptor(onError)],
    jsonOptions,
    acceptCompression: [],
    // For streams; a unary call's message is measured by readMessage, whose error says more than Connect's.
    readMaxBytes: MAX_DECLARED_BYTES,
  });
  for (const [service, implementation] of services) {
    router.service(service, implementation);
  }
  others(router);

  return {
    handlers: new Map(router.handlers.map((handler) => [handler.requestPath, handler])),
    serve(handler, request, response, body) {
      const start = performance.now();
      const progress: Progress = { code: "OTHER" };
      handler(universalRequest(request, response, body, progress))
        .then((answer) => {
          if (progress.protocol !== undefined) {
            onAnswer(progress.protocol, handler.method, progress.code, (performance.now() - start) / 1000);
          }
          return respond(answer, handler, response);
        })
        .catch((error: unknown) => {
          // Connect has answered every failure of the call itself by now; this is a connection that broke.
          if (!request.destroyed && !isGone(response)) {
            onError(error, `${handler.service.typeName}/${handler.method.name}`);
          }
        });
    },
  };
}

function universalRequest(
  request: HttpRequest,
  response: HttpResponse,
  body: Body | undefined,
  progress: Progress,
): UniversalServerRequest {
  const contextValues = createContextValues().set(progressKey, progress);
  const universal = universalRequestFromNodeRequest(request, response, undefined, contextValues);
  dropEndlessTimeout(universal.header);
  return body === undefined ? universal : { ...universal, body: noteRefusal(body, progress) };
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
    send(response, {
      status: 415,
      headers: { "Content-Type": "application/json" },
      body: errorBody("INVALID_BODY", message),
    });
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
