import { resolve } from "node:path";
import { StartError } from "../errors.ts";
import { BOUNDS, type Limits } from "../http/limits.ts";
import { weaknessOf } from "./admin-token.ts";
import { type BackupConfig, readBackups } from "./backups.ts";
import { shownSettings } from "./effective.ts";
import { unusedDatabases } from "./env-file.ts";
import { type NetworkConfig, readLimits, readNetwork } from "./network.ts";
import { type RateLimitConfig, readRateLimits } from "./rate-limits.ts";
import type { MAIN_SETTINGS } from "./settings.ts";
import { type OtherSources, SettingsReader, type Values } from "./settings-reader.ts";
import { readTelemetry, type TelemetryConfig } from "./telemetry.ts";

/** Every setting of the server, checked and with its default in place. The README explains each to operators. */
export interface Config extends NetworkConfig, TelemetryConfig {
  /** Where the embedded store keeps its files, as an absolute path. */
  readonly dataDir: string;
  /** The scheduled backups of the embedded store; undefined means none. */
  readonly backups: BackupConfig | undefined;
  /** The MongoDB that keeps everything; undefined means the embedded store. */
  readonly mongodbUri: string | undefined;
  /** The Redis that keeps repeats off the store, and that rate limits are shared through; undefined means none. */
  readonly redisUrl: string | undefined;
  /** The admin token; undefined means the one that the first start made. */
  readonly adminToken: string | undefined;
  readonly logLevel: (typeof MAIN_SETTINGS)["LOG_LEVEL"]["choices"][number];
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
  /** Whether the dashboard is served. */
  readonly isDashboardOn: boolean;
  /** How fast calls may come. */
  readonly rateLimits: RateLimitConfig;
  /** The settings in force by name, as the log may tell them: without secrets, and without those that are unset. */
  readonly shown: Readonly<Record<string, string>>;
  /** What the log should warn of, though it may be as the operator wants it; sentences. */
  readonly warnings: readonly string[];
  /** How many processes serve the port. */
  readonly workers: number;
  /** How long a shutdown goes on serving before it stops accepting, in milliseconds. */
  readonly shutdownDrainMs: number;
  /** How long a shutdown waits for requests in flight after that, in milliseconds. */
  readonly shutdownGraceMs: number;
}

/**
 * Reads the settings: what the command line says, else the environment, else a file of settings, else the default.
 *
 * @throws StartError naming every setting that is wrong, not only the first
 */
export function readConfig(environment: Values, other?: OtherSources): Config {
  const settings = new SettingsReader(environment, other);
  const network = readNetwork(settings);
  const dataDir = resolve(settings.text("DATA_DIR") as string);
  const mongodbUri = readMongodbUri(settings);
  const config: Config = {
    ...network,
    ...readTelemetry(settings),
    shown: shownSettings(settings),
    warnings: unusedDatabases(environment, (setting) => settings.text(setting) !== undefined),
    dataDir,
    backups: readBackups(settings, mongodbUri === undefined ? dataDir : undefined),
    mongodbUri,
    redisUrl: readRedisUrl(settings),
    adminToken: readAdminToken(settings),
    logLevel: settings.choice("LOG_LEVEL"),
    maxQueuedEvents: settings.integer("MAX_QUEUED_EVENTS"),
    isFastPathOn: settings.choice("HTTP_FAST_PATH") === "on",
    limits: readLimits(settings),
    isMaxConnectionsSet: settings.given(BOUNDS.maxConnections.setting) !== undefined,
    isReflectionOn: settings.choice("REFLECTION") === "on",
    isDashboardOn: settings.choice("DASHBOARD") === "on",
    rateLimits: readRateLimits(settings),
    workers: settings.integer("WORKERS"),
    shutdownDrainMs: settings.integer("SHUTDOWN_DRAIN_MS"),
    shutdownGraceMs: settings.integer("SHUTDOWN_GRACE_MS"),
  };
  if (config.workers > 1 && config.mongodbUri === undefined) {
    settings.refuse(
      "WORKERS",
      "WORKERS must be 1 unless MONGODB_URI is set: the embedded store belongs to one process",
    );
  }
  if (settings.problems.length > 0) {
    throw new StartError(settings.problems.join("\n"));
  }
  return config;
}

function readAdminToken(settings: SettingsReader): string | undefined {
  const given = settings.given("ADMIN_TOKEN");
  const weakness = given === undefined ? undefined : weaknessOf(given);
  if (weakness !== undefined) {
    settings.refuse("ADMIN_TOKEN", `ADMIN_TOKEN ${weakness}`);
  }
  return given;
}

// What a URL holds may be a password, so a wrong one is not shown.
function readMongodbUri(settings: SettingsReader): string | undefined {
  const given = settings.text("MONGODB_URI");
  if (given !== undefined && !/^mongodb(\+srv)?:\/\/./.test(given)) {
    settings.refuse(
      "MONGODB_URI",
      "MONGODB_URI must look like mongodb://host1,host2,host3/streakd?replicaSet=rs0; unset it to use DATA_DIR",
    );
  }
  return given;
}

function readRedisUrl(settings: SettingsReader): string | undefined {
  const given = settings.text("REDIS_URL");
  if (given !== undefined && !given.split(",").every((node) => /^rediss?:\/\/./.test(node) && URL.canParse(node))) {
    settings.refuse(
      "REDIS_URL",
      "REDIS_URL must look like redis://host:6379, or for a cluster like redis://host1:6379,redis://host2:6379; unset it to do without Redis",
    );
  }
  return given;
}
