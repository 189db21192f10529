import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../support/server.ts";
import { findTool, requireTool, root } from "../support/tools.ts";

const run = promisify(execFile);

const ENTRY = join(root, "bin/streakd.cjs");
const NO_TOKEN = { ADMIN_TOKEN: "" };

async function statusWith(url: string, token: string): Promise<number> {
  return (await fetch(`${url}/admin/projects`, { headers: { "X-Admin-Token": token.trim() } })).status;
}

test("a token that was lost is replaced while the server is stopped; the old one counts no more", async () => {
  await using first = await startServer({ env: NO_TOKEN });
  const file = join(first.dataDir, "admin-token");
  const old = await readFile(file, "utf8");
  const running = await run(process.execPath, [ENTRY, "token", "--data-dir", first.dataDir]).catch((error) => error);
  expect(running.stderr).toContain(`The data folder ${first.dataDir} is in use`);
  expect(await readFile(file, "utf8")).toBe(old);
  await first.kill("SIGTERM");

  await run(process.execPath, [ENTRY, "token", "--data-dir", first.dataDir]);
  const second = await startServer({ dataDir: first.dataDir, env: NO_TOKEN });
  onTestFinished(() => second.stop());

  expect(await statusWith(second.url, old)).toBe(401);
  expect(await statusWith(second.url, await readFile(file, "utf8"))).toBe(200);
});

test.runIf(process.platform === "linux")("a terminal is shown the token that was made", async (context) => {
  requireTool(context, findTool(["script", "--version"], "script is missing: install bsdutils, or util-linux"));
  await using server = await startServer();
  await server.kill("SIGTERM");
  const command = `${process.execPath} ${ENTRY} token --data-dir ${server.dataDir}`;
  // `script` gives the command a terminal.
  const { stdout } = await run("script", ["-qec", command, "/dev/null"]);
  expect(stdout).toContain((await readFile(join(server.dataDir, "admin-token"), "utf8")).trim());
});
