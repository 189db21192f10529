import { expect, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { CUTS, startMongoProxy } from "../support/mongo-proxy.ts";
import { SOAK } from "../support/soak.ts";
import { type Event, PROTOCOLS } from "./client.ts";
import { countEach, KNOWN_DUPLICATES, SITE_KEY, startCluster, together, useOwnRedis } from "./cluster.ts";
import { DAY_MS, History } from "./history.ts";
import { startLoad } from "./load.ts";
import { pipeline } from "./pipeline.ts";
import { startChoices } from "./seed.ts";
import { verify } from "./verify.ts";

/** The commands of which recording and linking consist. */
const COMMANDS = ["bulkWrite", "update", "delete", "find"];

/** How many commands of one name are cut in a row: more than the driver tries again by itself. */
const CUTS_IN_A_ROW = 4;

const servers = together(useMongo(), useOwnRedis());

/** The like of a user on a day. */
function like(userHash: string, day: number): Event {
  return { siteKey: SITE_KEY, userHash, event: "like", type: "streak_interaction", at: day * DAY_MS };
}

test("racing duplicates of a few users' events, over both instances and both protocols, count once", async () => {
  const count = 20_000 * SOAK;
  const overGrpc = count / 10;
  const connections = 8;
  const random = startChoices();
  const cluster = await startCluster(servers);
  const users = ["ann", "bob", "cat"];
  const days = [100, 101, 103, 104];
  const any = () => like(random.pick(users), random.pick(days));
  const statuses = new Map<string, number>();
  const flushes: Promise<void>[] = [];
  let answered = 0;
  const note = (status: string) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    answered += 1;
    // Redis forgets now and then, so that many duplicates at once find their way to the store.
    if (answered % (count / 10) === 0) {
      flushes.push(servers.redis.flush());
    }
  };

  const bodies = users.flatMap((user) =>
    days.map((day) => {
      const { type, at, ...fields } = like(user, day);
      return JSON.stringify({ ...fields, eventType: type, ts: new Date(at).toISOString() });
    }),
  );
  const each = (count - overGrpc) / connections;
  const pipelined = Array.from({ length: connections }, (_, n) =>
    pipeline(
      { port: cluster.instances[n % 2 === 0 ? 0 : 1].server.port, path: "/v1/e" },
      each,
      () => random.pick(bodies),
      (status) => note(`${status}`),
    ),
  );
  const called = Array.from({ length: 16 }, async (_, n) => {
    for (let call = 0; call < overGrpc / 16; call++) {
      note((await cluster.instances[n % 2 === 0 ? 0 : 1].client?.record("grpc", any())) ?? "");
    }
  });
  await Promise.all([...pipelined, ...called]);
  await Promise.all(flushes);

  // Some raced past both memories on both instances, and the store told that they are duplicates.
  const repeats = await countEach(cluster.instances, 'streakd_events_total{outcome="repeat"}');
  const known = await countEach(cluster.instances, KNOWN_DUPLICATES);
  expect(Math.min(...repeats, ...known)).toBeGreaterThan(0);
  expect(Object.fromEntries(statuses)).toEqual({ 202: count - overGrpc, ok: overGrpc });
  const events = await cluster.stored<{ u: string; event: string; day: number }>("events");
  expect(events.map(({ u, event, day }) => `${u} ${event} ${day}`).toSorted()).toEqual(
    users.flatMap((user) => days.map((day) => `${user} like ${day}`)),
  );
  for (const { client } of cluster.instances) {
    for (const user of users) {
      expect((await client?.state("rest", SITE_KEY, user, "like"))?.streak.current).toBe(days.length);
    }
  }
});

test("names linked while both instances record events of them strand nothing, and their days are exactly the union", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  // Few people at a time, so that much happens to each of them at once.
  const history = new History(random, { people: 4, days: 30 });
  const load = startLoad(cluster, history, random, { links: 10, clients: 32 });
  for (let people = 0; people < 10 * SOAK; people++) {
    await load.more(50);
    history.replacePeople();
  }
  await load.end();

  expect([...load.endings.keys()]).toEqual(["ok"]);
  expect(history.links.size).toBeGreaterThan(10);
  await verify(cluster, history, random);
});

test("names linked amid events while an instance is killed and connections are cut strand nothing", async () => {
  const random = startChoices();
  const proxy = await startMongoProxy(servers.mongo.uri());
  const cluster = await startCluster(servers, proxy.uriOf);
  const history = new History(random, { people: 4, days: 30 });
  const load = startLoad(cluster, history, random, { links: 10, clients: 32 });
  for (let kill = 0; kill < 2 * SOAK; kill++) {
    const instance = random.pick(cluster.instances);
    let cuts = 0;
    for (const where of CUTS) {
      cuts = proxy.cuts + CUTS_IN_A_ROW;
      proxy.cut(random.pick(COMMANDS), where, CUTS_IN_A_ROW);
      if (where !== CUTS.at(-1)) {
        await load.until(() => proxy.cuts >= cuts);
      }
    }
    await load.more(random.below(20));
    await instance.kill();
    await load.until(() => proxy.cuts >= cuts);
    await instance.restart();
  }
  await load.end();

  expect([...load.endings.keys()].filter((ending) => !["ok", "lost", "OVERLOADED"].includes(ending))).toEqual([]);
  expect(load.endings.get("lost")).toBeGreaterThan(0);
  expect(history.links.size).toBeGreaterThan(10);
  await verify(cluster, history, random);
});

test("two names linked to each other on two instances at once become one user, with the days of both", async () => {
  const random = startChoices();
  const cluster = await startCluster(servers);
  const [one, other] = cluster.instances;
  const endings = await Promise.all(
    Array.from({ length: 40 }, async (_, pair) => {
      const [cookie, phone] = [`cookie_${pair}`, `phone_${pair}`];
      const links = [one.client?.link(SITE_KEY, cookie, phone), other.client?.link(SITE_KEY, phone, cookie)];
      const events = Array.from({ length: 10 }, (_, day) =>
        random.pick([one, other]).client?.record(random.pick(PROTOCOLS), like(day % 2 === 0 ? cookie : phone, day)),
      );
      expect(await Promise.all(events)).toEqual(events.map(() => "ok"));
      return await Promise.all(links);
    }),
  );

  for (const [pair, links] of endings.entries()) {
    expect(links).toContain("ok");
    for (const link of links) {
      expect(link).toMatch(/^ok$|^400 \{"error":"INVALID_BODY"/);
    }
    for (const name of [`cookie_${pair}`, `phone_${pair}`]) {
      const state = await random.pick(cluster.instances).client?.state("rest", SITE_KEY, name, "like");
      expect(state?.streak.current, name).toBe(10);
    }
  }
  const events = await cluster.stored<{ u: string; day: number }>("events");
  expect(events.length).toBe(40 * 10);
});
