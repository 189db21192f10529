import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { Health } from "#gen/health/v1/health_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { MAX_LABELLED_PROJECTS } from "#src/observe/calls.ts";
import { VERSION } from "#src/version.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { lockStore } from "../support/store-lock.ts";

const event = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const rpc = "/streak.v1.StreakService/RecordEvent";

/** The values on the page, by name and labels as the page writes them. */
async function read(app: TestApp): Promise<Map<string, number>> {
  const { text } = await app.get("/metrics");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

/** How many requests were counted so far, by `protocol method code`. */
async function requestsOf(app: TestApp): Promise<Record<string, number>> {
  const samples = [...(await read(app))].filter(([name]) => name.startsWith("streakd_requests_total"));
  return Object.fromEntries(
    samples.map(([name, value]) => [Array.from(name.matchAll(/"(.*?)"/g), ([, label]) => label).join(" "), value]),
  );
}

test("the page is in Prometheus's text format, with help and type for every metric, and is not cached", async () => {
  const app = await openApp();
  await app.record({});

  const page = await app.get("/metrics");

  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.text.endsWith("\n")).toBe(true);
  const typed = new Set<string>();
  for (const line of page.text.split("\n").filter((line) => line !== "")) {
    const [, type] = /^# TYPE ([a-z0-9_]+) (?:counter|gauge|histogram)$/.exec(line) ?? [];
    if (type !== undefined) {
      typed.add(type);
    } else if (!/^# HELP [a-z0-9_]+ .+$/.test(line)) {
      const [, name = ""] =
        /^([a-z0-9_]+)(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (?:-?[\d.]+(?:e[+-]?\d+)?|Nan)$/.exec(line) ?? [];
      expect(typed, line).toContain(typed.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ""));
    }
  }
  expect(typed).toContain("streakd_request_seconds");
  expect(typed).toContain("process_resident_memory_bytes");
});

test("what has not happened yet is 0, so that an alert sees the first time", async () => {
  const app = await openApp();

  const metrics = await read(app);

  expect(metrics.get('streakd_events_total{outcome="stored"}')).toBe(0);
  expect(metrics.get('streakd_events_total{outcome="repeat"}')).toBe(0);
  expect(metrics.get('streakd_events_total{outcome="seen"}')).toBe(0);
  expect(metrics.get('streakd_store_errors_total{reason="away"}')).toBe(0);
  expect(metrics.get('streakd_store_errors_total{reason="failed"}')).toBe(0);
  expect(metrics.get("streakd_seen_outages_total")).toBe(0);
  expect(metrics.get("streakd_queue_events")).toBe(0);
});

test("a new event is stored, a repeat is seen, and a repeat that the cache has forgotten is a repeat", async () => {
  const app = await openApp();
  await app.record({});
  await app.record({});

  const before = await read(app);
  await app.restart();
  await app.record({});
  const after = await read(app);

  expect(before.get('streakd_events_total{outcome="stored"}')).toBe(1);
  expect(before.get('streakd_events_total{outcome="seen"}')).toBe(1);
  expect(before.get('streakd_events_total{outcome="repeat"}')).toBe(0);
  expect(after.get('streakd_events_total{outcome="repeat"}')).toBe(1);
});

test("requests are counted by protocol, method and code, whatever part of the server refuses them", async () => {
  const app = await openApp();
  const baseUrl = app.url;
  const clients = [
    createConnectTransport({ baseUrl, httpVersion: "1.1" }),
    createGrpcTransport({ baseUrl }),
    createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  ].map((transport) => createClient(StreakService, transport));

  await app.record({});
  await app.state();
  await app.post("/v1/e", "{");
  await app.post("/v1/e", { ...event, siteKey: "nobody" });
  await app.get("/admin/projects");
  for (const client of clients) {
    await client.recordEvent(event);
    await client.recordEvent({ ...event, event: "unknown" }).catch(() => {});
  }
  await app.post(rpc, "{");
  await app.post("/streak.v1.AdminService/ListProjects", {});
  await app.get("/streak.v1.StreakService/GetState?encoding=json&message=%7B");
  await app.post(rpc, event, { "Connect-Timeout-Ms": "soon" });

  expect(await requestsOf(app)).toEqual({
    "rest recordEvent OK": 1,
    "rest getState OK": 1,
    "rest recordEvent INVALID_BODY": 1,
    "rest recordEvent INVALID_SITE_KEY": 1,
    "rest listProjects UNAUTHORIZED": 1,
    "connect recordEvent OK": 1,
    "connect recordEvent INVALID_WIDGET_KIND": 1,
    "connect recordEvent INVALID_BODY": 1,
    "connect recordEvent OTHER": 1,
    "connect listProjects UNAUTHORIZED": 1,
    "connect getState INVALID_BODY": 1,
    "grpc recordEvent OK": 1,
    "grpc recordEvent INVALID_WIDGET_KIND": 1,
    "grpc-web recordEvent OK": 1,
    "grpc-web recordEvent INVALID_WIDGET_KIND": 1,
  });
});

