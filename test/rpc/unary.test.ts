import { once } from "node:events";
import { request as request1 } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { afterEach, expect, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { type RecordEventRequest, RecordEventRequestSchema, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { type ErrorCode, errorCatalogue, StreakdError } from "#src/errors.ts";
import type { RequestHandlers } from "#src/http/listener/listener.ts";
import type { HttpRequest } from "#src/http/message.ts";
import { bodyOf, closeEnvelope, jsonOptionsOf, readMessage } from "#src/rpc/body.ts";
import { createConnect } from "#src/rpc/connect.ts";
import { createRpc, type RpcInit } from "#src/rpc/rpc.ts";
import { type Handle, http2Client, start, stopAll } from "../http/support.ts";

afterEach(stopAll);

const PATH = "/streak.v1.StreakService/RecordEvent";

/** What the method does, by the `userHash` that it is called with. */
const deeds: Record<string, (context: HandlerContext, request: RecordEventRequest) => unknown> = {
  answers: () => ({ ok: true }),
  "answers with defaults": () => ({}),
  "adds headers and trailers": ({ responseHeader, responseTrailer }) => {
    responseHeader.set("x-header", "one");
    responseHeader.append("x-header", "two");
    responseTrailer.set("x-trailer", "three");
    return { ok: true };
  },
  "adds them and fails": ({ responseHeader, responseTrailer }) => {
    responseHeader.set("x-header", "one");
    responseTrailer.set("x-trailer", "three");
    throw new StreakdError("NOT_FOUND", "Ünknown “thing”, 100 %.");
  },
  "tells what it was told": ({ requestHeader, service, method, url, requestMethod }) => {
    const told = [requestHeader.get("origin"), service.typeName, method.name, new URL(url).pathname, requestMethod];
    throw new ConnectError(told.join(" "), Code.DataLoss);
  },
  "sets cookies": ({ responseHeader, responseTrailer }) => {
    for (const headers of [responseHeader, responseTrailer]) {
      headers.append("set-cookie", "a=1; path=/");
      headers.append("set-cookie", "b=2");
    }
    return { ok: true };
  },
  "throws an error whose metadata is the protocol's": () => {
    throw new ConnectError("no", Code.NotFound, { "grpc-status": "0", "content-type": "text/html", date: "today" });
  },
  "passes on an error of another server": () => {
    throw Object.assign(new ConnectError("no", Code.NotFound, { "x-meta": "theirs" }), { isWireError: true });
  },
  "throws Connect's own, with details and metadata": () => {
    const details = [{ desc: ErrorInfoSchema, value: { reason: "WHY", metadata: { a: "b" } } }];
    throw new ConnectError("no", Code.ResourceExhausted, { "x-meta": "data", "retry-after": "7" }, details);
  },
  crashes: () => {
    throw new Error("a secret");
  },
  "is asked how long its caller waits": ({ timeoutMs, signal }) => {
    const left = timeoutMs();
    const isNear = left !== undefined && left > 50_000 && left <= 60_000;
    throw new ConnectError(`${left === undefined ? "for ever" : isNear ? "a minute" : left} ${signal.aborted}`);
  },
  "waits until its caller has gone": async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new StreakdError("DEADLINE_EXCEEDED", "Too late.");
  },
  "waits, and throws why it has to stop": async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    signal.throwIfAborted();
  },
  "waits, and is interrupted": async ({ signal }) => {
    await setTimeout(60_000, undefined, { signal });
  },
  ...Object.fromEntries(
    Object.keys(errorCatalogue).map((code) => [
      `throws ${code}`,
      () => {
        throw new StreakdError(code as ErrorCode, `This is ${code}.`, { cause: new Error("inside") });
      },
    ]),
  ),
};

/** RPC that tells what it told to whom: the service's answers, and the operator. */
function init(told: string[]): RpcInit {
  return {
    services: [
      [
        StreakService,
        {
          recordEvent: async (request: RecordEventRequest, context: HandlerContext) =>
            deeds[request.userHash]?.(context, request),
        },
      ],
    ],
    others() {},
    gate({ requestHeader }) {
      if (requestHeader.get("x-refused") !== null) {
        throw new ConnectError("refused", Code.PermissionDenied);
      }
    },
    onError: (error, method) => told.push(`${method}: ${error}`),
    onAnswer: (protocol, method, code) => told.push(`${protocol} ${method.name} ${code}`),
  };
}

/** RPC as it is served. */
function ours(rpc: RpcInit): RequestHandlers {
  const { handle, answer } = createRpc(rpc);
  return {
    handle: (request, response) => void handle(PATH, request, response),
    answer: (head, closing) => answer(PATH, head, closing),
  };
}

/** The same, with nobody to serve what is not plain. */
function plainOnly(rpc: RpcInit): RequestHandlers {
  return {
    ...ours(rpc),
    handle: () => {
      throw new Error("This was not served as a plain call.");
    },
  };
}

