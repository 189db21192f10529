import type { Document } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished } from "vitest";
import type { Mongo } from "../support/mongo-server.ts";
import { type RedisServer, redisTool, startRedis } from "../support/redis.ts";
import { type Server, startServer } from "../support/server.ts";
import { requireTool } from "../support/tools.ts";
import { createServerClient, type ServerClient } from "./client.ts";

/** The project that the tests report to, with a widget of each way of counting. */
export const SITE_KEY = "faults";
export const WIDGETS = { visit: "continuous", like: "cumulative", pick: "cumulative", act: "cumulative" } as const;
export type Widget = keyof typeof WIDGETS;
/** The widget that counts actions. */
const COUNTS_ACTIONS: Widget = "act";

/** A Redis, as far as instances need it. */
interface Redis {
  readonly uri: string;
}

/** The servers that the instances of a file's tests depend on. */
export interface Servers<AnyMongo extends Mongo = Mongo, AnyRedis extends Redis = Redis> {
  readonly mongo: AnyMongo;
  readonly redis: AnyRedis;
}

/** One of the two streakds of a cluster. */
export interface Instance {
  /** Calls it; undefined while it is killed. */
  readonly client: ServerClient | undefined;
  readonly server: Server;
  /** What it has counted since its start, as its `/metrics` names it. */
  counted(metric: string): Promise<number>;
  /** Ends it with SIGKILL, which must find it alive. */
  kill(): Promise<void>;
  /** Starts it again, after `kill`. */
  restart(): Promise<void>;
}

/** Two streakds on one database and one Redis, with the project. */
export interface Cluster {
  readonly instances: readonly [Instance, Instance];
  /** Reads a collection of their database past them, as far as it is the project's. */
  stored<T extends Document>(collection: "streaks" | "events"): Promise<T[]>;
  /** Makes all claims of seats so old that no event can be under way for them, and waits until they are checked. */
  passTimeAfterClaims(): Promise<void>;
}

/** How often an instance found its database away, also at the driver's own retry. */
export const STORE_AWAY = 'streakd_store_errors_total{reason="away"}';

/** How often an instance found that Redis had gone away. */
export const REDIS_AWAY = "streakd_seen_outages_total";

/** How many duplicates an instance knew without the database, by its own cache or by Redis. */
export const KNOWN_DUPLICATES = 'streakd_events_total{outcome="seen"}';

/** How many events wait in an instance to be stored. */
export const QUEUED = "streakd_queue_events";

/** How long instances may take to notice a fault, in milliseconds. */
const NOTICE_MS = 20_000;

/** Gives the tests of a file the Redis that all files share; where there is none they are skipped with a note. */
export function useRedis(): { readonly server: Redis } {
  beforeEach((context) => requireTool(context, redisTool));
  return {
    get server() {
      return { uri: inject("redisUri") as string };
    },
  };
}

/** Gives the tests of a file a Redis of their own, to be killed, paused and flushed. */
export function useOwnRedis(): { readonly server: RedisServer } {
  let redis: RedisServer | undefined;
  beforeAll(async () => {
    redis = redisTool.present ? await startRedis() : undefined;
  });
  beforeEach((context) => requireTool(context, redisTool));
  afterAll(() => redis?.[Symbol.asyncDispose]());
  return {
    get server() {
      return redis as RedisServer;
    },
  };
}

/** Takes the two servers together. They run once the tests have begun. */
export function together<AnyMongo extends Mongo, AnyRedis extends Redis>(
  mongo: { readonly server: AnyMongo },
  redis: { readonly server: AnyRedis },
): Servers<AnyMongo, AnyRedis> {
  return {
    get mongo() {
      return mongo.server;
    },
    get redis() {
      return redis.server;
    },
  };
}

/**
 * Starts two instances on a database of their own. They are shut down when the test ends, which they must do cleanly.
 *
 * @param uriOf makes of the database's URI the one that the instances are given
 */
