import { COMPUTED } from "./imports.ts";
import { all, only, type Rule, types } from "./rule.ts";

const protobuf = "@bufbuild/protobuf{,/*}";
const messages = "gen/**/*_pb.ts";
const node = "node:*{,/*}";
const connect = "@connectrpc/connect{,/*}";

/**
 * The architecture: which files may import what, from the inside out. An import that no rule allows is refused, so a file
 * in a folder that no rule names may import nothing. The files of one folder may import each other, but not in a circle.
 */
export const rules: readonly Rule[] = [
  {
    files: "src/error-catalogue.ts",
    reason: "The codes of errors depend on nothing.",
    mayImport: [],
  },
  {
    files: "src/errors.ts",
    reason: "The errors, which anything may throw, depend on their codes alone.",
    mayImport: all("src/error-catalogue.ts"),
  },
  {
    files: "src/files.ts",
    reason: "Makes files and folders, whatever they are for.",
    mayImport: all("node:fs/promises", "node:path"),
  },
  {
    files: "src/address.ts",
    reason: "IP addresses, whatever they are addresses of.",
    mayImport: only(["isIP", "SocketAddress"], "node:net"),
  },
  {
    files: "src/nearest.ts",
    reason: "What a misspelt name was meant to be: it compares texts, whatever they name.",
    mayImport: [],
  },
  {
    files: "src/deadline.ts",
    reason: "A deadline is passed from the transports down to the stores: it knows the error that it ends with.",
    mayImport: all("src/errors.ts"),
  },
  {
    files: "src/domain/*",
    reason: "The domain is pure: it computes from values, and knows nothing that calls or keeps them.",
    mayImport: [...all("luxon"), ...only(["isIPv4"], "node:net"), ...only(["crc32"], "node:zlib")],
  },
  {
    files: "src/domain/streaks/**",
    reason: "Streaks are computed from days and rules, and neither knows them.",
    mayImport: all("src/domain/*", "src/domain/streaks/**"),
  },
  {
    files: "src/domain/analytics/*",
    reason: "Analytics are computed from what the rest of the domain computes, and nothing there knows them.",
    mayImport: [...all("src/domain/*", "src/domain/streaks/**"), ...only(["createHash"], "node:crypto")],
  },

  {
    files: "src/store/*",
    reason: "The ports of the stores speak of the domain, and know no implementation.",
    mayImport: all("src/domain/**", "src/errors.ts", "node:timers/promises"),
  },
  {
    files: "src/store/sqlite/*",
    reason: "A store knows its ports, the domain, the errors, and what it stores with.",
    mayImport: [
      ...all("src/store/*", "src/domain/**", "src/errors.ts", "src/files.ts", "lru-cache"),
      ...all("node:fs", "node:fs/promises", "node:path", "node:sqlite", "node:timers/promises"),
      ...all("node:worker_threads"),
    ],
  },
  {
    files: "src/store/mongo/*",
    reason: "A store knows its ports, the domain, the errors, and what it stores with.",
    mayImport: all(
      ...["src/store/*", "src/domain/**", "src/deadline.ts", "src/errors.ts"],
      ...["lru-cache", "mongodb", "node:timers/promises"],
    ),
  },

  {
    files: "src/ingest/dedupe/*",
    reason: "A dedupe cache knows what it remembers with, and of the stores no more than what events are.",
    mayImport: [
      ...all("src/store/{day-kinds,events}.ts", "lru-cache", "node:crypto"),
      ...types("src/redis/connection.ts"),
    ],
  },
  {
    files: "src/redis/*",
    reason: "What knows Redis, apart from the dedupe cache, which has commands of its own.",
    mayImport: [
      ...all("ioredis", "node:crypto", "node:timers/promises"),
      ...types("src/call/limits/shared-buckets.ts"),
    ],
  },
  {
    files: "src/ingest/*",
    reason: "The path of an event knows the domain and the ports of what it writes to, and no implementation.",
    mayImport: [
      ...all("src/domain/**", "src/store/*", "src/errors.ts", "node:crypto", "node:timers/promises"),
      ...all("src/ingest/dedupe/dedupe-key.ts"),
      ...types("src/deadline.ts", "src/ingest/dedupe/dedupe-cache.ts"),
    ],
  },
  {
    files: "src/service/**",
    reason: "The methods know messages, the domain, ingest and the stores' ports: no transport, no database.",
    mayImport: [
      ...all(
        messages,
        protobuf,
        "src/service/**",
        "src/domain/**",
        "src/{error-catalogue,errors}.ts",
        "src/nearest.ts",
      ),
      ...all("src/call/{principal,reach}.ts", "jose", "lru-cache", "node:crypto", "node:timers/promises"),
      ...only(["isDeepStrictEqual"], "node:util"),
      ...only(["networkOf"], "src/address.ts"),
      ...only(["Change", "ChangedInPart", "ChangedMeanwhile", "ChangeHandler"], "src/call/audit.ts"),
      ...only(["coalesceCalls"], "src/store/coalesce-calls.ts"),
      ...only(["MAX_DATED", "inRedatingOrder"], "src/store/zones.ts"),
      ...only(["REPORT_LIFE_MS"], "src/store/instances.ts"),
      ...types("src/call/*", "src/ingest/*", "src/store/*"),
    ],
  },

  {
    files: "src/job/*",
    reason: "What the server does by itself now and then: it knows what it works on, no transport and no call.",
    mayImport: [
      ...all("src/store/{instances,unavailable}.ts", "node:crypto", "node:timers/promises"),
      ...types("src/domain/*", "src/store/*", "src/service/**", "pino"),
    ],
  },
  {
    files: "src/call/*",
    reason: "The pipeline knows what all calls have in common: no method, no transport, nothing below the methods.",
    mayImport: [
      ...all(protobuf, "gen/streak/options/v1/options_pb.ts", "src/domain/{day,local-time,token-secret,zone}.ts"),
      ...all("src/deadline.ts", "src/{error-catalogue,errors}.ts", "src/nearest.ts", "luxon", "node:crypto"),
      ...all("node:timers/promises"),
      ...types("node:http"),
    ],
  },
  {
    files: "src/call/limits/*",
    reason: "Rate limits know calls and the domain: where a project is kept and what instances share is given to them.",
    mayImport: [
      ...all("src/address.ts", "src/errors.ts", "lru-cache", "node:crypto"),
      ...types("src/call/*", "src/domain/rate-limit.ts", "@bufbuild/protobuf"),
    ],
  },
  {
    files: "src/http/*",
    reason: "Messages of HTTP, whatever server they come from and whatever they are for.",
    mayImport: [
      ...all("src/address.ts", "src/{error-catalogue,errors}.ts"),
      ...only(["BlockList", "isIP"], "node:net"),
      ...only(["STATUS_CODES"], "node:http"),
      ...only(["randomBytes"], "node:crypto"),
      ...types("node:http", "node:net", "node:stream"),
    ],
  },
  {
    files: "src/http/compression/*",
    reason: "Compresses and decompresses bodies and messages, whichever server they belong to.",
    mayImport: [...all("src/http/*", "src/errors.ts", "node:stream", "node:util", "node:zlib"), ...types("node:http")],
  },
  {
    files: "src/http/fast/*",
    reason: "The fast path is a transport like another: it knows messages of HTTP and sockets.",
    mayImport: [...only(["peerOf"], "src/address.ts"), ...all("src/http/*", "node:http"), ...types("node:net")],
  },
  {
    files: "src/http/h2/**",
    reason: "HTTP/2 is a transport like others: it knows messages of HTTP, and sockets.",
    mayImport: [
      ...only(["peerOf"], "src/address.ts"),
      ...all("src/http/*", "src/http/h2/**", "src/errors.ts"),
      ...types("node:http", "node:net"),
    ],
  },
  {
    files: "src/http/tls/*",
    reason: "TLS turns connections into secure connections, and knows nothing of what is sent on them.",
    mayImport: [
      ...all("src/http/*", "src/errors.ts", "node:crypto", "node:fs", "node:fs/promises", "node:tls"),
      ...types("node:net"),
    ],
  },
  {
    files: "src/http/listener/*",
    reason: "The port: Node's servers, and what they hand messages of HTTP to is given to them.",
    mayImport: [
      ...all("src/http/*", "src/http/tls/*", "src/http/h2/create-http2.ts", "src/address.ts", "src/errors.ts"),
      ...all("node:cluster", "node:fs", "node:fs/promises", "node:http", "node:net", "node:stream"),
    ],
  },
  {
    files: "src/rest/*",
    reason: "The runtime of the generated bridge turns HTTP into calls: no other transport, nothing below the calls.",
    mayImport: [
      ...all(protobuf, "src/call/*", "src/http/*", "src/http/compression/*", "src/{error-catalogue,errors}.ts"),
      ...types("node:http"),
    ],
  },
  {
    files: "src/rpc/*",
    reason: "Connect, gRPC and gRPC-Web turn HTTP into calls: no other transport, nothing below the calls.",
    mayImport: [
      ...all(messages, protobuf, connect),
      ...all("src/call/*", "src/http/*", "src/http/compression/*", "src/{error-catalogue,errors}.ts"),
      ...types("node:http"),
    ],
  },
  {
    files: "src/web/*",
    reason: "What the port serves beside calls: CORS, probes, pages, the files for browsers.",
    mayImport: [
      ...all("src/http/*", "src/{error-catalogue,errors}.ts", "gen/openapi.json", "@connectrpc/connect"),
      ...all("node:crypto", "node:fs", "node:path"),
      ...only(["chooseEncoding"], "src/http/compression/encoding.ts"),
    ],
  },
  {
    files: "src/observe/*",
    reason: "Metrics and the log know what they report with, and of others no more than the types that they count.",
    mayImport: [
      ...only(["peerOf"], "src/address.ts"),
      ...all(
        "prom-client",
        "pino",
        "node:cluster",
        "node:fs",
        "src/http/limits.ts",
        "src/http/message.ts",
        "src/errors.ts",
      ),
      ...all("src/call/principal.ts", "src/version.ts"),
      ...types("src/call/observer.ts", "src/call/limits/rate-limits.ts", "src/http/connection-server.ts"),
      ...types(
        "src/config/telemetry.ts",
        "src/ingest/observer.ts",
        "src/store/events.ts",
        "src/store/observe.ts",
        "node:net",
      ),
    ],
  },
  {
    files: "src/observe/traces/*",
    reason: "Traces are loaded only when they are wanted, and nothing else knows OpenTelemetry.",
    mayImport: [
      ...all("@opentelemetry/*", "src/observe/throttle.ts", "src/observe/without-user.ts"),
      ...all("src/{error-catalogue,errors}.ts", "src/http/message.ts", "src/version.ts"),
      ...all("node:async_hooks", "node:timers/promises"),
      ...only(["codeFromString"], "@connectrpc/connect/protocol-connect"),
      ...types("src/call/*", "src/ingest/observer.ts", "src/store/observe.ts", "node:http", "pino"),
    ],
  },
  {
    files: "gen/**",
    reason: "What buf generates: messages, and the bridge, which calls its runtime.",
    mayImport: all(protobuf, "gen/**", "src/call/*", "src/rest/*"),
  },

  {
    files: "src/migrate/*",
    reason: "Migrating knows both stores, and nothing that serves.",
    mayImport: [
      ...all("src/errors.ts", "src/store/*", "src/store/sqlite/*", "src/store/mongo/*"),
      ...types("src/domain/**"),
      ...all("mongodb", "node:crypto", "node:fs/promises", "node:path", "node:timers/promises"),
      ...types("node:sqlite"),
    ],
  },
  {
    files: "src/backup/*",
    reason: "Backups know the embedded store's file and lock, and nothing that serves.",
    mayImport: [
      ...all("src/errors.ts", "src/files.ts", "src/store/sqlite/*"),
      ...all("node:child_process", "node:fs", "node:fs/promises", "node:path", "node:sqlite", "node:timers/promises"),
      ...all("node:url", "node:util"),
      ...types("src/config/backups.ts", "src/observe/backups.ts", "pino"),
    ],
  },
  {
    files: "src/config/*",
    reason: "The settings come from outside; what they choose between is up to the app.",
    mayImport: [
      ...all("src/errors.ts", "src/nearest.ts", "src/domain/rate-limit.ts"),
      ...all("src/http/limits.ts", "src/http/allowed-hosts.ts", "src/http/trusted-proxies.ts"),
      ...all("node:fs", "node:path", "node:util"),
      ...types("src/http/tls/certificate.ts"),
    ],
  },
  {
    files: "src/cli/*",
    reason: "The command line knows the settings, and of each subcommand what does it.",
    mayImport: [
      ...all("src/config/*", "src/errors.ts", "src/nearest.ts", "src/version.ts", "commander"),
      ...all("src/serve.ts", "src/migrate/migrate.ts", "src/first-start.ts", "src/open-stores.ts"),
      ...all("src/backup/back-up.ts", "src/backup/restore.ts"),
      ...all("src/store/mongo/errors.ts", "node:cluster", "node:fs", "node:http", "node:https", "node:path"),
    ],
  },
  {
    files: "src/main.ts",
    reason: "The file that Node is started with.",
    mayImport: all("src/cli/cli.ts"),
  },
  {
    files: "src/admin-token-file.ts",
    reason: "Keeps a token in a file, whatever it is for.",
    mayImport: all("src/errors.ts", "src/files.ts", "node:crypto", "node:fs/promises", "node:path"),
  },
  {
    files: "src/open-stores.ts",
    reason: "Opens the store that the settings choose, for whoever needs one.",
    mayImport: [
      ...all("src/store/sqlite/open.ts", "src/store/mongo/open.ts"),
      ...types("src/config/config.ts", "src/store/*"),
    ],
  },
  {
    files: "src/version.ts",
    reason: "The version is the package's.",
    mayImport: all("package.json", "node:fs"),
  },
  {
    files: "src/workers.ts",
    reason: "The processes that share the port: what runs in each is up to main.",
    mayImport: [...all("node:cluster"), ...types("pino")],
  },
  {
    files: "src/first-start.ts",
    reason: "The demo project and the admin token are made by what makes them later.",
    mayImport: [
      ...all(messages, protobuf, "src/call/*", "src/service/projects/*", "src/admin-token-file.ts"),
      ...types("src/store/*"),
    ],
  },
  {
    files: "src/server.ts",
    reason: "Puts the transports together: what they call and where it is kept are given to it.",
    mayImport: [
      ...all(
        "src/http/*",
        "src/http/compression/*",
        "src/http/listener/*",
        "src/rest/*",
        "src/rpc/*",
        "src/web/*",
        "src/call/*",
      ),
      ...all("gen/**", "src/errors.ts"),
      ...types("src/http/tls/certificate.ts", "node:net", "pino"),
    ],
  },
  {
    files: "src/server.ts",
    reason: "The one place that switches the fast path on.",
    mayImport: all("src/http/fast/create-fast-path.ts"),
  },
  {
    files: "src/methods.ts",
    reason: "Gives each method of the contract its handler.",
    mayImport: [
      ...all("gen/contracts.ts", messages, "src/call/{audit,method,reach}.ts", "src/service/**"),
      ...only(["checkAliasUserRequest"], "gen/streak/v1/admin_service_rest.ts"),
      ...types("src/call/{authenticator,rate-limit,session-cookie}.ts", "src/domain/rate-limit.ts"),
      ...types("src/ingest/ingest.ts", "src/store/*"),
    ],
  },
  {
    files: "src/app.ts",
    reason: "Puts everything together, as the settings say.",
    mayImport: [
      ...all("src/backup/schedule.ts", "src/ingest/*", "src/ingest/dedupe/*", "src/observe/*"),
      ...all("src/observe/traces/create-traces.ts"),
      ...all("src/store/*"),
      ...all("src/first-start.ts", "src/job/*", "src/methods.ts", "src/open-stores.ts", "src/server.ts"),
      ...all("src/service/analytics/analytics.ts", "src/service/audit/{audit-log,refusals}.ts"),
      ...all("src/service/{sessions/sessions,tokens/tokens}.ts", "src/service/system/instances.ts"),
      ...all("src/service/random-id.ts", "src/call/{authenticator,session-cookie}.ts", "src/version.ts"),
      ...only(["hostname"], "node:os"),
      ...all("src/call/limits/{look-ups,rate-limits}.ts", "src/redis/{connection,shared-buckets}.ts"),
      ...all("src/service/projects/projects.ts", "node:timers/promises"),
      ...types("src/config/{config,rate-limits}.ts", "node:net", "pino"),
    ],
  },
  {
    files: "src/serve.ts",
    reason: "Starts and stops the app.",
    mayImport: [
      ...all("src/app.ts", "src/first-start-text.ts", "src/version.ts", "src/workers.ts", "node:cluster"),
      ...all("src/observe/open-log.ts", "src/observe/worker-metrics.ts", "src/http/listener/listen.ts"),
      ...types("src/config/config.ts"),
    ],
  },
  {
    files: "src/first-start-text.ts",
    reason: "A text about what the app has made.",
    mayImport: types("src/app.ts"),
  },

  {
    files: "tools/generator/*",
    reason: "The generator knows the contract, and of the server what the generated code names.",
    mayImport: [
      ...all(
        protobuf,
        "@bufbuild/protoplugin",
        "src/error-catalogue.ts",
        "src/call/principal.ts",
        "src/call/session-cookie.ts",
        "node:http",
      ),
      ...types(messages, "src/call/contract.ts"),
    ],
  },
  {
    files: "tools/demo/*",
    reason: "The demo is a client like any other: it knows nothing but the API.",
    mayImport: all("node:crypto", "node:fs/promises", "node:http", "node:timers/promises", "node:util"),
  },
  {
    files: "tools/walls/*",
    reason: "This check knows nothing of the server but its files.",
    mayImport: all("oxc-parser", "node:fs", "node:path", "node:path/posix"),
  },
  {
    files: "packages/web/src/**",
    reason: "The SDK runs anywhere, and depends on nothing.",
    mayImport: [],
  },
  {
    files: "packages/widget/src/**",
    reason: "The widget is one small file: it knows the SDK and the browser.",
    mayImport: all("packages/widget/src/**", "packages/web/src/{calls,environment,watch}.ts", "@streakd/web"),
  },
  {
    files: "packages/reference/src/**",
    reason: "The page of the API reference is a renderer with its settings: it knows the server by its document alone.",
    mayImport: [...all("swagger-ui-dist/*"), ...types("react")],
  },
  {
    files: "packages/react/src/**",
    reason: "The hook and the component are thin: they know React and the SDK.",
    mayImport: all("@streakd/web", "@streakd/web/watch", "react"),
  },
  {
    files: "packages/dashboard/src/**",
    reason: "The dashboard knows the contract, calls the server as any client does, and shares what is pure.",
    mayImport: [
      ...all("packages/dashboard/src/**", messages, protobuf, connect, "src/domain/{origins,rules}.ts"),
      ...all("@connectrpc/connect-{query,web}", "@tanstack/react-query", "@base-ui/react/*"),
      ...all("react", "react-dom/client", "wouter{,/*}"),
    ],
  },
  {
    files: "packages/dashboard/src/pages/overview/**",
    reason:
      "Charts are on the overview alone, which is loaded when it is opened. It shares the words of the catalogue of errors, and the most days of a range.",
    mayImport: all("recharts", "src/error-catalogue.ts", "src/domain/analytics/bounds.ts"),
  },
  {
    files: "packages/dashboard/src/pages/widgets/**",
    reason: "The preview is the widget itself, without what calls the server.",
    mayImport: [
      ...all("packages/widget/src/day.ts", "packages/widget/src/element/{sheets,texts,themes,view,words}.ts"),
      ...types("@streakd/web"),
    ],
  },
  {
    files: "bench/rules/*",
    reason: "A state by rules takes microseconds: it is measured without a server around it.",
    mayImport: all("src/domain/{check-ins,rules}.ts", "src/domain/streaks/**"),
  },
  {
    files: "bench/**",
    reason: "Measures the server from outside; only the size of what is stored is measured by opening the stores.",
    mayImport: [
      ...all("bench/**", node, "src/domain/{day,months}.ts", "src/store/*", "src/store/sqlite/*", "src/store/mongo/*"),
      ...all(messages, protobuf),
      ...all("test/support/{mongo-server,random,redis,tools}.ts"),
      ...all("better-sqlite3", "fastify", "ioredis", "mongodb", "pino"),
    ],
  },
  {
    files: "test/support/*",
    reason: "Helpers of many tests, which know no test.",
    mayImport: all("src/**", node, protobuf, "ioredis", "mongodb", "pino", "playwright-core", "vitest{,/*}"),
  },
  {
    files: "test/!(support)/**",
    reason: "Tests may look at everything.",
    mayImport: [
      ...all("test/**", "src/**", "gen/**", "bench/**", "tools/**", "package.json", node, COMPUTED),
      ...all("vitest", "fast-check", "structured-headers", protobuf, connect, "@connectrpc/*", "@grpc/*"),
      ...all("ioredis", "luxon", "mongodb", "pino", "prom-client"),
      ...all("packages/{dashboard,web,widget}/src/**", "pixelmatch", "pngjs"),
      ...all("packages/react/src/index.ts", "react", "react-dom/*", "vite"),
      ...types("axe-core", "playwright-core"),
    ],
  },
];
