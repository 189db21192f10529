import { Cluster, Redis, type RedisOptions } from "ioredis";

/**
 * How long streakd goes on without Redis after the connection broke, or was dropped because of a late reply, in
 * milliseconds. Each failed attempt makes the next backoff this much longer, up to `MAX_BACKOFF_MS`.
 */
const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5_000;

/** How long a new connection may take until it is ready, in milliseconds. Nothing waits for it. */
const CONNECT_TIMEOUT_MS = 1_000;

/**
 * How often a cluster is asked which node serves which keys, in milliseconds. Until then, commands about keys that have
 * moved fail.
 */
const SLOTS_REFRESH_MS = 5_000;

const OPTIONS = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  // Ends a connection that was accepted and then stays silent, as with a process that is stopped.
  socketTimeout: CONNECT_TIMEOUT_MS,
  // Nothing more is expected from a dropped connection.
  disconnectTimeout: 0,
  // Commands never wait for a connection, nor are they sent again on the next one: the reply would come too late.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // Sends commands of the same turn together; in a cluster, together to each node.
  enableAutoPipelining: true,
} satisfies RedisOptions;

/**
 * Opens a connection to Redis, which is made again whenever it breaks. Commands fail at once while there is none.
 *
 * @param uri `redis://user:password@host:6379/0`, or `rediss://` for TLS. Several URIs, separated by commas, are nodes
 *   of one Redis Cluster; give the URI of a cluster with a single node twice. All nodes use the credentials of the
 *   first
 */
export function connectRedis(uri: string): Redis | Cluster {
  const nodes = uri.split(",");
  if (nodes.length === 1) {
    return new Redis(uri, { ...OPTIONS, retryStrategy: backoffMs });
  }
  const { protocol, username, password } = new URL(nodes[0] as string);
  return new Cluster(nodes, {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: backoffMs,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    // Keeps names instead of their addresses, because certificates are issued for names.
    dnsLookup: (name, callback) => callback(null, name),
    // The cluster lists its nodes without credentials.
    redisOptions: {
      ...OPTIONS,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
      tls: protocol === "rediss:" ? {} : undefined,
    },
  });
}

/** Whether the server has become a replica. After a failover, a new connection leads to the new primary. */
export function isReplica(failure: Error | undefined): boolean {
  return failure?.message.startsWith("READONLY") ?? false;
}

function backoffMs(attempt: number): number {
  return Math.min(attempt * BACKOFF_MS, MAX_BACKOFF_MS);
}
