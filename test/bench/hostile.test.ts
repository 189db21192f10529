import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../support/tools.ts";

const run = promisify(execFile);

/** In milliseconds. It starts a dozen programs one after another, and gets less of the processor than other tests. */
const TIMEOUT_MS = 300_000;

// That it runs. What a flood does to a server that has other work beside is no matter of tests.

test("the hostile bench floods servers beside a well-behaved client, over HTTP/1.1 and HTTP/2", {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const json = join(folder, "results.json");
  const only = "pipelined bad events$|window 0|almost 8 MiB to Watch";
  // A quick flood lasts half a second, in which a program of so low a priority may get no time.
  const args = ["--quick", "--seconds", "2", "--json", json, "--only", only];
  const bench = [process.execPath, join(root, "bench/hostile/main.ts"), ...args];
  await run("nice", ["-n", "10", ...bench]);

  const [idle, ...trials] = JSON.parse(await readFile(json, "utf8"));
  expect(idle).toMatchObject({ flood: "no flood", failures: 0, attacker: { opened: 0 } });
  expect(trials.map((trial: { flood: string }) => trial.flood)).toEqual([
    "200 × pipelined bad events",
    "HTTP/2: 1,000 × 100 GET /openapi.json with window 0",
    "HTTP/2: 1 × 100 messages of almost 8 MiB to Watch",
  ]);
  for (const trial of [idle, ...trials]) {
    expect(trial.visits).toBeGreaterThan(0);
  }
  expect(trials[0].attacker.answers["400"]).toBeGreaterThan(0);
});
