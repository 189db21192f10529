import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { useMongo } from "../support/mongo.ts";
import { startServer } from "../support/server.ts";
import { root } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";

const run = promisify(execFile);
const mongo = useMongo();

/** Returns the status that a token gets. A worker that is still starting answers 503: then it asks again. */
async function statusWith(url: string, token: string): Promise<number> {
  let status = 503;
  await waitUntil(async () => {
    status = (await fetch(`${url}/admin/projects`, { headers: { "X-Admin-Token": token } })).status;
    return status !== 503;
  });
  return status;
}

test("workers that start at once on an empty MongoDB keep the one token that counts, and streakd token replaces it", async () => {
  const env = { MONGODB_URI: mongo.server.uri(), ADMIN_TOKEN: "" };
  const args = ["--workers", "3"];
  const first = await startServer({ args, env });
  const file = join(first.dataDir, "admin-token");
  // A worker that lost the race may still be about to remove its own.
  await expect.poll(() => readdir(first.dataDir)).toEqual(["admin-token"]);
  const old = (await readFile(file, "utf8")).trim();
  await expect.poll(() => statusWith(first.url, old)).toBe(200);

  const made = await run(process.execPath, [
    join(root, "bin/streakd.cjs"),
    "token",
    "--data-dir",
    first.dataDir,
    "--mongodb-uri",
    env.MONGODB_URI,
  ]);
  expect(made.stdout).toContain("Restart every instance");
  await first.kill("SIGTERM");
  const second = await startServer({ dataDir: first.dataDir, args, env });
  onTestFinished(() => second.stop());

  expect(await statusWith(second.url, old)).toBe(401);
  expect(await statusWith(second.url, (await readFile(file, "utf8")).trim())).toBe(200);
});
