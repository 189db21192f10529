import { BOUNDS, type Bound, type LimitName } from "../http/limits.ts";

/** What all settings have. */
interface AnySetting {
  /** What it is for, in a line: the help and the README's table say the same. */
  readonly help: string;
}

/** A setting that is a whole number. */
export interface IntegerSetting extends AnySetting {
  readonly kind: "integer";
  readonly default: number;
  /** The default with TLS_CERT_FILE, where it is another. */
  readonly defaultOverTls?: number | undefined;
  readonly min: number;
  readonly max: number;
}

/** A setting that is one of a few words. */
interface ChoiceSetting extends AnySetting {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default: string;
}

/** Any other setting; what it may be is checked where it is read. */
interface TextSetting extends AnySetting {
  readonly kind: "text";
  /** What the help calls its value, such as `file`. */
  readonly value: string;
  /** Undefined when it may be unset. */
  readonly default: string | undefined;
  /** What it means that it is unset, where that is not plain. */
  readonly unset?: string;
  /** What nobody may be shown of it: all of it, or the passwords in its URLs. */
  readonly secret?: "all" | "passwords";
}

/** A setting, as the environment, a `.env` file and the command line can set it. */
export type Setting = IntegerSetting | ChoiceSetting | TextSetting;

/** What each of the {@link BOUNDS} limits. docs/operations.md says more. */
const BOUND_HELP: Readonly<Record<LimitName, string>> = {
  maxConnections: "connections of all clients; by default 6000 over TLS",
  maxConnectionsPerAddress: "connections of one address; 0 for no bound",
  maxStreamingCalls: "streaming RPCs of all clients that are under way",
  maxRequests: "unanswered requests of all HTTP/2 clients",
  maxStreams: "unanswered requests of one HTTP/2 connection",
  maxHeaderBytes: "bytes of a request's head",
  maxHeaders: "headers of a request",
  maxUnfinishedBodyBytes: "memory for the bodies of all clients that have not ended",
  maxWaitingDecompressions: "compressed bodies and messages that wait to be decompressed",
  maxWaitingBrotli: "the same for Brotli",
  headersMs: "to the end of a request's head",
  requestMs: "to the end of a body that is read as a whole",
  silenceMs: "silence of a client within a body",
  uploadMs: "to the end of a streamed body",
  stallMs: "how long a client may read nothing of an answer",
  keepAliveMs: "how long an HTTP/1.1 connection stays open between requests",
  sessionMs: "how long an HTTP/2 connection stays open without a request",
  maxResets: "streams that an HTTP/2 client may reset in a burst",
  maxPings: "pings of an HTTP/2 client in a burst",
  maxSettings: "SETTINGS frames of an HTTP/2 client in a burst",
  maxContinuations: "CONTINUATION frames of one HTTP/2 header block",
  maxIdleFrames: "HTTP/2 frames that move nothing, in a burst",
};

/** The settings by which operators bound what clients can make the server spend, by name. */
export const BOUND_SETTINGS: Readonly<Record<string, IntegerSetting>> = Object.fromEntries(
  Object.entries<Bound>(BOUNDS).map(([limit, { setting, default: byDefault, defaultOverTls, min, max }]) => [
    setting,
    { ...integer(byDefault, min, max, BOUND_HELP[limit as LimitName]), defaultOverTls },
  ]),
);

