import { describe, expect, test } from "vitest";
import { check } from "../../../tools/walls/check.ts";
import { matches } from "../../../tools/walls/rule.ts";
import { rules } from "../../../tools/walls/rules.ts";

interface Imports {
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/**
 * What a file in each place may and may not import. Each rule refuses something here; those that code once tried to get
 * around refuse more.
 */
const PLACES: Readonly<Record<string, Imports>> = {
  "src/error-catalogue.ts": { allowed: [], refused: ['import "./errors.ts"', 'import "node:path"'] },
  "src/errors.ts": {
    allowed: ['import { errorCatalogue } from "./error-catalogue.ts"'],
    refused: ['import "./config/config.ts"', 'import "node:path"', 'import "pino"'],
  },
  "src/address.ts": {
    allowed: ['import { isIP } from "node:net"'],
    refused: ['import { connect } from "node:net"', 'import "./http/message.ts"'],
  },
  "src/nearest.ts": { allowed: [], refused: ['import "./errors.ts"'] },
  "src/deadline.ts": {
    allowed: ['import "./errors.ts"'],
    refused: ['import "./config/config.ts"', 'import "./call/call.ts"'],
  },
  "src/domain/x.ts": {
    allowed: ['import "./day.ts"', 'import "luxon"', 'import { isIPv4 } from "node:net"'],
    refused: [
      'import "../errors.ts"',
      'import "../store/streaks.ts"',
      'import "#src/errors.ts"',
      'import "node:path"',
      'import "@bufbuild/protobuf"',
      'import { connect } from "node:net"',
      'import { connect, isIPv4 } from "node:net"',
      'import "node:net"',
      'import * as net from "node:net"',
      // Whatever way a module is asked for.
      'import type { App } from "../app.ts"; export type Alias = App',
      'export * from "../app.ts"',
      'export type { App } from "../app.ts"',
      'await import("../app.ts")',
      'await import("../" + name)',
      'type App = import("../app.ts").App',
      'new Worker(new URL("../app.ts", import.meta.url))',
      'import "./../app.ts"',
      'import "../domain/../app.ts"',
      'import "#src/app.ts"',
    ],
  },
  "src/domain/streaks/x.ts": {
    allowed: ['import "../day.ts"', 'import "./walk.ts"'],
    refused: ['import "../analytics/keys.ts"', 'import "../../errors.ts"', 'import "luxon"'],
  },
  "src/domain/analytics/x.ts": {
    allowed: ['import "../day.ts"', 'import "./tallies.ts"'],
    refused: ['import "../../store/analytics.ts"', 'import "luxon"', 'import "../../service/zone.ts"'],
  },
  "src/store/x.ts": {
    allowed: ['import "../domain/day.ts"', 'import "../errors.ts"'],
    refused: [
      'import "../app.ts"',
      'import "./sqlite/open.ts"',
      'import "./mongo/open.ts"',
      'import "../ingest/dedupe/dedupe-cache.ts"',
      'import "node:sqlite"',
      'import "mongodb"',
    ],
  },
  "src/store/sqlite/x.ts": {
    allowed: [
      'import "../streaks.ts"',
      'import "../../domain/day.ts"',
      'import "node:sqlite"',
      'new Worker(new URL("thread.ts", import.meta.url))',
    ],
    refused: [
      'import "../../app.ts"',
      'import "../../ingest/ingest.ts"',
      'import "../mongo/open.ts"',
      'import type { Collections } from "../mongo/collections.ts"',
      'import "pino"',
      'import "mongodb"',
    ],
  },
  "src/store/mongo/x.ts": {
    allowed: ['import "../streaks.ts"', 'import "../../errors.ts"', 'import "mongodb"'],
    refused: ['import "../../app.ts"', 'import "../sqlite/open.ts"', 'import "node:sqlite"', 'import "ioredis"'],
  },
  "src/redis/x.ts": {
    allowed: ['import "ioredis"', 'import type { SharedBuckets } from "../call/limits/shared-buckets.ts"'],
    refused: ['import "../app.ts"', 'import "../call/limits/reports.ts"', 'import "../ingest/dedupe/redis.ts"'],
  },
  "src/ingest/dedupe/x.ts": {
    allowed: [
      ...['import "./dedupe-cache.ts"', 'import "lru-cache"', 'import type { R } from "../../redis/connection.ts"'],
      'import { ORDINARY } from "../../store/day-kinds.ts"',
    ],
    refused: [
      'import "../../redis/connect.ts"',
      'import "../../app.ts"',
      'import "../ingest.ts"',
      'import "../../store/sqlite/open.ts"',
      'import "../../store/streaks.ts"',
    ],
  },
  "src/ingest/x.ts": {
    allowed: [
      'import "../domain/day.ts"',
      'import type { DedupeCache } from "./dedupe/dedupe-cache.ts"',
      'import "../store/streaks.ts"',
    ],
    refused: [
      'import "../app.ts"',
      'import "../config/config.ts"',
      'import "./dedupe/in-process.ts"',
      'import type { Redis } from "./dedupe/redis.ts"',
      'import "../store/sqlite/open.ts"',
      'import "../call/call.ts"',
      'import "../service/streaks/get-state.ts"',
      'import "#gen/streak/v1/project_pb.ts"',
      'import "prom-client"',
    ],
  },
  "src/service/streaks/x.ts": {
    allowed: [
      'import type { Ingest } from "../../ingest/ingest.ts"',
      'import type { StreakStore } from "../../store/streaks.ts"',
      'import type { Call } from "../../call/call.ts"',
      'import "#gen/streak/v1/project_pb.ts"',
      'import "../projects/projects.ts"',
    ],
    refused: [
      'import "../../app.ts"',
      'import "../../ingest/dedupe/in-process.ts"',
      'import "../../store/sqlite/open.ts"',
      'import { check } from "../../call/check.ts"',
      'import { type Call, check } from "../../call/check.ts"',
      'import "../../http/message.ts"',
      'import "../../rest/route.ts"',
      'import type { Route } from "../../rest/route.ts"',
      'import "../../rpc/rpc.ts"',
      'import "../../web/cors.ts"',
      'import "../../server.ts"',
      'import "#gen/rest.ts"',
      'import "#gen/streak/v1/streak_service_rest.ts"',
      'import "@connectrpc/connect"',
      'import { connect } from "node:net"',
    ],
  },
  "src/call/limits/x.ts": {
    allowed: ['import "../../address.ts"', 'import "lru-cache"', 'import type { Principal } from "../principal.ts"'],
    refused: [
      'import "../pipeline.ts"',
      'import "../../redis/shared-buckets.ts"',
      'import "../../service/projects/projects.ts"',
      'import "ioredis"',
    ],
  },
  "src/call/x.ts": {
    allowed: ['import "../errors.ts"', 'import "../deadline.ts"', 'import "@bufbuild/protobuf/wkt"'],
    refused: [
      'import "../service/projects/projects.ts"',
      'import type { getStateHandler } from "../service/streaks/get-state.ts"',
      'import "../store/streaks.ts"',
      'import "../domain/streak.ts"',
      'import "../rest/decode.ts"',
      'import "../http/message.ts"',
      'import { createMetrics } from "../observe/metrics.ts"',
      'import "#gen/rest.ts"',
      'import "#gen/streak/v1/streak_service_pb.ts"',
      'import type { IncomingHttpHeaders } from "node:http2"',
    ],
  },
  "src/http/x.ts": {
    allowed: ['import "../errors.ts"', 'import type { IncomingHttpHeaders } from "node:http"'],
    refused: [
      'import "./listener/limits.ts"',
      'import "./fast/answer.ts"',
      'import "../rest/route.ts"',
      'import "../call/call.ts"',
      'import { createServer } from "node:http"',
    ],
  },
  "src/http/compression/x.ts": {
    allowed: ['import "../message.ts"', 'import "node:zlib"', 'import "../../errors.ts"'],
    refused: ['import "../listener/listener.ts"', 'import "../../rpc/rpc.ts"', 'import "../../call/call.ts"'],
  },
  "src/http/fast/x.ts": {
    allowed: ['import "../message.ts"', 'import "node:http"', 'import type { Socket } from "node:net"'],
    refused: ['import "../listener/listener.ts"', 'import "../../rest/bridge.ts"', 'import "../../call/call.ts"'],
  },
  "src/http/h2/x.ts": {
    allowed: ['import "../message.ts"', 'import "./hpack/decoder.ts"'],
    refused: ['import "../fast/answer.ts"', 'import "../listener/listener.ts"', 'import "node:http2"'],
  },
  "src/http/tls/x.ts": {
    allowed: [
      'import "../turn-budget.ts"',
      'import { createServer } from "node:tls"',
      'import type { Socket } from "node:net"',
    ],
    refused: [
      'import "../listener/listener.ts"',
      'import { createServer } from "node:net"',
      'import "../../call/call.ts"',
    ],
  },
  "src/cli/x.ts": {
    allowed: ['import "../config/config.ts"', 'import { request } from "node:https"', 'import("../serve.ts")'],
    refused: ['import "../app.ts"', 'import "../server.ts"', 'import "../store/sqlite/open.ts"'],
  },
  "src/http/listener/x.ts": {
    allowed: ['import "../message.ts"', 'import "../h2/create-http2.ts"', 'import "../tls/tls-server.ts"'],
    refused: [
      'import "../fast/create-fast-path.ts"',
      'import type { Connection } from "../fast/connection.ts"',
      'import "../../rpc/rpc.ts"',
      'import "../../call/call.ts"',
    ],
  },
  "src/rest/x.ts": {
    allowed: ['import "../call/call.ts"', 'import "../errors.ts"', 'import "@bufbuild/protobuf/wkt"'],
    refused: [
      'import "../service/projects/create-project.ts"',
      'import "../server.ts"',
      'import "../store/streaks.ts"',
      'import "../http/listener/listener.ts"',
      'import "../http/fast/answer.ts"',
      'import "../rpc/body.ts"',
      'import "../web/cors.ts"',
      'import "#gen/rest.ts"',
    ],
  },
  "src/rpc/x.ts": {
    allowed: [
      'import "../call/call.ts"',
      'import "@connectrpc/connect/protocol"',
      'import "#gen/health/v1/health_pb.ts"',
    ],
    refused: [
      'import "../rest/decode.ts"',
      'import "../web/cors.ts"',
      'import "../service/projects/create-project.ts"',
      'import "../store/streaks.ts"',
      'import "../ingest/ingest.ts"',
      'import "../http/listener/listener.ts"',
      'import "#gen/rest.ts"',
      'import "node:sqlite"',
    ],
  },
  "packages/web/src/x.ts": {
    allowed: ['import "./error.ts"'],
    refused: ['import "#src/errors.ts"', 'import "lru-cache"'],
  },
  "packages/widget/src/x.ts": {
    allowed: ['import "@streakd/web"'],
    refused: ['import "react"', 'import "#src/errors.ts"'],
  },
  "packages/reference/src/x.ts": {
    allowed: ['import "swagger-ui-dist/swagger-ui.css"', 'import type { ReactNode } from "react"'],
    refused: ['import { createElement } from "react"', 'import "#src/error-catalogue.ts"', 'import "@streakd/web"'],
  },
  "packages/react/src/x.ts": {
    allowed: ['import "@streakd/web"'],
    refused: ['import "@streakd/widget"', 'import "vite"'],
  },
  "src/web/x.ts": {
    allowed: [
      'import "../http/message.ts"',
      'import "../error-catalogue.ts"',
      'new URL("../../gen/openapi.json", import.meta.url)',
      'import { chooseEncoding } from "../http/compression/encoding.ts"',
    ],
    refused: [
      'import "../http/compression/compress.ts"',
      'import "../rest/bridge.ts"',
      'import type { Health } from "../rpc/health.ts"',
      'import "../call/call.ts"',
      'import "../observe/metrics.ts"',
      'import "../http/listener/listener.ts"',
    ],
  },
  "src/observe/traces/x.ts": {
    allowed: [
      'import { trace } from "@opentelemetry/api"',
      'import { throttle } from "../throttle.ts"',
      'import type { CallSpan } from "../../call/observer.ts"',
      'import { codeFromString } from "@connectrpc/connect/protocol-connect"',
    ],
    refused: [
      'import "../metrics.ts"',
      'import "prom-client"',
      'import "../../call/pipeline.ts"',
      'import "@connectrpc/connect/protocol-connect"',
      'import "../../app.ts"',
    ],
  },
  "src/observe/x.ts": {
    allowed: ['import "prom-client"'],
    refused: ['import "../http/answer.ts"', 'import "../server.ts"', 'import "../store/sqlite/open.ts"'],
  },
  "gen/x.ts": {
    allowed: ['import "#src/rest/route.ts"', 'import "#src/call/contract.ts"', 'import "./streak/v1/project_pb.ts"'],
    refused: ['import "#src/service/projects/projects.ts"', 'import "#src/http/message.ts"', 'import "pino"'],
  },
  "src/job/x.ts": {
    allowed: ['import type { LeaseStore } from "../store/leases.ts"', 'import "node:crypto"'],
    refused: ['import "../call/call.ts"', 'import "../store/sqlite/open.ts"', 'import "../app.ts"'],
  },
  "src/migrate/x.ts": {
    allowed: ['import "../store/sqlite/folder.ts"', 'import "../store/mongo/connection.ts"'],
    refused: [
      'import "../app.ts"',
      'import "../config/config.ts"',
      'import "../ingest/ingest.ts"',
      'import "../call/call.ts"',
      'import "pino"',
    ],
  },
  "src/backup/x.ts": {
    allowed: [
      'import "../store/sqlite/folder.ts"',
      'import type { BackupObserver } from "../observe/backups.ts"',
      'new URL("run.ts", import.meta.url)',
    ],
    refused: [
      'import "../app.ts"',
      'import "../store/mongo/connection.ts"',
      'import "../observe/backups.ts"',
      'import "../config/config.ts"',
    ],
  },
  "src/config/x.ts": {
    allowed: ['import "./network.ts"', 'import "../errors.ts"'],
    refused: ['import "../app.ts"', 'import "../domain/day.ts"'],
  },
  "src/files.ts": {
    allowed: ['import "node:fs/promises"'],
    refused: ['import "./errors.ts"', 'import "./backup/files.ts"'],
  },
  "src/workers.ts": { allowed: ['import "node:cluster"'], refused: ['import "./app.ts"', 'import "./serve.ts"'] },
  "src/first-start.ts": {
    allowed: ['import type { StreakStore } from "./store/streaks.ts"'],
    refused: ['import "./store/sqlite/open.ts"', 'import "./server.ts"'],
  },
  "src/server.ts": {
    allowed: [
      'import "./rest/bridge.ts"',
      'import "./http/listener/listener.ts"',
      'import "./http/fast/create-fast-path.ts"',
      'import "#gen/rest.ts"',
    ],
    refused: [
      'import "./app.ts"',
      'import "./config/config.ts"',
      'import "./store/sqlite/open.ts"',
      'import "./store/streaks.ts"',
      'import "./ingest/dedupe/in-process.ts"',
      'import "./ingest/ingest.ts"',
      'import { getStateHandler } from "./service/streaks/get-state.ts"',
      'import "./http/fast/connection.ts"',
      'import "../tools/generator/model.ts"',
      'import "node:sqlite"',
    ],
  },
  "src/methods.ts": {
    allowed: ['import "./service/streaks/get-state.ts"', 'import "#gen/contracts.ts"'],
    refused: ['import "./call/pipeline.ts"', 'import "./rest/bridge.ts"', 'import "./store/sqlite/open.ts"'],
  },
  "src/version.ts": { allowed: ['import "node:fs"'], refused: ['import "./config/config.ts"', 'import "node:path"'] },
  "src/app.ts": {
    allowed: ['import "./open-stores.ts"', 'import "./ingest/dedupe/in-process.ts"', 'import "./backup/schedule.ts"'],
    refused: [
      'import "./serve.ts"',
      'import "./store/sqlite/open.ts"',
      'import "./backup/restore.ts"',
      'import "./http/fast/connection.ts"',
      'import "./migrate/migrate.ts"',
      'import "mongodb"',
    ],
  },
  "src/admin-token-file.ts": {
    allowed: ['import "node:fs/promises"'],
    refused: ['import "./config/config.ts"', 'import "./store/sqlite/open.ts"'],
  },
  "src/open-stores.ts": {
    allowed: ['import "./store/mongo/open.ts"'],
    refused: ['import "./app.ts"', 'import "./store/sqlite/folder.ts"'],
  },
  "src/first-start-text.ts": {
    allowed: ['import type { App } from "./app.ts"'],
    refused: ['import "./app.ts"'],
  },
  "src/main.ts": { allowed: ['import "./cli/cli.ts"'], refused: ['import "./app.ts"', 'import "./serve.ts"'] },
  "src/serve.ts": {
    allowed: ['import "./app.ts"', 'import "./workers.ts"'],
    refused: ['import "./server.ts"', 'import "./store/sqlite/open.ts"'],
  },
  "tools/demo/x.ts": {
    allowed: ['import "./y.ts"', 'import "node:http"'],
    refused: ['import "../../src/domain/day.ts"', 'import "../../gen/rest.ts"', 'import "../walls/rule.ts"'],
  },
  "tools/generator/x.ts": {
    allowed: ['import "../../src/call/principal.ts"', 'import "@bufbuild/protoplugin"'],
    refused: [
      'import "../../src/rest/route.ts"',
      'import "../../src/rest/bridge.ts"',
      'import "../../src/call/call.ts"',
      'import "../../gen/rest.ts"',
    ],
  },
  "tools/walls/x.ts": {
    allowed: ['import "oxc-parser"'],
    refused: ['import "../../src/errors.ts"', 'import "vitest"'],
  },
  "packages/dashboard/src/x.tsx": {
    allowed: ['import "#gen/streak/v1/project_pb.ts"', 'import "#src/domain/origins.ts"', 'import "react"'],
    refused: [
      'import "recharts"',
      'import "#src/domain/streaks/streak.ts"',
      'import "#src/error-catalogue.ts"',
      'import "#gen/rest.ts"',
      'import "node:fs"',
    ],
  },
  "packages/dashboard/src/pages/overview/x.tsx": {
    allowed: [
      'import "recharts"',
      'import "../../client.ts"',
      'import "#src/error-catalogue.ts"',
      'import "#src/domain/analytics/bounds.ts"',
    ],
    refused: ['import "#src/domain/streaks/streak.ts"'],
  },
  "packages/dashboard/src/pages/widgets/x.tsx": {
    allowed: ['import "../../../../widget/src/element/view.ts"', 'import "../../client.ts"'],
    refused: ['import "../../../../widget/src/streak.ts"', 'import "recharts"'],
  },
  "bench/rules/x.ts": {
    allowed: ['import "../../src/domain/rules.ts"', 'import "../../src/domain/streaks/state.ts"'],
    refused: ['import "../../src/app.ts"', 'import "../../src/service/zone.ts"'],
  },
  "bench/x.ts": {
    allowed: ['import "../src/store/sqlite/open.ts"', 'import "./load/load.ts"', 'import "node:fs/promises"'],
    refused: ['import "../src/app.ts"', 'import "../src/ingest/ingest.ts"', 'import "../test/faults/load.ts"'],
  },
  "test/support/x.ts": {
    allowed: ['import "../../src/app.ts"', 'import "vitest/node"'],
    refused: ['import "../faults/load.ts"', 'import "better-sqlite3"'],
  },
  "test/faults/x.ts": {
    allowed: [
      'import "../../src/app.ts"',
      'import "../support/mongo.ts"',
      'import "fast-check"',
      "await import(generated)",
    ],
    refused: ['import "better-sqlite3"', 'import "oxc-parser"'],
  },
};

describe.each(Object.entries(PLACES))("%s", (file, { allowed, refused }) => {
  test.each(allowed)("may %s", (line) => {
    expect(refusals(file, line)).toEqual([]);
  });

  test.each(refused)("may not %s", (line) => {
    expect(refusals(file, line)).toHaveLength(1);
  });
});

test("each rule has an import here that it refuses", () => {
  const unshown = rules.filter(({ files }) => !Object.keys(PLACES).some((file) => matches(file, files)));
  expect(unshown).toEqual([]);
});

test.each(["src/new/x.ts", "src/domain/new/x.ts", "src/x.ts", "tools/new/x.ts"])(
  "%s, which no rule names, may import nothing",
  (file) => {
    expect(refusals(file, 'import "#src/errors.ts"')).toEqual([
      expect.stringMatching(/^\S+:1 imports src\/errors\.ts: no rule names (?:src|tools)\b/),
    ]);
    expect(refusals(file, 'import type { Logger } from "pino"')).toHaveLength(1);
    expect(refusals(file, 'import "node:path"')).toHaveLength(1);
    expect(refusals(file, 'import "./beside.ts"')).toHaveLength(1);
  },
);

/** What is refused of the imports of a file that says no more than the line. */
function refusals(file: string, line: string): string[] {
  return check(new Map([[file, line]]), rules).filter((problem) => problem.startsWith(`${file}:1 imports `));
}
