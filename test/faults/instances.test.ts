import { expect, test } from "vitest";
import { startCluster, useServers } from "./cluster.ts";
import { Ledger } from "./ledger.ts";
import { startLoad } from "./load.ts";
import { createRandom } from "./random.ts";
import { verify } from "./verify.ts";

/** How often instances are killed. */
const KILLS = 4;

const servers = useServers();

test("instances killed with -9 under load again and again lose nothing that was acknowledged, and nothing counts twice", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random);
  for (let kill = 1; kill <= KILLS; kill++) {
    await load.more(100 + random.below(300));
    if (kill === KILLS) {
      await Promise.all(cluster.instances.map((instance) => instance.kill()));
      await Promise.all(cluster.instances.map((instance) => instance.restart()));
    } else {
      const instance = random.pick(cluster.instances);
      await instance.kill();
      await load.more(50);
      await instance.restart();
    }
  }
  await load.more(200);
  await load.end();

  expect([...load.endings.keys()].toSorted()).toEqual(["lost", "ok"]);
  await verify(cluster, ledger, random);
});
