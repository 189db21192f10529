import { expect, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { SOAK } from "../support/soak.ts";
import { REDIS_AWAY, startCluster, together, untilKnownByRedis, untilNoticed, useOwnRedis } from "./cluster.ts";
import { History } from "./history.ts";
import { startLoad } from "./load.ts";
import { startChoices } from "./seed.ts";
import { verify } from "./verify.ts";

/** How long Redis is paused, in milliseconds: long enough that instances connect to it in vain again. */
const PAUSE_MS = 6_000 * SOAK;

/** How long a call may take while Redis is away, in milliseconds: far more than it does, and less than Redis is paused. */
const BOUND_MS = 5_000;

const servers = together(useMongo(), useOwnRedis());

test("while Redis is flushed, killed or paused, every request is accepted in time, and counts once", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  const history = new History(random, { people: 12, days: 60 });
  const load = startLoad(cluster, history, random, { clients: 12, thinkMs: 20 });

  for (let flush = 0; flush < 2 * SOAK; flush++) {
    await load.more(200);
    expect(await servers.redis.command("DBSIZE")).toBeGreaterThan(0);
    await servers.redis.flush();
  }
  await load.more(200);

  await untilNoticed(cluster.instances, REDIS_AWAY, () => servers.redis.kill());
  await load.more(300);
  await untilKnownByRedis(servers, () => servers.redis.restart());

  await untilNoticed(cluster.instances, REDIS_AWAY, async () => servers.redis.pause());
  const end = performance.now() + PAUSE_MS;
  while (performance.now() < end) {
    await load.more(50);
  }
  await untilKnownByRedis(servers, async () => servers.redis.resume());
  await load.more(300);
  await load.end();

  expect([...load.endings.keys()]).toEqual(["ok"]);
  expect(load.slowest).toBeLessThan(BOUND_MS);
  await verify(cluster, history, random);
});

test("Redis and an instance killed at once lose nothing that was acknowledged", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  const [one, other] = cluster.instances;
  const history = new History(random, { people: 6, days: 30 });
  const load = startLoad(cluster, history, random);

  // Redis knows by now what both have stored, and the other instance answers repeats by it.
  await untilKnownByRedis(servers, () => load.more(300));
  await untilNoticed([other], REDIS_AWAY, () => Promise.all([servers.redis.kill(), one.kill()]));
  await load.more(300);

  // It has forgotten everything, so what is said again has to be told by the store.
  await Promise.all([servers.redis.restart(), one.restart()]);
  await untilKnownByRedis(servers, () => load.more(300));
  await load.end();

  expect([...load.endings.keys()].toSorted()).toEqual(["lost", "ok"]);
  await verify(cluster, history, random);
});
