import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { json, text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { hostOf, isValidHost } from "#src/http/host.ts";
import { useApp } from "../support/app.ts";

const shared = useApp();

const STATE = "siteKey=proj_demo&userHash=u&event=visit";
const MESSAGE = encodeURIComponent(JSON.stringify({ siteKey: "proj_demo", userHash: "u", event: "visit" }));

/** Requests that different parts of the server answer: pages, REST, and both ways of RPC. */
const requests = {
  "a page": ["GET", "/openapi.json", ""],
  "a REST call": ["GET", `/v1/state?${STATE}`, ""],
  "a unary RPC": [
    "POST",
    "/streak.v1.StreakService/GetState",
    "Content-Type: application/json\r\nContent-Length: 2\r\n",
    "{}",
  ],
  "an RPC by GET": ["GET", `/streak.v1.StreakService/GetState?connect=v1&encoding=json&message=${MESSAGE}`, ""],
  "a path with nothing": ["GET", "/nothing", ""],
} as const;

const wrongHeads = {
  "names no host": "HTTP/1.1\r\nHost: a b",
  "has a user's name": "HTTP/1.1\r\nHost: user@host",
  "has a path": "HTTP/1.1\r\nHost: host/path",
  "has a port that is none": "HTTP/1.1\r\nHost: host:http",
  "has an open bracket": "HTTP/1.1\r\nHost: [::1",
  "is empty": "HTTP/1.1\r\nHost:",
  "is missing": "HTTP/1.0",
};

const cases = Object.keys(requests).flatMap((request) =>
  Object.keys(wrongHeads).map((wrong) => [request, wrong] as [keyof typeof requests, keyof typeof wrongHeads]),
);

function send(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(shared.app.url).port), "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

test.each(["/healthz", "/readyz"])("%s is answered without a Host too, as some load balancers ask", async (path) => {
  expect(await send(`GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.[01] 200 /);
});

test.each(cases)("%s whose Host header %s is the caller's error", async (name, wrong) => {
  const [method, target, headers, body = ""] = requests[name];
  const connection = wrong === "is missing" ? "" : "Connection: close\r\n";
  const answer = await send(`${method} ${target} ${wrongHeads[wrong]}\r\n${connection}${headers}\r\n${body}`);
  expect(answer).toMatch(/^HTTP\/1\.[01] 400 /);
  const { error, message } = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
  expect([error, message]).toEqual(["INVALID_BODY", expect.stringMatching(/host/i)]);
  expect(shared.app.logged).toEqual([]);
});

test.each([
  ["a broken percent-encoding", "a%2"],
  ["a port that is none", "host:http"],
])("a request over HTTP/2 whose :authority holds %s is the caller's error", async (_, authority) => {
  const session = connectHttp2(shared.app.url);
  const stream = session.request({ ":path": `/v1/state?${STATE}`, ":authority": authority }, { endStream: true });
  const [[head], body] = await Promise.all([once(stream, "response"), json(stream)]);
  session.close();
  expect([head[":status"], body]).toEqual([400, expect.objectContaining({ error: "INVALID_BODY" })]);
});

test.each(["localhost", "streak.example:8080", "127.0.0.1:80", "[::1]", "[2001:db8::1]:443", "a_b", "%2Ftmp%2Fsocket"])(
  "%s is a host",
  (host) => {
    expect(isValidHost(host)).toBe(true);
  },
);

test("a request over HTTP/2 is for the host of its :authority, else of its Host header", () => {
  const head = { method: "GET", url: "/", httpVersionMajor: 2 as const };
  expect(hostOf({ ...head, headers: { ":authority": "a", host: "b" } as never })).toBe("a");
  expect(hostOf({ ...head, headers: { host: "b" } })).toBe("b");
});
