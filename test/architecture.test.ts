import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Imports {
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/** What a file in each room may and may not import. A room has many walls: these are those that something leant on. */
const ROOMS: Readonly<Record<string, Imports>> = {
  "src/streak/x.ts": {
    allowed: ['import "./day.ts"', 'import "luxon"'],
    refused: [
      'import "../errors.ts"',
      'import "../store/streak-store.ts"',
      'import "#src/errors.ts"',
      'import "node:path"',
      'import "@bufbuild/protobuf"',
      // Whatever way a module is asked for.
      'import type { App } from "../app.ts"; export type Alias = App',
      'export * from "../app.ts"',
      'await import("../app.ts")',
      'import "./../app.ts"',
    ],
  },
  "src/ingest/x.ts": {
    allowed: ['import "../streak/day.ts"', 'import "../seen/seen.ts"', 'import "../store/streak-store.ts"'],
    refused: [
      'import "../app.ts"',
      'import "../config.ts"',
      'import "../seen/process.ts"',
      'import "../store/embedded/open.ts"',
      'import "../service/call.ts"',
      'import "#gen/streak/v1/project_pb.ts"',
      'import "prom-client"',
    ],
  },
  "src/service/x.ts": {
    allowed: [
      'import "../ingest/ingest.ts"',
      'import "../store/streak-store.ts"',
      'import "#gen/streak/v1/project_pb.ts"',
      'import { isIPv4 } from "node:net"',
    ],
    refused: [
      'import "../app.ts"',
      'import "../seen/process.ts"',
      'import "../store/embedded/open.ts"',
      'import "../rest/route.ts"',
      'import "../server/server.ts"',
      'import "#gen/rest.ts"',
      'import "@connectrpc/connect"',
      'import { connect } from "node:net"',
    ],
  },
  "src/store/x.ts": {
    allowed: ['import "../streak/day.ts"', 'import "../errors.ts"'],
    refused: ['import "../app.ts"', 'import "./embedded/open.ts"', 'import "../seen/seen.ts"'],
  },
  "src/store/embedded/x.ts": {
    allowed: ['import "../streak-store.ts"', 'import "../../streak/day.ts"', 'import "node:sqlite"'],
    refused: [
      'import "../../app.ts"',
      'import "../../ingest/ingest.ts"',
      'import "../mongo/open.ts"',
      'import "pino"',
      'import "mongodb"',
    ],
  },
  "src/store/mongo/x.ts": {
    allowed: ['import "../streak-store.ts"', 'import "../../errors.ts"', 'import "mongodb"'],
    refused: ['import "../../app.ts"', 'import "../embedded/open.ts"', 'import "node:sqlite"', 'import "ioredis"'],
  },
  "src/seen/x.ts": {
    allowed: ['import "./seen.ts"', 'import "lru-cache"', 'import "ioredis"'],
    refused: ['import "../app.ts"', 'import "../store/embedded/open.ts"', 'import "../store/streak-store.ts"'],
  },
  "src/rest/x.ts": {
    allowed: ['import "../service/call.ts"', 'import "../errors.ts"', 'import "@bufbuild/protobuf/wkt"'],
    refused: [
      'import "../service/admin-service.ts"',
      'import "../server/server.ts"',
      'import "../store/streak-store.ts"',
      'import "#gen/rest.ts"',
    ],
  },
  "src/rest/plugin/x.ts": {
    allowed: ['import "../route.ts"', 'import "@bufbuild/protoplugin"'],
    refused: ['import "../bridge.ts"', 'import "../../service/call.ts"', 'import "../../../gen/rest.ts"'],
  },
  "src/server/x.ts": {
    allowed: ['import "../service/admin-service.ts"', 'import "../rest/bridge.ts"', 'import "node:http2"'],
    refused: [
      'import "../app.ts"',
      'import "../config.ts"',
      'import "../store/embedded/open.ts"',
      'import "../store/streak-store.ts"',
      'import "../seen/process.ts"',
      'import "../ingest/ingest.ts"',
      'import "../rest/plugin/model.ts"',
      'import "node:sqlite"',
    ],
  },
  "src/move/x.ts": {
    allowed: ['import "../store/embedded/folder.ts"', 'import "../store/mongo/connection.ts"', 'import "../config.ts"'],
    refused: ['import "../app.ts"', 'import "../ingest/ingest.ts"', 'import "../service/call.ts"', 'import "pino"'],
  },
  "src/config.ts": { allowed: ['import "./errors.ts"'], refused: ['import "./app.ts"'] },
  "src/errors.ts": { allowed: ['import "node:path"'], refused: ['import "./config.ts"'] },
  "src/app.ts": { allowed: ['import "./store/embedded/open.ts"', 'import "./seen/process.ts"'], refused: [] },
};

/** What biome refuses, as `src/streak/x.ts:1`. */
let refused: Set<string>;

beforeAll(async () => {
  // Files, because biome does not say what it refuses in what it reads from stdin.
  const checkout = await mkdtemp(join(tmpdir(), "streakd-architecture-"));
  try {
    await copyFile(join(root, "biome.json"), join(checkout, "biome.json"));
    for (const [file, imports] of Object.entries(ROOMS)) {
      await mkdir(dirname(join(checkout, file)), { recursive: true });
      await writeFile(join(checkout, file), linesOf(imports).join("\n"));
    }
    const { stdout, stderr } = spawnSync(
      join(root, "node_modules/.bin/biome"),
      [
        ...["lint", "--only=style/noRestrictedImports", "--reporter=github", "--max-diagnostics=none"],
        "--vcs-enabled=false", // it is no git repository
      ],
      { cwd: checkout, encoding: "utf8" },
    );
    const found = stdout.matchAll(/^::error title=lint\/style\/noRestrictedImports,file=.*\/(src\/.+?),line=(\d+),/gm);
    refused = new Set(Array.from(found, ([, file, line]) => `${file}:${line}`));
    expect(refused, stderr).not.toEqual(new Set());
  } finally {
    await rm(checkout, { recursive: true });
  }
});

describe.each(Object.entries(ROOMS))("%s", (file, imports) => {
  const lines = linesOf(imports);

  test.each(imports.allowed)("may %s", (line) => {
    expect(refused).not.toContain(`${file}:${lines.indexOf(line) + 1}`);
  });

  test.each(imports.refused)("may not %s", (line) => {
    expect(refused).toContain(`${file}:${lines.indexOf(line) + 1}`);
  });
});

function linesOf({ allowed, refused }: Imports): string[] {
  return [...allowed, ...refused];
}
