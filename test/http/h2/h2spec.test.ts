import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cache, findTool, PREPARATION_MS, prepareClients, requireTool } from "../../support/tools.ts";
import { measure } from "../listener/support.ts";
import { start, stopAll } from "../support.ts";

/** How long all of h2spec may take, in milliseconds; it takes a second. */
const SUITE_TIMEOUT_MS = 60_000;

/**
 * What is not as h2spec wants it, by design: bytes that don't begin with HTTP/2's preface are taken for HTTP/1.1, whose
 * answer 400 comes before the connection ends.
 */
const BY_DESIGN = ["Sends invalid connection preface"];

let tool = findTool(["go", "version"], "Go is missing: install Go 1.24 or later to run h2spec");

beforeAll(async () => {
  if (tool.present) {
    tool = await prepareClients("h2spec");
  }
}, PREPARATION_MS);

afterAll(stopAll);

test("h2spec passes in its strict mode, but for what is so by design", {
  timeout: SUITE_TIMEOUT_MS,
}, async (context) => {
  requireTool(context, tool);
  const { port, errors } = await start(measure);
  const args = ["--strict", "--timeout", "20", "-h", "127.0.0.1", "-p", `${port}`];
  const report = await new Promise<string>((resolve) => {
    execFile(join(cache, "h2spec/h2spec"), args, (_, stdout) => resolve(stdout));
  });
  const failures = [...new Set([...report.matchAll(/× \d+: (.*)$/gm)].map(([, name]) => name?.trim()))];
  expect(failures, report).toEqual(BY_DESIGN);
  expect(report).toContain("146 tests, 145 passed, 0 skipped, 1 failed");
  expect(errors).toEqual([]);
});
