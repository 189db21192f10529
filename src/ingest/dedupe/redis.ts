import { hash } from "node:crypto";
import type { RedisConnection } from "../../redis/connection.ts";
import type { DedupeCache } from "./dedupe-cache.ts";

/** The value of every entry. Any other value was not written by streakd, so its key is unknown. */
const PRESENT = "1";

/**
 * Creates a cache that any number of instances share, in Redis 6.2 or later. Every dedupe key is a Redis key that
 * expires by itself. Every command names one Redis key, so a cluster can keep the keys on any nodes. All keys are unknown
 * while Redis can't be reached.
 *
 * @param redis is for others too, so the cache does not close it
 * @param clock returns the time in epoch milliseconds
 */
export function createRedisDedupeCache(redis: RedisConnection, clock: () => number): DedupeCache {
  return {
    async has(keys) {
      const replies = await redis.send("has", keys, (client, key) => client.get(redisKeyOf(key)));
      return replies.map((reply) => reply === PRESENT);
    },
    async add(entries) {
      // Sent as a duration: with a time, an entry would outlive its idempotency key when the clock of Redis is slow.
      const now = clock();
      const unexpired = entries.filter(({ expiresAt }) => expiresAt > now);
      await redis.send("add", unexpired, (client, { key, expiresAt }) =>
        client.set(redisKeyOf(key), PRESENT, "PX", expiresAt - now),
      );
    },
    async close() {},
  };
}

/**
 * Where a dedupe key is stored. Dedupe keys hold text from clients, of any length and any characters; their hashes are
 * short and spread over a cluster. The prefix is that of earlier versions, so their entries stay valid.
 */
function redisKeyOf(dedupeKey: string): string {
  return `streakd:seen:${hash("sha256", dedupeKey, "base64url")}`;
}
