import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { openApp } from "../support/app.ts";
import { findTool, PREPARATION_MS, prepare, requireTool, root, type Tool } from "../support/tools.ts";

const run = promisify(execFile);
const DASHBOARD = join(root, "deploy/grafana/streakd.json");
const ALERTS = join(root, "deploy/prometheus/alerts.yaml");
const MISSING = "promtool can't be downloaded: connect to the network and run scripts/promtool.sh, or put one on PATH";

/** How long promtool may take for all tests of rules, in milliseconds; it takes a second. */
const PROMTOOL_MS = 120_000;

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

let tool: Tool;
let promtool = "promtool";

beforeAll(async () => {
  tool = await prepare(MISSING, "scripts/promtool.sh");
  if (!findTool(["promtool", "--version"], MISSING).present) {
    promtool = resolve(process.env.STREAKD_CACHE || join(root, ".cache"), "promtool/promtool");
  }
}, PREPARATION_MS);

async function readPanels(): Promise<readonly Panel[]> {
  return JSON.parse(await readFile(DASHBOARD, "utf8")).panels;
}

/** The queries of the dashboard as Prometheus gets them, with Grafana's variables filled in. */
async function readQueries(): Promise<string[]> {
  const targets = (await readPanels()).flatMap((panel) => panel.targets ?? []);
  return targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"));
}

/** The names of metrics in a text, without what Prometheus appends to a histogram's. */
function metricsIn(text: string): string[] {
  const names = text.match(/\b(?:streakd|process|nodejs)_[a-z0-9_]+/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, "")))].sort();
}

/** The names of the metrics on the page of a running server that has all that brings metrics of its own. */
async function readServed(): Promise<string[]> {
  const backups = await mkdtemp(join(tmpdir(), "streakd-backups-"));
  onTestFinished(() => rm(backups, { recursive: true }));
  const app = await openApp({ BACKUP_DIR: backups });
  const { text } = await app.get("/metrics");
  return Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name as string);
}

test("every metric of the dashboard and of the alerts is one that a server has", async () => {
  const served = await readServed();
  const asked = metricsIn(`${(await readFile(DASHBOARD)).toString()} ${(await readFile(ALERTS)).toString()}`);
  expect(asked.length).toBeGreaterThan(15);
  expect(asked.filter((name) => !served.includes(name))).toEqual([]);
});

test("every metric of streakd's own is on the dashboard, and docs/operations.md explains it", async () => {
  const own = (await readServed()).filter((name) => name.startsWith("streakd_"));
  const [dashboard, docs] = await Promise.all(
    [DASHBOARD, join(root, "docs/operations.md")].map((file) => readFile(file, "utf8")),
  );
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((name) => !metricsIn(dashboard as string).includes(name))).toEqual([]);
  expect(own.filter((name) => !(docs as string).includes(`\`${name}`))).toEqual([]);
});

test("the dashboard's panels have ids of their own, titles, and places that don't overlap", async () => {
  const panels = await readPanels();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const places = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    expect(title).not.toBe("");
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(places.get(`${x},${y}`), title).toBeUndefined();
        places.set(`${x},${y}`, title);
      }
    }
  }
  for (const { type, title, targets = [] } of panels) {
    expect(targets.length > 0, title).toBe(type !== "row");
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
  }
});

test("every query of the dashboard is one that Prometheus can read", async (context) => {
  requireTool(context, tool);
  const folder = await mkdtemp(join(tmpdir(), "streakd-queries-"));
  try {
    const rules = (await readQueries()).map((expr, number) => ({ record: `query:${number}`, expr }));
    // JSON is YAML too.
    await writeFile(join(folder, "queries.yaml"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { stdout } = await run(promtool, ["check", "rules", join(folder, "queries.yaml")]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);

    await writeFile(
      join(folder, "broken.yaml"),
      JSON.stringify({ groups: [{ name: "x", rules: [{ record: "a", expr: "sum(" }] }] }),
    );
    await expect(run(promtool, ["check", "rules", join(folder, "broken.yaml")])).rejects.toThrow();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("Prometheus takes the alerts, and they fire when they should and not before", {
  timeout: PROMTOOL_MS,
}, async (context) => {
  requireTool(context, tool);
  const checked = await run(promtool, ["check", "rules", "--lint-fatal", ALERTS]);
  expect(checked.stdout).toMatch(/SUCCESS: \d+ rules found/);
  const tested = await run(promtool, ["test", "rules", join(root, "test/deploy/alerts.test.yaml")]);
  expect(tested.stdout).toContain("SUCCESS");
});
