import { beforeEach, expect, onTestFinished, test } from "vitest";
import { redisTool, startRedis } from "../support/redis.ts";
import { type Server, startServer } from "../support/server.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";

const RATE = 50;
const BURST = 100;
/** How many callers flood each instance. */
const CALLERS = 4;

beforeEach((context) => requireTool(context, redisTool));

test("two instances share one budget, go on when Redis is killed, and share again when it is back", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const env = { RATE_LIMIT: `${RATE}:${BURST}`, REDIS_URL: redis.uri, LOG_REQUESTS: "0" };
  const servers = await Promise.all([startServer({ env }), startServer({ env })]);
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.stop()))));

  const together = await flood(servers, 10);
  expect(together.passed).toBeLessThanOrEqual(1.1 * (BURST + 10 * RATE));
  // All that the full bucket had has passed, and then calls were refused although time brings more.
  expect(together.passed).toBeGreaterThanOrEqual(BURST);
  expect(together.statuses).toEqual(new Set([200, 429]));

  const [alone] = await Promise.all([flood(servers, 5), redis.kill()]);
  // Each instance has the whole limit for itself, and no call fails.
  expect(alone.passed).toBeLessThanOrEqual(2.2 * (BURST + 5 * RATE));
  expect(alone.statuses).toEqual(new Set([200, 429]));
  for (const server of servers) {
    await waitUntil(() => server.output.includes("going on without it"));
  }

  await redis.restart();
  // Each instance has a connection, and the command has its own.
  await waitUntil(
    async () =>
      String(await redis.command("CLIENT", "LIST"))
        .trim()
        .split("\n").length === 3,
  );
  const again = await flood(servers, 10);
  expect(again.passed).toBeLessThanOrEqual(1.1 * (BURST + 10 * RATE));
  expect(again.statuses).toEqual(new Set([200, 429]));
}, 60_000);

/** Calls all servers as fast as they answer, for some seconds. */
async function flood(servers: readonly Server[], seconds: number) {
  const end = performance.now() + seconds * 1000;
  const statuses = new Set<number>();
  let passed = 0;
  async function call(url: string): Promise<void> {
    while (performance.now() < end) {
      const response = await fetch(`${url}/v1/state?siteKey=proj_demo&userHash=u&event=visit`);
      await response.arrayBuffer();
      statuses.add(response.status);
      passed += Number(response.status === 200);
    }
  }
  await Promise.all(servers.flatMap(({ url }) => Array.from({ length: CALLERS }, () => call(url))));
  return { passed, statuses };
}
