import { resolve } from "node:path";
import { StartError } from "./errors.ts";
import { isHostPattern } from "./http/allowed-hosts.ts";
import { BOUNDS, type Limits, MAX_TLS_CONNECTIONS } from "./http/limits.ts";
import type { TlsFiles } from "./http/tls/certificate.ts";

/** The log levels that `LOG_LEVEL` can be, from most to least. */
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** The longest path of a Unix socket, in bytes: what every system takes. */
const MAX_SOCKET_PATH_BYTES = 99;

/** The most processes that `WORKERS` can ask for: more than the cores of any machine. */
const MAX_WORKERS = 256;

/** Every setting of the server, checked and with its default in place. The README's table explains each to operators. */
export interface Config {
  /** The TCP port to serve on; 0 lets the system choose one. */
  readonly port: number;
  /** The address to serve on. */
  readonly host: string;
  /** The absolute path of the Unix socket to serve on, instead of port and host. */
  readonly unixSocket: string | undefined;
  /** The certificate to serve with; undefined means cleartext. */
  readonly tls: TlsFiles | undefined;
  /** The hosts that requests may be for; undefined means any. */
  readonly allowedHosts: readonly string[] | undefined;
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
 * Reads the settings from environment variables. This is the only place that does, and a variable that is empty counts
 * as unset, because that is what compose files make of one that is not given.
 *
 * @throws StartError naming every setting that is wrong, not only the first
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];

  function text(name: string): string | undefined {
    return environment[name] || undefined;
  }

  function integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const given = text(name);
    if (given === undefined) {
      return fallback;
    }
    const value = Number(given);
    if (!/^\d+$/.test(given) || value < minimum || value > maximum) {
      problems.push(
        `${name} must be a whole number from ${minimum} to ${maximum}, not "${given}"; unset it to use ${fallback}`,
      );
    }
    return value;
  }

  function limits(isTls: boolean): Limits {
    const values = Object.entries(BOUNDS).map(([name, { setting, default: value, min, max }]) => [
      name,
      integer(setting, isTls && name === "maxConnections" ? MAX_TLS_CONNECTIONS : value, min, max),
    ]);
    return Object.fromEntries(values) as Limits;
  }

  function isOn(name: string): boolean {
    const given = text(name) ?? "on";
    if (given !== "on" && given !== "off") {
      problems.push(`${name} must be on or off, not "${given}"; unset it to use on`);
    }
    return given === "on";
  }

  function logLevel(): Config["logLevel"] {
    const given = text("LOG_LEVEL") ?? "info";
    const level = LOG_LEVELS.find((known) => known === given);
    if (level === undefined) {
      problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}, not "${given}"; unset it to use info`);
    }
    return level ?? "info";
  }

  function adminToken(): string | undefined {
    const given = text("ADMIN_TOKEN");
    // Anything else could not be sent in a header, so nobody could ever present it.
    if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
      problems.push("ADMIN_TOKEN may hold only visible ASCII characters, no spaces; choose another one");
    }
    return given;
  }

  // What a URL holds may be a password, so a wrong one is not shown.
  function mongodbUri(): string | undefined {
    const given = text("MONGODB_URI");
    if (given !== undefined && !/^mongodb(\+srv)?:\/\/./.test(given)) {
      problems.push(
        "MONGODB_URI must look like mongodb://host1,host2,host3/streakd?replicaSet=rs0; unset it to use DATA_DIR",
      );
    }
    return given;
  }

  function redisUrl(): string | undefined {
    const given = text("REDIS_URL");
    if (given !== undefined && !given.split(",").every((node) => /^rediss?:\/\/./.test(node) && URL.canParse(node))) {
      problems.push(
        "REDIS_URL must look like redis://host:6379, or for a cluster like redis://host1:6379,redis://host2:6379; unset it to do without Redis",
      );
    }
    return given;
  }

  /** `unix:/run/streakd.sock`, or only the path. */
  function unixSocket(): string | undefined {
    const path = /^(?:unix:)?(\/.*)$/.exec(text("HOST") ?? "")?.[1];
    if (path !== undefined && Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
      problems.push(`HOST: the path of a Unix socket may have ${MAX_SOCKET_PATH_BYTES} bytes; choose a shorter one`);
    }
    return path;
  }

  function tlsFiles(): TlsFiles | undefined {
    const [certFile, keyFile, clientCaFile] = ["TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CLIENT_CA_FILE"].map((name) => {
      const path = text(name);
      return path === undefined ? undefined : resolve(path);
    });
    if (certFile !== undefined && keyFile !== undefined) {
      return { certFile, keyFile, clientCaFile };
    }
    if (certFile !== undefined || keyFile !== undefined) {
      problems.push(
        `${certFile === undefined ? "TLS_CERT_FILE" : "TLS_KEY_FILE"} is missing: set both TLS_CERT_FILE and TLS_KEY_FILE, or neither`,
      );
    } else if (clientCaFile !== undefined) {
      problems.push("TLS_CLIENT_CA_FILE needs TLS_CERT_FILE and TLS_KEY_FILE; set them, or unset it");
    }
    return undefined;
  }

  function allowedHosts(): readonly string[] | undefined {
    const hosts = text("ALLOWED_HOSTS")
      ?.split(",")
      .map((host) => host.trim().toLowerCase());
    for (const host of hosts ?? []) {
      if (!isHostPattern(host)) {
        problems.push(
          `ALLOWED_HOSTS must be hosts without ports, with commas, like streaks.example.com,*.example.org,[::1]; "${host}" is none`,
        );
      }
    }
    return hosts;
  }

  const tls = tlsFiles();
  const config: Config = {
    port: integer("PORT", 8080, 0, 65_535),
    host: text("HOST") ?? "0.0.0.0",
    unixSocket: unixSocket(),
    tls,
    allowedHosts: allowedHosts(),
    dataDir: resolve(text("DATA_DIR") ?? "data"),
    mongodbUri: mongodbUri(),
    redisUrl: redisUrl(),
    adminToken: adminToken(),
    logLevel: logLevel(),
    maxQueuedEvents: integer("MAX_QUEUED_EVENTS", 10_000, 1, 1_000_000),
    isFastPathOn: isOn("HTTP_FAST_PATH"),
    limits: limits(tls !== undefined),
    isReflectionOn: isOn("REFLECTION"),
    workers: integer("WORKERS", 1, 1, MAX_WORKERS),
    shutdownDrainMs: integer("SHUTDOWN_DRAIN_MS", 5_000, 0, 600_000),
    shutdownGraceMs: integer("SHUTDOWN_GRACE_MS", 10_000, 0, 600_000),
  };
  if (config.workers > 1 && config.mongodbUri === undefined) {
    problems.push("WORKERS must be 1 unless MONGODB_URI is set: the embedded store belongs to one process");
  }
  if (problems.length > 0) {
    throw new StartError(problems.join("\n"));
  }
  return config;
}