export async function startCluster(servers: Servers, uriOf = (uri: string) => uri): Promise<Cluster> {
  const uri = servers.mongo.uri();
  const env = { MONGODB_URI: uriOf(uri), REDIS_URL: servers.redis.uri, LOG_LEVEL: "info" };
  const instances = (await Promise.all([startInstance(env), startInstance(env)])) as [Instance, Instance];
  const widgets = Object.entries(WIDGETS).map(([event, mode]) => {
    return { event, mode, ...(event === COUNTS_ACTIONS && { rules: { counts: "actions" } }) };
  });
  const [{ server }] = instances;
  const created = await fetch(`${server.url}/admin/projects`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Admin-Token": server.adminToken },
    body: JSON.stringify({ siteKey: SITE_KEY, widgets }),
  });
  expect(created.status, await created.text()).toBe(201);

  const database = servers.mongo.client.db(new URL(uri).pathname.slice(1));
  const project = await database.collection("projects").findOne({ _id: SITE_KEY as never });
  return {
    instances,
    stored: <T extends Document>(collection: string) =>
      database.collection(collection).find({ p: project?.id }).toArray() as unknown as Promise<T[]>,
    async passTimeAfterClaims() {
      const claimed = { claimedAt: { $exists: true } };
      await database.collection("seats").updateMany(claimed, { $set: { claimedAt: new Date(0) } });
      const left = () => database.collection("seats").countDocuments(claimed);
      await expect.poll(left, { timeout: NOTICE_MS, interval: 100 }).toBe(0);
    },
  };
}

/**
 * Causes a fault under load, and waits until each of these instances has counted more of a metric than before. A fault that
 * nobody noticed shows nothing.
 */
export async function untilNoticed(
  instances: readonly Instance[],
  metric: string,
  cause: () => Promise<unknown>,
): Promise<void> {
  const before = await countEach(instances, metric);
  await cause();
  const noticed = async () => {
    const now = await countEach(instances, metric);
    return now.every((count, index) => count > (before[index] as number));
  };
  await expect.poll(noticed, { timeout: NOTICE_MS, interval: 100, message: `${metric} rises` }).toBe(true);
}

/**
 * Does something under load, and then waits until an instance has learnt from Redis what another instance stored. It does
 * not ask for what it stored itself.
 */
export async function untilKnownByRedis(
  { redis }: Servers<Mongo, RedisServer>,
  cause: () => Promise<unknown>,
): Promise<void> {
  await cause();
  // Counted anew when Redis was started anew.
  const before = await hitsOf(redis);
  await expect
    .poll(() => hitsOf(redis), { timeout: NOTICE_MS, interval: 100, message: "something is known by Redis" })
    .toBeGreaterThan(before);
}

/** How often Redis had the key that it was asked for, since its start. */
async function hitsOf(redis: RedisServer): Promise<number> {
  return Number(/^keyspace_hits:(\d+)/m.exec(`${await redis.command("INFO", "stats")}`)?.[1]);
}

/** What each of these instances has counted since its start, by the name in its `/metrics`. */
export async function countEach(instances: readonly Instance[], metric: string): Promise<number[]> {
  return await Promise.all(instances.map((instance) => instance.counted(metric)));
}

async function readMetric({ url }: Server, metric: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const line = page.split("\n").find((text) => text.startsWith(`${metric} `));
  if (line === undefined) {
    throw new Error(`no metric ${metric} in:\n${page}`);
  }
  return Number(line.slice(metric.length));
}

async function startInstance(env: Record<string, string>): Promise<Instance> {
  let server = await startServer({ env });
  let client: ServerClient | undefined = createServerClient(server);
  onTestFinished(async () => {
    client?.close();
    await server.stop();
  });
  return {
    get client() {
      return client;
    },
    get server() {
      return server;
    },
    counted: (metric) => readMetric(server, metric),
    async kill() {
      // By itself it would have ended otherwise, and with the test as if nothing were.
      expect(await server.kill("SIGKILL"), server.output).toEqual({ code: null, signal: "SIGKILL" });
      client?.close();
      client = undefined;
    },
    async restart() {
      server = await startServer({ env });
      client = createServerClient(server);
    },
  };
}
