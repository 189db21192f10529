import { once } from "node:events";
import { connect } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { GetStateRequestSchema } from "#gen/streak/v1/streak_service_pb.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { http2Client } from "../http/support.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";
import { makeToken } from "../support/tokens.ts";

const shared = useApp();

const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };

test.each(["http://localhost", "http://localhost:3000", "https://localhost:8443", "http://127.0.0.1:5173"])(
  "a page of %s may record and read in the demo project, and may read the answers",
  async (origin) => {
    const { app } = shared;

    const recorded = await app.post("/v1/e", event, { Origin: origin });
    const state = await app.get("/v1/state?siteKey=proj_demo&userHash=u&event=visit", { Origin: origin });

    for (const answer of [recorded, state]) {
      expect(answer.status).toBeLessThan(300);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("vary")).toMatch(/origin/i);
    }
  },
);

test.each([
  "null",
  "https://evil.example",
  "https://localhost.evil.example",
  "https://evillocalhost",
  "https://localhost@evil.example",
  "https://localhost/",
  "",
])("a page of %j is refused, for recording and for reading", async (origin) => {
  const { app } = shared;
  const userHash = "on a foreign page";

  const recorded = await app.post("/v1/e", { ...event, userHash }, { Origin: origin });
  const state = await app.get("/v1/state?siteKey=proj_demo&userHash=u&event=visit", { Origin: origin });

  expect(recorded.status).toBe(403);
  expect(recorded.json).toEqual({ error: "FORBIDDEN_ORIGIN", message: expect.stringContaining("allowedOrigins") });
  expect(state.status).toBe(403);
  expect((await app.state({ userHash })).streak.current).toBe(0);
});

test("a call without an Origin comes from a server and is let in", async () => {
  const { app } = shared;

  expect((await app.post("/v1/e", event)).status).toBe(202);
});

