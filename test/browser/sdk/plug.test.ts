import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { cut, openGate } from "../../support/gate.ts";
import { startServer } from "../../support/server.ts";
import { useSite } from "../script/support.ts";
import { waiting } from "./support.ts";

const site = useSite();
const TABS = 4;
const EVENTS_PER_TAB = 250;
const PATIENT = { timeout: 60_000 };

test("four tabs lose and double none of 1,000 events when the network goes and the server is killed", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-test-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const settings = { dataDir, env: { PORT: `${await freePort()}` } };
  const first = await startServer(settings);
  onTestFinished(() => first.stop());
  const widgets = [{ event: "total", mode: "cumulative" }];
  const project = { siteKey: "plug", allowedOrigins: [site.origin], widgets };
  const headers = { "X-Admin-Token": first.adminToken, "Content-Type": "application/json" };
  const created = await fetch(`${first.url}/admin/projects`, {
    method: "POST",
    headers,
    body: JSON.stringify(project),
  });
  expect(created.ok).toBe(true);
  const gate = await openGate(first.url);

  const context = await site.context();
  const url = site.put({
    body: `<script type="module">
      import { createClient } from "${site.app.url}/sdk.js";
      window.client = createClient({ baseUrl: "${gate.url}" });
    </script>`,
  });
  const pages = await Promise.all(Array.from(Array(TABS), () => context.newPage()));
  await Promise.all(pages.map((page) => page.goto(url)));
  await Promise.all(pages.map((page) => page.waitForFunction(() => globalThis.client !== undefined)));
  // Each event has a day of its own, so that the total of a cumulative streak counts the events.
  const calls = pages.map((page, tab) =>
    page.evaluate(
      ([start, count]) =>
        Promise.all(
          Array.from(Array(count), (_, index) => {
            const ts = Date.UTC(2020, 0, 1 + start + index, 12);
            return client.recordEvent({ projectId: "plug", event: "total", userHash: "tabs", ts, tz: "UTC" });
          }),
        ).then((answers) => answers.filter(({ queued }) => queued).length),
      [tab * EVENTS_PER_TAB, EVENTS_PER_TAB] as const,
    ),
  );
  await expect.poll(() => gate.bodies.length, PATIENT).toBeGreaterThan(100);
  await first.kill("SIGKILL");
  gate.instead = cut;
  await context.setOffline(true);
  const queued = (await Promise.all(calls)).reduce((sum, count) => sum + count);
  expect(queued).toBeGreaterThan(0);

  const second = await startServer(settings);
  onTestFinished(() => second.stop());
  gate.instead = undefined;
  // One of the tabs is gone by now: the others send what it has kept.
  await pages[0]?.close();
  await context.setOffline(false);
  const state = `${second.url}/v1/state?siteKey=plug&event=total&userHash=tabs&tz=UTC`;
  const total = async () => (await (await fetch(state)).json()).streak.current;
  await expect.poll(total, PATIENT).toBe(TABS * EVENTS_PER_TAB);
  await expect.poll(() => waiting(pages[1] as (typeof pages)[0]), PATIENT).toBe(0);
  // Whatever was sent again was the same, with the key of the first time, by which streakd drops it.
  const keys = new Set(gate.bodies.map((body) => JSON.parse(body).idempotencyKey));
  expect(keys.size).toBe(TABS * EVENTS_PER_TAB);
  expect(new Set(gate.bodies).size).toBe(keys.size);
}, 180_000);
