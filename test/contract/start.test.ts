import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../support/server.ts";
import { lockStore } from "../support/store-lock.ts";

const run = promisify(execFile);

/** The curl lines that the first start prints, run by a shell as an operator would. */
function curlLines(output: string): string[] {
  return output
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("curl "));
}

test("the first start prints curl lines that work: record, read, and see the projects with the admin token", async () => {
  const server = await startServer({ env: { ADMIN_TOKEN: "" } });
  onTestFinished(() => server.stop());

  const lines = curlLines(server.output);
  const answers = [];
  for (const line of lines) {
    answers.push((await run("bash", ["-c", line.replace("curl ", "curl -s ")])).stdout);
  }

  expect(answers).toHaveLength(3);
  expect(JSON.parse(answers[0] as string)).toEqual({ ok: true });
  expect(JSON.parse(answers[1] as string).streak.current).toBe(1);
  expect(JSON.parse(answers[2] as string).projects[0].siteKey).toBe("proj_demo");
});

test("a made admin token is in a file that nobody else may read, never in the output, and goes on working", async () => {
  await using first = await startServer({ env: { ADMIN_TOKEN: "" } });
  const token = (await readFile(join(first.dataDir, "admin-token"), "utf8")).trim();
  await first.kill("SIGTERM");

  const second = await startServer({ dataDir: first.dataDir, env: { ADMIN_TOKEN: "" } });
  const response = await fetch(`${second.url}/admin/projects`, { headers: { "X-Admin-Token": token } });
  await second.stop();

  expect(token).toMatch(/^adm_/);
  expect((await stat(join(first.dataDir, "admin-token"))).mode & 0o777).toBe(0o600);
  expect(first.output).toContain(`The admin token is in ${join(first.dataDir, "admin-token")}`);
  expect(response.status).toBe(200);
  expect(first.output + second.output).not.toContain("adm_");
  expect(second.output).not.toContain("proj_demo");
});

test("an admin token that the operator set is used and never printed", async () => {
  const server = await startServer({ env: { ADMIN_TOKEN: "chosen-by-me-and-long" } });
  onTestFinished(() => server.stop());

  const response = await fetch(`${server.url}/admin/projects`, {
    headers: { "X-Admin-Token": "chosen-by-me-and-long" },
  });

  expect(response.status).toBe(200);
  expect(server.output).not.toContain("chosen-by-me-and-long");
});

test("a demo project that was deleted does not come back", async () => {
  await using first = await startServer();
  const headers = { "X-Admin-Token": first.adminToken };
  await fetch(`${first.url}/admin/projects/proj_demo`, { method: "DELETE", headers });
  await first.kill("SIGTERM");

  const second = await startServer({ dataDir: first.dataDir });
  const response = await fetch(`${second.url}/admin/projects/proj_demo`, { headers });
  await second.stop();

  expect(response.status).toBe(404);
});

test("every setting that is wrong is named, with what it may be", async () => {
  const failure = await startServer({ env: { PORT: "99999", LOG_LEVEL: "loud", ADMIN_TOKEN: "two words" } }).catch(
    (e) => e,
  );

  expect(failure.message).toContain("PORT must be a whole number from 0 to 65535");
  expect(failure.message).toContain("LOG_LEVEL must be one of");
  expect(failure.message).toContain("ADMIN_TOKEN may hold only");
  expect(failure.message).not.toContain("    at ");
});

test("more than one worker is refused for the embedded store, with what to do", async () => {
  const failure = await startServer({ env: { WORKERS: "2" } }).catch((e) => e);

  expect(failure.message).toContain("WORKERS must be 1 unless MONGODB_URI is set");
});

test("a port that is taken is a clear message, and costs no admin token", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };

  const failure = await startServer({ env: { PORT: String(port), ADMIN_TOKEN: "" } }).catch((e) => e);

  expect(failure.message).toContain("PORT");
  expect(failure.message).not.toContain("adm_");
  expect(failure.message).not.toContain("    at ");
});

test("a second server on the same data folder is refused with a message that names it, and the first goes on", async () => {
  const first = await startServer();
  onTestFinished(() => first.stop());

  const failure = await startServer({ dataDir: first.dataDir }).catch((e) => e);

  expect(failure.message).toContain(first.dataDir);
  expect(failure.message).not.toContain("    at ");
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
});

test("Ctrl-C under npm, which comes twice, is one orderly shutdown", async () => {
  const server = await startServer();
  const unlock = lockStore(server.dataDir);
  const waiting = fetch(`${server.url}/v1/e`, {
    method: "POST",
    body: JSON.stringify({ siteKey: "proj_demo", userHash: "u", event: "visit" }),
  });
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200);

  const exit = server.kill("SIGINT");
  // A system may deliver two signals of one kind as one. Sent at once: only within a second both count as one.
  server.kill("SIGTERM");
  await expect.poll(() => server.output).toContain("shutting down");
  unlock();

  expect((await waiting).status).toBe(202);
  expect((await exit).code).toBe(0);
  await server.stop();
});
