import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { connect as connectTcp } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { RecordEventRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { openApp, useApp } from "../support/app.ts";

const shared = useApp();

const good = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const goodJson = JSON.stringify(good);
const goodProto = toBinary(RecordEventRequestSchema, create(RecordEventRequestSchema, good));

/** A field 1 (siteKey) whose text is no UTF-8. */
const invalidUtf8 = Uint8Array.of(10, 2, 0xc3, 0x28);

function envelope(message: Uint8Array, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** How each protocol says a message, and how it says an error. */
const protocols = {
  "Connect JSON": { type: "application/json", frame: (message: Uint8Array) => message, json: true },
  "Connect binary": { type: "application/proto", frame: (message: Uint8Array) => message, json: false },
  gRPC: { type: "application/grpc", frame: envelope, json: false },
  "gRPC JSON": { type: "application/grpc+json", frame: envelope, json: true },
  "gRPC-Web": { type: "application/grpc-web+proto", frame: envelope, json: false },
};

interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The reason of the ErrorInfo, or "ok". */
  readonly reason: string;
}

/** Sends bytes as they are, over HTTP/2, and reads the answer without any RPC library. */
async function send(url: string, type: string, body: Uint8Array, headers = {}): Promise<RawAnswer> {
  const session = connect(url);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": "/streak.v1.StreakService/RecordEvent",
    "content-type": type,
    te: "trailers",
    ...headers,
  });
  // The server may end the call before it has all of a body that is too large.
  stream.on("error", () => {});
  let answered: IncomingHttpHeaders & { ":status"?: number } = {};
  stream.on("response", (h) => Object.assign(answered, h));
  stream.on("trailers", (h) => Object.assign(answered, h));
  stream.end(body);
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(stream, "close");
  const text = Buffer.concat(chunks).toString("latin1");
  answered = { ...answered, ...trailersOf(text) };
  return { status: answered[":status"] ?? 0, headers: answered, text, reason: reasonOf(answered, text) };
}

/** gRPC-Web has its trailers in the body. */
function trailersOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(grpc-[a-z-]+): ?([^\r\n]*)/g)].map((match) => [match[1], match[2]]));
}

function reasonOf(headers: IncomingHttpHeaders, text: string): string {
  const details = headers["grpc-status-details-bin"];
  if (typeof details === "string") {
    // A google.rpc.Status that holds an ErrorInfo, which begins with its reason.
    return /[A-Z_]{6,}/.exec(Buffer.from(details, "base64").toString("latin1"))?.[0] ?? "no reason";
  }
  if (headers["grpc-status"] !== undefined) {
    return headers["grpc-status"] === "0" ? "ok" : `status ${headers["grpc-status"]}`;
  }
  if (text.includes('"code"')) {
    const detail = JSON.parse(text).details?.[0]?.value ?? "";
    return fromBinary(ErrorInfoSchema, Buffer.from(detail, "base64")).reason || "no reason";
  }
  return text.includes("error") ? JSON.parse(text).error : "ok";
}

const deep = `${goodJson.slice(0, -1)},"meta":${'{"a":'.repeat(2000)}1${"}".repeat(2000)}}`;
const json: [string, string | Uint8Array, string][] = [
  ["truncated JSON", goodJson.slice(0, -3), "INVALID_BODY"],
  ["an empty body", "", "INVALID_BODY"],
  ["JSON null", "null", "INVALID_BODY"],
  ["a JSON list", `[${goodJson}]`, "INVALID_BODY"],
  ["invalid UTF-8", Buffer.from(goodJson.replace('"u"', '"\xff"'), "latin1"), "INVALID_BODY"],
  ["half a surrogate pair", goodJson.replace('"u"', '"\\ud800"'), "INVALID_BODY"],
  ["a wrong type", goodJson.replace('"u"', "7"), "INVALID_BODY"],
  ["February 30th", `${goodJson.slice(0, -1)},"ts":"2023-02-30T00:00:00Z"}`, "INVALID_BODY"],
  ["a deep meta", deep, "INVALID_BODY"],
  ["a message of 1 MB", `${goodJson.slice(0, -1)},"meta":{"pad":"${"x".repeat(1_000_000)}"}}`, "BODY_TOO_LARGE"],
  ["a good event", goodJson, "ok"],
];
const binary: [string, Uint8Array, string][] = [
  ["broken protobuf", Uint8Array.of(10, 200, 1, 2), "INVALID_BODY"],
  ["invalid UTF-8", invalidUtf8, "INVALID_BODY"],
  ["an empty message", new Uint8Array(), "INVALID_BODY"],
  ["a message of 1 MB", new Uint8Array(1_000_000), "BODY_TOO_LARGE"],
  ["a good event", goodProto, "ok"],
];

