import { execFile } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "#src/config/config.ts";
import { startServer } from "../support/server.ts";
import { root } from "../support/tools.ts";

const run = promisify(execFile);

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "streakd-unix-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "streakd.sock");
}

test("with HOST=unix:PATH it serves REST and gRPC there, the log says it, and the socket is gone afterwards", async () => {
  const path = await socketPath();
  const server = await startServer({ env: { HOST: `unix:${path}`, PORT: "8080", ADMIN_TOKEN: "" } });
  expect(server.url).toBe(`unix:${path}`);
  expect(server.port).toBeUndefined();

  // The curl line that the first start prints.
  const line = /curl --unix-socket .*\n.*/.exec(server.output.replaceAll("\\\n", " \\\n"))?.[0] ?? "";
  expect((await run("bash", ["-c", line.replace("curl", "curl --silent")])).stdout).toBe('{"ok":true}');

  const includeDirs = [join(root, "proto")];
  // biome-ignore lint/suspicious/noExplicitAny: what is loaded at run time has no types
  const loaded = loadPackageDefinition(loadSync("streak/v1/streak_service.proto", { includeDirs })) as any;
  const client = new loaded.streak.v1.StreakService(`unix:${path}`, credentials.createInsecure());
  const answer = await new Promise((resolve, reject) =>
    client.recordEvent({ siteKey: "proj_demo", userHash: "u", event: "visit" }, (error: unknown, response: unknown) =>
      error ? reject(error) : resolve(response),
    ),
  );
  expect(answer).toEqual({ ok: true });
  client.close();

  await server.stop();
  await expect(access(path)).rejects.toThrow("ENOENT");
});

test("a second server on the same socket is refused, and one that was killed leaves it to the next", async () => {
  const path = await socketPath();
  const first = await startServer({ env: { HOST: path } });
  const failure = await startServer({ env: { HOST: path } }).catch((error) => error);
  expect(failure.message).toMatch(/another process does.*HOST/);
  expect(failure.message).not.toContain("    at ");

  await first.kill("SIGKILL");
  await first.stop();
  const next = await startServer({ env: { HOST: path } });
  await next.stop();
});

test("a path that no system takes is refused at the start", () => {
  expect(readConfig({ HOST: "unix:/run/streakd.sock" }).unixSocket).toBe("/run/streakd.sock");
  expect(() => readConfig({ HOST: `/${"x".repeat(100)}` })).toThrow(/HOST: the path of a Unix socket/);
});
