import { request as request1 } from "node:http";
import { connect as connect2 } from "node:http2";
import { connect } from "node:net";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { useApp } from "../support/app.ts";

const service = useApp();
const MADE = /^[\w-]{12}\.[0-9a-z]+$/;

/** Asks over HTTP/2, and returns the answer's id. */
async function askByHttp2(path: string, headers: Record<string, string>): Promise<string | undefined> {
  const session = connect2(service.app.url);
  const stream = session.request({ ":path": path, ...headers });
  const answered = Promise.withResolvers<string | undefined>();
  stream.on("response", (answer) => answered.resolve(`${answer["x-request-id"]}`)).resume();
  try {
    return await answered.promise;
  } finally {
    session.close();
  }
}

/** The same over HTTP/1.1. A HEAD request is served by Node's server, the others by the fast path. */
function askByHttp1(method: string) {
  return (path: string, headers: Record<string, string>) =>
    new Promise<string | undefined>((resolve, reject) => {
      const asking = request1(service.app.url + path, { method, headers }, (answer) => {
        answer.resume();
        resolve(answer.headers["x-request-id"] as string | undefined);
      });
      asking.on("error", reject).end();
    });
}

const paths = [
  ["an answer", "/v1/state?siteKey=proj_demo&userHash=u&event=visit"],
  ["a refused call", "/v1/state?siteKey=nobody&userHash=u&event=visit"],
  ["an unknown path", "/nowhere"],
  ["a method that a path does not have", "/v1/e"],
  ["a health check", "/healthz"],
  ["a page", "/openapi.json"],
] as const;

describe.each([
  ["the fast path", askByHttp1("GET")],
  ["Node's server", askByHttp1("HEAD")],
  ["HTTP/2", askByHttp2],
])("over %s", (_, ask) => {
  test.each(paths)("%s has the id that the client has sent, or one that is made for it", async (_, path) => {
    const given = await ask(path, { "x-request-id": "7f0c:trace/1.2=a" });
    const [first, second] = [await ask(path, {}), await ask(path, {})];

    expect(given).toBe("7f0c:trace/1.2=a");
    expect([first, second]).toEqual([expect.stringMatching(MADE), expect.stringMatching(MADE)]);
    expect(first).not.toBe(second);
  });

  test.each(["", "two words", 'a"b', "a,b", "x".repeat(129), "\u00e9"])(
    "the id %j is not taken: it is too long, or holds what the log or a header would have to escape",
    async (id) => {
      expect(await ask("/nowhere", { "x-request-id": id })).toMatch(MADE);
    },
  );

  test("an id of 128 characters is taken", async () => {
    expect(await ask("/nowhere", { "x-request-id": "x".repeat(128) })).toBe("x".repeat(128));
  });
});

test.each([
  ["Connect", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC", (baseUrl: string) => createGrpcTransport({ baseUrl })],
  ["gRPC-Web", (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
])("over %s a call that succeeds and one that fails have the caller's id", async (_, createTransport) => {
  const client = createClient(StreakService, createTransport(service.app.url));
  const ids: (string | null)[] = [];
  const headers = { "x-request-id": "of-the-caller" };
  const event = { siteKey: "proj_demo", userHash: "rpc", event: "visit" };
  await client.recordEvent(event, { headers, onHeader: (answer) => ids.push(answer.get("x-request-id")) });
  const failure = await client.recordEvent({ ...event, siteKey: "nobody" }, { headers }).catch((error) => error);
  ids.push(failure.metadata.get("x-request-id"));
  expect(ids).toEqual(["of-the-caller", "of-the-caller"]);
});

test("what is no request is refused with an id too", async () => {
  const socket = connect({ port: Number(new URL(service.app.url).port), host: "127.0.0.1" });
  socket.write("NONSENSE\r\n\r\n");
  const received = Buffer.concat(await socket.toArray()).toString();
  expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(?:.*\r\n)*X-Request-Id: [\w-]{12}\.[0-9a-z]+\r\n/);
});

test("a preflight and the answer to a page have it", async () => {
  const preflight = await fetch(`${service.app.url}/v1/e`, {
    method: "OPTIONS",
    headers: { Origin: "http://localhost", "Access-Control-Request-Method": "POST", "X-Request-Id": "of-a-page" },
  });
  expect([preflight.status, preflight.headers.get("x-request-id")]).toEqual([204, "of-a-page"]);
});