const cases = Object.entries(protocols).flatMap(([protocol, { type, frame, json: isJson }]) =>
  (isJson ? json : binary).map(
    ([name, message, reason]) => [protocol, name, reason, type, frame(Buffer.from(message))] as const,
  ),
);

test.each(cases)("%s: %s is %s", async (_protocol, _name, reason, type, body) => {
  const { app } = shared;

  const answer = await send(app.url, type, body);

  expect(answer.reason).toBe(reason);
  expect(answer.status).toBeLessThan(500);
  expect(app.logged).toEqual([]);
});

const jsonTypes = [
  ["application/json", (text: string) => Buffer.from(text)],
  ["application/json; charset=utf-8", (text: string) => Buffer.from(text)],
  ["application/grpc+json", (text: string) => envelope(Buffer.from(text))],
  ["application/grpc-web+json", (text: string) => envelope(Buffer.from(text))],
] as const;

test.each(jsonTypes)("the last value of a key that is there twice counts, over REST and as %s", async (type, frame) => {
  const { app } = shared;
  const user = `last of two by ${type}`;
  const twice = `{"userHash":"first",${goodJson.slice(1, -1)},"userHash":"${user}"}`;

  expect((await app.post("/v1/e", twice)).status).toBe(202);
  expect((await send(app.url, type, frame(twice.replace(user, `${user}, RPC`)))).reason).toBe("ok");

  expect((await app.state({ userHash: user })).streak.current).toBe(1);
  expect((await app.state({ userHash: `${user}, RPC` })).streak.current).toBe(1);
});

test.each(jsonTypes)("a field that has both of its names in one message is refused as %s", async (type, frame) => {
  const { app } = shared;

  const answer = await send(app.url, type, frame(`${goodJson.slice(0, -1)},"user_hash":"u"}`));

  expect(answer.reason).toBe("INVALID_BODY");
});

test.each([
  ["a length that promises more", envelope(goodProto, 100)],
  ["a length that promises less", envelope(goodProto, 3)],
  ["half a head", Buffer.from([0, 0])],
  ["no message", Buffer.alloc(0)],
  ["the flag of a compressed message", Buffer.concat([Buffer.of(1), envelope(goodProto).subarray(1)])],
  ["an unknown flag", Buffer.concat([Buffer.of(0x80), envelope(goodProto).subarray(1)])],
])("a gRPC envelope with %s is the caller's error", async (_, body) => {
  const { app } = shared;

  expect((await send(app.url, "application/grpc", body)).reason).toBe("INVALID_BODY");
  expect((await send(app.url, "application/grpc", envelope(goodProto))).reason).toBe("ok");
});

test.each([
  ["snappy", "application/json", { "content-encoding": "snappy" }],
  ["gzip twice", "application/proto", { "content-encoding": "gzip, gzip" }],
  ["snappy", "application/grpc", { "grpc-encoding": "snappy" }],
])("a message compressed by %s as %s is refused as unimplemented", async (_, type, headers) => {
  const { app } = shared;

  const answer = await send(app.url, type, Buffer.from("rubbish"), headers);

  expect(answer.text + String(answer.headers["grpc-status"])).toMatch(/unimplemented|12/);
  expect(JSON.stringify(answer)).toContain("gzip,zstd,br,deflate");
});

