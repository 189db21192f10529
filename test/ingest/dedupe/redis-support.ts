import { expect, onTestFinished, vi } from "vitest";
import type { DedupeCache } from "#src/ingest/dedupe/dedupe-cache.ts";
import { createRedisDedupeCache } from "#src/ingest/dedupe/redis.ts";
import { openRedis as openConnection } from "#src/redis/connection.ts";
import { type RedisServer, startRedis } from "../../support/redis.ts";

/** How long the entries of these tests last, in milliseconds. */
export const HOUR_MS = 60 * 60 * 1000;

/** How long a test may take, in milliseconds, where the machine is busy. */
export const REDIS_TEST_MS = 60_000;

/** Far more batches than could each wait in vain for a reply within the time that a test has. */
export const MANY = 1000;

/** Entries for these keys that expire in an hour. */
export const inAnHour = (...keys: string[]) => keys.map((key) => ({ key, expiresAt: Date.now() + HOUR_MS }));

/** So many different keys. */
export const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `proj\nday\nuser ${index}\nvisit\n19737`);

/** Waits until keys reach Redis and come back. */
export async function untilUp(cache: DedupeCache): Promise<void> {
  await vi.waitFor(
    async () => {
      await cache.add(inAnHour("up"));
      expect(await cache.has(["up"])).toEqual([true]);
    },
    { timeout: 20_000, interval: 10 },
  );
}

/** Starts a Redis that ends with the test. */
export async function openRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const redis = await startRedis(settings);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

/** Opens a cache that is closed with the test. */
export function openCache(uri: string) {
  const outages: string[] = [];
  const connection = openConnection(uri, (error) => outages.push(String(error)));
  onTestFinished(() => connection.close());
  return { cache: createRedisDedupeCache(connection, Date.now), connection, outages };
}

/** Starts a Redis and opens a cache that is connected to it. */
export async function open() {
  const redis = await openRedis();
  const opened = openCache(redis.uri);
  await untilUp(opened.cache);
  return { redis, ...opened };
}
