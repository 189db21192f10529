import { execFile } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { redisTool } from "../../support/redis.ts";
import { requireTool } from "../../support/tools.ts";
import { inAnHour, MANY, numbered, open, openCache, openRedis, REDIS_TEST_MS, untilUp } from "./redis-support.ts";

describe("the Redis dedupe cache, when Redis", { timeout: REDIS_TEST_MS }, () => {
  beforeEach((context) => requireTool(context, redisTool));

  it("is not there at the start, knows nothing, and uses it once it is", async () => {
    const redis = await openRedis();
    await redis.kill();
    const { cache, outages } = openCache(redis.uri);
    await expect.poll(() => outages).toEqual([expect.stringContaining("ECONNREFUSED")]);
    for (let i = 0; i < MANY; i++) {
      await cache.add(inAnHour("a"));
      expect(await cache.has(["a"])).toEqual([false]);
    }
    await redis.restart();
    await untilUp(cache);
    expect(outages).toHaveLength(1);
  });

  it("is killed, knows nothing, and uses it again once it is back", async () => {
    const { redis, cache, outages } = await open();
    for (const outage of [1, 2]) {
      await cache.add(inAnHour("a"));
      const [inFlight] = await Promise.all([cache.has(numbered(MANY)), redis.kill()]);
      expect(inFlight).toHaveLength(MANY);
      await expect.poll(() => outages).toHaveLength(outage);
      expect(await cache.has(["a"])).toEqual([false]);
      await redis.restart();
      await untilUp(cache);
      expect(await cache.has(["a"])).toEqual([false]);
    }
    expect(outages).toHaveLength(2);
  });

  it("is paused, waits for one batch, goes on without it, and uses it again once it is resumed", async () => {
    const { redis, cache, outages } = await open();
    await cache.add(inAnHour("a"));
    const get = vi.spyOn(Redis.prototype, "get");
    onTestFinished(() => get.mockRestore());
    redis.pause();
    for (let i = 0; i < MANY; i++) {
      expect(await cache.has(["a"])).toEqual([false]);
      await cache.add(inAnHour("b"));
    }
    expect(outages).toEqual([expect.stringContaining("did not answer within")]);
    // The command that waited in vain, and the commands sent before the connection was gone.
    expect(get.mock.calls.length).toBeLessThanOrEqual(3);
    redis.resume();
    await untilUp(cache);
    expect(await cache.has(["a", "b"])).toEqual([true, false]);
    expect(outages).toHaveLength(1);
  });

  it("is flushed, knows nothing, and goes on", async () => {
    const { redis, cache, outages } = await open();
    await cache.add(inAnHour("a"));
    await redis.flush();
    expect(await cache.has(["a"])).toEqual([false]);
    await cache.add(inAnHour("a"));
    expect(await cache.has(["a"])).toEqual([true]);
    expect(outages).toEqual([]);
  });

  it("is out of memory, still knows what it holds, and reports each outage once", async () => {
    const { redis, cache, outages } = await open();
    await cache.add(inAnHour("a"));
    for (const outage of [1, 2]) {
      await redis.command("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction");
      for (let i = 0; i < 10; i++) {
        await cache.add(inAnHour("b", "c"));
        expect(await cache.has(["a", "b"])).toEqual([true, false]);
      }
      expect(outages).toHaveLength(outage);
      expect(outages.at(-1)).toContain("OOM");
      await redis.command("CONFIG", "SET", "maxmemory", "0");
      await cache.add(inAnHour("d"));
      expect(await cache.has(["d"])).toEqual([true]);
    }
  });

  it("has become a replica, reconnects until it finds a primary", async () => {
    const { redis, cache, outages } = await open();
    const connection = async () =>
      String(await redis.command("CLIENT", "LIST")).match(/^id=\d+(?!.*cmd=client\|list)/m)?.[0];
    const before = await connection();
    expect(before).toBeDefined();
    await redis.command("REPLICAOF", "127.0.0.1", await freePort());
    await cache.add(inAnHour(...numbered(MANY)));
    expect(outages).toEqual([expect.stringContaining("READONLY")]);
    await vi.waitFor(async () => expect([undefined, before]).not.toContain(await connection()), 10_000);
    await redis.command("REPLICAOF", "NO", "ONE");
    await untilUp(cache);
    expect(outages).toHaveLength(1);
  });

  it("asks for a password that it was not given, knows nothing and reports it", async () => {
    const redis = await openRedis(["--requirepass", "secret"]);
    const { cache, outages } = openCache(redis.uri);
    await expect.poll(() => outages).toEqual([expect.stringContaining("NOAUTH")]);
    await cache.add(inAnHour("a"));
    expect(await cache.has(["a"])).toEqual([false]);
    const letIn = openCache(redis.uri.replace("//", "//:secret@"));
    await untilUp(letIn.cache);
    expect(letIn.outages).toEqual([]);
  });

  it("is paused while the connection is closed, ends what is in flight and lets the process end", async () => {
    const { redis, cache, connection, outages } = await open();
    redis.pause();
    const inFlight = cache.has(["a"]);
    connection.close();
    expect(await inFlight).toEqual([false]);
    expect(outages).toEqual([]);
    expect(await cache.has(["a"])).toEqual([false]);
    await cache.add(inAnHour("a"));
    connection.close();

    await endsByItself(redis.uri);
    await redis.kill();
    await endsByItself(redis.uri);
    await endsByItself(`${redis.uri},${redis.uri}`);
  });
});

describe("the Redis dedupe cache", () => {
  it("knows nothing where something else answers", async () => {
    const { cache, outages } = openCache(await serve((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    await expect.poll(() => outages).toHaveLength(1);
    await cache.add(inAnHour("a"));
    expect(await cache.has(["a"])).toEqual([false]);
  });

  it("gives up a connection that is accepted and then stays silent, and tries again", async () => {
    let connections = 0;
    const { cache, outages } = openCache(
      await serve(() => {
        connections += 1;
      }),
    );
    await vi.waitFor(
      async () => {
        expect(await cache.has(["a"])).toEqual([false]);
        expect(connections).toBe(2);
      },
      { timeout: 8_000 },
    );
    expect(outages).toHaveLength(1);
  }, 10_000);

  /** Serves TCP on a free port until the test ends. */
  async function serve(accept: (socket: Socket) => void): Promise<string> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on("error", () => {}));
      accept(socket);
    });
    const port = await freePort();
    server.listen(port, "127.0.0.1");
    onTestFinished(() => {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    });
    return `redis://127.0.0.1:${port}`;
  }
});

/** Opens a cache in a process of its own, closes its connection, and waits until the process has nothing left to do. */
async function endsByItself(uri: string): Promise<void> {
  const hrefOf = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
  const code = `
    import { createRedisDedupeCache } from ${hrefOf("ingest/dedupe/redis.ts")};
    import { openRedis } from ${hrefOf("redis/connection.ts")};
    const connection = openRedis(${JSON.stringify(uri)}, () => {});
    const cache = createRedisDedupeCache(connection, Date.now);
    setTimeout(async () => {
      await cache.has(["a"]);
      connection.close();
    }, 50);`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], { timeout: 15_000 });
}
