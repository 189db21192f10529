import { execFile } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Seen } from "#src/ingest/dedupe/dedupe-cache.ts";
import { ANSWER_TIMEOUT_MS, createRedisSeen } from "#src/ingest/dedupe/redis.ts";
import { requireTool } from "../../polyglot/tools.ts";
import { freePort } from "../../support/free-port.ts";
import { type RedisServer, redisTool, startRedis } from "../../support/redis.ts";
import { describeSeen } from "./conformance.ts";

const HOUR_MS = 60 * 60 * 1000;

/** Far more batches than could each wait for an answer in vain within the time that a test has. */
const MANY = 1000;

const marked = (...marks: string[]) => marks.map((mark) => ({ mark, expiresAt: Date.now() + HOUR_MS }));

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `proj\nday\nuser ${i}\nvisit\n19737`);

/** Waits until marks come through to Redis and back. */
async function untilUp(seen: Seen): Promise<void> {
  await vi.waitFor(
    async () => {
      await seen.add(marked("up"));
      expect(await seen.has(["up"])).toEqual([true]);
    },
    { timeout: 8_000, interval: 10 },
  );
}

async function openRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const redis = await startRedis(settings);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

function openSeen(uri: string) {
  const troubles: string[] = [];
  const seen = createRedisSeen(uri, Date.now, (error) => troubles.push(String(error)));
  onTestFinished(() => seen.close());
  return { seen, troubles };
}

async function open() {
  const redis = await openRedis();
  const opened = openSeen(redis.uri);
  await untilUp(opened.seen);
  return { redis, ...opened };
}

