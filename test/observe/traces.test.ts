import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { freePort } from "../support/free-port.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../support/otlp-receiver.ts";
import { type Server, startServer } from "../support/server.ts";

const event = { siteKey: "proj_demo", userHash: "somebody", event: "visit" };
const CALLER = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
const SERVER = 2;
const CLIENT = 3;

function startTraced({ url }: Pick<OtlpReceiver, "url">, env: Record<string, string> = {}): Promise<Server> {
  return startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: "50", ...env } });
}

/** Waits for the server span of the request with this id, and returns it with all of its trace, as a tree. */
async function treeOf({ spans }: OtlpReceiver, requestId: string): Promise<Tree> {
  const find = () => spans.find(({ attributes }) => attributes["streakd.request.id"] === requestId);
  await expect.poll(find, { timeout: 10_000 }).toBeDefined();
  return grow(find() as ReceivedSpan, spans);
}

interface Tree {
  readonly span: ReceivedSpan;
  readonly children: readonly Tree[];
}

function grow(span: ReceivedSpan, spans: readonly ReceivedSpan[]): Tree {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
  return { span, children: children.map((child) => grow(child, spans)) };
}

/** The names of a tree's spans: `parent(child(grandchild), child)`, in the order of their beginnings. */
function drawn({ span, children }: Tree): string {
  const inner = children.toSorted((a, b) => Number(a.span.start - b.span.start)).map(drawn);
  return inner.length === 0 ? span.name : `${span.name}(${inner.join(", ")})`;
}

const WORK = "resolve(resolveUsers sqlite), commit(record sqlite)";

test("a REST call is a server span below its caller's, with spans for batches and the store", async () => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector, { OTEL_SERVICE_NAME: "streaks-of-shop" });
  await fetch(`${server.url}/v1/e?userHash=x`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Request-Id": "rest",
      "User-Agent": "a-client",
      traceparent: TRACEPARENT,
      tracestate: "vendor=1",
    },
    body: JSON.stringify(event),
  });
  const tree = await treeOf(collector, "rest");

  expect(drawn(tree)).toBe(`POST /v1/e(readProject sqlite, ${WORK})`);
  expect(tree.span).toMatchObject({
    traceId: CALLER.traceId,
    parentSpanId: CALLER.spanId,
    kind: SERVER,
    status: 0,
  });
  expect(tree.span.traceState).toBe("vendor=1");
  expect(tree.span.attributes).toEqual({
    "http.request.method": "POST",
    "http.route": "/v1/e",
    "http.response.status_code": 202,
    "url.path": "/v1/e",
    "url.scheme": "http",
    "network.protocol.version": "1.1",
    "server.address": "127.0.0.1",
    "server.port": server.port,
    "client.address": "127.0.0.1",
    "user_agent.original": "a-client",
    "streakd.code": "OK",
    "streakd.project": "proj_demo",
    "streakd.request.id": "rest",
  });
  const record = tree.children
    .flatMap(({ children }) => children)
    .find(({ span }) => span.name === "record sqlite")?.span;
  expect(record).toMatchObject({ kind: CLIENT, traceId: CALLER.traceId });
  expect(record?.attributes).toEqual({
    "db.system.name": "sqlite",
    "db.operation.name": "record",
    "db.operation.batch.size": 1,
  });
  expect(tree.span.resource).toMatchObject({ "service.name": "streaks-of-shop", "telemetry.sdk.language": "nodejs" });
  for (const { span } of [tree, ...tree.children]) {
    expect(span.start).toBeGreaterThanOrEqual(tree.span.start);
    expect(span.end).toBeLessThanOrEqual(tree.span.end);
  }
  expect(JSON.stringify(collector.spans, (_, value) => `${value}`)).not.toContain("somebody");
});

test.each([
  ["Connect", "connect_rpc", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC", "grpc", (baseUrl: string) => createGrpcTransport({ baseUrl })],
])("a call over %s is described as an RPC, whether it succeeds or fails", async (_, system, createTransport) => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector);
  const client = createClient(StreakService, createTransport(server.url));
  const headers = (id: string) => ({ headers: { traceparent: TRACEPARENT, "x-request-id": id } });
  await client.recordEvent(event, headers("succeeds"));
  await client.getState({ ...event, event: "unknown" }, headers("fails")).catch(() => {});
  const [succeeded, failed] = [await treeOf(collector, "succeeds"), await treeOf(collector, "fails")];

  expect(drawn(succeeded)).toBe(`streak.v1.StreakService/RecordEvent(readProject sqlite, ${WORK})`);
  expect(succeeded.span).toMatchObject({ traceId: CALLER.traceId, parentSpanId: CALLER.spanId, kind: SERVER });
  expect(succeeded.span.attributes).toMatchObject({
    "rpc.system": system,
    "rpc.service": "streak.v1.StreakService",
    "rpc.method": "RecordEvent",
    "http.route": "/streak.v1.StreakService/RecordEvent",
    "http.response.status_code": 200,
  });
  const outcomes = {
    connect_rpc: [{}, { "rpc.connect_rpc.error_code": "invalid_argument", "http.response.status_code": 400 }],
    grpc: [{ "rpc.grpc.status_code": 0 }, { "rpc.grpc.status_code": 3, "http.response.status_code": 200 }],
  }[system] as [object, object];
  expect(succeeded.span.attributes).toMatchObject(outcomes[0]);
  expect(failed.span.attributes).toMatchObject({ ...outcomes[1], "streakd.code": "INVALID_WIDGET_KIND" });
  // What the caller does wrong is no error of the server.
  expect([failed.span.status, failed.span.attributes["error.type"]]).toEqual([0, undefined]);
});

