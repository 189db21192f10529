import { expect, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { startMongoProxy } from "../support/mongo-proxy.ts";
import { SOAK } from "../support/soak.ts";
import { startCluster, together, useRedis } from "./cluster.ts";
import { History } from "./history.ts";
import { startLoad } from "./load.ts";
import { startChoices } from "./seed.ts";
import { verify } from "./verify.ts";

/** How often instances are killed: one of them at any moment, then both while nothing can be stored. */
const ROUNDS = SOAK;

const CLIENTS = 24;

const servers = together(useMongo(), useRedis());

test("instances killed with -9 under load again and again lose nothing that was acknowledged, and nothing counts twice", async () => {
  const random = startChoices();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  const history = new History(random, { people: 12, days: 60 });
  const load = startLoad(cluster, history, random, { clients: CLIENTS });
  for (let round = 0; round < ROUNDS; round++) {
    await load.more(100 + random.below(300));
    const instance = random.pick(cluster.instances);
    await instance.kill();
    await load.more(50);
    await instance.restart();
    await load.more(100 + random.below(300));
    // What waits in the instances dies with them. An event that is acknowledged all the same, or noted in Redis as one that is
    // stored, is lost for sure.
    proxy.hang();
    // Not the queues: what waits may be reads that come before them. Each client has a call that waits, or is about to.
    await expect.poll(() => load.waiting, { interval: 1 }).toBeGreaterThanOrEqual(CLIENTS);
    await Promise.all(cluster.instances.map((each) => each.kill()));
    proxy.cutAll();
    proxy.goOn();
    await Promise.all(cluster.instances.map((each) => each.restart()));
  }
  await load.more(200);
  await load.end();

  expect([...load.endings.keys()].toSorted()).toEqual(["lost", "ok"]);
  await verify(cluster, history, random);
});
