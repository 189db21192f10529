import type { IncomingHttpHeaders } from "node:http";
import { create, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { isForOperator, StreakdError } from "../errors.ts";
import type { Caller } from "../service/call.ts";
import { type AnswerCode, send, sendError } from "./answer.ts";
import { acceptsProto, bodyFormat, ClientGone, parseJson, readBody } from "./body.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { parseQuery } from "./query.ts";
import { type Route, unauthorized } from "./route.ts";
import { createRouter, type Place } from "./router.ts";

type Method = (request: Message, caller: Caller) => unknown;

/** What a REST bridge is made of. */
export interface RestBridgeInit {
  /** The generated routes. */
  readonly routes: readonly Route[];
  /** The implementations by full service name: the same objects that serve RPC, behind `withChecks`. */
  readonly services: Readonly<Record<string, object>>;
  /** Whether these request headers carry the admin token. */
  readonly isAdmin: (headers: IncomingHttpHeaders) => boolean;
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
  /** What stands at a request's URL, so that the server can tell which methods CORS may offer, and which are admin's. */
  find(url: string): Place | undefined;
  /**
   * Answers a request, of HTTP/1 or HTTP/2, whose path has a route; with METHOD_NOT_ALLOWED where only other methods do.
   * Answers false, and touches nothing, when the path has none. Headers already set on the response (CORS) are kept.
   */
  handle(request: HttpRequest, response: HttpResponse): boolean;
}

/** Makes a bridge. Throws when a route has no implementation, or two claim the same method and path. */
export function createRestBridge({ routes, services, isAdmin, onError, onAnswer }: RestBridgeInit): RestBridge {
  const router = createRouter(routes);
  const methods = new Map(routes.map((route) => [route, methodOf(route, services)]));

  const find = (url: string) => router(splitUrl(url).path);

  async function answer(route: Route, variables: readonly string[], request: HttpRequest, response: HttpResponse) {
    if (route.method === "GET") {
      // A streak changes with the next event and at midnight.
      response.setHeader("Cache-Control", "no-store");
    }
    if (route.admin && !isAdmin(request.headers)) {
      throw unauthorized();
    }
    const format = route.hasBody ? bodyFormat(request.headers) : acceptsProto(request.headers) ? "proto" : "json";
    let message: Message;
    if (route.hasBody && format === "proto") {
      message = fromProto(route, await readBody(request));
    } else {
      const body = route.hasBody ? parseJson(await readBody(request)) : undefined;
      message = route.decode(body, parseQuery(splitUrl(request.url).search));
    }
    route.bind?.(message, variables);
    // `create` completes what the method answers, exactly as Connect does; a message is taken as it is.
    const result = create(route.output, (await methods.get(route)?.(message, callerOf(request))) as Message);
    if (route.status === 204) {
      send(response, route.status);
    } else if (format === "proto") {
      send(response, route.status, "application/proto", toBinary(route.output, result));
    } else {
      send(response, route.status, "application/json", route.encode(result));
    }
  }

  return {
    find,
    handle(request, response) {
      const place = find(request.url ?? "");
      if (place === undefined) {
        return false;
      }
      // A connection that breaks is reported on both; without a listener that would end the process.
      request.on("error", ignore);
      response.on("error", ignore);
      const route = place.routes.get(request.method ?? "");
      if (route === undefined) {
        const allow = [...place.routes.keys()];
        const message = `This path takes ${allow.join(", ")}.`;
        sendError(response, new StreakdError("METHOD_NOT_ALLOWED", message), allow);
        return true;
      }
      const start = performance.now();
      const answered = (code: AnswerCode) => onAnswer(route.call, code, (performance.now() - start) / 1000);
      answer(route, place.variables, request, response).then(
        () => answered("OK"),
        (error: unknown) => {
          if (error instanceof ClientGone) {
            answered("OTHER");
            return;
          }
          answered(error instanceof StreakdError ? error.code : "INTERNAL");
          if (isForOperator(error)) {
            onError(error, `${route.service}/${route.call}`);
          }
          sendError(response, error);
        },
      );
      return true;
    },
  };
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

function callerOf(request: HttpRequest): Caller {
  return {
    requestHeader: {
      get(name) {
        const value = request.headers[name.toLowerCase()];
        return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
      },
    },
    // A REST caller has no way to say.
    timeoutMs: () => undefined,
  };
}

function splitUrl(url = ""): { path: string; search: string } {
  const mark = url.indexOf("?");
  return mark < 0 ? { path: url, search: "" } : { path: url.slice(0, mark), search: url.slice(mark + 1) };
}

function ignore(): void {}
