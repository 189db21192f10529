import { fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type HttpSide, LazyMetadata } from "../call/incoming.ts";
import { hasStreamOfRequests, isStream, type Messages, type Method } from "../call/method.ts";
import type { RunCall } from "../call/pipeline.ts";
import { errorCatalogue } from "../error-catalogue.ts";
import { StreakdError } from "../errors.ts";
import { methodNotAllowed } from "../http/answer.ts";
import type { Decompress } from "../http/compression/decompress.ts";
import { contentEncoding, ENCODINGS } from "../http/compression/encoding.ts";
import { parseJson } from "../http/json.ts";
import { type Answer, queryOf, type Request } from "../http/message.ts";
import { acceptsProto, type BodyFormat, bodyFormat, requireLines } from "./negotiation.ts";
import { parseQuery } from "./query.ts";
import { pathOf, type Route } from "./route.ts";
import { createRouter } from "./router.ts";
import { answerStream, callErrorAnswer, readRequests } from "./streams.ts";
import type { Written } from "./written-field.ts";

/** Serves the REST routes by running the methods' calls. */
export interface RestBridge {
  /** The methods that have a route at a path. */
  methodsAt(path: string): readonly Method[];
  /**
   * How many bytes the body of a request may have: none if it is not read, and infinitely many if it is read as it
   * comes. Undefined when the path has no route.
   */
  bodyLimit(path: string, verb: string): number | undefined;
  /**
   * Answers a request whose path has a route, with METHOD_NOT_ALLOWED when only other HTTP methods have one. Returns
   * undefined when the path has no route.
   */
  serve(path: string, request: Request): Promise<Answer> | undefined;
}

/**
 * Makes the bridge of the generated routes.
 *
 * @throws an error when a route's method is not among `methods`, or two routes claim the same HTTP method and path
 */
export function createRestBridge(
  routes: readonly Route[],
  methods: readonly Method[],
  run: RunCall,
  decompress: Decompress,
): RestBridge {
  const find = createRouter(routes);
  const methodOf = new Map(routes.map((route) => [route, findMethod(route, methods)]));
  const httpOf = new Map(routes.map((route) => [route, httpSideOf(route)]));

  async function answer(route: Route, variables: readonly string[], request: Request): Promise<Answer> {
    const response = new LazyMetadata();
    const method = methodOf.get(route) as Method;
    const http = httpOf.get(route) as HttpSide;
    let format: BodyFormat = "json";
    let written: Written | undefined;
    async function readBody(): Promise<Messages> {
      if (hasStreamOfRequests(route.method)) {
        requireLines(request.headers);
        return readRequests(route, variables, request, method.contract.maxMessageBytes);
      }
      format = route.hasBody ? bodyFormat(request.headers) : acceptsProto(request.headers) ? "proto" : "json";
      const bytes = route.hasBody ? await wholeBody(request, method.contract.maxMessageBytes, decompress) : undefined;
      const message = bytes !== undefined && format === "proto" ? fromProto(route, bytes) : fromJson(bytes);
      route.bind?.(message, variables);
      return message;
    }
    function fromJson(bytes: Uint8Array | undefined): Message {
      written = { body: bytes && parseJson(bytes), query: parseQuery(queryOf(request.url)) };
      return route.decode(written.body, written.query);
    }
    try {
      const result = await run(method, { protocol: "rest", http, request, timeoutMs: undefined, response }, readBody);
      const success = isStream(result)
        ? await answerStream(route, result, request)
        : answerMessage(route, format, result);
      return finish(route, response, success);
    } catch (error) {
      return finish(route, response, callErrorAnswer(error, format === "json" ? route : undefined, written));
    }
  }

  return {
    methodsAt: (path) => [...(find(path)?.routes.values() ?? [])].map((route) => methodOf.get(route) as Method),
    bodyLimit(path, verb) {
      const place = find(path);
      const route = place?.routes.get(verb);
      return route === undefined ? place && 0 : bodyLimitOf(route, methodOf.get(route) as Method);
    },
    serve(path, request) {
      const place = find(path);
      if (place === undefined) {
        return undefined;
      }
      const route = place.routes.get(request.method);
      return route === undefined
        ? Promise.resolve(methodNotAllowed([...place.routes.keys()]))
        : answer(route, place.variables, request);
    },
  };
}

function httpSideOf(route: Route): HttpSide {
  return {
    route: pathOf(route),
    statusOf: (code) => (code === "OK" ? route.status : code === "OTHER" ? undefined : errorCatalogue[code].http),
  };
}

function bodyLimitOf(route: Route, { contract }: Method): number {
  if (hasStreamOfRequests(route.method)) {
    return Number.POSITIVE_INFINITY;
  }
  return route.hasBody ? contract.maxMessageBytes : 0;
}

/** The whole body, decompressed. Throws or rejects as `RequestBody.whole` and {@link Decompress} do. */
function wholeBody(request: Request, limit: number, decompress: Decompress): Uint8Array | Promise<Uint8Array> {
  const encoding = contentEncoding(request.headers["content-encoding"], ENCODINGS);
  const whole = request.body.whole(limit);
  if (encoding === undefined) {
    return whole;
  }
  return whole instanceof Uint8Array
    ? decompress(whole, encoding, limit, request)
    : whole.then((bytes) => decompress(bytes, encoding, limit, request));
}

function findMethod(route: Route, methods: readonly Method[]): Method {
  const method = methods.find(({ contract }) => contract.method === route.method);
  if (method === undefined) {
    throw new Error(`no implementation of ${route.method.parent.typeName}.${route.method.localName}`);
  }
  return method;
}

function fromProto(route: Route, bytes: Uint8Array): Message {
  try {
    return fromBinary(route.method.input, bytes, { readUnknownFields: false });
  } catch (cause) {
    const message = `The body is not a ${route.method.input.typeName} in protobuf binary.`;
    throw new StreakdError("INVALID_BODY", message, { cause });
  }
}

function answerMessage(route: Route, format: BodyFormat, message: Message): Answer {
  if (route.status === 204) {
    return { status: route.status, headers: {} };
  }
  const isProto = format === "proto";
  return {
    status: route.status,
    headers: { "Content-Type": isProto ? "application/proto" : "application/json" },
    body: isProto ? toBinary(route.method.output, message) : route.encode(message),
  };
}

/** Adds the handler's headers, and forbids caches to keep what was read. */
function finish(route: Route, { added }: LazyMetadata, answer: Answer): Answer {
  const isRead = route.verb === "GET";
  if (!isRead && added.headers === undefined && added.set === undefined) {
    return answer;
  }
  return {
    ...answer,
    headers: {
      // A streak changes with the next event and with the next day.
      ...(isRead && { "Cache-Control": "no-store" }),
      ...added.set,
      ...(added.headers && Object.fromEntries(added.headers)),
      ...answer.headers,
    },
  };
}
