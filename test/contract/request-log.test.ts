import { once } from "node:events";
import { request } from "node:http";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { lockStore } from "../support/store-lock.ts";

const event = { siteKey: "proj_demo", userHash: "somebody", event: "visit" };

/** The lines of the log with a message, without what every line of pino has. */
function linesOf(app: TestApp, message: string): Record<string, unknown>[] {
  return app.logged.flatMap((line) => {
    const { time, pid, hostname, msg, ...fields } = JSON.parse(line);
    return msg === message ? [fields] : [];
  });
}

test("each request has a line that says what it was, who sent it and how it ended", async () => {
  const app = await openApp({ LOG_LEVEL: "info" });
  const client = createClient(StreakService, createGrpcTransport({ baseUrl: app.url }));
  await app.post("/v1/e", event, { "X-Request-Id": "first" });
  await app.post("/v1/e", { ...event, siteKey: "nobody" }, { "X-Request-Id": "second" });
  await app.post("/streak.v1.StreakService/RecordEvent", { ...event, event: "none" }, { "X-Request-Id": "third" });
  await client.recordEvent(event, { headers: { "x-request-id": "fourth" } });
  await app.get("/nowhere?userHash=somebody", { "X-Request-Id": "fifth" });
  await app.get("/v1/e", { "X-Request-Id": "sixth" });

  const common = { level: 30, peer: "127.0.0.1", ms: expect.any(Number) };
  const method = "streak.v1.StreakService/RecordEvent";
  const call = { ...common, method };
  const rest = { ...call, protocol: "rest" };
  expect(linesOf(app, "request")).toEqual([
    { ...rest, status: 202, code: "OK", project: "proj_demo", requestId: "first" },
    { ...rest, status: 400, code: "INVALID_SITE_KEY", requestId: "second" },
    {
      ...call,
      protocol: "connect",
      status: 400,
      code: "INVALID_WIDGET_KIND",
      project: "proj_demo",
      requestId: "third",
    },
    { ...call, protocol: "grpc", status: 200, code: "OK", project: "proj_demo", requestId: "fourth" },
    { ...common, verb: "GET", path: "/nowhere", status: 404, requestId: "fifth" },
    { ...common, verb: "GET", path: "/v1/e", status: 405, requestId: "sixth" },
  ]);
  expect(app.logged.join("")).not.toContain("somebody");
});

test("a line has no password, which the target of a request may have", async () => {
  const app = await openApp({ LOG_LEVEL: "info" });
  const sent = request(app.url, { path: "http://ann:hunter2@host/nowhere" }).end();
  const [answer] = await once(sent, "response");
  answer.resume();
  expect(linesOf(app, "request")).toMatchObject([{ path: "http://host/nowhere", status: 404 }]);
});

test("a line has no user, which the path of a request that is no call may have", async () => {
  const [quiet, naming] = [await openApp({ LOG_LEVEL: "info" }), await openApp({ LOG_LEVEL: "info", LOG_USERS: "on" })];
  for (const app of [quiet, naming]) {
    await app.admin("DELETE", "/admin/projects/proj_demo/users/somebody");
    await app.admin("GET", "/admin/projects/proj_demo/users/somebody/streaks");
  }
  const users = "/admin/projects/proj_demo/users/";
  expect(linesOf(quiet, "request").map(({ path, status }) => [path, status])).toEqual([
    [`${users}…`, 405],
    [`${users}…`, 404],
  ]);
  expect(linesOf(naming, "request")).toMatchObject([
    { path: `${users}somebody` },
    { path: `${users}somebody/streaks` },
  ]);
});

test("with LOG_USERS=on the lines name the user", async () => {
  const app = await openApp({ LOG_LEVEL: "info", LOG_USERS: "on" });
  await app.post("/v1/e", event);
  expect(linesOf(app, "request")).toMatchObject([{ user: "somebody" }]);
});

test("health checks and pages have a line only at level trace", async () => {
  const [info, trace] = [await openApp({ LOG_LEVEL: "info" }), await openApp({ LOG_LEVEL: "trace" })];
  for (const app of [info, trace]) {
    await app.get("/healthz");
    await app.get("/openapi.json");
  }
  expect(linesOf(info, "request")).toEqual([]);
  expect(linesOf(trace, "request")).toMatchObject([{ level: 10, path: "/openapi.json", status: 200 }]);
});

