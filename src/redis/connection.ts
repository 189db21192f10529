import { setImmediate as afterSending } from "node:timers/promises";
import type { Cluster, Redis } from "ioredis";
import { connectRedis, isReplica } from "./connect.ts";

/**
 * How long anything waits for a reply of Redis, in milliseconds. A Redis nearby replies within about one millisecond.
 */
export const REPLY_TIMEOUT_MS = 100;

/** The connection of an instance to Redis, for everything that it keeps there. */
export interface RedisConnection {
  /**
   * Sends a command for each item, all in one round trip. Resolves in time whatever happens: to the replies in the same
   * order, where that of a command that failed or was late is `undefined`.
   *
   * @param kind what the commands are for. An outage lasts until commands of the kind that failed succeed
   */
  send<Item, Reply>(
    kind: string,
    items: readonly Item[],
    command: (redis: Redis | Cluster, item: Item) => Promise<Reply>,
  ): Promise<(Reply | undefined)[]>;
  /** Ends the connection. What is in flight resolves to `undefined`. */
  close(): void;
}

/** What commands fail for when the connection itself fails: any command that succeeds shows that it is back. */
const CONNECTION = "connection";

/**
 * Opens a connection to Redis.
 *
 * Redis never holds a caller up. When a reply takes longer than {@link REPLY_TIMEOUT_MS}, the connection is dropped.
 * Until a new one is ready, no command is sent: the state of the connection is the circuit breaker.
 *
 * @param uri as {@link connectRedis} takes it
 * @param onOutage is called with the first error of an outage
 */
export function openRedis(uri: string, onOutage: (error: unknown) => void): RedisConnection {
  const redis = connectRedis(uri);
  let isClosed = false;
  /** The kind of command whose failure began the present outage; `undefined` when there is none. */
  let failing: string | undefined;

  function fail(kind: string, error: unknown): void {
    if (failing === undefined && !isClosed) {
      failing = kind;
      onOutage(error);
    }
  }

  // Without a listener ioredis writes errors to the console. It reconnects by itself.
  redis.on("error", (error) => fail(CONNECTION, error));

  return {
    async send<Item, Reply>(
      kind: string,
      items: readonly Item[],
      command: (redis: Redis | Cluster, item: Item) => Promise<Reply>,
    ): Promise<(Reply | undefined)[]> {
      const replies: (Reply | undefined)[] = items.map(() => undefined);
      if (redis.status !== "ready" || items.length === 0) {
        return replies;
      }
      let failure: Error | undefined;
      const replied = Promise.all(
        items.map(async (item, index) => {
          try {
            replies[index] = await command(redis, item);
          } catch (error) {
            failure ??= error as Error;
          }
        }),
      );
      const isLate = !(await inTime(replied));
      if (isLate) {
        failure = new Error(`Redis did not answer within ${REPLY_TIMEOUT_MS} ms`);
      }
      if (failure !== undefined) {
        fail(kind, failure);
      } else if (failing === kind || failing === CONNECTION) {
        failing = undefined;
      }
      if (isLate || isReplica(failure)) {
        redis.disconnect(true);
      }
      return replies;
    },
    close() {
      isClosed = true;
      redis.disconnect();
    },
  };
}

/**
 * Whether all replies come in time. A busy process must not take its own delay for one of Redis. So the time counts
 * from when the commands are sent, and when it is over, the replies that have arrived are read first.
 */
async function inTime(replied: Promise<unknown>): Promise<boolean> {
  await afterSending();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, false), REPLY_TIMEOUT_MS);
  });
  const isInTime = await Promise.race([replied.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}
