import type { SharedBuckets } from "../call/limits/shared-buckets.ts";
import type { RateLimit } from "../domain/rate-limit.ts";
import { connectRedis, isReplica, REPLY_TIMEOUT_MS } from "./connect.ts";

/** What the keys of buckets begin with. */
const PREFIX = "streakd:rate:";

/**
 * Takes tokens from a bucket, and returns how many tokens it has then, as text: Redis would cut a Lua number to an
 * integer. A missing bucket counts as full, so a bucket is kept only until it would be full. The time is that of Redis,
 * which all instances share. The debt has a bound, so that no caller waits long after a limit was lowered.
 */
const TAKE = `
local rate, burst, taken = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call("HMGET", KEYS[1], "level", "at")
local level = burst
if kept[1] and kept[2] then
  level = math.min(burst, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * rate / 1000)
end
level = math.max(level - taken, -rate - burst)
redis.call("HSET", KEYS[1], "level", string.format("%.3f", level), "at", string.format("%.0f", now))
redis.call("PEXPIRE", KEYS[1], math.ceil((burst - level) * 1000 / rate) + 1000)
return string.format("%.3f", level)
`;

/**
 * Creates buckets in Redis 6.2 or later, each a Redis key that expires by itself. Every command names one key, so a
 * cluster can keep the keys on any nodes. The connection is made when the first bucket is asked for.
 *
 * @param uri as {@link connectRedis} takes it
 * @param onOutage is called with the first error of an outage. The outage lasts until a bucket is reached again
 */
export function createRedisBuckets(uri: string, onOutage: (error: unknown) => void): SharedBuckets {
  const redis = connectRedis(uri, true);
  let isAway = false;
  let isClosed = false;

  function fail(error: unknown): void {
    if (!isAway && !isClosed) {
      isAway = true;
      onOutage(error);
    }
  }

  // Without a listener ioredis writes errors to the console. It reconnects by itself.
  redis.on("error", fail);

  /** Resolves to the reply; rejects when it is late. */
  async function inTime<T>(reply: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const error = new Error(`Redis did not answer within ${REPLY_TIMEOUT_MS} ms`);
    // When the time is over, a reply that has arrived is read first: a busy process must not take its own delay for a
    // delay of Redis.
    const timer = setTimeout(() => setImmediate(() => late.reject(error)), REPLY_TIMEOUT_MS);
    try {
      return await Promise.race([reply, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async take(name: string, { requestsPerSecond, burst }: RateLimit, tokens: number) {
      if (redis.status === "wait") {
        redis.connect().catch(() => {});
      }
      if (redis.status !== "ready") {
        return undefined;
      }
      try {
        const level = await inTime(redis.eval(TAKE, 1, PREFIX + name, requestsPerSecond, burst, tokens));
        isAway = false;
        return Number(level);
      } catch (error) {
        fail(error);
        if (isReplica(error as Error)) {
          redis.disconnect(true);
        }
        return undefined;
      }
    },
    async close() {
      isClosed = true;
      redis.disconnect();
    },
  };
}