describe("with a Redis server", { timeout: 20_000 }, () => {
  beforeEach((context) => requireTool(context, redisTool));

  describeSeen("Redis", async () => {
    const redis = await startRedis();
    const seen = createRedisSeen(redis.uri, Date.now, () => {});
    await untilUp(seen);
    return {
      seen,
      now: Date.now,
      async cleanup() {
        await seen.close();
        await redis[Symbol.asyncDispose]();
      },
    };
  });

  describe("the Redis memory", () => {
    it("is shared by instances", async () => {
      const { redis, seen } = await open();
      const other = openSeen(redis.uri).seen;
      await untilUp(other);
      await seen.add(marked("a"));
      expect(await other.has(["a", "b"])).toEqual([true, false]);
    });

    it("keeps a mark under one short key that expires when the mark does", async () => {
      const { redis, seen } = await open();
      await redis.flush();
      const expiresAt = Date.now() + HOUR_MS;
      await seen.add([{ mark: "🦊 {a}\n".repeat(100), expiresAt }]);
      const keys = (await redis.command("KEYS", "*")) as string[];
      expect(keys).toEqual([expect.stringMatching(/^streakd:seen:[\w-]{43}$/)]);
      // What is sent is how long it lasts from now on, so it may last longer by what the call took; clocks tick in milliseconds.
      const tookMs = Date.now() - (expiresAt - HOUR_MS);
      const lateMs = Number(await redis.command("PEXPIRETIME", keys[0] as string)) - expiresAt;
      expect(lateMs).toBeGreaterThanOrEqual(-1);
      expect(lateMs).toBeLessThanOrEqual(tookMs + 1);
    });

    it("takes many marks in one call", async () => {
      const { seen, troubles } = await open();
      const marks = numbered(5_000);
      await seen.add(marked(...marks.filter((_, i) => i % 2 === 0)));
      expect(await seen.has(marks)).toEqual(marks.map((_, i) => i % 2 === 0));
      expect(troubles).toEqual([]);
    });

    it("does not take a delay of its own process for one of Redis", async () => {
      const { redis, seen, troubles } = await open();
      await seen.add(marked("a"));
      const beBusy = () => {
        for (const end = Date.now() + 2 * ANSWER_TIMEOUT_MS; Date.now() < end; ) {
          // The event loop gets no turn.
        }
      };

      const answeredMeanwhile = seen.has(["a"]);
      setImmediate(beBusy);
      expect(await answeredMeanwhile).toEqual([true]);

      redis.pause();
      const sentAfterwards = seen.has(["a"]);
      beBusy();
      setTimeout(() => redis.resume(), ANSWER_TIMEOUT_MS / 4);
      expect(await sentAfterwards).toEqual([true]);
      expect(troubles).toEqual([]);
    });

    it("knows nothing that is not its own", async () => {
      const { redis, seen, troubles } = await open();
      await redis.flush();
      const marks = ["a", "b", "c", "d"];
      await seen.add(marked(...marks));
      const keys = (await redis.command("KEYS", "*")) as string[];
      await redis.command("SET", keys[0] as string, "something else");
      await redis.command("SET", keys[1] as string, "");
      await redis.command("DEL", keys[2] as string);
      await redis.command("LPUSH", keys[2] as string, "1");
      const known = await seen.has(marks);
      expect(known.filter(Boolean)).toHaveLength(1);
      expect(troubles).toEqual([expect.stringContaining("WRONGTYPE")]);
    });
  });

  describe("the Redis memory, when Redis", () => {
    it("is not there at the start, knows nothing, and uses it once it is", async () => {
      const redis = await openRedis();
      await redis.kill();
      const { seen, troubles } = openSeen(redis.uri);
      await vi.waitFor(() => expect(troubles).toEqual([expect.stringContaining("ECONNREFUSED")]));
      for (let i = 0; i < MANY; i++) {
        await seen.add(marked("a"));
        expect(await seen.has(["a"])).toEqual([false]);
      }
      await redis.restart();
      await untilUp(seen);
      expect(troubles).toHaveLength(1);
    });

    it("is killed, knows nothing, and uses it again once it is back", async () => {
      const { redis, seen, troubles } = await open();
      for (const outage of [1, 2]) {
        await seen.add(marked("a"));
        const [inFlight] = await Promise.all([seen.has(numbered(MANY)), redis.kill()]);
        expect(inFlight).toHaveLength(MANY);
        await vi.waitFor(() => expect(troubles).toHaveLength(outage), 5_000);
        expect(await seen.has(["a"])).toEqual([false]);
        await redis.restart();
        await untilUp(seen);
        expect(await seen.has(["a"])).toEqual([false]);
      }
      expect(troubles).toHaveLength(2);
    });

    it("is paused, waits for one batch, goes on without it, and uses it again once it is resumed", async () => {
      const { redis, seen, troubles } = await open();
      await seen.add(marked("a"));
      const get = vi.spyOn(Redis.prototype, "get");
      onTestFinished(() => get.mockRestore());
      redis.pause();
      for (let i = 0; i < MANY; i++) {
        expect(await seen.has(["a"])).toEqual([false]);
        await seen.add(marked("b"));
      }
      expect(troubles).toEqual([expect.stringContaining("did not answer within")]);
      // One that waited in vain, and what was asked before the connection was gone.
      expect(get.mock.calls.length).toBeLessThanOrEqual(3);
      redis.resume();
      await untilUp(seen);
      expect(await seen.has(["a", "b"])).toEqual([true, false]);
      expect(troubles).toHaveLength(1);
    });

    it("is flushed, knows nothing, and goes on", async () => {
      const { redis, seen, troubles } = await open();
      await seen.add(marked("a"));
      await redis.flush();
      expect(await seen.has(["a"])).toEqual([false]);
      await seen.add(marked("a"));
      expect(await seen.has(["a"])).toEqual([true]);
      expect(troubles).toEqual([]);
    });

    it("is out of memory, still knows what it holds, and tells of it once an outage", async () => {
      const { redis, seen, troubles } = await open();
      await seen.add(marked("a"));
      for (const outage of [1, 2]) {
        await redis.command("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction");
        for (let i = 0; i < 10; i++) {
          await seen.add(marked("b", "c"));
          expect(await seen.has(["a", "b"])).toEqual([true, false]);
        }
        expect(troubles).toHaveLength(outage);
        expect(troubles.at(-1)).toContain("OOM");
        await redis.command("CONFIG", "SET", "maxmemory", "0");
        await seen.add(marked("d"));
        expect(await seen.has(["d"])).toEqual([true]);
      }
    });

    it("has become a replica, connects anew until it finds a primary", async () => {
      const { redis, seen, troubles } = await open();
      const connection = async () =>
        String(await redis.command("CLIENT", "LIST")).match(/^id=\d+(?!.*cmd=client\|list)/m)?.[0];
      const before = await connection();
      expect(before).toBeDefined();
      await redis.command("REPLICAOF", "127.0.0.1", await freePort());
      await seen.add(marked(...numbered(MANY)));
      expect(troubles).toEqual([expect.stringContaining("READONLY")]);
      await vi.waitFor(async () => expect([undefined, before]).not.toContain(await connection()), 5_000);
      await redis.command("REPLICAOF", "NO", "ONE");
      await untilUp(seen);
      expect(troubles).toHaveLength(1);
    });

    it("asks for a password that it was not given, knows nothing and tells of it", async () => {
      const redis = await openRedis(["--requirepass", "secret"]);
      const { seen, troubles } = openSeen(redis.uri);
      await vi.waitFor(() => expect(troubles).toEqual([expect.stringContaining("NOAUTH")]));
      await seen.add(marked("a"));
      expect(await seen.has(["a"])).toEqual([false]);
      const letIn = openSeen(redis.uri.replace("//", "//:secret@"));
      await untilUp(letIn.seen);
      expect(letIn.troubles).toEqual([]);
    });

    it("is closed while it is paused, ends what is in flight and lets the process end", async () => {
      const { redis, seen, troubles } = await open();
      redis.pause();
      const inFlight = seen.has(["a"]);
      await seen.close();
      expect(await inFlight).toEqual([false]);
      expect(troubles).toEqual([]);
      expect(await seen.has(["a"])).toEqual([false]);
      await seen.add(marked("a"));
      await seen.close();

      await endsByItself(redis.uri);
      await redis.kill();
      await endsByItself(redis.uri);
      await endsByItself(`${redis.uri},${redis.uri}`);
    });
  });

  describe("the Redis memory, in a cluster", () => {
    it("finds every mark on its node, goes on while a node is paused, and follows marks that move", async () => {
      const [one, other] = await Promise.all([openNode(), openNode()]);
      await one.redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 8191);
      await other.redis.command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383);
      await one.redis.command("CLUSTER", "MEET", "127.0.0.1", other.redis.port, other.busPort);

      const { seen } = openSeen(`${one.redis.uri},${other.redis.uri}`);
      const marks = numbered(MANY);
      await vi.waitFor(
        async () => {
          await seen.add(marked(...marks));
          expect(await seen.has([...marks, "other"])).toEqual([...marks.map(() => true), false]);
        },
        { timeout: 10_000, interval: 100 },
      );
      for (const { redis } of [one, other]) {
        expect(await redis.command("DBSIZE")).toBeGreaterThan(MANY / 3);
      }

      other.redis.pause();
      for (let i = 0; i < MANY / 10; i++) {
        expect(await seen.has(marks)).toContain(false);
      }
      other.redis.resume();
      await vi.waitFor(async () => expect(await seen.has(marks)).not.toContain(false), { timeout: 10_000 });

      await one.redis.flush();
      // In vain if the nodes talk with each other between the two.
      await vi.waitFor(async () => {
        await other.redis.command("CLUSTER", "DELSLOTSRANGE", 0, 8191);
        await other.redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 8191);
      });
      await other.redis.command("CLUSTER", "BUMPEPOCH");
      await vi.waitFor(
        async () => {
          await seen.add(marked(...marks));
          expect(await other.redis.command("DBSIZE")).toBe(MANY);
        },
        { timeout: 10_000, interval: 100 },
      );
      expect(await seen.has(marks)).not.toContain(false);
    });

    it("serves a cluster of one node, by its address alone too", async () => {
      const { redis } = await openNode();
      await redis.command("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
      const { seen } = openSeen(`${redis.uri},${redis.uri}`);
      await untilUp(seen);
      await seen.add(marked("a", "b"));
      const alone = openSeen(redis.uri).seen;
      await untilUp(alone);
      expect(await alone.has(["a", "c", "b"])).toEqual([true, false, true]);
    });

    async function openNode() {
      const busPort = await freePort();
      const settings = [
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        `${busPort}`,
        "--cluster-announce-ip",
        "127.0.0.1",
      ];
      return { redis: await openRedis(settings), busPort };
    }
  });
});

