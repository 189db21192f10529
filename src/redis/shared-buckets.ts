import { hash } from "node:crypto";
import type { Cluster, Redis } from "ioredis";
import type { Report, SharedBuckets } from "../call/limits/shared-buckets.ts";
import type { RedisConnection } from "./connection.ts";

/** What the keys of buckets begin with. */
const PREFIX = "streakd:rate:";

/**
 * Takes the calls of a report from a bucket. Returns how many the bucket has then, as text, since Lua would cut a
 * number to an integer; and 1 when no other reporter has come within a second.
 *
 * A bucket is a hash: its level, the time of that, and for each reporter how many of its calls are counted and when it
 * came. A reporter is forgotten a minute after it came. A bucket is kept until it has been full for a second, because a
 * missing one counts as full. The time is that of Redis, which all instances have in common. The debt has a bound, so
 * that nobody waits long for a limit that has become smaller meanwhile.
 */
const SCRIPT = `
local rate, burst, reporter = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local after, upTo = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call("HGETALL", KEYS[1])
local level, at, sole = burst, now, 1
for i = 1, #kept, 2 do
  local field, value = kept[i], kept[i + 1]
  if field == "level" then
    level = tonumber(value)
  elseif field == "at" then
    at = tonumber(value)
  else
    local counted, came = string.match(value, "^(%d+) (%d+)$")
    if field == reporter then
      after = math.max(after, tonumber(counted))
    elseif now - came < 1000 then
      sole = 0
    elseif now - came > 60000 then
      redis.call("HDEL", KEYS[1], field)
    end
  end
end
upTo = math.max(after, upTo)
level = math.min(burst, level + math.max(0, now - at) * rate / 1000)
level = math.max(level - (upTo - after), -rate - burst)
redis.call("HSET", KEYS[1], "level", string.format("%.3f", level), "at", string.format("%.0f", now),
  reporter, string.format("%.0f %.0f", upTo, now))
redis.call("PEXPIRE", KEYS[1], math.ceil((burst - level) * 1000 / rate) + 1000)
return { string.format("%.3f", level), sole }
`;

const SCRIPT_HASH = hash("sha1", SCRIPT);

/**
 * Creates buckets in Redis 6.2 or later, each a Redis key that expires by itself. Every command names one key, so a
 * cluster can keep the keys on any nodes.
 */
export function createRedisBuckets(redis: RedisConnection): SharedBuckets {
  return {
    async report(reports) {
      const replies = await redis.send("limit", reports, sendReport);
      return replies.map((reply) => reply && { level: Number(reply[0]), isSole: reply[1] === 1 });
    },
  };
}

async function sendReport(redis: Redis | Cluster, { name, limit, ...report }: Report): Promise<[string, number]> {
  const { requestsPerSecond, burst } = limit;
  const values = [requestsPerSecond, burst, report.reporter, report.after, report.upTo];
  const replied = redis.evalsha(SCRIPT_HASH, 1, PREFIX + name, ...values).catch((error: Error) => {
    // A Redis that has not seen the script, or has forgotten it in a restart, is sent the whole of it.
    if (!error.message.startsWith("NOSCRIPT")) {
      throw error;
    }
    return redis.eval(SCRIPT, 1, PREFIX + name, ...values);
  });
  return (await replied) as [string, number];
}
