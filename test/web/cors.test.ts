import { afterEach, describe, expect, test } from "vitest";
import type { Serve } from "#src/http/message.ts";
import { createCors, withCors } from "#src/web/cors.ts";
import { bodyOf, http1Paths, http2Client, start, stopAll } from "../http/support.ts";

afterEach(stopAll);

const cors = createCors((path) => path.startsWith("/v1/"));
const serve: Serve = async (request) => {
  const added = cors(request.url, request);
  if (added?.isPreflight) {
    return { status: 204, headers: added.headers };
  }
  const isOriginRefused = request.url === "/v1/foreign";
  const answer = { status: 400, headers: { "Content-Type": "application/json" }, body: "{}", isOriginRefused };
  return added === undefined ? answer : withCors(answer, added);
};

function preflight(url: string, origin: string) {
  return fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
}

describe.each(http1Paths)("a preflight, $path", ({ fastPath }) => {
  test.each([
    ["https://a.example"],
    ["http://localhost:3000"],
    ["http://[::1]:8080"],
    ["capacitor://localhost"],
    ["null"],
  ])("from %s is answered for that origin", async (origin) => {
    const { url } = await start(serve, { fastPath });
    const res = await preflight(`${url}/v1/e`, origin);
    expect([res.status, await res.text()]).toEqual([204, ""]);
    expect(res.headers.get("access-control-allow-origin")).toBe(origin);
    expect(res.headers.get("vary")).toBe("Origin");
    expect(res.headers.get("access-control-allow-methods")).toBe("POST, GET");
    const allowed = res.headers.get("access-control-allow-headers")?.toLowerCase().split(", ");
    expect(allowed).toEqual(
      expect.arrayContaining([
        "content-type",
        "connect-protocol-version",
        "x-grpc-web",
        "grpc-timeout",
        "traceparent",
        "tracestate",
        "baggage",
        "x-request-id",
        "authorization",
        "x-user-token",
      ]),
    );
    expect(allowed).not.toContain("x-admin-token");
    expect(res.headers.get("access-control-max-age")).toBe("86400");
    expect(res.headers.get("access-control-allow-credentials")).toBe("true");
  });

  test.each([
    ["a.example"],
    ["https://a.example/path"],
    ["https://a.example, https://b.example"],
    ["*"],
    ["https://b\xfccher.example"],
    ["https://a\x80.example"],
  ])("from %s, which is no origin, is not answered", async (origin) => {
    const { url } = await start(serve, { fastPath });
    const res = await preflight(`${url}/v1/e`, origin);
    expect(res.status).toBe(400);
    expect(res.headers.has("access-control-allow-origin")).toBe(false);
    expect(res.headers.has("access-control-allow-credentials")).toBe(false);
  });

  test("for a path that is not public is not answered", async () => {
    const { url } = await start(serve, { fastPath });
    const res = await preflight(`${url}/admin/alias`, "https://a.example");
    expect(res.status).toBe(400);
    expect([res.headers.has("access-control-allow-origin"), res.headers.has("vary")]).toEqual([false, false]);
  });

  test("over HTTP/2 is answered", async () => {
    const { url } = await start(serve, { fastPath });
    const session = await http2Client(url);
    const stream = session.request({
      ":method": "OPTIONS",
      ":path": "/v1/e",
      origin: "https://a.example",
      "access-control-request-method": "POST",
    });
    let status: unknown;
    stream.on("response", (headers) => {
      status = headers[":status"];
    });
    expect([await bodyOf(stream), status]).toEqual(["", 204]);
    session.close();
  });
});

describe.each(http1Paths)("an answer, $path", ({ fastPath }) => {
  test("can be read by the page that called, errors too", async () => {
    const { url } = await start(serve, { fastPath });
    const res = await fetch(`${url}/v1/e`, { method: "POST", headers: { origin: "https://a.example" } });
    expect(res.status).toBe(400);
    expect(res.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(res.headers.get("access-control-allow-credentials")).toBe("true");
    expect(res.headers.get("access-control-expose-headers")).toMatch(
      /Grpc-Status.*Retry-After, RateLimit, RateLimit-Policy, X-Request-Id/,
    );
    expect(res.headers.get("vary")).toBe("Origin");
  });

  test("to a page whose origin is refused can be read by it, but not with credentials", async () => {
    const { url } = await start(serve, { fastPath });
    const res = await fetch(`${url}/v1/foreign`, { method: "POST", headers: { origin: "https://a.example" } });
    expect(res.status).toBe(400);
    expect(res.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(res.headers.has("access-control-allow-credentials")).toBe(false);
  });

  test("to a caller that is no page has no CORS headers, but varies where a cache may keep it", async () => {
    const { url } = await start(serve, { fastPath });
    const posted = await fetch(`${url}/v1/e`, { method: "POST" });
    const got = await fetch(`${url}/v1/state`);
    expect([posted.headers.get("vary"), got.headers.get("vary")]).toEqual([null, "Origin"]);
    expect(got.headers.has("access-control-allow-origin")).toBe(false);
  });
});
