import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { join } from "node:path";
import { Readable } from "node:stream";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import * as node from "@connectrpc/connect-node";
import * as web from "@connectrpc/connect-web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Server, startServer } from "../support/server.ts";
import { cache, PREPARATION_MS, prepareClients } from "../support/tools.ts";

// The stubs are generated for these tests alone. From gen/ come nothing but their types, which are the same.
type Stubs = typeof import("#gen/streak/v1/streak_service_pb.ts") &
  typeof import("#gen/streak/v1/project_pb.ts") &
  typeof import("#gen/google/rpc/error_details_pb.ts");

/** A deadline that no test comes near, unless the server hangs. */
const GENEROUS = { timeoutMs: 30_000 };

let stubs: Stubs;
let server: Server;
let session: ClientHttp2Session;

beforeAll(async () => {
  await prepareClients("connect");
  stubs = {
    ...(await import(join(cache, "connect-stubs/streak/v1/streak_service_pb.ts"))),
    ...(await import(join(cache, "connect-stubs/streak/v1/project_pb.ts"))),
    ...(await import(join(cache, "connect-stubs/google/rpc/error_details_pb.ts"))),
  };
  server = await startServer();
  session = connect(server.url);
}, PREPARATION_MS);

afterAll(async () => {
  session?.close();
  await server?.stop();
});

/**
 * A `fetch` over HTTP/2 without TLS, which Node's own doesn't do: just enough of it for connect-web, which leaves to it
 * what goes over the wire how.
 */
async function http2Fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { pathname, search } = new URL(request.url);
  const stream = session.request(
    { ":method": request.method, ":path": pathname + search, ...Object.fromEntries(request.headers) },
    { signal: request.signal, endStream: false },
  );
  stream.end(new Uint8Array(await request.arrayBuffer()));
  const [{ ":status": status, ...headers }] = await once(stream, "response");
  return new Response(Readable.toWeb(stream) as ReadableStream, { status, headers: Object.entries<string>(headers) });
}

const transports: Record<string, (baseUrl: string) => Transport> = {
  "connect-node, Connect JSON over HTTP/1.1": (baseUrl) =>
    node.createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "connect-node, Connect JSON over HTTP/2": (baseUrl) =>
    node.createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false }),
  "connect-node, Connect binary over HTTP/1.1": (baseUrl) =>
    node.createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "connect-node, Connect binary over HTTP/2": (baseUrl) => node.createConnectTransport({ baseUrl, httpVersion: "2" }),
  "connect-node, gRPC over HTTP/2": (baseUrl) => node.createGrpcTransport({ baseUrl }),
  "connect-node, gRPC-Web over HTTP/1.1": (baseUrl) => node.createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "connect-node, gRPC-Web over HTTP/2": (baseUrl) => node.createGrpcWebTransport({ baseUrl, httpVersion: "2" }),
  "connect-web, Connect JSON over HTTP/1.1": (baseUrl) => web.createConnectTransport({ baseUrl }),
  "connect-web, Connect JSON over HTTP/1.1, reading with GET": (baseUrl) =>
    web.createConnectTransport({ baseUrl, useHttpGet: true }),
  "connect-web, Connect JSON over HTTP/2": (baseUrl) => web.createConnectTransport({ baseUrl, fetch: http2Fetch }),
  "connect-web, Connect JSON over HTTP/2, reading with GET": (baseUrl) =>
    web.createConnectTransport({ baseUrl, fetch: http2Fetch, useHttpGet: true }),
  "connect-web, Connect binary over HTTP/1.1": (baseUrl) =>
    web.createConnectTransport({ baseUrl, useBinaryFormat: true }),
  "connect-web, Connect binary over HTTP/2": (baseUrl) =>
    web.createConnectTransport({ baseUrl, fetch: http2Fetch, useBinaryFormat: true }),
  "connect-web, gRPC-Web over HTTP/1.1": (baseUrl) => web.createGrpcWebTransport({ baseUrl }),
  "connect-web, gRPC-Web over HTTP/2": (baseUrl) => web.createGrpcWebTransport({ baseUrl, fetch: http2Fetch }),
};

for (const [name, createTransport] of Object.entries(transports)) {
  describe(name, () => {
    let client: Client<Stubs["StreakService"]>;

    beforeAll(() => {
      client = createClient(stubs.StreakService, createTransport(server.url));
    });

    function event(user: string, event: string, ts: string) {
      return {
        siteKey: "proj_demo",
        userHash: `${name} ${user}`,
        event,
        eventType: stubs.EventType.STREAK_INTERACTION,
        ts: timestampFromDate(new Date(ts)),
        tz: "America/New_York",
        meta: { postId: "123", tags: ["a", 1, true, null] },
        sessionId: "a session",
      };
    }

    test("records an event", async () => {
      const answer = await client.recordEvent(event("records", "visit", "2024-01-15T12:00:00Z"), GENEROUS);
      expect(answer.ok).toBe(true);
    });

    test("reads the state", async () => {
      await client.recordEvent(event("reads", "like", "2024-01-15T12:00:00Z"), GENEROUS);
      await client.recordEvent(event("reads", "like", "2024-01-16T12:00:00Z"), GENEROUS);
      const state = await client.getState({ siteKey: "proj_demo", userHash: `${name} reads`, event: "like" }, GENEROUS);
      expect(state.streak).toMatchObject({ mode: stubs.StreakMode.CUMULATIVE, current: 2 });
      expect(state.week).toHaveLength(7);
    });

    test("reads the detail of an error", async () => {
      const call = client.recordEvent(event("errs", "no-such-widget", "2024-01-15T12:00:00Z"), GENEROUS);
      const error = ConnectError.from(await call.catch((reason) => reason));
      expect(error.code).toBe(Code.InvalidArgument);
      expect(error.findDetails(stubs.ErrorInfoSchema)).toMatchObject([
        { domain: "streakd", reason: "INVALID_WIDGET_KIND" },
      ]);
    });

    test("keeps a deadline", async () => {
      const late = client.recordEvent(event("late", "visit", "2024-01-15T12:00:00Z"), { timeoutMs: 1 });
      letThatPass(1);
      await expect(late).rejects.toMatchObject({ code: Code.DeadlineExceeded });
      const answer = await client.recordEvent(event("in time", "visit", "2024-01-15T12:00:00Z"), GENEROUS);
      expect(answer.ok).toBe(true);
    });
  });
}

/** Keeps this process busy, so that a deadline is over before an answer can be read, however fast the server is. */
function letThatPass(milliseconds: number): void {
  let now = performance.now();
  const end = now + 2 * milliseconds;
  while (now < end) {
    now = performance.now();
  }
}
