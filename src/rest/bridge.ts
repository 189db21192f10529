import type { IncomingHttpHeaders } from "node:http";
import { create, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { Caller } from "../call/call.ts";
import { isForOperator, StreakdError } from "../errors.ts";
import { type AnswerCode, errorAnswer, send } from "../http/answer.ts";
import { acceptsProto, type BodyFormat, bodyFormat, ClientGone, parseJson, readBody } from "../http/body.ts";
import type { Answer, BodyAnswerer, HttpRequest, HttpResponse, RequestHead } from "../http/message.ts";
import { parseQuery, pathOf, queryOf } from "./query.ts";
import type { Route } from "./route.ts";
import { createRouter, type Place } from "./router.ts";

type Method = (request: Message, caller: Caller) => unknown;

/** What a REST bridge is made of. */
export interface RestBridgeInit {
  /** The generated routes. */
  readonly routes: readonly Route[];
  /** The implementations by full service name: the same objects that serve RPC, behind `withChecks`. */
  readonly services: Readonly<Record<string, object>>;
  /** Why a request with these headers may not call what is for admins; undefined when it may. */
  readonly refuseAdmin: (headers: IncomingHttpHeaders) => StreakdError | undefined;
  /** Told of every failure that the operator should know of, with the method's name. Must not throw. */
  readonly onError: (error: unknown, method: string) => void;
  /**
   * Told of every request to a method once its answer is decided, with the method's name such as `recordEvent`, and how
   * long it took. Must not throw.
   */
  readonly onAnswer: (method: string, code: AnswerCode, seconds: number) => void;
}

/** Serves the REST routes by calling the service implementations in process. */
export interface RestBridge {
  /** What stands at a path, so that the server can tell which methods CORS may offer, and which are admin's. */
  find(path: string): Place | undefined;
  /**
   * Answers a request, of HTTP/1 or HTTP/2, whose path has a route; with METHOD_NOT_ALLOWED where only other methods do.
   * Answers false, and touches nothing, when the path has none. Headers already set on the response (CORS) are kept.
   */
  handle(request: HttpRequest, response: HttpResponse): boolean;
  /**
   * What answers a request's whole body as `handle` would. Undefined, and nothing is done, when it has no route, or is refused
   * whatever its body is.
   */
  answer(head: RequestHead): BodyAnswerer | undefined;
}

/** Makes a bridge. Throws when a route has no implementation, or two claim the same method and path. */
export function createRestBridge({ routes, services, refuseAdmin, onError, onAnswer }: RestBridgeInit): RestBridge {
  const router = createRouter(routes);
  const methods = new Map(routes.map((route) => [route, methodOf(route, services)]));

  function refuse(route: Route, { headers }: RequestHead): StreakdError | undefined {
    return route.admin ? refuseAdmin(headers) : undefined;
  }

  /** Calls a route's method, and answers what it answers. */
  async function call(route: Route, variables: readonly string[], head: RequestHead, readBody: ReadBody) {
    const refusal = refuse(route, head);
    if (refusal !== undefined) {
      throw refusal;
    }
    const format = route.hasBody ? bodyFormat(head.headers) : acceptsProto(head.headers) ? "proto" : "json";
    let message: Message;
    if (route.hasBody && format === "proto") {
      message = fromProto(route, await readBody());
    } else {
      const body = route.hasBody ? parseJson(await readBody()) : undefined;
      message = route.decode(body, parseQuery(queryOf(head.url)));
    }
    route.bind?.(message, variables);
    // `create` completes what the method answers, exactly as Connect does; a message is taken as it is.
    const result = create(route.output, (await methods.get(route)?.(message, callerOf(head))) as Message);
    return success(route, format, result);
  }

  /** The same, with what goes wrong as an answer too. */
  async function answer(
    { route, variables }: Found,
    head: RequestHead,
    start: number,
    readBody: ReadBody,
  ): Promise<Answer> {
    let code: AnswerCode = "OK";
    try {
      return await call(route, variables, head, readBody);
    } catch (error) {
      const isGone = error instanceof ClientGone;
      code = isGone ? "OTHER" : error instanceof StreakdError ? error.code : "INTERNAL";
      if (!isGone && isForOperator(error)) {
        onError(error, `${route.service}/${route.call}`);
      }
      return forRoute(route, errorAnswer(error));
    } finally {
      onAnswer(route.call, code, (performance.now() - start) / 1000);
    }
  }

  /** What a request is to be answered by: a route, or the refusal of its HTTP method; undefined when its path has none. */
  function lookUp({ url, method }: RequestHead): Found | Answer | undefined {
    const place = router(pathOf(url));
    const route = place?.routes.get(method ?? "");
    if (place === undefined || route !== undefined) {
      return route && { route, variables: (place as Place).variables };
    }
    const allow = [...place.routes.keys()];
    return errorAnswer(new StreakdError("METHOD_NOT_ALLOWED", `This path takes ${allow.join(", ")}.`), allow);
  }

  return {
    find: router,
    answer(head) {
      const found = lookUp(head);
      if (found === undefined || !("route" in found) || refuse(found.route, head) !== undefined) {
        return undefined;
      }
      const start = performance.now();
      return (body) => answer(found, head, start, () => body);
    },
    handle(request, response) {
      const found = lookUp(request);
      if (found === undefined) {
        return false;
      }
      if ("route" in found) {
        void answer(found, request, performance.now(), () => readBody(request)).then((answer) =>
          send(response, answer),
        );
      } else {
        send(response, found);
      }
      return true;
    },
  };
}

type ReadBody = () => Uint8Array | Promise<Uint8Array>;

interface Found {
  readonly route: Route;
  readonly variables: readonly string[];
}

function success(route: Route, format: BodyFormat, result: Message): Answer {
  if (route.status === 204) {
    return forRoute(route, { status: route.status, headers: {} });
  }
  const isProto = format === "proto";
  return forRoute(route, {
    status: route.status,
    headers: { "Content-Type": isProto ? "application/proto" : "application/json" },
    body: isProto ? toBinary(route.output, result) : route.encode(result),
  });
}

/** A streak changes with the next event and at midnight, so nobody may keep what was read. */
function forRoute(route: Route, answer: Answer): Answer {
  return route.method === "GET" ? { ...answer, headers: { "Cache-Control": "no-store", ...answer.headers } } : answer;
}

function methodOf(route: Route, services: RestBridgeInit["services"]): Method {
  const implementation = services[route.service] as Record<string, Method> | undefined;
  const method = implementation?.[route.call];
  if (method === undefined) {
    throw new Error(`no implementation of ${route.service}.${route.call}`);
  }
  return method.bind(implementation);
}

function fromProto(route: Route, bytes: Uint8Array): Message {
  try {
    return fromBinary(route.input, bytes, { readUnknownFields: false });
  } catch (error) {
    const message = `The body is not a ${route.input.typeName} in protobuf binary.`;
    throw new StreakdError("INVALID_BODY", message, { cause: error });
  }
}

function callerOf({ headers }: RequestHead): Caller {
  return {
    requestHeader: {
      get(name) {
        const value = headers[name.toLowerCase()];
        return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
      },
    },
    // A REST caller has no way to say.
    timeoutMs: () => undefined,
  };
}