/** The other settings, by name. */
export const MAIN_SETTINGS = {
  PORT: integer(8080, 0, 65_535, "the port to serve on; 0 lets the system choose"),
  HOST: text(
    "address",
    "the address to serve on; 127.0.0.1 for this machine only; unix:/run/streakd.sock for a Unix socket, which needs no PORT",
    { default: "0.0.0.0" },
  ),
  TLS_CERT_FILE: text("file", "the certificate to serve with and its chain, PEM; read again when it changes", {
    unset: "cleartext",
  }),
  TLS_KEY_FILE: text("file", "the certificate's key, PEM"),
  TLS_CLIENT_CA_FILE: text("file", "the authorities, PEM; every client must present a certificate of one of them"),
  ALLOWED_HOSTS: text(
    "hosts",
    "the hosts that requests may be for, with commas: streaks.example.com,*.example.org,ip (ip: every address)",
    { unset: "any" },
  ),
  DATA_DIR: text("folder", "the folder of all data, unless MONGODB_URI is set", { default: "data" }),
  BACKUP_DIR: text("folder", "the folder of scheduled backups of DATA_DIR, which no other server may share", {
    unset: "no backups",
  }),
  BACKUP_EVERY_HOURS: integer(24, 1, 8760, "how many hours after one scheduled backup the next one is made"),
  BACKUP_KEEP: integer(7, 1, 10_000, "how many scheduled backups are kept; older ones are deleted"),
  ADMIN_TOKEN: text(
    "token",
    "the token that admin calls need; at least 16 visible ASCII characters without spaces, not to be guessed",
    { unset: "made by the first start", secret: "all" },
  ),
  MONGODB_URI: text("uri", "the MongoDB that keeps all data, a replica set or mongos, for any number of instances", {
    unset: "embedded",
    secret: "passwords",
  }),
  REDIS_URL: text(
    "url",
    "the Redis that tells instances about each other's duplicates and rate limits; several, with commas, are a cluster",
    { unset: "in the process", secret: "passwords" },
  ),
  LOG_LEVEL: choice(
    ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
    "info",
    "trace, debug, info, warn, error, fatal or silent; the log is JSON lines on stdout. debug adds each call of the store, trace connections",
  ),
  LOG_REQUESTS: text(
    "share",
    "the share of the successful calls that have a line in the log, from 0 to 1; every other request has one",
    { default: "1" },
  ),
  LOG_REQUESTS_PER_SECOND: integer(
    100,
    0,
    1_000_000,
    "the most lines a second about successful calls, and as many about others; a line says how many were left out",
  ),
  LOG_USERS: choice(["on", "off"], "off", "on: the lines about requests name the user"),
  MAX_QUEUED_EVENTS: integer(
    10_000,
    1,
    1_000_000,
    "how many events may wait for a commit before further ones are answered 503",
  ),
  RATE_LIMIT: text(
    "rate",
    "how many calls a second apps and browsers may make for each project, such as 50, which we recommend; 50:100 allows 100 at once; a project may have its own limit",
    { unset: "no limit" },
  ),
  RATE_LIMIT_PER_ADDRESS: text("rate", "the same for all calls of one address; an IPv6 /64 counts as one", {
    unset: "no limit",
  }),
  RATE_LIMIT_ADMIN: text("rate", "the same for the admin calls of one token, or of one address with the admin token", {
    unset: "no limit",
  }),
  TRUSTED_PROXIES: text(
    "proxies",
    "the proxies whose X-Forwarded-For says who the client is, with commas: 10.0.0.0/8,192.0.2.7,unix (unix: every client of the Unix socket)",
    { unset: "none" },
  ),
  WORKERS: integer(
    1,
    1,
    // More than the cores of any machine.
    256,
    "how many processes serve the port, each as an instance of its own; more than 1 needs MONGODB_URI",
  ),
  HTTP_FAST_PATH: onOff(
    "off: Node's own server reads every HTTP/1.1 request; slower, with the same answers to valid requests",
  ),
  REFLECTION: onOff("off: no gRPC server reflection, whose answers are up to 165 times as large as its questions"),
  DASHBOARD: onOff("off: no dashboard at /dashboard"),
  SHUTDOWN_DRAIN_MS: integer(
    5_000,
    0,
    600_000,
    "how many milliseconds the server still serves everything after a SIGTERM, while clients are told to leave; SIGINT (Ctrl-C) skips this",
  ),
  SHUTDOWN_GRACE_MS: integer(
    10_000,
    0,
    600_000,
    "how many milliseconds a shutdown then waits for the requests in flight",
  ),
} as const satisfies Readonly<Record<string, Setting>>;

/** Every setting, by name: the one list that the environment, `.env`, the command line and their help come from. */
export const SETTINGS: Readonly<Record<string, Setting>> = { ...MAIN_SETTINGS, ...BOUND_SETTINGS };

/** Returns the flag of a setting: `--log-level` of `LOG_LEVEL`. */
export function flagOf(name: string): string {
  return `--${name.toLowerCase().replaceAll("_", "-")}`;
}

function integer(byDefault: number, min: number, max: number, help: string): IntegerSetting {
  return { kind: "integer", default: byDefault, min, max, help };
}

function choice<Choice extends string>(choices: readonly Choice[], byDefault: Choice, help: string) {
  return { kind: "choice", choices, default: byDefault, help } as const;
}

function onOff(help: string) {
  return choice(["on", "off"], "on", help);
}

function text(
  value: string,
  help: string,
  more: { default?: string; unset?: string; secret?: "all" | "passwords" } = {},
): TextSetting {
  return { kind: "text", value, help, default: undefined, ...more };
}
