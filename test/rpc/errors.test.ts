import { once } from "node:events";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as grpc from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { ErrorInfoSchema, RetryInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { Health, HealthCheckRequestSchema, HealthCheckResponseSchema } from "#gen/health/v1/health_pb.ts";
import type { Call } from "#src/call/call.ts";
import type { Access } from "#src/call/contract.ts";
import { type Method, methodsOf } from "#src/call/method.ts";
import { INTERNAL_MESSAGE, MAX_MESSAGE_LENGTH, StreakdError, TransportError } from "#src/errors.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { bodyOf, http2Client } from "../http/support.ts";
import { startRpc } from "./support.ts";

type HealthClient = Client<typeof Health>;

const transports: [string, (baseUrl: string) => Transport][] = [
  ["Connect, HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["Connect, HTTP/2", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false })],
  ["Connect, GET", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useHttpGet: true })],
  ["gRPC", (baseUrl) => createGrpcTransport({ baseUrl })],
  ["gRPC-Web, HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC-Web, HTTP/2", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
];

/** What a client of each protocol and kind of call sees when it is refused. */
const calls: [string, (client: HealthClient, service: string) => Promise<unknown>][] = [
  ["unary", (client, service) => client.check({ service })],
  ["streaming", (client, service) => Array.fromAsync(client.watch({ service }))],
];

const cases = transports.flatMap(([protocol, transport]) =>
  calls.map(([kind, call]) => [`${protocol}, ${kind}`, transport, call] as const),
);

async function errorOf(call: Promise<unknown>): Promise<ConnectError> {
  return ConnectError.from(
    await call.then(
      () => expect.unreachable(),
      (error: unknown) => error,
    ),
  );
}

function seen(error: ConnectError) {
  return {
    code: error.code,
    message: error.rawMessage,
    reasons: error.findDetails(ErrorInfoSchema).map((d) => d.reason),
  };
}

/** Health whose every method does the same, as methods that count. */
function methodsThat(act: (call: Call) => never | Promise<never>, access: Access = "anyone"): Method[] {
  const contracts = Health.methods.map((method) => ({
    method,
    access,
    maxMessageBytes: 1024,
    hasDefaultDeadline: false,
    check() {},
  }));
  const handlers = {
    check: async (_request: unknown, call: Call) => act(call),
    list: async (_request: unknown, call: Call) => act(call),
    async *watch(_request: unknown, call: Call) {
      yield await act(call);
    },
  };
  return methodsOf(Health, handlers, contracts);
}

function startThrowing(error: unknown) {
  return startRpc(
    methodsThat(() => {
      throw error;
    }),
  );
}

describe("what a handler throws", () => {
  test.each(cases)("has the catalogue's code and reason: %s", async (_name, transport, call) => {
    const { url, logged } = await startThrowing(new StreakdError("FORBIDDEN_ORIGIN", "Allow 100% of “origins”."));
    expect(seen(await errorOf(call(createClient(Health, transport(url)), "")))).toEqual({
      code: Code.PermissionDenied,
      message: "Allow 100% of “origins”.",
      reasons: ["FORBIDDEN_ORIGIN"],
    });
    expect(logged).toEqual([]);
  });

  test.each(cases)("is hidden when it is any other error, and logged: %s", async (_name, transport, call) => {
    const { url, counted, logged } = await startThrowing(new Error("password is hunter2"));
    const error = await errorOf(call(createClient(Health, transport(url)), ""));
    expect(seen(error)).toMatchObject({ code: Code.Internal, reasons: ["INTERNAL"] });
    expect(error.message).not.toContain("hunter2");
    expect(logged).toEqual([expect.stringMatching(/^grpc\.health\.v1\.Health\/(Check|Watch): password is hunter2$/)]);
    expect(counted).toEqual([expect.stringMatching(/^(connect|grpc|grpc-web) (check|watch) INTERNAL$/)]);
  });

  test.each(cases)("stays as it is when it is Connect's own: %s", async (_name, transport, call) => {
    const cause = new ConnectError("as it is", Code.DataLoss);
    const { url, logged } = await startThrowing(new TransportError("Connect's own", { cause }));
    const error = await errorOf(call(createClient(Health, transport(url)), ""));
    expect(seen(error)).toEqual({ code: Code.DataLoss, message: "as it is", reasons: [] });
    expect(logged).toEqual([]);
  });

  test.each(cases)(
    "has a message that fits and can be written, whatever it quotes: %s",
    async (_name, transport, call) => {
      const long = `Half a pair: \ud800. ${"x".repeat(100_000)}`;
      const cause = new ConnectError(long, Code.DataLoss);
      for (const thrown of [new StreakdError("INVALID_BODY", long), new TransportError("Connect's own", { cause })]) {
        const { url, logged, errors } = await startThrowing(thrown);
        const { rawMessage } = await errorOf(call(createClient(Health, transport(url)), ""));
        expect(rawMessage).toMatch(/^Half a pair: \ufffd\. x+…$/);
        expect(rawMessage).toHaveLength(MAX_MESSAGE_LENGTH);
        expect([logged, errors]).toEqual([[], []]);
      }
    },
  );

  test.each(cases)("says when to come back to an overloaded server: %s", async (_name, transport, call) => {
    const { url } = await startThrowing(new StreakdError("OVERLOADED", "Busy."));
    const error = await errorOf(call(createClient(Health, transport(url)), ""));
    expect(error.code).toBe(Code.Unavailable);
    expect(error.metadata.get("retry-after")).toBe("1");
    expect(error.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay: { seconds: 1n, nanos: 0 } }]);
  });

  test("is no error of ours when the client has gone", async () => {
    const stopped = Promise.withResolvers<void>();
    const aborter = new AbortController();
    const { url, counted, logged } = await startRpc(
      methodsThat(async ({ signal }) => {
        aborter.abort();
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        stopped.resolve();
        throw new DOMException("stopped", "AbortError");
      }),
    );
    const client = createClient(Health, createGrpcTransport({ baseUrl: url }));
    expect((await errorOf(client.check({}, { signal: aborter.signal }))).code).toBe(Code.Canceled);
    await stopped.promise;
    await new Promise(setImmediate);
    expect([counted, logged]).toEqual([["grpc check OTHER"], []]);
  });
});

