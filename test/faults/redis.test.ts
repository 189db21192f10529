import { expect, test } from "vitest";
import { startCluster, useServers } from "./cluster.ts";
import { Ledger } from "./ledger.ts";
import { startLoad } from "./load.ts";
import { createRandom } from "./random.ts";
import { verify } from "./verify.ts";

/** How long Redis is paused, in milliseconds. */
const PAUSE_MS = 10_000;

/** How long a call may take while Redis is away, in milliseconds: far more than it does, and less than any client waits. */
const BOUND_MS = 3_000;

const servers = useServers();

test("while Redis is flushed, killed or paused, every request is accepted in time, and counts once", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random, { clients: 12, thinkMs: 5 });

  for (let flush = 0; flush < 3; flush++) {
    await load.more(200);
    await servers.redis.flush();
  }
  await load.more(200);

  await servers.redis.kill();
  await load.more(1_000);
  await servers.redis.restart();
  await load.more(300);

  servers.redis.pause();
  const end = performance.now() + PAUSE_MS;
  while (performance.now() < end) {
    await load.more(50);
  }
  servers.redis.resume();
  await load.more(300);

  // Both instances find the way back.
  await servers.redis.flush();
  await expect
    .poll(
      async () => {
        await load.more(10);
        return await servers.redis.command("DBSIZE");
      },
      { timeout: 15_000, interval: 50 },
    )
    .toBeGreaterThan(0);
  await load.end();

  expect([...load.endings.keys()]).toEqual(["ok"]);
  expect(load.slowest).toBeLessThan(BOUND_MS);
  await verify(cluster, ledger, random);
}, 60_000);

test("Redis and an instance killed at once lose nothing that was acknowledged", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers);
  const ledger = new Ledger(random, { people: 6, days: 30 });
  const load = startLoad(cluster, ledger, random);
  await load.more(300);
  await Promise.all([servers.redis.kill(), cluster.instances[0].kill()]);
  await load.more(300);
  await Promise.all([servers.redis.restart(), cluster.instances[0].restart()]);
  await load.more(300);
  await load.end();
  await verify(cluster, ledger, random);
}, 60_000);
