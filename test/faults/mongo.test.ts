import { expect, test } from "vitest";
import { startCluster, useServers } from "./cluster.ts";
import { Ledger } from "./ledger.ts";
import { type Load, startLoad } from "./load.ts";
import { CUTS, startMongoProxy } from "./mongo-proxy.ts";
import { createRandom } from "./random.ts";
import { verify } from "./verify.ts";

/** How often the server is killed, and stepped down. */
const ROUNDS = 3;

/** How many faults are tried of those that are over in a moment. */
const FAULTS = 16;

/** The commands of which an instance's work consists, those of events the more often. */
const COMMANDS = ["bulkWrite", "bulkWrite", "update", "update", "find", "delete"];

const servers = useServers();

/** Clients may be told to come back, and find that their own time was over, but nothing else. */
function expectNoFailure(load: Load): void {
  const allowed = ["ok", "OVERLOADED", "DEADLINE_EXCEEDED", "late"];
  expect([...load.endings.keys()].filter((ending) => !allowed.includes(ending))).toEqual([]);
}

test("the MongoDB server killed with -9 and restarted under load loses nothing that was acknowledged", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random, { deadlines: [500, 2_000] });
  for (let round = 0; round < ROUNDS; round++) {
    await load.more(100 + random.below(300));
    await servers.mongo.kill();
    await servers.mongo.restart();
  }
  await load.more(300);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, ledger, random);
}, 90_000);

test("a primary that steps down under load is waited for, and nothing is lost", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random, { deadlines: [500, 2_000] });
  for (let round = 0; round < ROUNDS; round++) {
    await load.more(100 + random.below(300));
    await servers.mongo.stepDown(1);
  }
  await load.more(300);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, ledger, random);
}, 90_000);

test("commands that fail or lose their connection at the server, before they took effect and after, change nothing", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers, (uri) => `${uri}&appName=instance`);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random, { links: 10 });
  const ways = [
    { closeConnection: true },
    { errorCode: 10107 },
    { errorCode: 91 },
    { errorCode: 11602 },
    { writeConcernError: { code: 91, errmsg: "shutting down" } },
    { writeConcernError: { code: 64, errmsg: "too slow" } },
  ];
  for (let fault = 0; fault < FAULTS; fault++) {
    const data = { appName: "instance", failCommands: [random.pick(COMMANDS)], ...random.pick(ways) };
    await servers.mongo.failCommand({ times: 1 + random.below(4) }, data);
    await load.more(random.below(100));
  }
  await servers.mongo.failCommand("off");
  await load.more(100);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, ledger, random);
}, 90_000);

test("connections cut amid batches, before the server has them and after it has done them, change nothing", async () => {
  const random = createRandom();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random, { links: 10 });
  for (let fault = 0; fault < FAULTS; fault++) {
    await load.more(random.below(50));
    if (random.chance(0.1)) {
      proxy.cutAll();
    } else {
      // The driver tries again once, so what is cut twice or more is what streakd sees.
      await proxy.cut(random.pick(COMMANDS), random.pick(CUTS), 1 + random.below(4));
    }
  }
  await load.more(100);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, ledger, random);
}, 90_000);
