import { once } from "node:events";
import { request as request1 } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { create, type MessageInitShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import {
  type RecordEventRequest,
  RecordEventRequestSchema,
  type RecordEventResponseSchema,
  StreakService,
} from "#gen/streak/v1/streak_service_pb.ts";
import type { Call } from "#src/call/call.ts";
import { type Method, methodsOf } from "#src/call/method.ts";
import type { RunCall } from "#src/call/pipeline.ts";
import { type ErrorCode, errorCatalogue } from "#src/error-catalogue.ts";
import { StreakdError, TransportError } from "#src/errors.ts";
import type { Serve } from "#src/http/message.ts";
import { closeEnvelope, jsonOptionsOf } from "#src/rpc/body.ts";
import { createConnect } from "#src/rpc/connect.ts";
import { createRpc } from "#src/rpc/rpc.ts";
import { createUnary } from "#src/rpc/unary.ts";
import { http2Client } from "../http/support.ts";
import { defaultCompression, manyStreams } from "../support/listener.ts";
import { createTestPipeline, handlersOf, listen } from "./support.ts";

const PATH = "/streak.v1.StreakService/RecordEvent";

type Response = MessageInitShape<typeof RecordEventResponseSchema>;

/** An error in Connect's own words, which the pipeline lets pass. */
function connectsOwn(error: ConnectError): TransportError {
  return new TransportError("Connect's own", { cause: error });
}

/** What the method does, by the `userHash` that it is called with. */
const deeds: Record<string, (call: Call) => Response | Promise<Response>> = {
  answers: () => ({ ok: true }),
  "answers with defaults": () => ({}),
  "adds headers and trailers": ({ response }) => {
    response.headers.set("x-header", "one");
    response.headers.append("x-header", "two");
    response.trailers.set("x-trailer", "three");
    return { ok: true };
  },
  "adds them and fails": ({ response }) => {
    response.headers.set("x-header", "one");
    response.trailers.set("x-trailer", "three");
    throw new StreakdError("NOT_FOUND", "Ünknown “thing”, 100 %.");
  },
  "tells who calls": ({ principal }) => {
    throw new StreakdError("NOT_FOUND", `${principal.kind} ${principal.origin}`);
  },
  "sets cookies": ({ response }) => {
    for (const headers of [response.headers, response.trailers]) {
      headers.append("set-cookie", "a=1; path=/");
      headers.append("set-cookie", "b=2");
    }
    return { ok: true };
  },
  "throws an error whose metadata is the protocol's": () => {
    throw connectsOwn(
      new ConnectError("no", Code.NotFound, { "grpc-status": "0", "content-type": "text/html", date: "today" }),
    );
  },
  "passes on an error of another server": () => {
    const error = new ConnectError("no", Code.NotFound, { "x-meta": "theirs" });
    throw connectsOwn(Object.assign(error, { isWireError: true }));
  },
  "throws Connect's own, with details and metadata": () => {
    const details = [{ desc: ErrorInfoSchema, value: { reason: "WHY", metadata: { a: "b" } } }];
    throw connectsOwn(
      new ConnectError("no", Code.ResourceExhausted, { "x-meta": "data", "retry-after": "7" }, details),
    );
  },
  crashes: () => {
    throw new Error("a secret");
  },
  "is asked how long its caller waits": ({ deadline, signal }) => {
    const left = deadline.at - performance.now();
    const isNear = left > 50_000 && left <= 60_000;
    throw connectsOwn(new ConnectError(`${isNear ? "a minute" : Math.ceil(left / 5000)} ${signal.aborted}`));
  },
  "waits until its caller has gone": async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new StreakdError("DEADLINE_EXCEEDED", "Too late.");
  },
  "waits, and throws why it has to stop": async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    signal.throwIfAborted();
    return {};
  },
  "waits, and is interrupted": async ({ signal }) => {
    await setTimeout(60_000, undefined, { signal });
    return {};
  },
  "waits for ever": () => new Promise(() => {}),
  ...Object.fromEntries(
    Object.keys(errorCatalogue).map((code) => [
      `throws ${code}`,
      () => {
        throw new StreakdError(code as ErrorCode, `This is ${code}.`, { cause: new Error("inside") });
      },
    ]),
  ),
};

type RecordEvent = (request: RecordEventRequest, call: Call) => Promise<Response>;

const doDeed: RecordEvent = async ({ userHash }, call) => deeds[userHash]?.(call) ?? {};

function methodsWith(recordEvent: RecordEvent): readonly [Method] {
  const methods = methodsOf(StreakService, handlersOf(StreakService, { recordEvent }), contracts);
  return [methods.find(({ contract }) => contract.method === StreakService.method.recordEvent) as Method];
}

/** Ways to serve the method. */
type CreateServe = (methods: readonly [Method], run: RunCall) => Serve;

/** RPC as it is served. */
const ours: CreateServe = (methods, run) => {
  const rpc = createRpc({ methods, run, compression: defaultCompression(), ...manyStreams });
  return (request) => rpc.serve(PATH, request) ?? expect.unreachable();
};

/** The same without Connect's library, which fails where our code leaves a call to it. */
const oursAlone: CreateServe = ([method], run) => {
  const serve = createUnary(run, jsonOptionsOf(), defaultCompression());
  return async (request) => serve(method, request) ?? expect.unreachable("left to Connect's library");
};