test("probes, pages and paths without a method of the API are not counted", async () => {
  const app = await openApp();
  await createClient(Health, createGrpcTransport({ baseUrl: app.url })).check({});
  await app.get("/healthz");
  await app.get("/nowhere");
  await app.post("/v1/state", {});

  expect(await requestsOf(app)).toEqual({});
});

test("a call that the store could not answer is counted, whichever method it was", async () => {
  const app = await openApp();
  const unlock = lockStore(app.dataDir);

  await app.admin("POST", "/admin/projects", { siteKey: "p" });
  unlock();

  expect((await read(app)).get('streakd_store_errors_total{reason="away"}')).toBe(1);
  expect((await read(app)).get('streakd_store_seconds_count{method="appendAuditEntries"}')).toBe(1);
});

test("the page says which version runs on which Node, and how many connections are open", async () => {
  const app = await openApp();
  const metrics = await read(app);
  expect(metrics.get(`streakd_build_info{version="${VERSION}",node="${process.version}"}`)).toBe(1);
  expect(metrics.get("streakd_connections")).toBe(1);
  expect(metrics.get("streakd_tls_certificate_expiry_timestamp_seconds")).toBe(0);
});

test("requests are counted by project, if the project exists, and only so many projects have a label", async () => {
  const app = await openApp();
  for (let number = 0; number <= MAX_LABELLED_PROJECTS; number += 1) {
    await app.admin("POST", "/admin/projects", { siteKey: `p${number}`, widgets: [{ event: "visit" }] });
  }
  await app.post("/v1/e", { ...event, siteKey: "p0" });
  await app.post("/v1/e", { ...event, siteKey: "p0", event: "unknown" });
  await app.post("/v1/e", { ...event, siteKey: `p${MAX_LABELLED_PROJECTS}` });
  await app.post("/v1/e", { ...event, siteKey: "nobody" });

  const samples = [...(await read(app))].filter(([name]) => name.startsWith("streakd_project_requests_total"));
  const ofEvents = samples.filter(([name]) => name.includes('method="recordEvent"'));
  const name = (project: string, code: string) =>
    `streakd_project_requests_total{project="${project}",method="recordEvent",code="${code}"}`;
  expect(ofEvents).toEqual([
    [name("p0", "OK"), 1],
    [name("p0", "INVALID_WIDGET_KIND"), 1],
    [name("(other)", "OK"), 1],
  ]);
  expect(new Set(samples.map(([name]) => /project="(.*?)"/.exec(name)?.[1])).size).toBe(MAX_LABELLED_PROJECTS + 1);
});

test("every request's duration is measured", async () => {
  const app = await openApp();
  await app.record({});
  await app.post("/v1/e", "{");

  const metrics = await read(app);

  const labels = 'protocol="rest",method="recordEvent"';
  expect(metrics.get(`streakd_request_seconds_count{${labels}}`)).toBe(2);
  expect(metrics.get(`streakd_request_seconds_sum{${labels}}`)).toBeGreaterThan(0);
});

test("a commit's size and duration are measured, and the queue is empty once every event has an answer", async () => {
  const app = await openApp();

  await Promise.all(Array.from({ length: 50 }, (_, n) => app.record({ userHash: `u${n}` })));

  const metrics = await read(app);
  expect(metrics.get("streakd_batch_events_sum")).toBe(50);
  expect(metrics.get("streakd_batch_events_count")).toBeLessThanOrEqual(50);
  expect(metrics.get('streakd_store_seconds_count{method="record"}')).toBe(metrics.get("streakd_batch_events_count"));
  expect(metrics.get("streakd_queue_events")).toBe(0);
});

test("while the store is away its errors are counted, events wait in the queue, and the probe is ready", async () => {
  const app = await openApp();
  const unlock = lockStore(app.dataDir);
  const first = app.record({ userHash: "first" });
  await expect
    .poll(async () => (await read(app)).get('streakd_store_errors_total{reason="away"}'), { interval: 10 })
    .toBeGreaterThan(0);
  const others = Array.from({ length: 10 }, (_, n) => app.record({ userHash: `u${n}` }));

  await expect.poll(async () => (await read(app)).get("streakd_queue_events"), { interval: 10 }).toBe(10);
  expect((await app.get("/readyz")).status).toBe(200);
  unlock();

  await Promise.all([first, ...others]);
  // After that many reads the next ones may share a page.
  const stored = async () => (await read(app)).get('streakd_events_total{outcome="stored"}');
  await expect.poll(stored).toBe(11);
  expect((await read(app)).get("streakd_queue_events")).toBe(0);
});

test("a flood of scrapes is answered, most of it with pages that were made for others", async () => {
  const app = await openApp();

  const pages = await Promise.all(Array.from({ length: 200 }, () => app.get("/metrics")));

  expect(pages.map((page) => page.status)).toEqual(pages.map(() => 200));
  // The CPU time of the process differs from one rendering to the next.
  expect(new Set(pages.map((page) => page.text)).size).toBeLessThan(100);
});
