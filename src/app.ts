import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { type FirstStart, makeFirstThings } from "./first-start.ts";
import { createInProcessDedupeCache } from "./ingest/dedupe/in-process.ts";
import { createRedisDedupeCache } from "./ingest/dedupe/redis.ts";
import { createTwoLevelDedupeCache } from "./ingest/dedupe/two-level.ts";
import { Ingest } from "./ingest/ingest.ts";
import { createMethods } from "./methods.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createServer } from "./server.ts";
import { openMongoStores } from "./store/mongo/open.ts";
import { observeStores } from "./store/observe.ts";
import { openSqliteStores } from "./store/sqlite/open.ts";
import type { Stores } from "./store/stores.ts";

/** A running streakd. */
export interface App {
  readonly address: AddressInfo;
  /** What this start made because the installation was empty. */
  readonly firstStart: FirstStart;
  /** Stops accepting, answers what is in flight, and lets go of the store. */
  close(): Promise<void>;
}

/**
 * Puts the parts together and starts serving.
 *
 * @param clock the server's time in epoch milliseconds
 * @throws an error with a message for the operator when the data folder or the port can't be used
 */
export async function startApp(config: Config, clock: () => number, log: Logger): Promise<App> {
  const metrics = createMetrics(() => ingest.queued, log);
  const stores = observeStores(await openStores(config, log), metrics.storeCalled);
  const onRedisOutage = (error: unknown) => {
    metrics.dedupeOutage();
    log.warn({ err: error }, "Redis can't be reached; going on without it");
  };
  const localCache = createInProcessDedupeCache(clock);
  const dedupeCache = config.redisUrl
    ? createTwoLevelDedupeCache(localCache, createRedisDedupeCache(config.redisUrl, clock, onRedisOutage))
    : localCache;
  const ingest = new Ingest(stores, dedupeCache, clock, config.maxQueuedEvents, metrics);
  const server = createServer({
    methods: createMethods(stores, ingest, clock),
    metrics,
    log,
    isFastPathOn: config.isFastPathOn,
    limits: config.limits,
    isReflectionOn: config.isReflectionOn,
  });

  async function close(): Promise<void> {
    await server.close(config.shutdownGraceMs);
    await ingest.close();
    await dedupeCache.close();
    await stores.close();
  }

  try {
    // Takes the port first. If it is in use, nothing was made, and no unseen token is lost.
    const address = await server.listen(config.port, config.host);
    const { adminTokenHash, ...firstStart } = await makeFirstThings(stores, config.adminToken);
    server.setReady(adminTokenHash);
    return { address, firstStart, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openStores({ mongodbUri, dataDir }: Config, log: Logger): Promise<Stores> {
  return mongodbUri === undefined ? openSqliteStores(dataDir, log) : openMongoStores(mongodbUri, log);
}
