import { expect, test } from "vitest";
import { countEach, STORE_AWAY, startCluster, untilNoticed, useServers } from "./cluster.ts";
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
const WRITES = ["bulkWrite", "bulkWrite", "update", "update", "delete"];
const COMMANDS = [...WRITES, "find"];

/** The ways in which a server fails a command, and the commands that it can fail so. */
const FAILURES = [
  { how: { closeConnection: true }, of: COMMANDS },
  { how: { errorCode: 10107 }, of: COMMANDS },
  { how: { errorCode: 91 }, of: COMMANDS },
  { how: { errorCode: 11602 }, of: COMMANDS },
  { how: { writeConcernError: { code: 91, errmsg: "shutting down" } }, of: WRITES },
  { how: { writeConcernError: { code: 64, errmsg: "too slow" } }, of: WRITES },
];

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
    if (round % 2 === 0) {
      await servers.mongo.kill();
    } else {
      await untilNoticed(cluster.instances, STORE_AWAY, () => servers.mongo.kill());
    }
    await servers.mongo.restart();
  }
  await load.more(300);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, ledger, random);
});

test("a primary that steps down under load is waited for, and nothing is lost", async () => {
  const random = createRandom();
  const cluster = await startCluster(servers);
  const ledger = new Ledger(random, { people: 12, days: 60 });
  const load = startLoad(cluster, ledger, random, { deadlines: [500, 2_000] });
  for (let round = 0; round < ROUNDS; round++) {
    await load.more(100 + random.below(300));
    await servers.mongo.stepDown(1);
    await expect.poll(() => load.waiting, { interval: 1 }).toBeGreaterThan(0);
    expect(await servers.mongo.isPrimary()).toBe(false);
  }
  await load.more(300);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, ledger, random);
});

test("commands that fail or lose their connection at the server, before they took effect and after, change nothing", async () => {
  const random = createRandom();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, (uri) => proxy.uriOf(`${uri}&appName=instance`));
  const ledger = new Ledger(random, { people: 6, days: 60 });
  const load = startLoad(cluster, ledger, random, { links: 10 });
  for (let fault = 0; fault < FAULTS; fault++) {
    const { how, of } = random.pick(FAILURES);
    const command = random.pick(of);
    const times = 1 + random.below(4);
    const failures = proxy.failures + times;
    await servers.mongo.failCommand({ times }, { appName: "instance", failCommands: [command], ...how });
    await load.until(() => proxy.failures >= failures);
    await load.more(random.below(20));
  }
  await load.more(100);
  await load.end();

  expectNoFailure(load);
  expect(Math.max(...(await countEach(cluster.instances, STORE_AWAY)))).toBeGreaterThan(0);
  await verify(cluster, ledger, random);
});

test("connections cut amid batches, before the server has them and after it has done them, change nothing", async () => {
  const random = createRandom();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  const ledger = new Ledger(random, { people: 6, days: 60 });
  const load = startLoad(cluster, ledger, random, { links: 10 });
  for (let fault = 0; fault < FAULTS; fault++) {
    await load.more(random.below(50));
    if (random.chance(0.1)) {
      // There may be none, for a moment, when the last cut has ended them all.
      await expect.poll(() => proxy.cutAll(), { interval: 1 }).toBeGreaterThan(0);
    } else {
      // The driver tries again once, so what is cut twice or more is what streakd sees.
      const times = 1 + random.below(4);
      const cuts = proxy.cuts + times;
      proxy.cut(random.pick(COMMANDS), random.pick(CUTS), times);
      await load.until(() => proxy.cuts >= cuts);
    }
  }
  await load.more(100);
  await load.end();

  expectNoFailure(load);
  expect(Math.max(...(await countEach(cluster.instances, STORE_AWAY)))).toBeGreaterThan(0);
  await verify(cluster, ledger, random);
});
