import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Limiter } from "#src/call/limits/limiter.ts";
import { Reports } from "#src/call/limits/reports.ts";
import type { Report, SharedBuckets } from "#src/call/limits/shared-buckets.ts";
import type { RateLimit } from "#src/domain/rate-limit.ts";
import { openRedis as openConnection, REPLY_TIMEOUT_MS } from "#src/redis/connection.ts";
import { createRedisBuckets } from "#src/redis/shared-buckets.ts";
import { freePort } from "../support/free-port.ts";
import { type RedisServer, redisTool, startRedis } from "../support/redis.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";

const LIMIT: RateLimit = { requestsPerSecond: 50, burst: 50 };
const LARGE: RateLimit = { requestsPerSecond: 50, burst: 500 };

describe("the buckets in Redis", { timeout: 30_000 }, () => {
  beforeEach((context) => requireTool(context, redisTool));

  it("begin full, give what is taken to nobody else, and fill up with the time of Redis", async () => {
    const redis = await openRedis();
    const [one, other] = [await openBuckets(redis.uri), await openBuckets(redis.uri)];
    expect(await one.take("a", LIMIT, 20)).toBe(30);
    const left = await other.take("a", LIMIT, 10);
    expect(left).toBeGreaterThanOrEqual(20);
    expect(left).toBeLessThan(50);
    expect(await other.take("b", LIMIT, 1)).toBe(49);
    await waitUntil(async () => (await other.take("a", LIMIT, 0)) === 50);
  });

  it("get into debt, but not deeper than a burst and a second's worth", async () => {
    const redis = await openRedis();
    const { take } = await openBuckets(redis.uri);
    const slow = { requestsPerSecond: 1, burst: 5 };
    expect(await take("a", slow, 7)).toBe(-2);
    expect(await take("a", slow, 100)).toBe(-6);
  });

  it("count no call twice that is reported twice", async () => {
    const redis = await openRedis();
    const { buckets } = await openBuckets(redis.uri);
    // So slow that time adds no token, however long the test takes.
    const slow = { requestsPerSecond: 0.001, burst: 1000 };
    const report = (reporter: string, after: number, upTo: number) =>
      levelOf(buckets, { name: "a", limit: slow, reporter, after, upTo });
    expect(await report("one", 0, 100)).toBe(900);
    expect(await report("one", 0, 100)).toBeCloseTo(900, 0);
    expect(await report("one", 0, 150)).toBeCloseTo(850, 0);
    // An earlier report that comes late.
    expect(await report("one", 0, 120)).toBeCloseTo(850, 0);
    expect(await report("one", 150, 160)).toBeCloseTo(840, 0);
    expect(await report("other", 0, 40)).toBeCloseTo(800, 0);
  });

  it("tell a reporter that nobody else has come for a second", async () => {
    const redis = await openRedis();
    const { buckets } = await openBuckets(redis.uri);
    const areSole = async (...reporters: string[]) => {
      const reports = reporters.map((reporter) => ({ name: "a", limit: LARGE, reporter, after: 0, upTo: 1 }));
      return (await buckets.report(reports)).map((reply) => reply?.isSole);
    };
    // In one round trip, so that no second passes between them.
    expect(await areSole("one", "other", "one")).toEqual([true, false, false]);
    await waitUntil(async () => (await areSole("one"))[0]);
  });

  it("are forgotten a second after they are full, since a missing one counts as full", async () => {
    const redis = await openRedis();
    const { take } = await openBuckets(redis.uri);
    const began = performance.now();
    await take("a", { requestsPerSecond: 10, burst: 1_000 }, 500);
    const left = Number(await redis.command("PTTL", "streakd:rate:a"));
    const elapsed = performance.now() - began;
    expect(left).toBeLessThanOrEqual(51_000);
    expect(left).toBeGreaterThanOrEqual(Math.floor(51_000 - elapsed));
  });

  it("give one instance the whole of a burst, its share at once and the rest after a round trip", async () => {
    const redis = await openRedis();
    const { call } = await openInstance(redis.uri, LARGE);
    const burst = () => Array.from({ length: 500 }, call).filter((passes) => passes).length;
    let passed = burst();
    expect(passed).toBe(75);
    await waitUntil(() => {
      passed += burst();
      return passed >= 500;
    });
  });

  it("take what is reported once, when Redis counts a report but its reply comes too late", async () => {
    const redis = await openRedis();
    const proxy = await openDelayingProxy(redis.port);
    const { call } = await openInstance(proxy.uri, LARGE);
    const observer = await openBuckets(redis.uri);
    let passed = 0;
    const flood = (calls: number) => {
      passed += Array.from({ length: calls }, call).filter((passes) => passes).length;
    };
    const began = performance.now();
    proxy.delayMs = 3 * REPLY_TIMEOUT_MS;
    // Each report comes too late, and the next is sent over a new connection.
    await waitUntil(() => {
      flood(10);
      return proxy.connections >= 4;
    });
    proxy.delayMs = 0;
    await waitUntil(async () => {
      flood(1);
      const level = await observer.take("default:p", LARGE, 0);
      if (level === undefined) {
        return false;
      }
      const seconds = (performance.now() - began) / 1000;
      // As low as what passed makes it, but for what time has brought and the last reports; never lower.
      expect(level).toBeGreaterThanOrEqual(500 - passed);
      return level <= 500 - passed + seconds * LARGE.requestsPerSecond + 10;
    });
  });

  it.each([LIMIT, LARGE])("let two instances under a closed loop pass no more than a tenth above %o", async (limit) => {
    const redis = await openRedis();
    const instances = [await openInstance(redis.uri, limit), await openInstance(redis.uri, limit)];
    const { passed, refused } = await flood(instances, 10_000);
    // On a machine that stands still, a reply may come too late. Then each instance limits alone for a while.
    const hasOutage = instances.some(({ outages }) => outages.length > 0);
    expect(passed).toBeLessThanOrEqual((hasOutage ? 2 : 1.1) * (limit.burst + 10 * limit.requestsPerSecond));
    // All that a full bucket has passes, and then calls are refused although time brings more.
    expect(passed).toBeGreaterThanOrEqual(limit.burst);
    expect(refused).toBeGreaterThan(0);
  });

  it("are done without as soon as Redis is killed, and are used again once it is back", async () => {
    const redis = await openRedis();
    const { take, outages } = await openBuckets(redis.uri);
    for (const outage of [1, 2]) {
      await take("a", LIMIT, 10);
      await redis.kill();
      expect(await take("a", LIMIT, 1)).toBeUndefined();
      await waitUntil(() => outages.length >= outage);
      expect(outages).toHaveLength(outage);
      await redis.restart();
      await waitUntil(async () => (await take("b", LIMIT, 0)) === 50);
    }
  });

  it("are not waited for while Redis is paused", async () => {
    const redis = await openRedis();
    const { take, outages } = await openBuckets(redis.uri);
    redis.pause();
    expect(await take("a", LIMIT, 1)).toBeUndefined();
    expect(outages).toEqual([expect.stringContaining("did not answer within")]);
    const { call } = await openInstance(redis.uri, LIMIT, false);
    // Far more calls than could each wait for a reply that does not come.
    expect(Array.from({ length: 1000 }, call).filter((passes) => passes)).toHaveLength(50);
    redis.resume();
    await waitUntil(async () => (await take("b", LIMIT, 0)) === 50);
  });

  it("are found on whichever node of a cluster has their key", async () => {
    const [one, other] = await Promise.all([openNode(), openNode()]);
    await one.redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 8191);
    await other.redis.command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383);
    await one.redis.command("CLUSTER", "MEET", "127.0.0.1", other.redis.port, other.busPort);
    const { take } = await openBuckets(`${one.redis.uri},${other.redis.uri}`);
    const names = Array.from({ length: 40 }, (_, index) => `bucket-${index}`);
    const slow = { requestsPerSecond: 1, burst: 1000 };
    await vi.waitFor(
      async () => {
        const levels = await Promise.all(names.map((name) => take(name, slow, 1)));
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

  /** Opens buckets, by default once they are connected. `take` takes calls from one, and resolves to its level. */
  async function openBuckets(uri: string, isConnected = !uri.includes(",")) {
    const outages: string[] = [];
    const connection = openConnection(uri, (error) => outages.push(String(error)));
    onTestFinished(() => connection.close());
    const buckets = createRedisBuckets(connection);
    let reporters = 0;
    const take = (name: string, limit: RateLimit, upTo: number) =>
      levelOf(buckets, { name, limit, reporter: `${uri} ${++reporters} ${process.hrtime.bigint()}`, after: 0, upTo });
    if (isConnected) {
      await waitUntil(async () => (await take("connected", LIMIT, 0)) !== undefined);
    }
    return { buckets, take, outages };
  }

  async function levelOf(buckets: SharedBuckets, report: Report): Promise<number | undefined> {
    const [shared] = await buckets.report([report]);
    return shared?.level;
  }

  /** Opens an instance that limits one caller. `call` returns whether a call passes. */
  async function openInstance(uri: string, limit: RateLimit, isConnected = true) {
    const clock = () => performance.now();
    const { buckets, outages } = await openBuckets(uri, isConnected);
    const reports = new Reports(buckets, clock);
    onTestFinished(() => reports.close());
    const limiter = new Limiter("default", clock, reports);
    const call = () => {
      const bucket = limiter.bucketOf("p", limit);
      const passes = limiter.remaining(bucket) > 0;
      if (passes) {
        limiter.take(bucket);
      }
      return passes;
    };
    return { call, outages };
  }

  /** Calls instances in turn, as fast as they answer, for some milliseconds. Returns how many calls passed or not. */
  async function flood(instances: readonly { call(): boolean }[], forMs: number) {
    let passed = 0;
    let refused = 0;
    for (const end = performance.now() + forMs; performance.now() < end; ) {
      for (const { call } of instances) {
        if (call()) {
          passed += 1;
        } else {
          refused += 1;
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { passed, refused };
  }

  /** Opens a way to Redis that passes commands on at once, and replies as late as the test says. */
  async function openDelayingProxy(port: number) {
    const proxy = { uri: "", delayMs: 0, connections: 0 };
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      proxy.connections += 1;
      const upstream = connect(port, "127.0.0.1");
      client.pipe(upstream);
      upstream.on("data", (chunk) => setTimeout(() => client.write(chunk), proxy.delayMs));
      for (const socket of [client, upstream]) {
        sockets.add(socket.on("error", () => {}));
      }
      client.on("close", () => upstream.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    });
    proxy.uri = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return proxy;
  }
});