test.each([
  ["/v1/e", "POST"],
  ["/v1/state", "GET"],
  ["/streak.v1.StreakService/RecordEvent", "POST"],
])("a preflight for %s is answered", async (path, method) => {
  const { app } = shared;

  const response = await fetch(`${app.url}${path}`, {
    method: "OPTIONS",
    headers: {
      Origin: "http://localhost:3000",
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": "content-type,connect-protocol-version",
    },
  });

  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect(response.headers.get("access-control-allow-methods")).toContain(method);
  expect(response.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("connect-protocol-version");
});

test("no page is let into the admin paths", async () => {
  const { app } = shared;

  const response = await fetch(`${app.url}/admin/projects`, {
    method: "OPTIONS",
    headers: { Origin: "http://localhost:3000", "Access-Control-Request-Method": "GET" },
  });

  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});

/** What an answer lets a page of `https://a.example` do with it. */
function readable({ status, headers }: { status: number; headers: Headers }) {
  const origin = headers.get("access-control-allow-origin");
  const isOurs = origin === null || origin === "https://a.example";
  return [status, isOurs && origin !== null, headers.get("access-control-allow-credentials")];
}

const page = { Origin: "https://a.example" };

test.each([
  ["POST", "/streak.v1.StreakService/Nothing", 404],
  ["GET", "/nothing", 404],
  ["GET", "/", 200],
  ["GET", "/openapi.json", 200],
  ["POST", "/openapi.json", 405],
  ["GET", "/healthz", 200],
  ["GET", "/readyz", 200],
  ["GET", "/v1/e", 405],
  ["POST", "/v1/state", 405],
  ["DELETE", "/streak.v1.StreakService/RecordEvent", 405],
  ["POST", "/v1/e", 400],
  ["GET", "/v1/state", 400],
])("a page can read the answer to %s %s, which is %i", async (method, path, status) => {
  const { app } = shared;
  const answer = await fetch(`${app.url}${path}`, { method, headers: page });
  expect(readable(answer)).toEqual([status, true, "true"]);
  expect(answer.headers.get("vary")).toMatch(/Origin/);
});

test.each([
  ["/v1/e", "application/json"],
  ["/streak.v1.StreakService/RecordEvent", "application/json"],
  ["/streak.v1.StreakService/RecordEvent", "application/grpc-web+proto"],
])("a page can read that what it sent to %s as %s is too large", async (path, type) => {
  const { app } = shared;
  const answer = await app.post(path, " ".repeat(100_000), { ...page, "Content-Type": type });
  expect(readable(answer)).toEqual([type.includes("grpc") ? 200 : path === "/v1/e" ? 413 : 429, true, "true"]);
});

test("a page whose origin the project does not allow can read why, but not with credentials", async () => {
  const { app } = shared;
  expect(readable(await app.post("/v1/e", event, page))).toEqual([403, true, null]);
  expect(readable(await app.post("/streak.v1.StreakService/GetState", event, page))).toEqual([403, true, null]);
  const message = JSON.stringify(event);
  const envelope = new Uint8Array([0, 0, 0, 0, message.length, ...Buffer.from(message)]);
  for (const type of ["application/grpc-web+json", "application/grpc-web-text+json"]) {
    const body = type.includes("text") ? Buffer.from(envelope).toString("base64") : envelope;
    const answer = await app.post("/streak.v1.StreakService/GetState", body, { ...page, "Content-Type": type });
    expect(readable(answer)).toEqual([200, true, null]);
  }
  const session = await http2Client(app.url);
  const head = { ":method": "POST", ":path": "/streak.v1.StreakService/GetState", origin: page.Origin };
  const stream = session.request({ ...head, "content-type": "application/grpc" });
  const bytes = toBinary(GetStateRequestSchema, create(GetStateRequestSchema, event));
  stream.end(closeEnvelope(bytes));
  const [headers] = await once(stream.resume(), "response");
  session.close();
  expect(headers).toMatchObject({ ":status": 200, "access-control-allow-origin": page.Origin });
  expect(headers).not.toHaveProperty("access-control-allow-credentials");
});

test.each(["/metrics", "/admin/projects", "/streak.v1.AdminService/ListProjects", "/streak.v1.AdminService/Nothing"])(
  "what is at %s is for no page",
  async (path) => {
    const { app } = shared;
    expect(readable(await app.get(path, page)).slice(1)).toEqual([false, null]);
    expect(readable(await app.post(path, {}, page)).slice(1)).toEqual([false, null]);
    const preflight = { ...page, "Access-Control-Request-Method": "GET" };
    const options = await fetch(`${app.url}${path}`, { method: "OPTIONS", headers: preflight });
    expect(readable(options).slice(1)).toEqual([false, null]);
  },
);

test("a page can read a refusal that comes before its call is looked at, over HTTP/1.1 and HTTP/2", async () => {
  const { app } = shared;
  const socket = connect(Number(new URL(app.url).port), "127.0.0.1");
  const all = { Host: "localhost", Connection: "close", ...page, Expect: "the impossible" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /v1/state HTTP/1.1\r\n${lines.join("")}\r\n`);
  const text = Buffer.concat(await Array.fromAsync(socket)).toString();
  expect(text).toMatch(/^HTTP\/1.1 417 /);
  expect(text).toContain("Access-Control-Allow-Origin: https://a.example\r\n");
  expect(text).toContain("Access-Control-Allow-Credentials: true\r\n");

  const session = await http2Client(app.url);
  const stream = session.request({ ":path": "/v1/state", origin: page.Origin, expect: "the impossible" });
  const [head] = await once(stream, "response");
  stream.resume();
  session.close();
  expect(head).toMatchObject({ ":status": 417, "access-control-allow-origin": "https://a.example" });
});

test("a project that allows null lets in pages that hide their origin, and they may read the answers", async () => {
  const { app } = shared;
  const project = { siteKey: "sandboxed", allowedOrigins: ["null"], widgets: [{ event: "visit" }] };
  expect((await app.admin("POST", "/admin/projects", project)).status).toBe(201);

  const recorded = await app.post("/v1/e", { ...event, siteKey: "sandboxed" }, { Origin: "null" });
  const foreign = await app.post("/v1/e", { ...event, siteKey: "sandboxed" }, { Origin: "https://evil.example" });

  expect([recorded.status, foreign.status]).toEqual([202, 403]);
  expect(recorded.headers.get("access-control-allow-origin")).toBe("null");
});

describe("a page of this server's own, such as the API reference", () => {
  const project = { siteKey: "elsewhere", allowedOrigins: ["https://app.example"], widgets: [{ event: "visit" }] };
  const sent = { ...event, siteKey: "elsewhere" };
  const state = "/v1/state?siteKey=elsewhere&userHash=u&event=visit";
  const ownPage = () => ({ Origin: shared.app.url });
  beforeAll(() => shared.app.admin("POST", "/admin/projects", project));

  test("calls for a project that does not allow its origin with a token that has the scope, and may read the answer", async () => {
    const { app } = shared;
    const { secret } = await makeToken(app, { siteKey: "elsewhere", scopes: ["events:record"] });
    for (const token of [ADMIN_TOKEN, secret]) {
      const recorded = await app.post("/v1/e", sent, { ...ownPage(), "X-Admin-Token": token });
      expect([recorded.status, recorded.headers.get("access-control-allow-origin")]).toEqual([202, app.url]);
    }
    expect((await app.get(state, { ...ownPage(), Authorization: `Bearer ${ADMIN_TOKEN}` })).status).toBe(200);
    expect((await app.get(state, { ...ownPage(), "X-Admin-Token": secret })).json.error).toBe("FORBIDDEN_ORIGIN");
  });

  test.each(["", "wrong", "for another project"])("is refused as any other page is with the token %j", async (kind) => {
    const { app } = shared;
    const isOther = kind === "for another project";
    const token = isOther ? (await makeToken(app, { siteKey: "proj_demo", scopes: ["events:record"] })).secret : kind;
    const { status, json } = await app.post("/v1/e", sent, { ...ownPage(), "X-Admin-Token": token });
    expect([status, json.error]).toEqual([403, "FORBIDDEN_ORIGIN"]);
  });

  test("is not what another page is that has a token", async () => {
    const headers = { ...page, "X-Admin-Token": ADMIN_TOKEN };
    expect((await shared.app.post("/v1/e", sent, headers)).json.error).toBe("FORBIDDEN_ORIGIN");
  });
});

test("an entry that can't be read is refused with what to write instead", async () => {
  const { app } = shared;
  const project = { siteKey: "slash", allowedOrigins: ["https://ok.example", "https://example.com/"] };
  const { status, json } = await app.admin("POST", "/admin/projects", project);
  expect([status, json.message]).toEqual([
    400,
    expect.stringMatching(/allowedOrigins\[1\] "https:\/\/example\.com\/" has a path.*write https:\/\/example\.com\.$/),
  ]);
});
