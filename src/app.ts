import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { createAdminGuard } from "./call/admin-token.ts";
import type { Config } from "./config.ts";
import { type FirstStart, makeFirstThings } from "./first-start.ts";
import { createLayeredSeen } from "./ingest/dedupe/layered.ts";
import { createProcessSeen } from "./ingest/dedupe/process.ts";
import { createRedisSeen } from "./ingest/dedupe/redis.ts";
import { Ingest } from "./ingest/ingest.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createServer } from "./server.ts";
import { AdminService } from "./service/projects/admin-service.ts";
import { Projects } from "./service/projects/projects.ts";
import { StreakService } from "./service/streaks/streak-service.ts";
import { openMongoStores } from "./store/mongo/open.ts";
import { observeStores } from "./store/observe.ts";
import { openSqliteStores } from "./store/sqlite/open.ts";
import type { Stores } from "./store/stores.ts";
import { metricsOfAllWorkers } from "./workers.ts";

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
  const metrics = createMetrics(() => ingest.queued, metricsOfAllWorkers());
  const stores = observeStores(await openStores(config, log), metrics.storeCalled);
  const onSeenTrouble = (error: unknown) => {
    metrics.seenFailed();
    log.warn({ err: error }, "Redis can't be reached; going on without it");
  };
  const ownSeen = createProcessSeen(clock);
  const seen = config.redisUrl
    ? createLayeredSeen(ownSeen, createRedisSeen(config.redisUrl, clock, onSeenTrouble))
    : ownSeen;
  const ingest = new Ingest(stores, seen, clock, config.maxQueuedEvents, metrics);
  const projects = new Projects(stores.projects);
  const server = createServer({
    streakService: new StreakService(projects, ingest, stores.streaks, clock),
    adminService: new AdminService(projects, stores),
    metrics,
    log,
  });

  async function close(): Promise<void> {
    await server.close(config.shutdownGraceMs);
    await ingest.close();
    await seen.close();
    await stores.close();
  }

  try {
    // The port first: were it taken only after the first things are made, the token would be lost unseen.
    const address = await server.listen(config.port, config.host);
    const { adminTokenHash, ...firstStart } = await makeFirstThings(stores, config.adminToken);
    server.serve(createAdminGuard(adminTokenHash));
    return { address, firstStart, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openStores({ mongodbUri, dataDir }: Config, log: Logger): Promise<Stores> {
  return mongodbUri === undefined ? openSqliteStores(dataDir, log) : openMongoStores(mongodbUri, log);
}
