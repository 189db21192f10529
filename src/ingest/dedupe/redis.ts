import { hash } from "node:crypto";
import { setImmediate as afterSending } from "node:timers/promises";
import { connectRedis, isReplica, REPLY_TIMEOUT_MS } from "../../redis/connect.ts";
import type { DedupeCache } from "./dedupe-cache.ts";

/** The value of every entry. Any other value was not written by streakd, so its key is unknown. */
const PRESENT = "1";

/**
 * Creates a cache that any number of instances share, in Redis 6.2 or later. Every dedupe key is a Redis key that
 * expires by itself. Every command names one Redis key, so a cluster can keep the keys on any nodes.
 *
 * Redis never holds a batch up. When a reply takes longer than `REPLY_TIMEOUT_MS`, the keys are unknown and the
 * connection is dropped. Until a new connection is ready, all keys are unknown at once: the state of the connection is
 * the circuit breaker.
 *
 * @param uri as {@link connectRedis} takes it
 * @param clock returns the time in epoch milliseconds
 * @param onOutage is called with the first error of an outage. The outage lasts until the kind of command that failed
 *   succeeds
 */
export function createRedisDedupeCache(
  uri: string,
  clock: () => number,
  onOutage: (error: unknown) => void,
): DedupeCache {
  const redis = connectRedis(uri);
  let closed = false;
  /** The kind of command whose failure began the present outage; `undefined` when there is none. */
  let failing: "has" | "add" | undefined;

  function fail(what: "has" | "add", error: unknown): void {
    if (failing === undefined && !closed) {
      failing = what;
      onOutage(error);
    }
  }

  // Without a listener ioredis writes errors to the console. It reconnects by itself.
  redis.on("error", (error) => fail("has", error));

  /**
   * Sends a command for each item in one round trip. Resolves in time whatever happens; the reply of a command that
   * failed or was late is `undefined`.
   */
  async function send<Item>(
    what: "has" | "add",
    items: readonly Item[],
    command: (item: Item) => Promise<string | null>,
  ): Promise<(string | null | undefined)[]> {
    const replies: (string | null | undefined)[] = items.map(() => undefined);
    if (redis.status !== "ready" || items.length === 0) {
      return replies;
    }
    let failure: Error | undefined;
    const replied = Promise.all(
      items.map(async (item, index) => {
        try {
          replies[index] = await command(item);
        } catch (error) {
          failure ??= error as Error;
        }
      }),
    );

    // A busy process must not take its own delay for one of Redis. So the time counts from when the commands are sent,
    // and when it is over, the replies that have arrived are read first.
    await afterSending();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => setImmediate(resolve, "late"), REPLY_TIMEOUT_MS);
    });
    const outcome = await Promise.race([replied, late]);
    clearTimeout(timer);

    if (outcome === "late") {
      failure = new Error(`Redis did not answer within ${REPLY_TIMEOUT_MS} ms`);
    }
    if (failure !== undefined) {
      fail(what, failure);
    } else if (failing === what) {
      failing = undefined;
    }
    if (outcome === "late" || isReplica(failure)) {
      redis.disconnect(true);
    }
    return replies;
  }

  return {
    async has(keys) {
      const replies = await send("has", keys, (key) => redis.get(redisKeyOf(key)));
      return replies.map((reply) => reply === PRESENT);
    },
    async add(entries) {
      // Sent as a duration: with a time, an entry would outlive its idempotency key when the clock of Redis is slow.
      const now = clock();
      const unexpired = entries.filter(({ expiresAt }) => expiresAt > now);
      await send("add", unexpired, ({ key, expiresAt }) => redis.set(redisKeyOf(key), PRESENT, "PX", expiresAt - now));
    },
    async close() {
      closed = true;
      redis.disconnect();
    },
  };
}

/**
 * Where a dedupe key is stored. Dedupe keys hold text from clients, of any length and any characters; their hashes are
 * short and spread over a cluster. The prefix is that of earlier versions, so their entries stay valid.
 */
function redisKeyOf(dedupeKey: string): string {
  return `streakd:seen:${hash("sha256", dedupeKey, "base64url")}`;
}
