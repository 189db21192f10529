import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { type BackupSchedule, startBackups } from "./backup/schedule.ts";
import { limitLookUps } from "./call/limits/look-ups.ts";
import { RateLimits } from "./call/limits/rate-limits.ts";
import type { Config } from "./config/config.ts";
import type { RateLimitConfig } from "./config/rate-limits.ts";
import { type FirstStart, makeFirstThings } from "./first-start.ts";
import { createInProcessDedupeCache } from "./ingest/dedupe/in-process.ts";
import { createRedisDedupeCache } from "./ingest/dedupe/redis.ts";
import { createTwoLevelDedupeCache } from "./ingest/dedupe/two-level.ts";
import { Ingest } from "./ingest/ingest.ts";
import { createMethods } from "./methods.ts";
import { createCallLog } from "./observe/call-log.ts";
import { createMetrics, type Metrics } from "./observe/metrics.ts";
import { createRequestLog } from "./observe/request-log.ts";
import type { Traces } from "./observe/traces/create-traces.ts";
import { openStores } from "./open-stores.ts";
import { openRedis, type RedisConnection } from "./redis/connection.ts";
import { createRedisBuckets } from "./redis/shared-buckets.ts";
import { createServer, type Server } from "./server.ts";
import { Analytics } from "./service/analytics/analytics.ts";
import { AuditLog } from "./service/audit/audit-log.ts";
import { Refusals } from "./service/audit/refusals.ts";
import { Projects } from "./service/projects/projects.ts";
import { Tokens } from "./service/tokens/tokens.ts";
import { observeStores } from "./store/observe.ts";

/** How long a shutdown waits for last uses of tokens and refused attempts to be written, in milliseconds. */
const WRITE_COUNTS_MS = 2_000;

/** A running streakd. */
export interface App {
  /** Where it serves, such as `http://localhost:8080` or `unix:/run/streakd.sock`. */
  readonly url: string;
  /** The TCP port; undefined on a Unix socket. */
  readonly port: number | undefined;
  /** What this start made because the installation was empty. */
  readonly firstStart: FirstStart;
  /**
   * Declares the service not ready, so that load balancers send nothing new. Serves on for `shutdownDrainMs`, which
   * load balancers need to notice, and tells clients that their connections end.
   */
  drain(): Promise<void>;
  /** Stops accepting, answers what is in flight, and lets go of the store. */
  close(): Promise<void>;
}

/**
 * Puts the parts together and starts serving.
 *
 * @param clock the server's time in epoch milliseconds
 * @param droppedLines returns how many lines of the log were dropped, to count them
 * @throws an error with a message for the operator when the data folder or the port can't be used
 */
