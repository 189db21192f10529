import { beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { redisTool } from "../../support/redis.ts";
import { requireTool } from "../../support/tools.ts";
import { inAnHour, MANY, numbered, openCache, openRedis, REDIS_TEST_MS, untilUp } from "./redis-support.ts";

describe("the Redis dedupe cache, in a cluster", { timeout: REDIS_TEST_MS }, () => {
  beforeEach((context) => requireTool(context, redisTool));

  it("finds every key on its node, goes on while a node is paused, and follows keys that move", async () => {
    const [one, other] = await Promise.all([openNode(), openNode()]);
    await one.redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 8191);
    await other.redis.command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383);
    await one.redis.command("CLUSTER", "MEET", "127.0.0.1", other.redis.port, other.busPort);

    const { cache } = openCache(`${one.redis.uri},${other.redis.uri}`);
    const keys = numbered(MANY);
    await vi.waitFor(
      async () => {
        await cache.add(inAnHour(...keys));
        expect(await cache.has([...keys, "other"])).toEqual([...keys.map(() => true), false]);
      },
      { timeout: 10_000, interval: 100 },
    );
    for (const { redis } of [one, other]) {
      expect(await redis.command("DBSIZE")).toBeGreaterThan(MANY / 3);
    }

    other.redis.pause();
    for (let i = 0; i < MANY / 10; i++) {
      expect(await cache.has(keys)).toContain(false);
    }
    other.redis.resume();
    await vi.waitFor(async () => expect(await cache.has(keys)).not.toContain(false), { timeout: 10_000 });

    await one.redis.flush();
    // All of it is retried: until the nodes agree on an epoch, one may refuse the move or take the slots back.
    await vi.waitFor(
      async () => {
        await other.redis.command("CLUSTER", "BUMPEPOCH");
        await other.redis.command("CLUSTER", "DELSLOTSRANGE", 0, 8191);
        await other.redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 8191);
        await cache.add(inAnHour(...keys));
        expect(await other.redis.command("DBSIZE")).toBe(MANY);
        expect(await cache.has(keys)).not.toContain(false);
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  it("serves a cluster of one node, also by its address alone", async () => {
    const { redis } = await openNode();
    await redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
    const { cache } = openCache(`${redis.uri},${redis.uri}`);
    await untilUp(cache);
    await cache.add(inAnHour("a", "b"));
    const alone = openCache(redis.uri).cache;
    await untilUp(alone);
    expect(await alone.has(["a", "c", "b"])).toEqual([true, false, true]);
  });

  async function openNode() {
    const busPort = await freePort();
    const settings = ["--cluster-enabled", "yes", "--cluster-port", `${busPort}`, "--cluster-announce-ip", "127.0.0.1"];
    return { redis: await openRedis(settings), busPort };
  }
});
