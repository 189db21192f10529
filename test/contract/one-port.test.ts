import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "#gen/health/v1/health_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { type EventType, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";

const shared = useApp();

const transports: [string, (baseUrl: string) => Transport][] = [
  ["Connect JSON over HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  [
    "Connect binary over h2c",
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  ],
  ["gRPC-Web over HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC-Web over h2c", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
  ["gRPC over h2c", (baseUrl) => createGrpcTransport({ baseUrl })],
];
const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };

function reasonOf(error: unknown): string | undefined {
  return ConnectError.from(error).findDetails(ErrorInfoSchema)[0]?.reason;
}

test.each(transports)("%s records an event and reads the streak that REST reads", async (name, transport) => {
  const { app } = shared;
  const client = createClient(StreakService, transport(app.url));
  const own = { ...event, userHash: `by ${name}` };

  expect((await client.recordEvent(own)).ok).toBe(true);

  expect((await client.getState(own)).streak?.current).toBe(1);
  expect((await app.state({ userHash: own.userHash })).streak.current).toBe(1);
});

test.each(transports)("%s carries an error's code as an ErrorInfo", async (_, transport) => {
  const { app } = shared;
  const client = createClient(StreakService, transport(app.url));

  const error = await client.recordEvent({ ...event, event: "nope" }).catch((e) => e);

  expect(ConnectError.from(error).code).toBe(Code.InvalidArgument);
  expect(reasonOf(error)).toBe("INVALID_WIDGET_KIND");
});

test.each(transports)("%s refuses broken rules as REST does", async (_, transport) => {
  const { app } = shared;
  const client = createClient(StreakService, transport(app.url));

  for (const wrong of [
    { userHash: "" },
    { userHash: "a\nb" },
    { tz: "" },
    { tz: "Nowhere" },
    { eventType: 99 as EventType },
  ]) {
    const error = await client.recordEvent({ ...event, ...(wrong as object) }).catch((e) => e);
    expect(reasonOf(error)).toBe("INVALID_BODY");
  }
});

test.each(transports)("%s lets an admin in by the token, and nobody else", async (_, transport) => {
  const { app } = shared;
  const client = createClient(AdminService, transport(app.url));

  const error = await client.listProjects({}).catch((e) => e);
  const { projects } = await client.listProjects({}, { headers: { "X-Admin-Token": ADMIN_TOKEN } });

  expect(ConnectError.from(error).code).toBe(Code.Unauthenticated);
  expect(reasonOf(error)).toBe("UNAUTHORIZED");
  expect(projects.map((project) => project.siteKey)).toEqual(["proj_demo"]);
});

test.each(transports)("%s checks health", async (_, transport) => {
  const { app } = shared;
  const client = createClient(Health, transport(app.url));

  expect((await client.check({})).status).toBe(HealthCheckResponse_ServingStatus.SERVING);
});

test("an update over RPC needs a mask, and changes what the mask names", async () => {
  const app = await openApp();
  const client = createClient(AdminService, createGrpcTransport({ baseUrl: app.url }));
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const project = { siteKey: "proj_demo", name: "Renamed" };

  const error = await client.updateProject({ project }, { headers }).catch((e) => e);
  const answer = await client.updateProject({ project, updateMask: { paths: ["name"] } }, { headers });

  expect(reasonOf(error)).toBe("INVALID_BODY");
  expect(answer.project).toMatchObject({ name: "Renamed", live: true });
});

test("Connect JSON writes defaults out", async () => {
  const app = await openApp();

  const { json } = await app.post("/streak.v1.StreakService/GetState", event);

  expect(json.streak).toEqual({
    mode: "STREAK_MODE_CONTINUOUS",
    current: 0,
    best: 0,
    todayDone: false,
    pending: false,
  });
});

test("an event type that Connect JSON misspells is refused, and counts as nothing", async () => {
  const app = await openApp();

  const answer = await app.post("/streak.v1.StreakService/RecordEvent", { ...event, eventType: "widget_impresion" });

  expect(answer.status).toBe(400);
  expect(answer.json.code).toBe("invalid_argument");
  expect((await app.state()).streak.current).toBe(0);
});

test("a wrong token is refused over RPC before the body is looked at", async () => {
  const app = await openApp();

  const answer = await app.post("/streak.v1.AdminService/ListProjects", "{not json", { "X-Admin-Token": "wrong" });

  expect(answer.status).toBe(401);
  expect(answer.json.code).toBe("unauthenticated");
});

test("a page of a foreign origin is refused over Connect and gRPC-Web too", async () => {
  const app = await openApp();
  const evil = { headers: { Origin: "https://evil.example" } };

  for (const create of [createConnectTransport, createGrpcWebTransport]) {
    const client = createClient(StreakService, create({ baseUrl: app.url, httpVersion: "1.1" }));
    expect(reasonOf(await client.recordEvent(event, evil).catch((e) => e))).toBe("FORBIDDEN_ORIGIN");
  }
});

test("/healthz, /readyz and /openapi.json answer", async () => {
  const app = await openApp();

  expect((await app.get("/healthz")).status).toBe(200);
  expect((await app.get("/readyz")).status).toBe(200);
  const { status, json } = await app.get("/openapi.json");
  expect(status).toBe(200);
  expect(json.openapi).toMatch(/^3\.1\./);
  expect(Object.keys(json.paths)).toEqual(expect.arrayContaining(["/v1/e", "/v1/state", "/admin/alias"]));
});

test("pages and answers are compressed for clients that accept it, and say so to caches and other origins", async () => {
  const { app } = shared;
  const accepting = { "Accept-Encoding": "gzip" };

  const page = await app.get("/openapi.json", accepting);
  const foreign = await app.get("/v1/state?siteKey=proj_demo", { ...accepting, Origin: "https://a.example" });
  const small = await app.get("/healthz", accepting);

  expect([page.headers.get("content-encoding"), page.headers.get("vary")]).toEqual(["gzip", "Origin, Accept-Encoding"]);
  expect(page.json.openapi).toMatch(/^3\.1\./);
  expect(foreign.headers.get("vary")).toBe("Origin");
  expect(small.headers.get("content-encoding")).toBe(null);
});
