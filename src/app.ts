import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { type BackupSchedule, startBackups } from "./backup/schedule.ts";
import { Authenticator } from "./call/authenticator.ts";
import { limitLookUps } from "./call/limits/look-ups.ts";
import { RateLimits } from "./call/limits/rate-limits.ts";
import { SessionCookies } from "./call/session-cookie.ts";
import type { Config } from "./config/config.ts";
import type { RateLimitConfig } from "./config/rate-limits.ts";
import { type FirstStart, makeFirstThings } from "./first-start.ts";
import { createInProcessDedupeCache } from "./ingest/dedupe/in-process.ts";
import { createRedisDedupeCache } from "./ingest/dedupe/redis.ts";
import { createTwoLevelDedupeCache } from "./ingest/dedupe/two-level.ts";
import { Ingest } from "./ingest/ingest.ts";
import { startCounting } from "./job/count-segments.ts";
import type { Job } from "./job/job.ts";
import { startReporting } from "./job/report-instance.ts";
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
import { randomId } from "./service/random-id.ts";
import { Sessions } from "./service/sessions/sessions.ts";
import { Instances } from "./service/system/instances.ts";
import { Tokens } from "./service/tokens/tokens.ts";
import { observeStores } from "./store/observe.ts";
import type { Stores } from "./store/stores.ts";
import { VERSION } from "./version.ts";

/** How long a shutdown waits for what it writes down beside events, in milliseconds. */
const WRITE_COUNTS_MS = 2_000;

/** A running streakd. */
export interface App {
  /** Where it serves, such as `http://localhost:8080` or `unix:/run/streakd.sock`. */
  readonly url: string;
  /** The TCP port; undefined on a Unix socket. */
  readonly port: number | undefined;
  /** Whether there is the dashboard. */
  readonly isDashboardOn: boolean;
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
  const sessions = new Sessions(stores.sessions, clock, (err) =>
    log.warn({ err }, "expired sign-in sessions can't be removed; this is tried again within a minute"),
  );
  // A data folder belongs to one process alone.
  const projects = new Projects(stores.projects, config.mongodbUri !== undefined);
  const analytics = new Analytics(stores.analytics, clock, (err) =>
    log.warn({ err }, "counting for analytics failed; the next read or the next round tries it again"),
  );
  const instances = createInstances(config, stores, metrics, clock);
  const rateLimits = createRateLimits(config.rateLimits, projects, redis, metrics);
  const cookies = new SessionCookies(config.tls !== undefined);
  const authenticator = new Authenticator(limitLookUps(tokens.find, rateLimits.wrongTokens), {
    cookies,
    findSession: limitLookUps(sessions.find, rateLimits.wrongTokens),
    // Not limited: a session was found before.
    findTokenOf: (tokenHash) => tokens.find(tokenHash, undefined),
  });
  const requestLog = createRequestLog(log, config.requestLog);
  const logCall = createCallLog(log, requestLog);
  const server = createServer({
    methods: createMethods({
      ...{ stores, projects, ingest, tokens, clock, audit, analytics, instances },
      signingIn: { sessions, cookies, authenticator, limits: rateLimits },
      rateLimit: config.rateLimits.perProject,
    }),
    authenticator,
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
    isDashboardOn: config.isDashboardOn,
    limits: config.limits,
    isMaxConnectionsSet: config.isMaxConnectionsSet,
    tls: config.tls,
    allowedHosts: config.allowedHosts,
    trustedProxies: config.rateLimits.trustedProxies,
  });

  let backups: BackupSchedule | undefined;
  let counting: Job | undefined;
  let reporter: Job | undefined;

  async function drain(): Promise<void> {
    server.drain();
    // The whole time, even without connections: a load balancer that has not asked yet may still open one.
    await sleep(config.shutdownDrainMs);
  }

  async function close(): Promise<void> {
    // Neither waits for the other: backups may lie on a disk that hangs.
    await Promise.all([backups?.close(), server.close(config.shutdownGraceMs)]);
    sessions.close();
    analytics.close();
    // These only write down what they have counted. A store that hangs must not keep the process for it.
    const counts = [tokens.close(), refusals.close(), audit.close(), counting?.close(), reporter?.close()];
    const inTime = Promise.race([Promise.all(counts), sleep(WRITE_COUNTS_MS, undefined, { ref: false })]);
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
    const { analytics: store, leases, projects: projectStore } = stores;
    counting = startCounting({ store, leases, projects: projectStore, analytics }, clock, log);
    reporter = startReporting(instances, log);
    if (config.backups !== undefined) {
      backups = startBackups(
        config.backups,
        config.dataDir,
        clock,
        log,
        metrics.observeBackups(config.backups.everyMs),
      );
    }
    return { ...place, isDashboardOn: config.isDashboardOn, firstStart, drain, close };
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

/** The running instances, of which this is one. */
function createInstances(config: Config, stores: Stores, metrics: Metrics, clock: () => number): Instances {
  const self = {
    id: randomId(),
    host: hostname(),
    processId: process.pid,
    version: VERSION,
    nodeVersion: process.version,
    store: config.mongodbUri === undefined ? "sqlite" : "mongodb",
    dedupeCache: config.redisUrl === undefined ? "in-process" : "redis",
    startTime: clock(),
  } as const;
  return new Instances(stores.instances, self, async () => `${await metrics.pageOfProcess()}`, clock);
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