export async function startApp(
  config: Config,
  clock: () => number,
  log: Logger,
  droppedLines: () => number,
): Promise<App> {
  const gauges = { queued: () => ingest.queued, connections: () => server.connections, droppedLines };
  const metrics = createMetrics(gauges, log);
  const traces = config.isTraced ? await openTraces(config, log) : undefined;
  const stores = observeStores(await openStores(config, log), (call) => {
    metrics.storeCalled(call);
    traces?.storeCalled(call);
  });
  const redis =
    config.redisUrl === undefined
      ? undefined
      : openRedis(config.redisUrl, (err) => {
          metrics.dedupeOutage();
          log.warn({ err }, "Redis can't be reached; going on without it");
        });
  const localCache = createInProcessDedupeCache(clock);
  const dedupeCache = redis ? createTwoLevelDedupeCache(localCache, createRedisDedupeCache(redis, clock)) : localCache;
  const ingest = new Ingest(stores, dedupeCache, clock, config.maxQueuedEvents, metrics, traces?.batches);
  const audit = new AuditLog(stores.audit, clock, log);
  const refusals = new Refusals(audit, log);
  const tokens = new Tokens(stores.tokens, clock, (err) =>
    log.warn({ err }, "the upkeep of tokens failed; it is tried again within a minute"),
  );
  const projects = new Projects(stores.projects);
  const analytics = new Analytics(stores.analytics, clock, (err) =>
    log.warn({ err }, "counting for analytics failed; it is tried again"),
  );
  const rateLimits = createRateLimits(config.rateLimits, projects, redis, metrics);
  const requestLog = createRequestLog(log, config.requestLog);
  const logCall = createCallLog(log, requestLog);
  const server = createServer({
    methods: createMethods(stores, projects, ingest, tokens, clock, audit, analytics),
    findToken: limitLookUps(tokens.find, rateLimits.wrongTokens),
    observer: {
      ...(traces && { begin: traces.begin }),
      ended(call) {
        metrics.called(call);
        logCall(call);
        refusals.count(call);
      },
    },
    rateLimits,
    onOtherAnswer: requestLog.answered,
    metrics,
    log,
    isFastPathOn: config.isFastPathOn,
    isReflectionOn: config.isReflectionOn,
    limits: config.limits,
    isMaxConnectionsSet: config.isMaxConnectionsSet,
    tls: config.tls,
    allowedHosts: config.allowedHosts,
    trustedProxies: config.rateLimits.trustedProxies,
  });

  let backups: BackupSchedule | undefined;

  async function drain(): Promise<void> {
    server.drain();
    // The whole time, even without connections: a load balancer that has not asked yet may still open one.
    await sleep(config.shutdownDrainMs);
  }

  async function close(): Promise<void> {
    // Neither waits for the other: backups may lie on a disk that hangs.
    await Promise.all([backups?.close(), server.close(config.shutdownGraceMs)]);
    // These only write down what they have counted. A store that hangs must not keep the process for it.
    analytics.close();
    const written = Promise.all([tokens.close(), refusals.close(), audit.close()]);
    const inTime = Promise.race([written, sleep(WRITE_COUNTS_MS, undefined, { ref: false })]);
    await Promise.all([ingest.close(), inTime]);
    await dedupeCache.close();
    rateLimits.close();
    redis?.close();
    await stores.close();
    await traces?.close();
  }

  try {
    // Takes the port first. If it is in use, nothing was made, and no unseen token is lost.
    const place = await takePort(server, config);
    const { adminTokenHash, ...firstStart } = await makeFirstThings(stores, config.dataDir, config.adminToken);
    server.setReady(adminTokenHash);
    if (config.backups !== undefined) {
      backups = startBackups(
        config.backups,
        config.dataDir,
        clock,
        log,
        metrics.observeBackups(config.backups.everyMs),
      );
    }
    return { ...place, firstStart, drain, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createRateLimits(
  { perProject, perAddress, admin }: RateLimitConfig,
  projects: Projects,
  redis: RedisConnection | undefined,
  metrics: Metrics,
): RateLimits {
  return new RateLimits({
    perAddress,
    admin,
    limitOf: (siteKey) => projects.rateLimitOf(siteKey, perProject),
    shared: redis && createRedisBuckets(redis),
    clock: () => Math.floor(performance.now()),
    onRefused: metrics.rateLimited,
  });
}

async function takePort(server: Server, { unixSocket, port, host, tls }: Config): Promise<Pick<App, "url" | "port">> {
  if (unixSocket !== undefined) {
    await server.listen({ path: unixSocket });
    return { url: `unix:${unixSocket}`, port: undefined };
  }
  const address = await server.listen({ port, host });
  const scheme = tls === undefined ? "http" : "https";
  return { url: `${scheme}://${displayHost(address)}:${address.port}`, port: address.port };
}

/** The host of an address as a URL has it. */
function displayHost({ address, family }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") {
    return "localhost";
  }
  return family === "IPv6" ? `[${address}]` : address;
}

/** Loads OpenTelemetry, which nothing else does. */
async function openTraces({ tls, mongodbUri }: Config, log: Logger): Promise<Traces> {
  const { createTraces } = await import("./observe/traces/create-traces.ts");
  const database = mongodbUri === undefined ? "sqlite" : "mongodb";
  return createTraces({ scheme: tls === undefined ? "http" : "https", database }, log);
}
