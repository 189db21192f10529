import { expect, test } from "vitest";
import { useOwnMongo } from "../support/mongo.ts";
import { CUTS, startMongoProxy } from "../support/mongo-proxy.ts";
import { ownMongoTool } from "../support/mongo-server.ts";
import { SOAK } from "../support/soak.ts";
import { countEach, STORE_AWAY, startCluster, together, untilNoticed, useRedis } from "./cluster.ts";
import { History } from "./history.ts";
import { type Load, startLoad } from "./load.ts";
import { startChoices } from "./seed.ts";
import { verify } from "./verify.ts";

/** How often the server is killed, half of the times for longer, and stepped down. */
const ROUNDS = 2 * SOAK;

/** How long there is no primary after it steps down, in seconds: long enough to see meanwhile that there is none. */
const STEPPED_DOWN_S = 4;

/** How often each fault is tried that is over in a moment. */
const TIMES = SOAK;

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

/** How many commands in a row fail: the driver tries each again once, so streakd notices what fails twice or more. */
const TWICE_OR_MORE = [2, 3, 4];

const servers = together(useOwnMongo(ownMongoTool), useRedis());

/** Clients may be told to come back, and find that their own time was over, but nothing else. */
function expectNoFailure(load: Load): void {
  const allowed = ["ok", "OVERLOADED", "DEADLINE_EXCEEDED", "late"];
  expect([...load.endings.keys()].filter((ending) => !allowed.includes(ending))).toEqual([]);
}

test("the MongoDB server killed with -9 and restarted under load loses nothing that was acknowledged", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  const history = new History(random, { people: 12, days: 60 });
  const load = startLoad(cluster, history, random, { deadlines: [500, 2_000] });
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
  await verify(cluster, history, random);
});

test("a primary that steps down under load is waited for, and nothing is lost", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  const history = new History(random, { people: 12, days: 60 });
  const load = startLoad(cluster, history, random, { deadlines: [500, 2_000] });
  for (let round = 0; round < ROUNDS; round++) {
    await load.more(100 + random.below(300));
    await servers.mongo.stepDown(STEPPED_DOWN_S);
    await expect.poll(() => load.waiting, { interval: 1 }).toBeGreaterThan(0);
    expect(await servers.mongo.isPrimary()).toBe(false);
  }
  await load.more(300);
  await load.end();

  expectNoFailure(load);
  await verify(cluster, history, random);
});

test("commands that fail or lose their connection at the server, before they took effect and after, change nothing", async () => {
  const random = startChoices();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, (uri) => proxy.uriOf(`${uri}&appName=instance`));
  const history = new History(random, { people: 6, days: 60 });
  const load = startLoad(cluster, history, random, { links: 10 });
  for (const { how, of } of Array.from({ length: TIMES }, () => FAILURES).flat()) {
    const command = random.pick(of);
    const times = random.pick(TWICE_OR_MORE);
    const failures = proxy.failures + times;
    await servers.mongo.failCommand({ times }, { appName: "instance", failCommands: [command], ...how });
    await load.until(() => proxy.failures >= failures);
    await load.more(random.below(20));
  }
  await load.more(100);
  await load.end();

  expectNoFailure(load);
  expect(Math.max(...(await countEach(cluster.instances, STORE_AWAY)))).toBeGreaterThan(0);
  await verify(cluster, history, random);
});

test("connections cut amid batches, before the server has them and after it has done them, change nothing", async () => {
  const random = startChoices();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  const history = new History(random, { people: 6, days: 60 });
  const load = startLoad(cluster, history, random, { links: 10 });
  for (const where of Array.from({ length: TIMES }, () => [...CUTS, ...CUTS]).flat()) {
    await load.more(random.below(50));
    const times = random.pick(TWICE_OR_MORE);
    const cuts = proxy.cuts + times;
    proxy.cut(random.pick(COMMANDS), where, times);
    await load.until(() => proxy.cuts >= cuts);
  }
  // There may be none, for a moment, when the last cut has ended them all.
  await expect.poll(() => proxy.cutAll(), { interval: 1 }).toBeGreaterThan(0);
  await load.more(100);
  await load.end();

  expectNoFailure(load);
  expect(Math.max(...(await countEach(cluster.instances, STORE_AWAY)))).toBeGreaterThan(0);
  await verify(cluster, history, random);
});
