import { hash } from "node:crypto";
import { setImmediate as afterSending } from "node:timers/promises";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { Seen } from "./dedupe-cache.ts";

/**
 * How long a batch waits for Redis, in milliseconds. An answer from nearby takes about one; whoever takes this long is
 * of no help, since the store could have answered itself.
 */
export const ANSWER_TIMEOUT_MS = 100;

/**
 * How long streakd goes on without Redis after the connection broke, or was dropped for an answer that was too late, in
 * milliseconds. Each attempt in vain makes the next pause this much longer, up to `MAX_PAUSE_MS`.
 */
const PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;

/** How long a new connection may take until it is ready, in milliseconds. No batch waits for that. */
const CONNECT_TIMEOUT_MS = 1_000;

/** How often a cluster is asked which node serves what, in milliseconds; a batch sent to the wrong node is unknown. */
const SLOTS_REFRESH_MS = 5_000;

/** What every mark holds. Anything else under its key was not put there by streakd, and says nothing. */
const PRESENT = "1";

const OPTIONS = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  // Ends a connection that was accepted and then stays silent, as that of a stopped process does.
  socketTimeout: CONNECT_TIMEOUT_MS,
  // A connection that is dropped has nothing left to say.
  disconnectTimeout: 0,
  // Commands never wait for a connection, nor are sent again on the next: the answer would come too late.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // The commands of a batch are sent together, in a cluster together to each node.
  enableAutoPipelining: true,
} satisfies RedisOptions;

/**
 * A `Seen` that any number of instances share, in Redis 6.2 or later. Every mark is a key of its own that expires by
 * itself, and every command names one key, so a cluster serves them wherever they lie.
 *
 * Nobody waits for it. A batch that is not answered within `ANSWER_TIMEOUT_MS` is unknown, and the connection is dropped:
 * until a new one is ready, every batch is unknown at once. So the state of the connection is the circuit breaker.
 *
 * @param uri `redis://user:password@host:6379/0`, or `rediss://` for TLS. Several such, separated by commas, are nodes of
 *   one Redis Cluster; give the address of a cluster that has but one twice. The nodes share the first's credentials
 * @param clock tells the time in epoch milliseconds
 * @param onTrouble told the first error of an outage: not again before Redis has done what it failed to do
 */
export function createRedisSeen(uri: string, clock: () => number, onTrouble: (error: unknown) => void): Seen {
  const redis = connect(uri);
  let closed = false;
  /** What Redis failed to do last, if it has not done so since. */
  let failing: "has" | "add" | undefined;

  function fail(what: "has" | "add", error: unknown): void {
    if (failing === undefined && !closed) {
      failing = what;
      onTrouble(error);
    }
  }

  // Without a listener ioredis writes to the console. A connection that fails is tried again by itself.
  redis.on("error", (error) => fail("has", error));

  /**
   * Sends a command for each item in one round trip. Returns in time whatever happens, with a hole for each command that
   * was not answered.
   */
  async function send<T>(what: "has" | "add", items: readonly T[], command: (item: T) => Promise<string | null>) {
    const replies: (string | null | undefined)[] = items.map(() => undefined);
    if (redis.status !== "ready" || items.length === 0) {
      return replies;
    }
    let failure: Error | undefined;
    const answered = Promise.all(
      items.map(async (item, i) => {
        try {
          replies[i] = await command(item);
        } catch (error) {
          failure ??= error as Error;
        }
      }),
    );

    // A process too busy to listen must not take its own delay for Redis's: the time counts from when the commands are
    // on their way, and when it is over, what has arrived is read first.
    await afterSending();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => setImmediate(resolve, "late"), ANSWER_TIMEOUT_MS);
    });
    const outcome = await Promise.race([answered, late]);
    clearTimeout(timer);

    if (outcome === "late") {
      failure = new Error(`Redis did not answer within ${ANSWER_TIMEOUT_MS} ms`);
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
    async has(marks) {
      const replies = await send("has", marks, (mark) => redis.get(keyOf(mark)));
      return replies.map((reply) => reply === PRESENT);
    },
    async add(marks) {
      // A span, not a time: by a clock of Redis that is behind, a key's mark would outlive the key.
      const now = clock();
      const held = marks.filter(({ expiresAt }) => expiresAt > now);
      await send("add", held, ({ mark, expiresAt }) => redis.set(keyOf(mark), PRESENT, "PX", expiresAt - now));
    },
    async close() {
      closed = true;
      redis.disconnect();
    },
  };
}

function connect(uri: string): Redis | Cluster {
  const nodes = uri.split(",");
  if (nodes.length === 1) {
    return new Redis(uri, { ...OPTIONS, retryStrategy: pauseBefore });
  }
  const { protocol, username, password } = new URL(nodes[0] as string);
  return new Cluster(nodes, {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: pauseBefore,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    // A name stays a name, since a certificate is made out to it.
    dnsLookup: (name, callback) => callback(null, name),
    // The nodes that the cluster tells of come without credentials.
    redisOptions: {
      ...OPTIONS,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
      tls: protocol === "rediss:" ? {} : undefined,
    },
  });
}

function pauseBefore(attempt: number): number {
  return Math.min(attempt * PAUSE_MS, MAX_PAUSE_MS);
}

/** The server has become a replica; after a failover another one has its address, and is found by connecting anew. */
function isReplica(failure: Error | undefined): boolean {
  return failure?.message.startsWith("READONLY") ?? false;
}

/** Marks hold what clients send, of any length and any characters; their hashes are short, and spread over a cluster. */
function keyOf(mark: string): string {
  return `streakd:seen:${hash("sha256", mark, "base64url")}`;
}