/** The same by Connect's library alone. */
const connects: CreateServe = (methods, run) => {
  const serve = createConnect(methods, run, jsonOptionsOf(), defaultCompression()).get(PATH);
  return async (request) => serve?.(request) ?? expect.unreachable();
};

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

/** Sends the same to two servers, and returns what each caller saw and what each operator was told. */
async function sendToBoth(
  servers: readonly CreateServe[],
  send: (url: string) => Promise<Seen>,
): Promise<readonly unknown[]> {
  return Promise.all(
    servers.map(async (createServe) => {
      const { run, counted, logged } = createTestPipeline(async ({ headers }) => {
        if (headers["x-refused"] !== undefined) {
          throw new StreakdError("FORBIDDEN_ORIGIN", "Not you.");
        }
        return { kind: "anonymous", origin: headers.origin, address: undefined };
      });
      const { url, errors } = await listen(createServe(methodsWith(doDeed), run));
      const { headers, ...rest } = await send(url);
      const { date, "x-request-id": requestId, ...fixed } = headers;
      return { counted, logged, errors, ...rest, headers: fixed };
    }),
  );
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
  const sent = { headers, body: frame(encoded) };
  const [oursSaw, connectsSaw] = await sendToBoth([oursAlone, connects], (url) => send(url, sent));
  expect(oursSaw).toEqual(connectsSaw);
  expect(oursSaw).toMatchObject({ counted: [expect.any(String)], errors: [] });
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
  "is not compressed, although it says so": withHeaders({ "content-encoding": "gzip", "grpc-encoding": "gzip" }),
  "is compressed in a way that nobody knows": withHeaders({ "content-encoding": "snappy", "grpc-encoding": "snappy" }),
  "is compressed": (sent, isJson) => compressed(sent, gzipSync(isJson ? goodJson : goodProto)),
  "unpacks to too much": (sent) => compressed(sent, gzipSync(Buffer.alloc(300 * 1024))),
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
  "has headers of every form": withHeaders({
    "x-spaced": " two words ",
    "x-empty": "",
    "x-latin": "é",
    "set-cookie": ["a=1", "b=2"],
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

function compressed({ headers }: Sent, message: Uint8Array): Sent {
  const isEnveloped = `${headers["content-type"]}`.startsWith("application/grpc");
  return {
    headers: { ...headers, [isEnveloped ? "grpc-encoding" : "content-encoding"]: "gzip" },
    body: isEnveloped ? closeEnvelope(message, true) : message,
  };
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
  const [oursSaw, connectsSaw] = await sendToBoth([ours, connects], (url) => send(url, made));
  expect(oursSaw).toEqual(connectsSaw);
  expect(oursSaw).toMatchObject({ errors: [] });
});

test.each(["application/json", "application/proto"])(
  "%s: a call that says that it has 9 MB is refused before them, as by Connect",
  async (type) => {
    const [oursSaw, connectsSaw] = await sendToBoth([ours, connects], async (url) => {
      const session = await http2Client(url);
      const length = { "content-length": 9_000_000 };
      const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": type, ...length });
      stream.on("error", () => {});
      stream.write("x");
      const [headers] = await once(stream, "response");
      const [body] = await once(stream, "data");
      session.destroy();
      return { headers, body: `${body}`, trailers: {} };
    });
    expect(oursSaw).toEqual(connectsSaw);
    expect(oursSaw).toMatchObject({ counted: ["connect recordEvent BODY_TOO_LARGE"], errors: [] });
  },
);

test.each(
  ["application/grpc", "application/grpc-web+proto"].flatMap((type) =>
    ["waits, and throws why it has to stop", "waits, and is interrupted"].map((deed) => [type, deed] as const),
  ),
)("%s: a method that %s because its caller went away is nobody's fault", async (type, deed) => {
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<unknown>();
  const { run, counted, logged } = createTestPipeline();
  const [method] = methodsWith((_request, call) => {
    begun.resolve();
    return deeds[deed]?.(call) as Promise<Response>;
  });
  const observedRun: RunCall = (...call) => {
    const running = run(...call);
    running.catch(over.resolve);
    return running;
  };
  const { url, errors } = await listen(ours([method], observedRun));
  const session = await http2Client(url);
  const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": type });
  stream.on("error", () => {});
  stream.end(closeEnvelope(goodProto));
  await begun.promise;
  session.destroy();

  await over.promise;
  // What is left of the call gets to its end.
  await new Promise(setImmediate);
  expect(counted).toEqual([`${type.replace("application/", "").replace("+proto", "")} recordEvent OTHER`]);
  expect([logged, errors]).toEqual([[], []]);
});

test("gRPC is answered over HTTP/1.1 too, whose trailers few clients read", async () => {
  const { run, counted } = createTestPipeline();
  const { url } = await listen(ours(methodsWith(doDeed), run));
  const sent = { headers: { "content-type": "application/grpc", te: "trailers" }, body: closeEnvelope(goodProto) };
  const { headers, body, trailers } = await send1(url, sent);
  expect([headers[":status"], body, trailers]).toEqual([200, "\0\0\0\0\x02\b\x01", { "grpc-status": "0" }]);
  expect(counted).toEqual(["grpc recordEvent OK"]);
});
