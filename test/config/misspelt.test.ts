import { describe, expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";

/** What a kubelet gives a container of services named `streakd` and `redis`. */
const KUBERNETES = {
  STREAKD_PORT: "tcp://10.0.0.7:8080",
  STREAKD_PORT_8080_TCP: "tcp://10.0.0.7:8080",
  STREAKD_PORT_8080_TCP_PORT: "8080",
  STREAKD_SERVICE_HOST: "10.0.0.7",
  STREAKD_SERVICE_PORT: "8080",
  STREAKD_SERVICE_PORT_HTTP: "8080",
  REDIS_PORT: "tcp://10.0.0.8:6379",
  REDIS_SERVICE_HOST: "10.0.0.8",
  KUBERNETES_PORT: "tcp://10.0.0.1:443",
};

/** What shells, terminals, package managers, platforms and other services set. */
const OTHERS = `
  HOME HOSTNAME HOSTTYPE HOSTS POST PORTS PORT_HTTP PORT0 SHLVL PWD TERM LOGNAME XDG_DATA_DIRS XDG_DATA_HOME
  SSL_CERT_FILE SSL_CERT_DIR NODE_ENV NODE_EXTRA_CA_CERTS NODE_OPTIONS LOGLEVEL LOG_FORMAT LOG_FILE RUST_LOG
  WORKER WORKDIR WORKSPACE WEB_CONCURRENCY ADMIN_EMAIL DATABASE_URL MONGODB_URL MONGO_URL MONGO_URI REDIS_URI
  REDIS_HOST REDIS_TLS_URL PGDATA MAX_OLD_SPACE_SIZE REQUEST_TIMEOUT KEEP_ALIVE_TIMEOUT
  GRACEFUL_SHUTDOWN_TIMEOUT DATADIR DATA_PATH npm_config_registry npm_lifecycle_event http_proxy
  INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET OTEL_RESOURCE_ATTRIBUTES AWS_REGION RAILWAY_STATIC_URL
  FLY_APP_NAME DYNO RENDER_SERVICE_ID
`
  .trim()
  .split(/\s+/);

/** The problems that the settings have, each a line. */
function problems(environment: Record<string, string>, values?: Record<string, string>): string[] {
  try {
    readConfig(environment, { file: values && { path: ".env", values } });
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
}

describe("a variable of the environment", () => {
  test.each([
    ["LOG_LEVL", "LOG_LEVEL"],
    ["LOG_LEVLE", "LOG_LEVEL"],
    ["LOG_LEVELS", "LOG_LEVEL"],
    ["DATA_DIRR", "DATA_DIR"],
    ["ADMIN_TOKN", "ADMIN_TOKEN"],
    ["MONGO_DB_URI", "MONGODB_URI"],
    ["REDIS_ULR", "REDIS_URL"],
    ["MAX_QUEUED_EVENT", "MAX_QUEUED_EVENTS"],
    ["SHUTDOWN_DRIAN_MS", "SHUTDOWN_DRAIN_MS"],
    ["log_levl", "LOG_LEVEL"],
  ])("%s is refused, with %s as what was meant", (name, meant) => {
    expect(problems({ [name]: "1" })).toEqual([`${name} is no setting. Did you mean ${meant}? Rename it, or unset it`]);
  });

  test("of somebody else never stops the server", () => {
    expect(problems({ ...KUBERNETES, ...Object.fromEntries(OTHERS.map((name) => [name, "1"])) })).toEqual([]);
  });

  test("is somebody else's when the setting that it is like is set too", () => {
    expect(problems({ LOG_LEVELS: "a,b", LOG_LEVEL: "warn" })).toEqual([]);
  });

  test("that is empty counts as unset", () => {
    expect(problems({ LOG_LEVL: "", LOG_LEVEL: "", PORT: "" })).toEqual([]);
  });
});

test("a database in the environment that streakd does not read is warned of, unless streakd has its own", () => {
  expect(readConfig({ MONGODB_URL: "mongodb://h" }).warnings).toEqual([
    "MONGODB_URL is set, and streakd does not read it: its setting is MONGODB_URI",
  ]);
  expect(readConfig({ MONGODB_URL: "mongodb://h", MONGODB_URI: "mongodb://h/streakd" }).warnings).toEqual([]);
});

describe("a name in a .env file", () => {
  test.each([
    ["PROT", "PORT"],
    ["HOTS", "HOST"],
    ["port", "PORT"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["MONGODB_URL", "MONGODB_URI"],
    ["MAX_CONNECTION_PER_ADRESS", "MAX_CONNECTIONS_PER_ADDRESS"],
  ])("%s is refused, with %s as what was meant", (name, meant) => {
    expect(problems({}, { [name]: "1" })).toEqual([
      `.env: ${name} is no setting. Did you mean ${meant}? Rename it, or remove it`,
    ]);
  });

  test("that is like no setting is for other programs", () => {
    expect(
      problems({}, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://x", NODE_ENV: "production", COMPOSE_PROFILES: "a" }),
    ).toEqual([]);
  });
});
