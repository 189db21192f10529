import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";
import { root } from "../support/tools.ts";
import { failureOf, PREPARATION_MS, requireDeployTools, run } from "./support.ts";

const UNIT = "deploy/systemd/streakd.service";

/** The most that `systemd-analyze security` may find exposed, in tenths: 0 is nothing, 100 a service without any hardening. */
const MAX_EXPOSURE = 15;

beforeEach((context) => requireDeployTools(context, "systemd"), PREPARATION_MS);

test("systemd understands all of the unit", async () => {
  const { stdout, stderr } = await run("systemd-analyze", ["verify", UNIT]);
  expect(stdout + stderr).toBe("");
});

test("the unit leaves the service little to do beside serving", async () => {
  const args = ["security", "--offline=true", "--no-pager", `--threshold=${MAX_EXPOSURE}`, UNIT];
  expect(await failureOf("systemd-analyze", args)).toBe("");
  // The threshold can be missed.
  expect(
    await failureOf(
      "systemd-analyze",
      args.map((arg) => arg.replace(/=15$/, "=1")),
    ),
  ).toContain("exposure level");
});

test("the unit gives streakd the time to stop, its folders, and no limit that V8 can't work with", async () => {
  const unit = await readFile(join(root, UNIT), "utf8");
  const [, environment = ""] = /^Environment=(.*)$/m.exec(unit) ?? [];
  const settings = Object.fromEntries(environment.split(" ").map((pair) => pair.split("=")));
  const { dataDir, shutdownDrainMs, shutdownGraceMs, limits } = readConfig(settings);

  expect(unit).toContain(`\nTimeoutStopSec=${(shutdownDrainMs + shutdownGraceMs) / 1000 + 15}\n`);
  expect(unit).toMatch(/^StateDirectory=streakd streakd-backups$/m);
  expect(dataDir).toBe("/var/lib/streakd");
  expect(Number(/^LimitNOFILE=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(limits.maxConnections);
  expect(unit).toMatch(/^MemoryDenyWriteExecute=no$/m);
});
