import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "#gen/health/v1/health_pb.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { probesOf } from "#src/call/method.ts";
import { MAX_BODY_BYTES } from "#src/http/body.ts";
import { pathOf } from "#src/http/message.ts";
import { createMetrics } from "#src/observe/metrics.ts";
import { createHealth, Readiness } from "#src/rpc/health.ts";
import { createRpc } from "#src/rpc/rpc.ts";
import { createPages } from "#src/web/pages.ts";
import { PACKAGES, readStaticFiles } from "#src/web/static-files.ts";
import { defaultCompression, manyStreams } from "../support/listener.ts";
import { createTestPipeline, listen } from "./support.ts";

async function serve() {
  const readiness = new Readiness();
  const { run, ...told } = createTestPipeline();
  const rpc = createRpc({
    methods: probesOf(Health, createHealth(readiness, [AdminService]), MAX_BODY_BYTES),
    run,
    compression: defaultCompression(),
    ...manyStreams,
  });
  const pages = createPages(
    readiness,
    createMetrics({ queued: () => 0, connections: () => 0, droppedLines: () => 0 }, pino({ level: "silent" })),
    [readStaticFiles(PACKAGES)],
  );
  const running = await listen(async (request) => {
    const path = pathOf(request.url);
    return pages.serve(path, request) ?? rpc.serve(path, request) ?? expect.unreachable();
  });
  const client = createClient(Health, createGrpcTransport({ baseUrl: running.url }));
  return { readiness, client, ...told, ...running };
}

describe("grpc.health.v1.Health", () => {
  test.each([[""], ["streak.v1.AdminService"]])("Check tells the readiness of %j", async (service) => {
    const { client, readiness } = await serve();
    expect((await client.check({ service })).status).toBe(Status.NOT_SERVING);
    readiness.set(true);
    expect((await client.check({ service })).status).toBe(Status.SERVING);
  });

  test("Check refuses an unknown service", async () => {
    const { client, counted, logged } = await serve();
    await expect(client.check({ service: "other" })).rejects.toMatchObject({ code: Code.NotFound });
    // Probes, which machines call all the time, are not counted.
    expect([counted, logged]).toEqual([[], []]);
  });

  test("List tells of every service", async () => {
    const { client, readiness } = await serve();
    readiness.set(true);
    const { statuses } = await client.list({});
    expect(Object.entries(statuses).map(([name, { status }]) => [name, status])).toEqual([
      ["", Status.SERVING],
      ["streak.v1.AdminService", Status.SERVING],
    ]);
  });

  test("Watch tells the status at once, then each change, and ends at shutdown", async () => {
    const { client, readiness, listener } = await serve();
    const seen: Status[] = [];
    for await (const { status } of client.watch({ service: "" })) {
      seen.push(status);
      if (seen.length === 1) {
        readiness.set(true);
      }
      if (seen.length === 2) {
        readiness.end();
      }
    }
    expect(seen).toEqual([Status.NOT_SERVING, Status.SERVING, Status.NOT_SERVING]);
    await listener.close(60_000);
  });

  test("Watch works over Connect and HTTP/1.1", async () => {
    const { url, readiness } = await serve();
    const client = createClient(Health, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
    const seen: Status[] = [];
    for await (const { status } of client.watch({ service: "" })) {
      seen.push(status);
      readiness.end();
    }
    expect(seen).toEqual([Status.NOT_SERVING]);
  });

  test("Watch of an unknown service says so, and stays until shutdown", async () => {
    const { client, readiness } = await serve();
    const seen: Status[] = [];
    for await (const { status } of client.watch({ service: "other" })) {
      seen.push(status);
      readiness.set(true);
      readiness.end();
    }
    expect(seen).toEqual([Status.SERVICE_UNKNOWN]);
  });
});

describe("readiness", () => {
  test("who watches slowly learns the last value, and none twice", async () => {
    const readiness = new Readiness();
    const watch = readiness.watch(new AbortController().signal);
    expect((await watch.next()).value).toBe(false);
    readiness.set(true);
    readiness.set(false);
    readiness.set(true);
    expect((await watch.next()).value).toBe(true);
    readiness.set(false);
    readiness.set(true);
    const next = watch.next();
    readiness.set(false);
    expect((await next).value).toBe(false);
  });

  test("a watch ends with its signal", async () => {
    const aborter = new AbortController();
    const watch = new Readiness().watch(aborter.signal);
    await watch.next();
    const next = watch.next();
    aborter.abort();
    expect((await next).done).toBe(true);
  });

  test("the end is for good", () => {
    const readiness = new Readiness();
    readiness.set(true);
    readiness.end();
    readiness.set(true);
    expect(readiness.ready).toBe(false);
  });
});

describe("probes", () => {
  test("/healthz is 200 whether ready or not", async () => {
    const { url } = await serve();
    const res = await fetch(`${url}/healthz`);
    expect([res.status, await res.json()]).toEqual([200, { status: "alive" }]);
  });

  test("/readyz is 503 until ready, and again at shutdown", async () => {
    const { url, readiness } = await serve();
    const statuses: number[] = [];
    const probe = async () => {
      const res = await fetch(`${url}/readyz`);
      const body = (await res.json()) as { status?: string; error?: string };
      expect(res.ok ? body.status : body.error).toBe(res.ok ? "ready" : "OVERLOADED");
      expect(res.headers.get("retry-after")).toBe(res.ok ? null : "1");
      statuses.push(res.status);
    };
    await probe();
    readiness.set(true);
    await probe();
    readiness.end();
    await probe();
    expect(statuses).toEqual([503, 200, 503]);
  });

  test("probes are GET or HEAD", async () => {
    const { url } = await serve();
    expect((await fetch(`${url}/healthz`, { method: "HEAD" })).status).toBe(200);
    const res = await fetch(`${url}/healthz`, { method: "POST", body: "x" });
    expect([res.status, res.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    await res.text();
  });
});