test("at level trace each connection has a line when it opens, and one when it is closed", async () => {
  const app = await openApp({ LOG_LEVEL: "trace" });
  await (await fetch(`${app.url}/healthz`, { headers: { Connection: "close" } })).text();
  await expect
    .poll(() => linesOf(app, "connection closed"))
    .toMatchObject([{ level: 10, peer: "127.0.0.1", bytesRead: expect.any(Number) }]);
  expect(linesOf(app, "connection opened")).toEqual([{ level: 10, peer: "127.0.0.1" }]);
});

test("of the successful calls the share of LOG_REQUESTS has a line, and of the others each has one", async () => {
  const app = await openApp({ LOG_LEVEL: "info", LOG_REQUESTS: "0.25" });
  for (let number = 0; number < 8; number += 1) {
    await app.post("/v1/e", { ...event, userHash: `u${number}` });
    await app.post("/v1/e", "{");
  }
  const codes = linesOf(app, "request").map(({ code }) => code);
  expect(codes.filter((code) => code === "OK")).toHaveLength(2);
  expect(codes.filter((code) => code === "INVALID_BODY")).toHaveLength(8);
});

test("a flood has no more lines a second than LOG_REQUESTS_PER_SECOND, and then one that says how many were left out", async () => {
  const app = await openApp({ LOG_LEVEL: "info", LOG_REQUESTS_PER_SECOND: "3" });
  await Promise.all(Array.from({ length: 10 }, () => app.post("/v1/e", "{")));
  await Promise.all(Array.from({ length: 20 }, (_, number) => app.post("/v1/e", { ...event, userHash: `u${number}` })));

  const leftOut = "requests were left out of the log: there were more than LOG_REQUESTS_PER_SECOND";
  const told = () => linesOf(app, "request").length + sum(linesOf(app, leftOut));
  await expect.poll(told).toBe(30);
  expect(new Set(linesOf(app, leftOut).map(({ kind }) => kind))).toEqual(new Set(["succeeded", "other"]));
  expect(linesOf(app, "request").length).toBeLessThan(30);
});

function sum(lines: Record<string, unknown>[]): number {
  return lines.reduce((all, { count }) => all + Number(count), 0);
}

test("wrong tokens are told once, with who sent them and what is wrong, and not what they were; a missing one is no guess", async () => {
  const app = await openApp();
  await app.get("/admin/projects");
  for (const guess of ["guess-1", "guess-2"]) {
    await app.get("/admin/projects", { "X-Admin-Token": guess, "X-Request-Id": guess.replace("guess", "id") });
  }
  expect(app.logged).toHaveLength(1);
  expect(linesOf(app, "a wrong token was refused")).toEqual([
    {
      ...{ level: 40, method: "streak.v1.AdminService/ListProjects", peer: "127.0.0.1", requestId: "id-1" },
      ...{ problem: "mistyped", count: 1 },
    },
  ]);
  expect(app.logged.join("")).not.toContain("guess");
});

test("load that is shed is told once, with the reason", async () => {
  const app = await openApp({ MAX_QUEUED_EVENTS: "1" });
  const unlock = lockStore(app.dataDir);
  const events = Array.from({ length: 20 }, (_, number) => app.post("/v1/e", { ...event, userHash: `u${number}` }));
  await expect
    .poll(() => linesOf(app, "calls are refused: the server is overloaded"))
    .toMatchObject([{ level: 40, reason: expect.stringContaining("Too many events are waiting."), count: 1 }]);
  unlock();
  const statuses = (await Promise.all(events)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(1);
  expect(linesOf(app, "calls are refused: the server is overloaded")).toHaveLength(1);
});

test("a failure of the store and the request that it was for have the same id", async () => {
  const app = await openApp({ LOG_LEVEL: "info" });
  const unlock = lockStore(app.dataDir);
  await app.admin("POST", "/admin/projects", { siteKey: "p" });
  unlock();
  const [failed, request] = [linesOf(app, "request failed"), linesOf(app, "request")];
  expect(failed).toMatchObject([{ level: 40, method: "streak.v1.AdminService/CreateProject" }]);
  expect(request).toMatchObject([{ status: 503, code: "OVERLOADED", requestId: failed[0]?.requestId }]);
});
