import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { loadTools } from "../../bench/tools.ts";
import { mongoTool } from "../support/mongo-server.ts";
import { redisTool } from "../support/redis.ts";
import { PREPARATION_MS, prepare, requireTool, root, type Tool } from "../support/tools.ts";

const run = promisify(execFile);

let packages: Tool;

beforeAll(async () => {
  const missing = "The bench's packages can't be downloaded: connect to the network and run scripts/bench-packages.sh";
  packages = await prepare(missing, "scripts/bench-packages.sh");
}, PREPARATION_MS);

beforeEach((context) => {
  for (const tool of [...loadTools, mongoTool, redisTool, packages]) {
    requireTool(context, tool);
  }
});

/** Runs one of the benches for as short a time as it can, and returns what it writes for machines. */
async function runQuickly(program: string, ...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "streakd-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const json = join(folder, "results.json");
  // Its servers take whatever time they get, so they leave most of it to the tests that run beside it; enough is left to
  // serve something.
  const bench = [process.execPath, join(root, "bench", program), "--quick", "--json", json, ...args];
  await run("nice", ["-n", "4", ...bench]);
  return JSON.parse(await readFile(json, "utf8"));
}

/**
 * Returns what was wrong with answers, unless there were none: in the second that a measurement has, a busy machine may
 * give a server no time.
 */
function wrongOf(measured: readonly { readonly wrong?: string }[]): string[] {
  return measured.flatMap(({ wrong }) => (wrong === undefined || wrong === "no answers" ? [] : wrong));
}

// That they run, and that every answer was right. How fast anything was is no matter of tests.

/** In milliseconds. They start a dozen servers, beside other tests and with less of the processor than they have. */
const BENCH_MS = 300_000;

test("the bench measures servers side by side, over every protocol and on both stores", {
  timeout: BENCH_MS,
}, async () => {
  const { results } = await runQuickly("main.ts", "--only", "unique|gRPC / state");

  expect(results.map((result: { contender: string }) => result.contender)).toEqual([
    "bare node:http2, a gRPC frame",
    "streakd embedded, gRPC",
    "streakd MongoDB+Redis, gRPC",
    "bare node:http",
    "Fastify + better-sqlite3",
    "streakd embedded, REST",
    "streakd embedded, Connect JSON",
    "streakd embedded, Connect binary",
    "Fastify + ioredis + mongodb",
    "Fastify + ioredis + mongodb, no transaction",
    "streakd MongoDB+Redis, REST",
    "streakd MongoDB+Redis, Connect JSON",
    "streakd MongoDB+Redis, Connect binary",
    "streakd MongoDB+Redis, REST, two workers",
  ]);
  // Each has answered rightly before it was measured.
  expect(wrongOf(results)).toEqual([]);
});

test("the bench measures what events cost as users grow", { timeout: BENCH_MS }, async () => {
  const lines = await runQuickly("flat/main.ts", "--stores", "embedded", "--sizes", "500");

  expect(lines).toHaveLength(2);
  for (const kind of ["fresh", "repeat", "state"]) {
    const measured: { requests: number; wrong?: string }[] = lines.map((line: Record<string, unknown>) => line[kind]);
    expect(wrongOf(measured)).toEqual([]);
    expect(measured.some(({ requests }) => requests > 0)).toBe(true);
  }
});

test("the bench measures the analytics of each store", { timeout: BENCH_MS }, async () => {
  const measured = await runQuickly("analytics/main.ts");

  expect(measured.map(({ store }: { store: string }) => store)).toEqual(["embedded", "mongo"]);
  for (const { idle, recording } of measured) {
    expect(idle).toHaveLength(10);
    expect(recording).toHaveLength(10);
  }
});

test("the bench sends more clients than a server can serve", { timeout: BENCH_MS }, async () => {
  const { embedded } = await runQuickly("overload/main.ts", "--stores", "embedded");

  const answers = embedded.map((ordeal: { answers: Record<string, number> }) => ordeal.answers);
  expect(answers).toEqual([
    expect.objectContaining({ accepted: expect.toSatisfy((count) => count > 0), other: 0 }),
    expect.objectContaining({ accepted: expect.toSatisfy((count) => count > 0), other: 0 }),
  ]);
});
