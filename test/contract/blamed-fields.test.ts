import { once } from "node:events";
import { create, toBinary } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { BadRequestSchema, ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { StreakMode } from "#gen/streak/v1/project_pb.ts";
import { RecordEventRequestSchema, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { closeEnvelope } from "#src/rpc/body.ts";
import { http2Client } from "../http/support.ts";
import { ADMIN_TOKEN, openApp, useApp } from "../support/app.ts";

const shared = useApp();

const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const milestone = { id: "x", target: 1 };

describe("a REST answer names the field to blame as the caller wrote it", () => {
  test.each([
    [{ widgets: [{ event: "a", mode: "daily" }] }, "widgets[0].mode"],
    [{ widgets: [{ event: "a" }, { event: "b", milestones: [{ target: 0 }] }] }, "widgets[1].milestones[0].target"],
    [{ widgets: [{ event: "a", milestones: [milestone, milestone] }] }, "widgets[0].milestones[1].id"],
    [{ widgets: [{ event: "a" }, { event: "a" }] }, "widgets[1].event"],
    [{ allowedOrigins: ["https://a.example", "https://a.example/path"] }, "allowedOrigins[1]"],
    [{ timeZone: "Nowhere" }, "timeZone"],
    [{ siteKey: "a b" }, "siteKey"],
    [{ name: 7 }, "name"],
  ])("when it creates a project of %j", async (project, field) => {
    const { json } = await shared.app.admin("POST", "/admin/projects", project);
    expect(json).toEqual({ error: "INVALID_BODY", field, message: expect.any(String) });
    expect(json.message.startsWith(`${field} `)).toBe(true);
  });

  test("when the siteKey is taken", async () => {
    const { json } = await shared.app.admin("POST", "/admin/projects", { siteKey: "proj_demo" });
    expect(json).toMatchObject({ error: "ALREADY_EXISTS", field: "siteKey" });
  });

  test("when users are linked", async () => {
    const link = (anonymousId: string, userHash: string) =>
      shared.app.admin("POST", "/admin/alias", { siteKey: "proj_demo", anonymousId, userHash });
    expect((await link("a", "a")).json).toMatchObject({ error: "INVALID_BODY", field: "anonymousId" });
    expect((await link("a", "b")).status).toBe(204);
    expect((await link("b", "a")).json).toMatchObject({ error: "INVALID_BODY", field: "userHash" });
  });

  test("when it is a parameter", async () => {
    const { app } = shared;
    expect((await app.admin("GET", "/admin/projects?pageToken=*")).json).toMatchObject({ field: "pageToken" });
    expect((await app.admin("GET", "/admin/projects/a%20%01")).json).toMatchObject({ field: "siteKey" });
  });

  test("and none when no field is to blame", async () => {
    const { app } = shared;
    const answers = await Promise.all([
      app.post("/v1/e", "{"),
      app.post("/v1/e", "[]"),
      app.admin("POST", "/admin/projects", "[]"),
      app.post("/v1/e", event, { Origin: "https://foreign.example" }),
      app.get("/nothing"),
      app.get("/admin/projects"),
    ]);
    expect(answers.map(({ json }) => Object.keys(json))).toEqual(Array(6).fill(["error", "message"]));
    expect(answers[2].json.message).toBe("The body must be an object, not a list.");
  });
});

describe("a PATCH", () => {
  test.each([
    ["", { nmae: "x" }, "nmae", "name"],
    ["", { time_zone: "UTC" }, "time_zone", "timeZone"],
    ["", { name: "x", allowedOrigin: [] }, "allowedOrigin", "allowedOrigins"],
    ["?updateMask=name", { Name: "x" }, "Name", "name"],
    ["", { widgets: [{ event: "visit" }, { event: "like", mod: "cumulative" }] }, "widgets[1].mod", "mode"],
    [
      "",
      { widgets: [{ event: "visit", settings: { theme: { nane: "x" } } }] },
      "widgets[0].settings.theme.nane",
      "name",
    ],
    ["?updateMask=nmae", { name: "x" }, "updateMask", "name"],
    ["?updateMask=name,timezone", { name: "x" }, "updateMask", "timeZone"],
  ])("%s of %j is refused for %s, with the nearest field %s, and changes nothing", async (query, body, field, near) => {
    const { app } = shared;
    const before = (await app.admin("GET", "/admin/projects/proj_demo")).json;

    const { status, json } = await app.admin("PATCH", `/admin/projects/proj_demo${query}`, body);

    expect([status, json.error, json.field]).toEqual([400, "INVALID_BODY", field]);
    expect(json.message).toMatch(new RegExp(`nearest is ${near}\\.`));
    expect((await app.admin("GET", "/admin/projects/proj_demo")).json).toEqual(before);
  });

  test("with a field that is like no other is told which there are", async () => {
    const { json } = await shared.app.admin("PATCH", "/admin/projects/proj_demo", { colour: "beige" });
    expect(json).toEqual({
      error: "INVALID_BODY",
      field: "colour",
      message:
        "colour is not a field here; it may be any of siteKey, name, allowedOrigins, timeZone, live, widgets, signedUsers, plan, rateLimit, analytics, etag, holidays.",
    });
  });

  test("with a name of any length is answered in few words", async () => {
    const { text, json } = await shared.app.admin("PATCH", "/admin/projects/proj_demo", { ["x".repeat(200_000)]: 1 });
    expect(json.error).toBe("INVALID_BODY");
    expect(text.length).toBeLessThan(500);
  });

  test("of a project as it was read is no mistake", async () => {
    const app = await openApp();
    const { json } = await app.admin("GET", "/admin/projects/proj_demo");
    const patched = await app.admin("PATCH", "/admin/projects/proj_demo", { ...json, name: "Renamed" });
    expect(patched.json).toEqual({ ...json, name: "Renamed", etag: expect.not.stringMatching(json.etag) });
  });
});

test("a wrong token is told that it is wrong, over REST and RPC, and no token that it is missing", async () => {
  const { app } = shared;
  const ask = async (path: string, headers: Record<string, string>) => {
    const { status, json } = await app.post(path, {}, headers);
    return [status, json.message];
  };
  for (const path of ["/admin/projects", "/streak.v1.AdminService/ListProjects"]) {
    expect(await ask(path, {})).toEqual([
      401,
      "The token is missing. Send it in the header X-Admin-Token or as a bearer token.",
    ]);
    expect(await ask(path, { "X-Admin-Token": "" })).toEqual([
      401,
      "The token is missing. Send it in the header X-Admin-Token or as a bearer token.",
    ]);
    for (const token of ["guess", `${ADMIN_TOKEN}x`]) {
      expect(await ask(path, { "X-Admin-Token": token })).toEqual([
        401,
        "The token is mistyped: it is not the admin token, and it does not have the form of a token.",
      ]);
    }
  }
});

const transports: [string, "json" | "proto", (baseUrl: string) => Transport][] = [
  [
    "Connect, JSON",
    "json",
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  ],
  [
    "Connect, binary",
    "proto",
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  ],
  ["gRPC, JSON", "json", (baseUrl) => createGrpcTransport({ baseUrl, useBinaryFormat: false })],
  ["gRPC, binary", "proto", (baseUrl) => createGrpcTransport({ baseUrl, useBinaryFormat: true })],
  [
    "gRPC-Web, JSON",
    "json",
    (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  ],
  [
    "gRPC-Web, binary",
    "proto",
    (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  ],
];

describe.each(transports)("over %s", (_name, format, transportOf) => {
  const violations = async (call: Promise<unknown>) => {
    const error = ConnectError.from(await call.catch((thrown: unknown) => thrown));
    const bad = error.findDetails(BadRequestSchema).flatMap(({ fieldViolations }) => fieldViolations);
    expect(bad.every(({ description }) => description === error.rawMessage)).toBe(true);
    return [error.code, error.findDetails(ErrorInfoSchema)[0]?.reason, ...bad.map(({ field }) => field)];
  };
  const options = { headers: { "X-Admin-Token": ADMIN_TOKEN } };
  const streaks = (): Client<typeof StreakService> => createClient(StreakService, transportOf(shared.app.url));
  const admin = (): Client<typeof AdminService> => createClient(AdminService, transportOf(shared.app.url));
  const either = (json: string, proto: string) => (format === "json" ? json : proto);

  test("a BadRequest names the field as its caller knows it", async () => {
    const { InvalidArgument, AlreadyExists } = Code;
    const refused = [
      await violations(streaks().recordEvent({ ...event, userHash: "" })),
      await violations(streaks().recordEvent({ ...event, tz: "Nowhere" })),
      await violations(streaks().recordEvent({ ...event, siteKey: "nope" })),
      await violations(streaks().getState({ ...event, event: "nope" })),
      await violations(
        admin().createProject({ project: { widgets: [{ event: "a", mode: 9 as StreakMode }] } }, options),
      ),
      await violations(admin().createProject({ project: { allowedOrigins: ["*"] } }, options)),
      await violations(admin().createProject({ project: { siteKey: "proj_demo" } }, options)),
      await violations(admin().updateProject({ project: { siteKey: "p" }, updateMask: { paths: ["nmae"] } }, options)),
    ];
    expect(refused).toEqual([
      [InvalidArgument, "INVALID_BODY", either("userHash", "user_hash")],
      [InvalidArgument, "INVALID_BODY", "tz"],
      [InvalidArgument, "INVALID_SITE_KEY", either("siteKey", "site_key")],
      [InvalidArgument, "INVALID_WIDGET_KIND", "event"],
      [InvalidArgument, "INVALID_BODY", "project.widgets[0].mode"],
      [InvalidArgument, "INVALID_BODY", either("project.allowedOrigins[0]", "project.allowed_origins[0]")],
      [AlreadyExists, "ALREADY_EXISTS", either("project.siteKey", "project.site_key")],
      [InvalidArgument, "INVALID_BODY", either("updateMask", "update_mask")],
    ]);
  });

  test("there is no BadRequest when no field is to blame", async () => {
    const origin = { headers: { Origin: "https://foreign.example" } };
    expect(await violations(streaks().getState(event, origin))).toEqual([Code.PermissionDenied, "FORBIDDEN_ORIGIN"]);
    expect(await violations(admin().getProject({ siteKey: "nope" }))).toEqual([Code.Unauthenticated, "UNAUTHORIZED"]);
  });
});

test("the longest error of gRPC, in the widest characters, fits into 8 KiB of headers", async () => {
  const { app } = shared;
  const name = (i: number) => `${i}`.padStart(64, "連");
  await app.admin("POST", "/admin/projects", {
    siteKey: "wide",
    widgets: Array.from({ length: 20 }, (_, i) => ({ event: name(i) })),
  });
  const session = await http2Client(app.url);
  const stream = session.request({
    ":method": "POST",
    ":path": "/streak.v1.StreakService/RecordEvent",
    "content-type": "application/grpc",
  });
  const event = create(RecordEventRequestSchema, { siteKey: "wide", userHash: "u", event: name(99) });
  stream.end(closeEnvelope(toBinary(RecordEventRequestSchema, event)));
  const [trailers] = await once(stream.resume(), "trailers");
  session.close();
  expect(decodeURIComponent(trailers["grpc-message"])).toHaveLength(500);
  // HTTP/2 counts 32 bytes more for each header.
  const bytes = Object.entries(trailers).map(([header, value]) => header.length + `${value}`.length + 32);
  expect(bytes.reduce((sum, more) => sum + more)).toBeLessThan(8 * 1024);
});

test.each([
  [{ siteKey: 7 }, "siteKey", "expected string"],
  [{ event_type: true }, "eventType", "EventType"],
  [{ meta: [] }, "meta", "Struct"],
  [{ evnt: "visit" }, "evnt", "the nearest is event"],
  [{ ts: "yesterday" }, "ts", "real date"],
])("Connect's JSON with %j is refused for %s", async (bend, field, problem) => {
  const { json } = await shared.app.post("/streak.v1.StreakService/RecordEvent", { ...event, ...bend });
  const [, violation] = json.details;
  expect([json.code, violation.type]).toEqual(["invalid_argument", "google.rpc.BadRequest"]);
  expect(violation.debug.fieldViolations[0].field).toBe(field);
  expect(json.message).toContain(problem);
});

test("Connect's JSON is refused for a field deep within it, by its path", async () => {
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const project = { widgets: [{ event: "a" }, { event: "b", milestones: [{ target: 1 }, { target: 1.5 }] }] };
  const { json } = await shared.app.post("/streak.v1.AdminService/CreateProject", { project }, headers);
  expect(json.details[1].debug.fieldViolations[0].field).toBe("project.widgets[1].milestones[1].target");
});
