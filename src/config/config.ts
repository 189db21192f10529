import { resolve } from "node:path";
import { StartError } from "../errors.ts";
import { BOUNDS, type Limits } from "../http/limits.ts";
import { type NetworkConfig, readLimits, readNetwork } from "./network.ts";
import { SettingsReader } from "./settings-reader.ts";

/** The log levels that `LOG_LEVEL` can be, from most to least. */
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** The most processes that `WORKERS` can ask for: more than the cores of any machine. */
const MAX_WORKERS = 256;

/** Every setting of the server, checked and with its default in place. The README explains each to operators. */
export interface Config extends NetworkConfig {
  /** Where the embedded store keeps its files, as an absolute path. */
  readonly dataDir: string;
  /** The MongoDB that keeps everything; undefined means the embedded store. */
  readonly mongodbUri: string | undefined;
  /** The Redis that keeps repeats off the store; undefined means this process's own memory. */
  readonly redisUrl: string | undefined;
  /** The admin token; undefined means the one that the first start made. */
  readonly adminToken: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** How many events may wait for a commit before more are answered `OVERLOADED`. */
  readonly maxQueuedEvents: number;
  /** Whether the usual HTTP/1.1 requests are served from the socket, and not by Node's server. */
  readonly isFastPathOn: boolean;
  /** What clients can make the port spend. */
  readonly limits: Limits;
  /** Whether the operator has set MAX_CONNECTIONS. A default that is too much for this machine is no mistake. */
  readonly isMaxConnectionsSet: boolean;
  /** Whether clients can ask what services and messages there are (gRPC reflection). */
  readonly isReflectionOn: boolean;
  /** How many processes serve the port. */
  readonly workers: number;
  /** How long a shutdown goes on serving before it stops accepting, in milliseconds. */
  readonly shutdownDrainMs: number;
  /** How long a shutdown waits for requests in flight after that, in milliseconds. */
  readonly shutdownGraceMs: number;
}

/**
 * Reads the settings from environment variables. This is the only place that does.
 *
 * @throws StartError naming every setting that is wrong, not only the first
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const settings = new SettingsReader(environment);
  const network = readNetwork(settings);
  const config: Config = {
    ...network,
    dataDir: resolve(settings.text("DATA_DIR") ?? "data"),
    mongodbUri: readMongodbUri(settings),
    redisUrl: readRedisUrl(settings),
    adminToken: readAdminToken(settings),
    logLevel: readLogLevel(settings),
    maxQueuedEvents: settings.integer("MAX_QUEUED_EVENTS", 10_000, 1, 1_000_000),
    isFastPathOn: settings.isOn("HTTP_FAST_PATH"),
    limits: readLimits(settings, network.tls !== undefined),
    isMaxConnectionsSet: settings.text(BOUNDS.maxConnections.setting) !== undefined,
    isReflectionOn: settings.isOn("REFLECTION"),
    workers: settings.integer("WORKERS", 1, 1, MAX_WORKERS),
    shutdownDrainMs: settings.integer("SHUTDOWN_DRAIN_MS", 5_000, 0, 600_000),
    shutdownGraceMs: settings.integer("SHUTDOWN_GRACE_MS", 10_000, 0, 600_000),
  };
  if (config.workers > 1 && config.mongodbUri === undefined) {
    settings.problems.push("WORKERS must be 1 unless MONGODB_URI is set: the embedded store belongs to one process");
  }
  if (settings.problems.length > 0) {
    throw new StartError(settings.problems.join("\n"));
  }
  return config;
}

function readLogLevel(settings: SettingsReader): Config["logLevel"] {
  const given = settings.text("LOG_LEVEL") ?? "info";
  const level = LOG_LEVELS.find((known) => known === given);
  if (level === undefined) {
    settings.problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}, not "${given}"; unset it to use info`);
  }
  return level ?? "info";
}

function readAdminToken(settings: SettingsReader): string | undefined {
  const given = settings.text("ADMIN_TOKEN");
  // Anything else could not be sent in a header, so nobody could ever present it.
  if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
    settings.problems.push("ADMIN_TOKEN may hold only visible ASCII characters, no spaces; choose another one");
  }
  return given;
}

// What a URL holds may be a password, so a wrong one is not shown.
function readMongodbUri(settings: SettingsReader): string | undefined {
  const given = settings.text("MONGODB_URI");
  if (given !== undefined && !/^mongodb(\+srv)?:\/\/./.test(given)) {
    settings.problems.push(
      "MONGODB_URI must look like mongodb://host1,host2,host3/streakd?replicaSet=rs0; unset it to use DATA_DIR",
    );
  }
  return given;
}

function readRedisUrl(settings: SettingsReader): string | undefined {
  const given = settings.text("REDIS_URL");
  if (given !== undefined && !given.split(",").every((node) => /^rediss?:\/\/./.test(node) && URL.canParse(node))) {
    settings.problems.push(
      "REDIS_URL must look like redis://host:6379, or for a cluster like redis://host1:6379,redis://host2:6379; unset it to do without Redis",
    );
  }
  return given;
}
