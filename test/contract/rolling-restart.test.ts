import { get } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type LoopRequest, loopHttp1, loopHttp2, type Tally, type Until } from "../support/closed-loop.ts";
import { type Server, startServer } from "../support/server.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

/** Clients of each protocol. */
const CLIENTS = 64;

/**
 * Long against the time that the load balancer takes to look, also on a machine that stands still for some seconds; in
 * milliseconds.
 */
const DRAIN_MS = 6_000;

/** Longer than any test. */
const FOREVER = "600000";

const EVENT = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const REQUESTS: readonly [LoopRequest, LoopRequest] = [
  { method: "POST", path: "/v1/e", body: JSON.stringify(EVENT) },
  { method: "GET", path: `/v1/state?${new URLSearchParams(EVENT)}` },
];

function startClients(port: number, until: Until): Promise<Tally[]> {
  return Promise.all(
    [loopHttp1, loopHttp2].flatMap((loop) =>
      Array.from({ length: CLIENTS }, (_, n) => loop(port, REQUESTS[n % 2] as LoopRequest, until)),
    ),
  );
}

async function start(env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer({ env: { SHUTDOWN_DRAIN_MS: String(DRAIN_MS), ...env } });
  onTestFinished(() => server.stop());
  return server;
}

test("a rolling restart of two instances behind a load balancer loses no request of keep-alive clients", async () => {
  const instances = await Promise.all([start(), start()]);
  await using proxy = await startTcpProxy();
  for (const { port } of instances) {
    proxy.add(port);
  }
  let isOver = false;
  const tallies = startClients(proxy.port, { isOver: () => isOver, goesOn: true });

  for (const old of instances) {
    expect((await old.kill("SIGTERM")).code).toBe(0);
    proxy.remove(old.port);
    proxy.add((await start()).port);
  }
  isOver = true;

  for (const tally of await tallies) {
    expect(tally).toEqual({ answered: expect.any(Number), failures: [] });
    expect(tally.answered).toBeGreaterThan(0);
  }
  expect(proxy.failures).toEqual([]);
}, 60_000);

test("an instance that drains answers all its clients until each is told that its connection ends", async () => {
  const server = await start({ SHUTDOWN_DRAIN_MS: FOREVER });
  const tallies = startClients(server.port, { isOver: () => false, goesOn: false });

  void server.kill("SIGTERM");
  for (const { failures } of await tallies) {
    expect(failures).toEqual([]);
  }

  // Who comes now is served too, and told at once.
  expect(await ask(server.port, "/readyz")).toEqual({ status: 503, connection: "close" });
  expect(await ask(server.port, REQUESTS[1].path)).toEqual({ status: 200, connection: "close" });
  await server.kill("SIGKILL");
});

test("Ctrl-C at a terminal does not wait for load balancers", async () => {
  const server = await start({ SHUTDOWN_DRAIN_MS: FOREVER });
  expect((await server.kill("SIGINT")).code).toBe(0);
});

async function ask(
  port: number,
  path: string,
): Promise<{ status: number | undefined; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    get({ port, host: "127.0.0.1", path, agent: false, headers: { Connection: "keep-alive" } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, connection: response.headers.connection });
    }).on("error", reject);
  });
}