const REFUSAL = "The token is missing. Send it in the header X-Admin-Token or as a bearer token.";

/** Refuses every call for its credentials, before its body is read. */
function startRefusing() {
  return startRpc(methodsThat(() => expect.unreachable(), { scope: "health:read", allProjects: false }));
}

test.each([
  ["application/json", (text: string) => text],
  ["application/grpc+json", (text: string) => closeEnvelope(Buffer.from(text))],
  ["application/grpc-web+json", (text: string) => closeEnvelope(Buffer.from(text))],
  ["application/connect+json", (text: string) => closeEnvelope(Buffer.from(text))],
])("a call as %s whose message quotes half a surrogate pair, or endless text, is answered", async (type, frame) => {
  const { url, counted, errors } = await startRpc(methodsThat(() => expect.unreachable()));
  const session = await http2Client(url);
  onTestFinished(() => session.close());
  const method = type.includes("connect") ? "Watch" : "Check";
  for (const key of ["\\ud800", "x".repeat(900)]) {
    const stream = session.request({
      ":method": "POST",
      ":path": `/grpc.health.v1.Health/${method}`,
      "content-type": type,
    });
    stream.end(frame(`{"${key}":1}`));
    const [head] = await once(stream, "response");
    const body = await bodyOf(stream);
    expect([head[":status"], body.length < 1500]).toEqual([type === "application/json" ? 400 : 200, true]);
  }
  expect(counted.map((call) => call.split(" ").at(-1))).toEqual(["INVALID_BODY", "INVALID_BODY"]);
  expect(errors).toEqual([]);
});

test("text that a refusal quotes is clipped", async () => {
  const { url } = await startRpc(methodsThat(() => expect.unreachable()));
  const session = await http2Client(url);
  onTestFinished(() => session.close());
  const long = "x".repeat(10_000);
  for (const type of ["application/proto", "application/grpc", "application/grpc-web", "application/connect+proto"]) {
    for (const header of ["content-encoding", "grpc-encoding", "grpc-timeout", "connect-timeout-ms"]) {
      const path = `/grpc.health.v1.Health/${type.includes("connect") ? "Watch" : "Check"}`;
      const stream = session.request({ ":method": "POST", ":path": path, "content-type": type, [header]: long });
      const heads: unknown[] = [];
      stream.on("response", (head) => heads.push(head)).on("trailers", (trailers) => heads.push(trailers));
      stream.end();
      const body = await bodyOf(stream);
      expect(heads).not.toEqual([]);
      expect(`${JSON.stringify(heads)}${body}`.length).toBeLessThan(1500);
    }
  }
});