test.each([
  ["a byte", 262_145],
  ["megabytes", 1_000_000],
])("a Connect message that is %s too large and says so carries the code", async (_, bytes) => {
  const { app } = shared;

  const body = Buffer.alloc(bytes, "x");
  expect((await send(app.url, "application/json", body, { "content-length": bytes })).reason).toBe("BODY_TOO_LARGE");
});

test.each([
  ["application/json", Buffer.alloc(5_000_000, "x")],
  ["application/grpc", envelope(new Uint8Array(5_000_000))],
])(
  "an upload as %s that is refused and never ends does not keep its stream",
  async (type, body) => {
    const app = await openApp();
    const session = connect(app.url);
    onTestFinished(() => session.destroy());
    const path = "/streak.v1.StreakService/RecordEvent";
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": type }, { endStream: false });
    stream.on("error", () => {});
    stream.write(body);
    const [headers] = await once(stream, "response");
    stream.resume();

    await once(stream, "close");

    expect(headers[":status"]).toBe(type === "application/json" ? 429 : 200);
  },
  20_000,
);

test.each([
  ["grpc-timeout", "99999999H"],
  ["connect-timeout-ms", "9999999999"],
])("a deadline in the far future, %s: %s, is no deadline", async (name, value) => {
  const { app } = shared;
  const isGrpc = name === "grpc-timeout";

  const body = isGrpc ? envelope(goodProto) : Buffer.from(goodJson);
  const answer = await send(app.url, isGrpc ? "application/grpc" : "application/json", body, { [name]: value });

  expect(answer.reason).toBe("ok");
});

test.each([
  ["GET", "application/json", 405, "METHOD_NOT_ALLOWED"],
  ["PUT", "application/json", 405, "METHOD_NOT_ALLOWED"],
  ["POST", "text/html", 415, "INVALID_BODY"],
  ["POST", "", 415, "INVALID_BODY"],
])(
  "%s with the content type %j on an RPC's path is %i with a body that says why",
  async (method, type, status, error) => {
    const { app } = shared;

    const response = await fetch(`${app.url}/streak.v1.StreakService/RecordEvent`, {
      method,
      headers: { "Content-Type": type },
    });

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error, message: expect.stringMatching(/\w/) });
  },
);

test.each([
  "",
  "?encoding=json",
  "?encoding=json&message={",
  "?encoding=json&message=%7B%22userHash%22:%22%ff%22%7D",
  "?encoding=proto&base64=1&message=CsgBAg",
  "?encoding=proto&base64=1&message=A",
  "?encoding=json&base64=1&message=!!!e30",
])("Connect's GET with the query %j is the caller's error", async (query) => {
  const { app } = shared;

  const { status, json } = await app.get(`/streak.v1.StreakService/GetState${query}`);

  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(json.error ?? json.code).toMatch(/^[\w]+$/);
  expect(app.logged).toEqual([]);
});

test.each([
  ["a public RPC with a content type that none has", "StreakService/RecordEvent", "text/plain"],
  ["an admin's RPC without the token", "AdminService/ListProjects", "application/json"],
])("a client that resets its connection amid calls disturbs nobody: %s", async (_, method, type) => {
  const app = await openApp();
  const { port } = new URL(app.url);
  const call = `POST /streak.v1.${method} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n\r\n{}`;
  for (const calls of [1, 2, 3]) {
    for (let round = 0; round < 10; round++) {
      const socket = connectTcp(Number(port), "127.0.0.1").on("error", () => {});
      await new Promise((resolve) => socket.write(call.repeat(calls), resolve));
      socket.resetAndDestroy();
    }
  }
  // An error that nobody listens to would end the process, and here the test run.
  await app.record({ event: "visit" });
});
