import { execFile } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { cache, findTool, PREPARATION_MS, prepareClients, requireTool, root } from "../support/tools.ts";
import type { Served } from "./server.ts";

/** How long the suite may take, in milliseconds; it takes a minute or two. */
const SUITE_TIMEOUT_MS = 10 * 60 * 1000;

const here = join(root, "test/conformance");
const prepared = join(cache, "conformance");

let tool = findTool(["go", "version"], "Go is missing: install Go 1.24 or later to run Connect's conformance suite");
let exit: { readonly code: unknown; readonly stdout: string; readonly stderr: string };

beforeAll(async () => {
  if (tool.present) {
    tool = await prepareClients("conformance");
  }
  if (tool.present) {
    exit = await runSuite();
  }
}, PREPARATION_MS + SUITE_TIMEOUT_MS);

function runSuite(): Promise<typeof exit> {
  const server = ["--disable-warning=ExperimentalWarning", join(here, "server.ts"), join(prepared, "stubs")];
  const args = ["--mode", "server", "--conf", join(here, "config.yaml")];
  args.push("--known-failing", `@${join(here, "known-failing.txt")}`);
  args.push("--known-flaky", `@${join(here, "known-flaky.txt")}`);
  args.push("--", process.execPath, ...server);
  const options = { env: {}, timeout: SUITE_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(join(prepared, "connectconformance"), args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr }),
    );
  });
}

test("Connect's conformance suite passes, but for what is known to fail", (context) => {
  requireTool(context, tool);
  const { code, stdout, stderr } = exit;
  const report = `${stderr}\n${stdout}`;
  expect(code, report).toBe(0);
  expect(Number(/^(\d+) passed, 0 failed/m.exec(stdout)?.[1]), report).toBeGreaterThan(0);
  // The runner takes these for no failures.
  expect(stdout).not.toContain("could not be run");
});

test.for(["application/json", "application/proto", "application/grpc", "application/grpc+proto"])(
  "all of its unary calls as %s are served as plain calls",
  (type, context) => {
    requireTool(context, tool);
    const reports = exit.stderr.matchAll(/^served: (.+)$/gm);
    const served = Array.from(reports, ([, report]): Served => JSON.parse(report as string));
    const sum = (way: keyof Served) => served.reduce((total, counts) => total + (counts[way][type] ?? 0), 0);
    expect(sum("plain"), exit.stderr).toBeGreaterThan(0);
    expect(sum("byConnect"), exit.stderr).toBe(0);
  },
);
