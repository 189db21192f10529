import { hostname } from "node:os";
import { beforeAll, expect, test } from "vitest";
import { MAX_LABELLED_PROJECTS } from "#src/observe/calls.ts";
import { VERSION } from "#src/version.ts";
import { openApp, type TestApp, useApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

const running = useApp();
const TRAFFIC = "/admin/projects/proj_demo/traffic";

/** Returns how many calls of a project there were, by `method code`. */
async function callsOf(app: TestApp, siteKey = "proj_demo"): Promise<Record<string, number>> {
  const { json } = await app.admin("GET", `/admin/projects/${siteKey}/traffic`);
  const calls: { method: string; code: string; calls: number }[] = json.calls;
  return Object.fromEntries(calls.map(({ method, code, calls }) => [`${method} ${code}`, calls]));
}

test("the instance that answers is in the list, with what it measures now", async () => {
  const app = await openApp();
  const startTime = new Date(app.now).toISOString();
  app.now += 3_600_000;
  await app.record({});

  const { status, json } = await app.admin("GET", "/admin/instances");

  expect(status).toBe(200);
  const [instance] = json.instances;
  expect(json.instances).toEqual([
    {
      id: expect.stringMatching(/^[\w-]{12}$/),
      host: hostname(),
      processId: process.pid,
      version: VERSION,
      nodeVersion: process.version,
      store: "sqlite",
      dedupeCache: "in-process",
      startTime: expect.any(String),
      reportTime: expect.any(String),
      metrics: expect.stringContaining('streakd_events_total{outcome="stored"} 1\n'),
    },
  ]);
  expect(Date.parse(instance.startTime)).toBe(Date.parse(startTime));
  expect(Date.parse(instance.reportTime)).toBe(app.now);
});

test("after a restart there is another instance, and the one before is gone", async () => {
  const app = await openApp();
  const [before] = (await app.admin("GET", "/admin/instances")).json.instances;
  await app.restart();
  const { instances } = (await app.admin("GET", "/admin/instances")).json;
  expect(instances).toHaveLength(1);
  expect(instances[0].id).not.toBe(before.id);
});

test("a project's token may not list the instances, and a token for all projects needs the scope", async () => {
  const { app } = running;
  const mine = await makeToken(app, { siteKey: "proj_demo", scopes: ["everything"] });
  const manager = await makeToken(app, { scopes: ["project:manage"] });
  const operator = await makeToken(app, { scopes: ["everything"] });
  const outcomes = [mine, manager, operator].map(async ({ secret }) =>
    outcomeOf(await callAs(app, secret, "GET", "/admin/instances")),
  );
  expect(await Promise.all(outcomes)).toEqual(["403 FORBIDDEN", "403 FORBIDDEN", "200"]);
});

test("the traffic of a project counts its calls by method and code, and no others", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "other", widgets: [{ event: "visit" }] });
  const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };
  await app.post("/v1/e", event);
  await app.post("/v1/e", event);
  await app.post("/v1/e", event, { Origin: "https://evil.example" });
  await app.post("/v1/e", { ...event, event: "unknown" });
  await app.post("/v1/e", { ...event, siteKey: "other" });
  await app.post("/v1/e", "{");
  await app.state();

  const { json } = await app.admin("GET", TRAFFIC);

  expect(json).toEqual({
    calls: [
      { method: "getState", code: "OK", calls: 1 },
      { method: "recordEvent", code: "FORBIDDEN_ORIGIN", calls: 1 },
      { method: "recordEvent", code: "INVALID_WIDGET_KIND", calls: 1 },
      { method: "recordEvent", code: "OK", calls: 2 },
    ],
    isCounted: true,
    since: expect.any(String),
    rateLimitSource: "none",
  });
  expect(Date.parse(json.since)).toBe(app.now);
});

test("the calls that a project's rate limit refuses are counted, and the limit is told with where it comes from", async () => {
  const app = await openApp({ RATE_LIMIT: "1:2" });
  const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };
  const statuses: number[] = [];
  while (!statuses.includes(429)) {
    statuses.push((await app.post("/v1/e", event)).status);
  }
  expect(await callsOf(app)).toMatchObject({
    "recordEvent OK": statuses.length - 1,
    "recordEvent RATE_LIMITED": 1,
  });
  const limitOf = async () => {
    const { rateLimit, rateLimitSource } = (await app.admin("GET", TRAFFIC)).json;
    return { rateLimit, rateLimitSource };
  };
  expect(await limitOf()).toEqual({ rateLimit: { requestsPerSecond: 1, burst: 2 }, rateLimitSource: "setting" });
  await app.admin("PATCH", "/admin/projects/proj_demo", { rateLimit: { requestsPerSecond: 50 } });
  expect(await limitOf()).toEqual({ rateLimit: { requestsPerSecond: 50, burst: 50 }, rateLimitSource: "project" });
});

test("calls that the limit of an address refuses are not counted for the project that they name", async () => {
  const app = await openApp({ RATE_LIMIT_PER_ADDRESS: "1" });
  const refused = async () => (await app.state().catch((error: Error) => error)) instanceof Error;
  while (!(await refused())) {}
  const { text } = await app.get("/metrics");
  expect(text).toContain('code="RATE_LIMITED"');
  expect(text).not.toMatch(/streakd_project_requests_total\{.*RATE_LIMITED/);
});

test("a project that has no label of its own is told so, and one that has is counted whole", async () => {
  const app = await openApp();
  await app.admin("POST", "/admin/projects", { siteKey: "late", widgets: [{ event: "visit" }] });
  // Reading a project counts as a call of it.
  for (let number = 1; number <= MAX_LABELLED_PROJECTS; number++) {
    await app.admin("POST", "/admin/projects", { siteKey: `p${number}` });
  }
  const traffic = async (siteKey: string) => (await app.admin("GET", `/admin/projects/${siteKey}/traffic`)).json;
  expect(await traffic("late")).toMatchObject({ calls: [{ method: "createProject", code: "OK", calls: 1 }] });
  expect((await traffic("late")).isCounted).toBe(true);
  await app.admin("GET", `/admin/projects/p${MAX_LABELLED_PROJECTS}`);
  expect(await traffic(`p${MAX_LABELLED_PROJECTS}`)).toMatchObject({ calls: [], isCounted: false });
  expect((await traffic("late")).isCounted).toBe(true);
});

let secret: string;
beforeAll(async () => {
  ({ secret } = await makeToken(running.app, { siteKey: "proj_demo", scopes: ["project:manage"] }));
});

test("a project's token reads the traffic of its own project alone", async () => {
  expect((await callAs(running.app, secret, "GET", TRAFFIC)).status).toBe(200);
  expect((await callAs(running.app, secret, "GET", "/admin/projects/other/traffic")).status).toBe(403);
});