test("no attribute names a user, whom the path of a call may name", async () => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector);
  const path = "/admin/projects/proj_demo/users/";
  await fetch(`${server.url}${path}somebody`, { headers: { "X-Request-Id": "reading" } });
  const { span } = await treeOf(collector, "reading");

  expect(span.attributes).toMatchObject({ "url.path": `${path}…`, "http.route": "/admin/projects/{}/users/{}" });
});

test("events that share a commit are each told of it: one trace has the work, the others a link to it", async () => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector);
  const requests = Array.from({ length: 40 }, (_, number) => ({ ...event, userHash: `u${number}` }));
  await Promise.all(
    requests.map((body, number) =>
      fetch(`${server.url}/v1/e`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Request-Id": `n${number}` },
        body: JSON.stringify(body),
      }),
    ),
  );
  const trees = await Promise.all(requests.map((_, number) => treeOf(collector, `n${number}`)));
  const commits = trees.map(({ children }) => children.find(({ span }) => span.name === "commit"));
  const working = commits.filter((commit) => commit?.children.length === 1);
  const linked = commits.filter((commit) => commit?.children.length === 0);

  expect(working.length + linked.length).toBe(40);
  expect(linked.length).toBeGreaterThan(0);
  for (const commit of linked) {
    const work = working.find(({ span } = commit as Tree) => span.spanId === commit?.span.links[0]);
    expect(work?.span.links).toContain(commit?.span.parentSpanId);
    expect(work?.span.attributes["streakd.batch.events"]).toBe((work?.span.links.length as number) + 1);
  }
});

test("the caller decides what is recorded, and the log names the trace", async () => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector);
  const ask = (id: string, traceparent: string) =>
    fetch(`${server.url}/v1/state?siteKey=nobody&userHash=u&event=visit`, {
      headers: { "X-Request-Id": id, traceparent },
    });
  await ask("unwanted", `00-${CALLER.traceId}-${CALLER.spanId}-00`);
  await ask("broken", "00-nonsense");
  const { span } = await treeOf(collector, "broken");

  expect(span.parentSpanId).toBe("");
  expect(collector.spans.some(({ attributes }) => attributes["streakd.request.id"] === "unwanted")).toBe(false);
  const lines = server.output.split("\n").filter((line) => line.includes('"msg":"request"'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { requestId: "unwanted", trace_id: CALLER.traceId },
    { requestId: "broken", trace_id: span.traceId, span_id: span.spanId },
  ]);
});

test("OTEL_TRACES_SAMPLER, headers and compression are OpenTelemetry's own settings", async () => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector, {
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=secret",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
  });
  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}/v1/state?siteKey=nobody&userHash=u&event=visit`, { headers });
  await ask({ "X-Request-Id": "unasked" });
  await ask({ "X-Request-Id": "asked", traceparent: TRACEPARENT });
  await treeOf(collector, "asked");

  expect(collector.spans.map(({ attributes }) => attributes["streakd.request.id"])).not.toContain("unasked");
  expect(collector.headers).toMatchObject({ "x-key": "secret", "content-encoding": "gzip" });
});

test("a collector that is away delays neither calls nor the end of the process, and is told of once", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  await using server = await startTraced({ url }, { OTEL_EXPORTER_OTLP_TIMEOUT: "200" });
  for (let number = 0; number < 3; number += 1) {
    const answer = await fetch(`${server.url}/v1/state?siteKey=proj_demo&userHash=u&event=visit`);
    expect(answer.status).toBe(200);
    await expect.poll(() => server.output, { timeout: 10_000 }).toContain("OpenTelemetry reports a problem");
  }
  expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(server.output.split("OpenTelemetry reports a problem")).toHaveLength(2);
  expect(server.output).toContain('"reason":"connect ECONNREFUSED');
});

test("spans that are not sent yet are sent when the process ends", async () => {
  await using collector = await startOtlpReceiver();
  await using server = await startTraced(collector, { OTEL_BSP_SCHEDULE_DELAY: "600000" });
  await fetch(`${server.url}/v1/state?siteKey=nobody&userHash=u&event=visit`, { headers: { "X-Request-Id": "last" } });
  await server.kill("SIGTERM");
  expect(collector.spans.map(({ attributes }) => attributes["streakd.request.id"])).toContain("last");
});

test("without an endpoint, or when traces are switched off, nothing of OpenTelemetry's SDK is loaded", async () => {
  const preload = `data:text/javascript,${encodeURIComponent(
    `import { registerHooks } from "node:module";
     registerHooks({ load(url, context, next) {
       if (url.includes("@opentelemetry/sdk-trace")) console.log("loaded " + url);
       return next(url, context);
     } });`,
  )}`;
  const env = { NODE_OPTIONS: `--import=${preload}` };
  const endpoint = { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
  await using without = await startServer({ env });
  await using disabled = await startServer({ env: { ...endpoint, OTEL_SDK_DISABLED: "true" } });
  await using unsent = await startServer({ env: { ...endpoint, OTEL_TRACES_EXPORTER: "none" } });
  await using traced = await startServer({ env: endpoint });
  const hasLoaded = [without, disabled, unsent, traced].map(({ output }) => output.includes("loaded "));
  expect(hasLoaded).toEqual([false, false, false, true]);
});

test.each([
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must be a URL such as http://localhost:4318"],
  ["OTEL_TRACES_EXPORTER", "zipkin", "must be otlp, or none for no traces"],
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "must be http/protobuf, which collectors take on port 4318"],
])("%s=%s is refused at the start, with how to mend it", async (name, value, problem) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", [name]: value };
  await expect(startServer({ env })).rejects.toThrow(`${name} ${problem}`);
});
