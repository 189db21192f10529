import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readConfig } from "#src/config/config.ts";
import { root } from "../support/tools.ts";
import { failureOf, PREPARATION_MS, requireDeployTools, run, tools } from "./support.ts";

const FILES = ["compose.yaml", "compose.embedded.yaml"];
const ADMIN_TOKEN = "s3cret-token-of-tests";

/** Loads a Compose file as Docker Compose does. */
const load = join(tools, "compose/compose");

beforeEach((context) => requireDeployTools(context, "compose"), PREPARATION_MS);

interface Service {
  readonly image: string;
  readonly environment: Record<string, string>;
  readonly volumes: { readonly type: string; readonly source: string; readonly target: string }[];
  readonly stop_grace_period: string;
  readonly read_only: boolean;
}

async function servicesOf(file: string, env: NodeJS.ProcessEnv = {}): Promise<Record<string, Service>> {
  const { stdout } = await run(load, [file], { PATH: process.env.PATH, ADMIN_TOKEN, ...env });
  return JSON.parse(stdout).services;
}

test.each(FILES)("%s is valid, and asks for the admin token", async (file) => {
  await servicesOf(file);
  expect(await failureOf(load, [file], { PATH: process.env.PATH })).toContain(
    "required variable ADMIN_TOKEN is missing a value: set it to a secret of yours",
  );
});

test.each(FILES)("the settings in %s are those of streakd, which is given the time to stop", async (file) => {
  const streakds = Object.values(await servicesOf(file)).filter(({ image }) => image === "streakd");
  expect(streakds.length).toBeGreaterThan(0);
  for (const { environment, stop_grace_period } of streakds) {
    const { shutdownDrainMs, shutdownGraceMs } = readConfig({ DATA_DIR: "/data", ...environment });
    expect(stop_grace_period).toBe(`${(shutdownDrainMs + shutdownGraceMs) / 1000 + 15}s`);
  }
});

test("the single node writes only to volumes that its image makes for its user, and keeps its backups in one", async () => {
  const { streakd } = await servicesOf("compose.embedded.yaml");
  expect(streakd?.read_only).toBe(true);
  expect(streakd?.volumes.map(({ type, target }) => [type, target])).toEqual([
    ["volume", "/data"],
    ["volume", "/backups"],
  ]);
  expect(readConfig({ DATA_DIR: "/data", ...streakd?.environment }).backups).toMatchObject({
    folder: "/backups",
    keep: 7,
  });
  const dockerfile = await readFile(join(root, "Dockerfile"), "utf8");
  for (const { target } of streakd?.volumes ?? []) {
    expect(dockerfile).toMatch(new RegExp(`--chown=1000:1000 ${target} ${target}$`, "m"));
  }
});

test("backups may go to a folder of the machine", async () => {
  const { streakd } = await servicesOf("compose.embedded.yaml", { BACKUPS: "/mnt/backups", BACKUP_KEEP: "30" });
  expect(streakd?.volumes).toContainEqual(expect.objectContaining({ type: "bind", source: "/mnt/backups" }));
  expect(streakd?.environment.BACKUP_KEEP).toBe("30");
});
