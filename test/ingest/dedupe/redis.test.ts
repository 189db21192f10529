import { beforeEach, describe, expect, it } from "vitest";
import { createRedisDedupeCache } from "#src/ingest/dedupe/redis.ts";
import { openRedis, REPLY_TIMEOUT_MS } from "#src/redis/connection.ts";
import { redisTool, startRedis } from "../../support/redis.ts";
import { requireTool } from "../../support/tools.ts";
import { describeDedupeCache } from "./conformance.ts";
import { HOUR_MS, inAnHour, numbered, open, openCache, REDIS_TEST_MS, untilUp } from "./redis-support.ts";

describe("with a Redis server", { timeout: REDIS_TEST_MS }, () => {
  beforeEach((context) => requireTool(context, redisTool));

  describeDedupeCache("Redis", async () => {
    const redis = await startRedis();
    const connection = openRedis(redis.uri, () => {});
    const cache = createRedisDedupeCache(connection, Date.now);
    await untilUp(cache);
    return {
      cache,
      now: Date.now,
      async cleanup() {
        connection.close();
        await redis[Symbol.asyncDispose]();
      },
    };
  });

  describe("the Redis dedupe cache", () => {
    it("is shared by instances", async () => {
      const { redis, cache } = await open();
      const other = openCache(redis.uri).cache;
      await untilUp(other);
      await cache.add(inAnHour("a"));
      expect(await other.has(["a", "b"])).toEqual([true, false]);
    });

    it("keeps a dedupe key under one short Redis key that expires when it does", async () => {
      const { redis, cache } = await open();
      await redis.flush();
      const expiresAt = Date.now() + HOUR_MS;
      await cache.add([{ key: "🦊 {a}\n".repeat(100), expiresAt }]);
      const redisKeys = (await redis.command("KEYS", "*")) as string[];
      expect(redisKeys).toEqual([expect.stringMatching(/^streakd:seen:[\w-]{43}$/)]);
      // Redis is told how long the key lasts, so the key may last longer by the duration of the call.
      const tookMs = Date.now() - (expiresAt - HOUR_MS);
      const lateMs = Number(await redis.command("PEXPIRETIME", redisKeys[0] as string)) - expiresAt;
      expect(lateMs).toBeGreaterThanOrEqual(-1);
      expect(lateMs).toBeLessThanOrEqual(tookMs + 1);
    });

    it("takes many keys in one call", async () => {
      const { cache, outages } = await open();
      const keys = numbered(5_000);
      await cache.add(inAnHour(...keys.filter((_, index) => index % 2 === 0)));
      expect(await cache.has(keys)).toEqual(keys.map((_, index) => index % 2 === 0));
      expect(outages).toEqual([]);
    });

    it("does not take a delay of its own process for a delay of Redis", async () => {
      const { redis, cache, outages } = await open();
      await cache.add(inAnHour("a"));
      const beBusy = () => {
        for (const end = Date.now() + 2 * REPLY_TIMEOUT_MS; Date.now() < end; ) {
          // The event loop gets no turn.
        }
      };

      const askedBefore = cache.has(["a"]);
      setImmediate(beBusy);
      expect(await askedBefore).toEqual([true]);

      redis.pause();
      const askedWhilePaused = cache.has(["a"]);
      beBusy();
      // Right after the command is sent: a further delay of this process must not leave Redis less time to reply.
      setImmediate(() => redis.resume());
      expect(await askedWhilePaused).toEqual([true]);
      expect(outages).toEqual([]);
    });

    it("knows the entries that earlier versions wrote", async () => {
      const { redis, cache } = await open();
      await redis.command("SET", "streakd:seen:MAPwanaqnTWcF_uTRb4Ff5YxoFr98XG-vdrmeQr_IUs", "1");
      expect(await cache.has(["proj\nday\nann\nvisit\n19737"])).toEqual([true]);
    });

    it("knows nothing that is not its own", async () => {
      const { redis, cache, outages } = await open();
      await redis.flush();
      const keys = ["a", "b", "c", "d"];
      await cache.add(inAnHour(...keys));
      const redisKeys = (await redis.command("KEYS", "*")) as string[];
      await redis.command("SET", redisKeys[0] as string, "something else");
      await redis.command("SET", redisKeys[1] as string, "");
      await redis.command("DEL", redisKeys[2] as string);
      await redis.command("LPUSH", redisKeys[2] as string, "1");
      const known = await cache.has(keys);
      expect(known.filter(Boolean)).toHaveLength(1);
      expect(outages).toEqual([expect.stringContaining("WRONGTYPE")]);
    });
  });
});
