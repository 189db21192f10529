import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, type ConnectRouter, createClient, type Transport } from "@connectrpc/connect";
import {
  connectNodeAdapter,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import * as grpc from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { Health, HealthCheckRequestSchema, HealthCheckResponseSchema } from "#gen/health/v1/health_pb.ts";
import { StreakdError } from "#src/errors.ts";
import { createErrorInterceptor, toConnectError } from "#src/rpc/errors.ts";
import { bodyOf, type Handle, http2Client, start, stopAll } from "../http/support.ts";

afterEach(stopAll);

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

function routes(check: () => never, errors: unknown[] = []): Handle {
  return connectNodeAdapter({
    interceptors: [createErrorInterceptor((error, name) => errors.push([name, error]))],
    routes: (router: ConnectRouter) =>
      router.service(Health, {
        check,
        // biome-ignore lint/correctness/useYield: it fails before its first message
        async *watch() {
          check();
        },
      }),
  }) as Handle;
}

describe("the interceptor", () => {
  test.each(cases)("tells the catalogue's code and reason: %s", async (_name, transport, call) => {
    const errors: unknown[] = [];
    const { url } = await start(
      routes(() => {
        throw new StreakdError("FORBIDDEN_ORIGIN", "Allow 100% of “origins”.");
      }, errors),
    );
    expect(seen(await errorOf(call(createClient(Health, transport(url)), "")))).toEqual({
      code: Code.PermissionDenied,
      message: "Allow 100% of “origins”.",
      reasons: ["FORBIDDEN_ORIGIN"],
    });
    expect(errors).toEqual([]);
  });

  test.each(cases)("hides any other error, and reports it: %s", async (_name, transport, call) => {
    const errors: unknown[] = [];
    const bug = new Error("password is hunter2");
    const { url } = await start(
      routes(() => {
        throw bug;
      }, errors),
    );
    const error = await errorOf(call(createClient(Health, transport(url)), ""));
    expect(seen(error)).toMatchObject({ code: Code.Internal, reasons: ["INTERNAL"] });
    expect(error.message).not.toContain("hunter2");
    expect(errors).toEqual([[expect.stringMatching(/^grpc\.health\.v1\.Health\/(Check|Watch)$/), bug]]);
  });

  test.each(cases)("leaves a ConnectError as it is: %s", async (_name, transport, call) => {
    const { url } = await start(
      routes(() => {
        throw new ConnectError("as it is", Code.DataLoss);
      }),
    );
    const error = await errorOf(call(createClient(Health, transport(url)), ""));
    expect(seen(error)).toEqual({ code: Code.DataLoss, message: "as it is", reasons: [] });
  });

  test.each(cases)("says when to come back to an overloaded server: %s", async (_name, transport, call) => {
    const { url } = await start(
      routes(() => {
        throw new StreakdError("OVERLOADED", "Busy.");
      }),
    );
    const error = await errorOf(call(createClient(Health, transport(url)), ""));
    expect(error.code).toBe(Code.Unavailable);
    expect(error.metadata.get("retry-after")).toBe("1");
  });

  test("reports no error when the client has gone", async () => {
    const errors: unknown[] = [];
    const stopped = Promise.withResolvers<void>();
    const { url } = await start(
      connectNodeAdapter({
        interceptors: [createErrorInterceptor((error) => errors.push(error))],
        routes: (router) =>
          router.service(Health, {
            async check(_req, { signal }) {
              aborter.abort();
              await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
              stopped.resolve();
              throw new DOMException("stopped", "AbortError");
            },
          }),
      }) as Handle,
    );
    const aborter = new AbortController();
    const client = createClient(Health, createGrpcTransport({ baseUrl: url }));
    expect((await errorOf(client.check({}, { signal: aborter.signal }))).code).toBe(Code.Canceled);
    await stopped.promise;
    await new Promise(setImmediate);
    expect(errors).toEqual([]);
  });
});

/** Refuses every call at the gate, before its body is read. */
const unauthorized = connectNodeAdapter({
  requestGate() {
    throw toConnectError(new StreakdError("UNAUTHORIZED", "Send the header “X-Admin-Token”."));
  },
  routes: (router: ConnectRouter) => router.service(Health, {}),
}) as Handle;

describe("a call that is refused at the gate", () => {
  test.each(cases)("reads as the error it is: %s", async (_name, transport, call) => {
    const { url } = await start(unauthorized);
    expect(seen(await errorOf(call(createClient(Health, transport(url)), "")))).toEqual({
      code: Code.Unauthenticated,
      message: "Send the header “X-Admin-Token”.",
      reasons: ["UNAUTHORIZED"],
    });
  });

  test.each(cases.filter(([name]) => !name.includes("GET")))(
    "reads as the error it is, though megabytes were to be sent: %s",
    async (_name, transport, call) => {
      const { url } = await start(unauthorized);
      const client = createClient(Health, transport(url));
      for (let i = 0; i < 3; i++) {
        expect((await errorOf(call(client, "x".repeat(900_000)))).code).toBe(Code.Unauthenticated);
      }
    },
  );

  test("leaves the other streams of an HTTP/2 connection alone", async () => {
    const { url } = await start((req, res) => (req.url === "/ok" ? res.end("ok") : unauthorized(req, res)));
    const session = await http2Client(url);
    const refused = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/json",
    });
    refused.write(Buffer.alloc(40_000));
    const answers = await Promise.all([bodyOf(refused), bodyOf(session.request({ ":path": "/ok" }))]);
    expect(JSON.parse(answers[0])).toMatchObject({ code: "unauthenticated" });
    expect(answers[1]).toBe("ok");
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
    const { port } = await start(unauthorized);
    const { error } = await check(port, service);
    expect([error?.code, error?.details]).toEqual([grpc.status.UNAUTHENTICATED, "Send the header “X-Admin-Token”."]);
    expect(error?.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  });

  test("reads the interceptor's errors, and when to come back", async () => {
    const { port } = await start(
      routes(() => {
        throw new StreakdError("OVERLOADED", "Busy.");
      }),
    );
    const { error } = await check(port);
    expect([error?.code, error?.details]).toEqual([grpc.status.UNAVAILABLE, "Busy."]);
    expect(error?.metadata.get("retry-after")).toEqual(["1"]);
  });
});
