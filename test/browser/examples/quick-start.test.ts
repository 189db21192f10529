import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_TOKEN, openApp } from "../../support/app.ts";
import { useBrowser } from "../../support/chromium.ts";
import { freePort } from "../../support/free-port.ts";
import { findTool, requireTool, root } from "../../support/tools.ts";
import { waitUntil } from "../../support/wait-until.ts";

const run = promisify(execFile);
const CURL = findTool(["curl", "--version"], "curl is missing: install it to try the quick start of docs/browser.md");
const browser = useBrowser();

test("the three steps of docs/browser.md show a streak of one", { timeout: 60_000 }, async (context) => {
  requireTool(context, CURL);
  const app = await openApp();
  const port = await freePort();
  const text = (await readFile(join(root, "docs/browser.md"), "utf8"))
    .replaceAll("http://localhost:8080", app.url)
    .replaceAll("localhost:3001", `localhost:${port}`)
    .replaceAll("listen(3001)", `listen(${port})`);
  const [, quickStart = ""] = /^## Quick start\n([\s\S]*?)^## /m.exec(text) ?? [];
  const [create, page, serve] = Array.from(
    quickStart.matchAll(/^```\w+\n([\s\S]*?)^```$/gm),
    ([, block]) => `${block}`,
  );

  const cwd = await mkdtemp(join(tmpdir(), "streakd-quick-start-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  await mkdir(join(cwd, "data"));
  await writeFile(join(cwd, "data/admin-token"), ADMIN_TOKEN);
  await run("bash", ["-ec", `${create}`.replaceAll("curl ", "curl -sS --fail-with-body ")], { cwd });
  await writeFile(join(cwd, "quick-start.html"), `${page}`);
  const site = spawn("bash", ["-ec", `exec ${serve}`], { cwd });
  onTestFinished(() => void site.kill());
  const isServed = () =>
    fetch(`http://localhost:${port}`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntil(isServed);

  const tab = await (await browser.open()).newPage();
  await tab.clock.setFixedTime(app.now);
  await tab.goto(`http://localhost:${port}`);
  await expect.poll(() => tab.locator("streak-widget .number").allTextContents()).toEqual(["1"]);
  const userHash = (await tab.evaluate(`localStorage.getItem("streakd:visitor")`)) as string;
  expect((await app.state({ siteKey: "my_site", userHash })).streak.current).toBe(1);
});