test("a response that can't be encoded is reported as a failure of ours, and nobody is told why", async () => {
  const { url, errors } = await startRpc(methodsThat(async () => ({ status: "a secret" }) as never));
  const response = await fetch(`${url}/grpc.health.v1.Health/Check`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const body = await response.text();
  expect([response.status, JSON.parse(body)]).toMatchObject([500, { error: "INTERNAL" }]);
  expect(body).not.toContain("secret");
  expect(errors).toHaveLength(1);
});

test.each(cases.filter(([name]) => /gRPC-Web|streaming/.test(name)))(
  "a response that can't be encoded is hidden and logged by the pipeline, where Connect's library answers: %s",
  async (_name, transport, call) => {
    const { url, counted, logged, errors } = await startRpc(methodsThat(async () => ({ status: "a secret" }) as never));
    expect(seen(await errorOf(call(createClient(Health, transport(url)), "")))).toEqual({
      code: Code.Internal,
      message: INTERNAL_MESSAGE,
      reasons: ["INTERNAL"],
    });
    expect(logged).toEqual([expect.stringMatching(/cannot encode .*HealthCheckResponse/)]);
    expect(counted).toEqual([expect.stringMatching(/ INTERNAL$/)]);
    expect(errors).toEqual([]);
  },
);

describe("a call whose credentials are refused", () => {
  test.each(cases)("reads as the error it is: %s", async (_name, transport, call) => {
    const { url } = await startRefusing();
    expect(seen(await errorOf(call(createClient(Health, transport(url)), "")))).toEqual({
      code: Code.Unauthenticated,
      message: REFUSAL,
      reasons: ["UNAUTHORIZED"],
    });
  });

  test.each(cases.filter(([name]) => !name.includes("GET")))(
    "reads as the error it is, though megabytes were to be sent: %s",
    async (_name, transport, call) => {
      const { url } = await startRefusing();
      const client = createClient(Health, transport(url));
      for (let i = 0; i < 3; i++) {
        expect((await errorOf(call(client, "x".repeat(900_000)))).code).toBe(Code.Unauthenticated);
      }
    },
  );

  test("leaves the other streams of an HTTP/2 connection alone", async () => {
    const { url } = await startRefusing();
    const session = await http2Client(url);
    const refused = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/json",
    });
    refused.write(Buffer.alloc(40_000));
    const answers = await Promise.all([bodyOf(refused), bodyOf(session.request({ ":path": "/other" }))]);
    expect(JSON.parse(answers[0])).toMatchObject({ code: "unauthenticated" });
    expect(JSON.parse(answers[1])).toMatchObject({ error: "NOT_FOUND" });
    session.close();
  });
});

describe("grpc-js", () => {
  function check(port: number, service = ""): Promise<{ error: grpc.ServiceError | null; status?: number }> {
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        "/grpc.health.v1.Health/Check",
        (value: string) =>
          Buffer.from(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service: value }))),
        (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes),
        service,
        (error, value) => {
          client.close();
          resolve({ error, ...(value && { status: value.status }) });
        },
      );
    });
  }

  test.each([
    ["short", ""],
    ["long", "x".repeat(500_000)],
  ])("reads a refusal of a %s request", async (_name, service) => {
    const { port } = await startRefusing();
    const { error } = await check(port, service);
    expect([error?.code, error?.details]).toEqual([grpc.status.UNAUTHENTICATED, REFUSAL]);
    expect(error?.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  });

  test("reads a handler's errors, and when to come back", async () => {
    const { port } = await startThrowing(new StreakdError("OVERLOADED", "Busy."));
    const { error } = await check(port);
    expect([error?.code, error?.details]).toEqual([grpc.status.UNAVAILABLE, "Busy."]);
    expect(error?.metadata.get("retry-after")).toEqual(["1"]);
  });
});