describe("the Redis memory", () => {
  it("knows nothing where something else answers", async () => {
    const { seen, troubles } = openSeen(await serve((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    await vi.waitFor(() => expect(troubles).toHaveLength(1));
    await seen.add(marked("a"));
    expect(await seen.has(["a"])).toEqual([false]);
  });

  it("gives up a connection that is accepted and then stays silent, and tries again", async () => {
    let connections = 0;
    const { seen, troubles } = openSeen(
      await serve(() => {
        connections += 1;
      }),
    );
    await vi.waitFor(
      async () => {
        expect(await seen.has(["a"])).toEqual([false]);
        expect(connections).toBe(2);
      },
      { timeout: 8_000 },
    );
    expect(troubles).toHaveLength(1);
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

/** Opens a memory in a process of its own, closes it, and waits until the process has nothing left to do. */
async function endsByItself(uri: string): Promise<void> {
  const module = new URL("../../../src/ingest/dedupe/redis.ts", import.meta.url);
  const code = `
    import { createRedisSeen } from ${JSON.stringify(module.href)};
    const seen = createRedisSeen(${JSON.stringify(uri)}, Date.now, () => {});
    setTimeout(async () => {
      await seen.has(["a"]);
      await seen.close();
    }, 50);`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], { timeout: 4_000 });
}