/** The same RPC, served by Connect alone; but the body is read by us, since Connect mends what we refuse. */
function connects(rpc: RpcInit): Handle {
  const { handlers, serve } = createConnect(rpc);
  const read = (request: HttpRequest) => () => readMessage(request, RecordEventRequestSchema, jsonOptionsOf(rpc));
  return (request, response) => serve(handlers.get(PATH) as never, request, response, bodyOf(read(request)));
}

interface Sent {
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
}

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
}

async function send1(url: string, { headers, body }: Sent): Promise<Seen> {
  const request = request1(url + PATH, { method: "POST", headers: { ...headers, "content-length": body.byteLength } });
  request.end(body);
  const [response] = await once(request, "response");
  const text = Buffer.concat(await Array.fromAsync(response)).toString("latin1");
  return { headers: { ":status": response.statusCode, ...response.headers }, body: text, trailers: response.trailers };
}

async function send2(url: string, { headers, body }: Sent): Promise<Seen> {
  const session = await http2Client(url);
  const stream = session.request({ ":method": "POST", ":path": PATH, te: "trailers", ...headers });
  const seen: { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { headers: {}, trailers: {} };
  stream.on("response", (received) => Object.assign(seen.headers, received));
  stream.on("trailers", (received) => Object.assign(seen.trailers, received));
  stream.end(body);
  const text = Buffer.concat(await Array.fromAsync(stream)).toString("latin1");
  session.destroy();
  return { ...seen, body: text };
}

/** The ways in which calls come that are served without Connect. */
const ways: Record<
  string,
  { send: typeof send1; type: string; frame: (message: Uint8Array) => Uint8Array; json: boolean }
> = {
  "Connect's JSON over HTTP/1.1": { send: send1, type: "application/json", frame: (message) => message, json: true },
  "Connect's JSON over HTTP/2": { send: send2, type: "application/json", frame: (message) => message, json: true },
  "Connect's binary over HTTP/1.1": {
    send: send1,
    type: "application/proto",
    frame: (message) => message,
    json: false,
  },
  "Connect's binary over HTTP/2": { send: send2, type: "application/proto", frame: (message) => message, json: false },
  gRPC: { send: send2, type: "application/grpc", frame: closeEnvelope, json: false },
  "gRPC, by its longer name": { send: send2, type: "application/grpc+proto", frame: closeEnvelope, json: false },
};

/** Sends the same to ours and to Connect's, and answers what each caller saw and each operator was told. */
async function sendToBoth(serveOurs: typeof ours, sent: (url: string) => Promise<Seen>): Promise<[unknown, unknown]> {
  const seen = async (serve: (rpc: RpcInit) => Handle | RequestHandlers) => {
    const told: string[] = [];
    const { url } = await start(serve(init(told)));
    const { headers, ...rest } = await sent(url);
    const { date, ...fixed } = headers;
    return { told, ...rest, headers: fixed };
  };
  return [await seen(serveOurs), await seen(connects)];
}

const calls = Object.entries(ways).flatMap(([name, way]) =>
  Object.keys(deeds).map((deed) => [name, deed, way] as const),
);

test.each(calls)("%s: a method that %s is answered as by Connect", async (_, userHash, { send, type, frame, json }) => {
  const message = create(RecordEventRequestSchema, { siteKey: "s", userHash, event: "e", eventType: 2 });
  const encoded = json
    ? Buffer.from(toJsonString(RecordEventRequestSchema, message))
    : toBinary(RecordEventRequestSchema, message);
  const waits = userHash.startsWith("waits");
  const timeout = type.startsWith("application/grpc")
    ? { "grpc-timeout": waits ? "50m" : "1M" }
    : { "connect-timeout-ms": waits ? 50 : 60_000 };
  const headers = { "content-type": type, origin: "https://page", ...timeout };
  const [oursSaw, connectsSaw] = await sendToBoth(plainOnly, (url) => send(url, { headers, body: frame(encoded) }));
  expect(oursSaw).toEqual(connectsSaw);
  expect(oursSaw).not.toMatchObject({ told: [] });
});

const good = { siteKey: "s", userHash: "answers", event: "e" };
const asksForDeadline = create(RecordEventRequestSchema, { userHash: "is asked how long its caller waits" });
const goodJson = JSON.stringify(good);
const goodProto = toBinary(RecordEventRequestSchema, create(RecordEventRequestSchema, good));

/** What is wrong with a request, made of one that is good. */
const wrongs: Record<string, (sent: Sent, isJson: boolean) => Sent> = {
  "has no body": (sent) => ({ ...sent, body: Buffer.alloc(0) }),
  "has a body that is cut off": (sent) => ({ ...sent, body: sent.body.subarray(0, -1) }),
  "has bytes behind its message": (sent) => ({ ...sent, body: Buffer.concat([sent.body, sent.body]) }),
  "has flags, or what would be some": ({ headers, body }) => ({
    headers,
    body: Buffer.concat([[1], body.subarray(1)].map(Buffer.from)),
  }),
  "has text that is not UTF-8": (sent, isJson) =>
    withMessage(sent, isJson ? Buffer.from([0x22, 0xc3, 0x28, 0x22]) : Uint8Array.of(10, 2, 0xc3, 0x28)),
  "has a field that nobody knows": (sent, isJson) =>
    withMessage(
      sent,
      isJson
        ? Buffer.from('{"userHash":"answers","eventTyp":1}')
        : Buffer.concat([goodProto, Uint8Array.of(0xf8, 7, 1)]),
    ),
  "has a field of another type": (sent, isJson) =>
    withMessage(sent, isJson ? Buffer.from('{"userHash":7}') : Uint8Array.of(8, 1)),
  "has a day that there is not": (sent, isJson) =>
    withMessage(sent, isJson ? Buffer.from('{"userHash":"answers","ts":"2024-02-30T00:00:00Z"}') : goodProto),
  "has no JSON object": (sent, isJson) => withMessage(sent, isJson ? Buffer.from("[]") : Uint8Array.of(0xff)),
  "is too large": (sent) => withMessage(sent, Buffer.alloc(300 * 1024, 32)),
  "is refused by its headers": withHeaders({ "x-refused": "1" }),
  "is compressed, it says": withHeaders({ "content-encoding": "gzip", "grpc-encoding": "gzip" }),
  "has a deadline that no timer can wait for, and a method that would keep it": (sent, isJson) =>
    withHeaders({ "connect-timeout-ms": "9999999999", "grpc-timeout": "99999999H" })(
      withMessage(
        sent,
        isJson
          ? Buffer.from(toJsonString(RecordEventRequestSchema, asksForDeadline))
          : toBinary(RecordEventRequestSchema, asksForDeadline),
      ),
    ),
  "is of another version of Connect": withHeaders({ "connect-protocol-version": "2" }),
  "has a deadline that can't be read": withHeaders({ "connect-timeout-ms": "soon", "grpc-timeout": "soon" }),
  "has a deadline that has passed": withHeaders({ "connect-timeout-ms": "0", "grpc-timeout": "0n" }),
  "has a deadline that no timer can wait for": withHeaders({
    "connect-timeout-ms": "9999999999",
    "grpc-timeout": "99999999H",
  }),
  "names as its content type what every object has": withHeaders({ "content-type": "constructor" }),
  "names its content type otherwise": ({ headers, body }) => ({
    body,
    headers: { ...headers, "content-type": `${headers["content-type"]}; charset=utf-8` },
  }),
  "shouts its content type": ({ headers, body }) => ({
    body,
    headers: { ...headers, "content-type": `${headers["content-type"]}`.toUpperCase() },
  }),
};

function withHeaders(more: OutgoingHttpHeaders): (sent: Sent) => Sent {
  return ({ headers, body }) => ({ body, headers: { ...headers, ...more } });
}

function withMessage({ headers }: Sent, message: Uint8Array): Sent {
  const isEnveloped = `${headers["content-type"]}`.startsWith("application/grpc");
  return { headers, body: isEnveloped ? closeEnvelope(message) : message };
}

const refusals = Object.entries(ways).flatMap(([name, way]) =>
  Object.keys(wrongs).map((wrong) => [name, wrong, way] as const),
);

test.each(refusals)("%s: a call that %s is answered as by Connect", async (_, wrong, { send, type, frame, json }) => {
  const sent = { headers: { "content-type": type }, body: frame(json ? Buffer.from(goodJson) : goodProto) };
  const made = wrongs[wrong]?.(sent, json) as Sent;
  const [oursSaw, connectsSaw] = await sendToBoth(ours, (url) => send(url, made));
  expect(oursSaw).toEqual(connectsSaw);
});

test.each(
  ["application/grpc", "application/grpc-web+proto"].flatMap((type) =>
    ["waits, and throws why it has to stop", "waits, and is interrupted"].map((deed) => [type, deed] as const),
  ),
)("%s: a method that %s because its caller went away is nobody's fault", async (type, deed) => {
  const told: string[] = [];
  const begun = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<string>();
  const recordEvent = async (request: RecordEventRequest, context: HandlerContext) => {
    begun.resolve();
    return deeds[deed]?.(context, request);
  };
  const onAnswer: RpcInit["onAnswer"] = (_protocol, _method, code) => answered.resolve(code);
  const { url } = await start(ours({ ...init(told), services: [[StreakService, { recordEvent }]], onAnswer }));
  const session = await http2Client(url);
  const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": type });
  stream.on("error", () => {});
  stream.end(closeEnvelope(goodProto));
  await begun.promise;
  session.destroy();

  expect(await answered.promise).toBe("OTHER");
  // What is left of the call gets to its end.
  await new Promise(setImmediate);
  expect(told).toEqual([]);
});
