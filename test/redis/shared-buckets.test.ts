import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Limiter } from "#src/call/limits/limiter.ts";
import { Reports } from "#src/call/limits/reports.ts";
import { createRedisBuckets } from "#src/redis/shared-buckets.ts";
import { freePort } from "../support/free-port.ts";
import { type RedisServer, redisTool, startRedis } from "../support/redis.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";

const LIMIT = { requestsPerSecond: 50, burst: 50 };

describe("the buckets in Redis", { timeout: 30_000 }, () => {
  beforeEach((context) => requireTool(context, redisTool));

  it("begin full, give what is taken to nobody else, and fill up with the time of Redis", async () => {
    const redis = await openRedis();
    const [one, other] = [await openBuckets(redis.uri), await openBuckets(redis.uri)];
    expect(await one.buckets.take("a", LIMIT, 20)).toBe(30);
    const left = await other.buckets.take("a", LIMIT, 10);
    expect(left).toBeGreaterThanOrEqual(20);
    expect(left).toBeLessThan(50);
    expect(await other.buckets.take("b", LIMIT, 1)).toBe(49);
    await waitUntil(async () => (await other.buckets.take("a", LIMIT, 0)) === 50);
  });

  it("get into debt, but not deeper than a burst and a second's worth", async () => {
    const redis = await openRedis();
    const { buckets } = await openBuckets(redis.uri);
    const slow = { requestsPerSecond: 1, burst: 5 };
    expect(await buckets.take("a", slow, 7)).toBe(-2);
    expect(await buckets.take("a", slow, 100)).toBe(-6);
  });

  it("are forgotten a second after they are full, since a missing one counts as full", async () => {
    const redis = await openRedis();
    const { buckets } = await openBuckets(redis.uri);
    await buckets.take("a", { requestsPerSecond: 10, burst: 100 }, 50);
    const left = Number(await redis.command("PTTL", "streakd:rate:a"));
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(6_000);
  });

  it("let two instances under a closed loop pass the budget and no more than a tenth above it", async () => {
    const redis = await openRedis();
    const instances = [await openInstance(redis.uri), await openInstance(redis.uri)];
    const passed = await flood(instances, 10_000);
    const budget = LIMIT.burst + 10 * LIMIT.requestsPerSecond;
    expect(passed).toBeLessThanOrEqual(1.1 * budget);
    expect(passed).toBeGreaterThanOrEqual(0.9 * budget);
  });

  it("are done without as soon as Redis is killed, and are used again once it is back", async () => {
    const redis = await openRedis();
    const { buckets, outages } = await openBuckets(redis.uri);
    for (const outage of [1, 2]) {
      await buckets.take("a", LIMIT, 10);
      await redis.kill();
      expect(await buckets.take("a", LIMIT, 1)).toBeUndefined();
      await vi.waitFor(() => expect(outages).toHaveLength(outage));
      await redis.restart();
      await waitUntil(async () => (await buckets.take("b", LIMIT, 0)) === 50);
    }
  });

  it("are not waited for while Redis is paused", async () => {
    const redis = await openRedis();
    const { buckets, outages } = await openBuckets(redis.uri);
    redis.pause();
    expect(await buckets.take("a", LIMIT, 1)).toBeUndefined();
    expect(outages).toEqual([expect.stringContaining("did not answer within")]);
    const instance = await openInstance(redis.uri, false);
    // Far more calls than could each wait for a reply that does not come.
    expect(Array.from({ length: 1000 }, instance).filter((passes) => passes)).toHaveLength(50);
    redis.resume();
    await waitUntil(async () => (await buckets.take("b", LIMIT, 0)) === 50);
  });

  it("are found on whichever node of a cluster has their key", async () => {
    const [one, other] = await Promise.all([openNode(), openNode()]);
    await one.redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 8191);
    await other.redis.command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383);
    await one.redis.command("CLUSTER", "MEET", "127.0.0.1", other.redis.port, other.busPort);
    const { buckets } = await openBuckets(`${one.redis.uri},${other.redis.uri}`);
    const names = Array.from({ length: 40 }, (_, index) => `bucket-${index}`);
    const slow = { requestsPerSecond: 1, burst: 1000 };
    await vi.waitFor(
      async () => {
        const levels = await Promise.all(names.map((name) => buckets.take(name, slow, 1)));
        expect(levels).not.toContain(undefined);
      },
      { timeout: 10_000, interval: 100 },
    );
    for (const { redis } of [one, other]) {
      expect(await redis.command("DBSIZE")).toBeGreaterThan(5);
    }
  });

  async function openRedis(settings: readonly string[] = []): Promise<RedisServer> {
    const redis = await startRedis(settings);
    onTestFinished(() => redis[Symbol.asyncDispose]());
    return redis;
  }

  async function openNode() {
    const busPort = await freePort();
    const settings = ["--cluster-enabled", "yes", "--cluster-port", `${busPort}`, "--cluster-announce-ip", "127.0.0.1"];
    return { redis: await openRedis(settings), busPort };
  }

  /** Opens buckets, by default once they are connected, which the first use begins. */
  async function openBuckets(uri: string, isConnected = !uri.includes(",")) {
    const outages: string[] = [];
    const buckets = createRedisBuckets(uri, (error) => outages.push(String(error)));
    onTestFinished(() => buckets.close());
    if (isConnected) {
      await waitUntil(async () => (await buckets.take("connected", LIMIT, 0)) !== undefined);
    }
    return { buckets, outages };
  }

  /** Opens an instance that limits one caller, and returns whether a call passes. */
  async function openInstance(uri: string, isConnected = true): Promise<() => boolean> {
    const clock = () => performance.now();
    const { buckets } = await openBuckets(uri, isConnected);
    const reports = new Reports(buckets, clock);
    onTestFinished(() => reports.close());
    const limiter = new Limiter("default", clock, reports);
    return () => {
      const bucket = limiter.bucketOf("p", LIMIT);
      const passes = limiter.allows(bucket);
      if (passes) {
        limiter.take(bucket);
      }
      return passes;
    };
  }

  /** Calls instances in turn, as fast as they answer, for some milliseconds. Returns how many calls passed. */
  async function flood(instances: readonly (() => boolean)[], forMs: number): Promise<number> {
    let passed = 0;
    for (const end = performance.now() + forMs; performance.now() < end; ) {
      for (const call of instances) {
        passed += Number(call());
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return passed;
  }
});
