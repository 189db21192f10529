import { once } from "node:events";
import { connect } from "node:net";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ServerReflection } from "#gen/grpc/reflection/v1/reflection_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "#gen/health/v1/health_pb.ts";
import { VERSION } from "#src/version.ts";
import { startServer } from "../support/server.ts";

const TOKEN = "a-token-of-this-test";

/** What a client is sent that ends its side of the connection right behind a request. */
async function answerBehindEnd(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end("GET /v1/state?siteKey=proj_demo&userHash=u&event=visit HTTP/1.1\r\nHost: x\r\n\r\n");
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes;
  });
  await once(socket, "close");
  return received;
}

test.each(["on", "off"])(
  "with HTTP_FAST_PATH=%s the service is the same, also for a client that ends its side",
  async (setting) => {
    await using server = await startServer({ env: { HTTP_FAST_PATH: setting } });

    const recorded = await fetch(`${server.url}/v1/e`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ siteKey: "proj_demo", userHash: "u", event: "visit" }),
    });
    const state = await fetch(`${server.url}/v1/state?siteKey=proj_demo&userHash=u&event=visit`);

    expect([recorded.status, await recorded.json()]).toEqual([202, { ok: true }]);
    expect(await state.json()).toMatchObject({ streak: { current: 1, todayDone: true } });
    expect(await answerBehindEnd(server.port)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  },
);

test("a value of HTTP_FAST_PATH that is none is refused, saying which there are", async () => {
  const failure = await startServer({ env: { HTTP_FAST_PATH: "false" } }).catch((error) => error);
  expect(failure.message).toContain('HTTP_FAST_PATH must be on or off, not "false"; unset it to use on');
});

test("the log has a line for each call, with neither the user nor the token, and none for probes", async () => {
  await using server = await startServer({ env: { ADMIN_TOKEN: TOKEN } });
  await fetch(`${server.url}/healthz`);
  await fetch(`${server.url}/v1/state?siteKey=proj_demo&userHash=somebody&event=visit`);
  await fetch(`${server.url}/admin/projects`, { headers: { "X-Admin-Token": TOKEN } });
  await fetch(`${server.url}/streak.v1.AdminService/ListProjects`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });

  const readCalls = () => server.output.split("\n").filter((line) => line.includes('"msg":"request"'));
  await expect.poll(() => readCalls().length).toBe(3);
  const lines = readCalls();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ protocol: "rest", method: "streak.v1.StreakService/GetState", code: "OK" }),
    expect.objectContaining({ protocol: "rest", method: "streak.v1.AdminService/ListProjects", code: "OK" }),
    expect.objectContaining({
      protocol: "connect",
      method: "streak.v1.AdminService/ListProjects",
      code: "UNAUTHORIZED",
    }),
  ]);
  expect(JSON.parse(lines[0] as string)).toMatchObject({ peer: "127.0.0.1", ms: expect.any(Number), status: 200 });
  expect(lines.join("")).not.toMatch(new RegExp(`somebody|${TOKEN}`));
});

test("the log says at the start which version runs, with which settings, and tells no secret", async () => {
  const env = { ADMIN_TOKEN: TOKEN, REDIS_URL: "redis://me:hunter2@127.0.0.1:1", MAX_HEADERS: "50" };
  await using server = await startServer({ env });
  const lines = server.output.split("\n").filter((line) => line.includes('"msg":"starting"'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      version: VERSION,
      node: process.version,
      settings: {
        HOST: "127.0.0.1",
        DATA_DIR: server.dataDir,
        LOG_LEVEL: "info",
        MAX_HEADERS: "50",
        ADMIN_TOKEN: "***",
        REDIS_URL: "redis://me:***@127.0.0.1:1",
      },
    },
  ]);
  expect(server.output).not.toMatch(new RegExp(`${TOKEN}|hunter2`));
});

test.each(["2", "-1", "half"])("LOG_REQUESTS=%s is refused, saying what it may be", async (LOG_REQUESTS) => {
  await expect(startServer({ env: { LOG_REQUESTS } })).rejects.toThrow("LOG_REQUESTS must be a number from 0 to 1");
});

test.each([
  ["on", "listServicesResponse"],
  ["off", "[unimplemented] HTTP 404"],
])("with REFLECTION=%s a client that asks what services there are gets %s", async (setting, outcome) => {
  await using server = await startServer({ env: { REFLECTION: setting } });
  const transport = createGrpcTransport({ baseUrl: server.url });
  async function* question() {
    yield { messageRequest: { case: "listServices", value: "" } as const };
  }

  const asking = Array.fromAsync(createClient(ServerReflection, transport).serverReflectionInfo(question()));
  const answer = await asking.then(([first]) => first?.messageResponse.case, String);
  const health = await createClient(Health, transport).check({});

  expect(answer).toContain(outcome);
  expect(health.status).toBe(HealthCheckResponse_ServingStatus.SERVING);
});
