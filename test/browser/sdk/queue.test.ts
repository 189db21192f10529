import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { useSite } from "../script/support.ts";

const site = useSite();

/** A page that has the SDK, and a client in `client`. */
function pageOf(): { body: string } {
  return {
    body: `<script type="module">
      import * as sdk from "${site.app.url}/sdk.js";
      Object.assign(window, { sdk, client: sdk.createClient({ baseUrl: "${site.app.url}" }) });
    </script>`,
  };
}

async function open(context?: BrowserContext) {
  const opened = await site.open(pageOf(), context);
  await opened.page.waitForFunction("window.client");
  return opened;
}

/** Records an event for each of so many users, and returns what the page was told. */
function recordMany(page: Page, prefix: string, count: number): Promise<{ queued: boolean }[]> {
  return page.evaluate(
    `Promise.all(Array.from(Array(${count}), (_, i) =>
      client.recordEvent({ projectId: "site", event: "read", userHash: "${prefix}-" + i })))`,
  );
}

/** How many users there are whose names begin so. */
async function usersOf(prefix: string): Promise<number> {
  let [count, pageToken] = [0, ""];
  do {
    const { json } = await site.app.admin(
      "GET",
      `/admin/projects/site/users?prefix=${prefix}-&pageSize=100&pageToken=${pageToken}`,
    );
    count += json.users?.length ?? 0;
    pageToken = json.nextPageToken ?? "";
  } while (pageToken !== "");
  return count;
}

const waiting = (page: Page) =>
  page.evaluate(`Object.keys(localStorage).filter((key) => key.startsWith("streakd:queue:")).length`);

test("four tabs lose and double nothing when the network goes and comes back amid their events", async () => {
  const context = await site.context();
  const tabs = [await open(context), await open(context), await open(context), await open(context)];
  const all = tabs.map(({ page }, index) => recordMany(page, `tab${index}`, 50));
  await expect.poll(() => usersOf("tab0")).toBeGreaterThan(0);
  await context.setOffline(true);
  await Promise.all(all);
  await Promise.all(tabs.map(({ page }, index) => recordMany(page, `off${index}`, 50)));
  await context.setOffline(false);
  for (const index of tabs.keys()) {
    await expect.poll(() => usersOf(`tab${index}`), { timeout: 20_000 }).toBe(50);
    await expect.poll(() => usersOf(`off${index}`), { timeout: 20_000 }).toBe(50);
  }
  await expect.poll(() => waiting(tabs[0]?.page as Page)).toBe(0);
});

test("an event needs no preflight", async () => {
  const { page } = await open();
  const methods: string[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ request, type }) => methods.push(`${type} ${request.method}`));
  await recordMany(page, "simple", 1);
  expect(methods).toEqual(["Fetch POST"]);
});

test("a full queue refuses the next event, and keeps the others", async () => {
  const { page, context } = await open();
  await context.setOffline(true);
  await page.evaluate(`for (let i = 0; i < 5000; i++) localStorage.setItem("streakd:queue:" + i, "{}")`);
  const refused = await page.evaluate(
    `client.recordEvent({ projectId: "site", event: "read", userHash: "full" }).catch(({ code }) => code)`,
  );
  expect(refused).toBe("QUEUE_FULL");
  expect(await waiting(page)).toBe(5000);
});

test("the admin token is refused in a page", async () => {
  const { page } = await open();
  const code = await page.evaluate(
    `(() => { try { sdk.createClient({ baseUrl: "/", adminToken: "sk_x" }); } catch ({ code }) { return code; } })()`,
  );
  expect(code).toBe("ADMIN_TOKEN_IN_BROWSER");
});

test("a worker records events", async () => {
  const { page } = await open();
  await page.evaluate(`new Promise((done, fail) => {
    const text = \`
      import { createClient, getVisitorId } from "${site.app.url}/sdk.js";
      const client = createClient({ baseUrl: "${site.app.url}" });
      await client.recordEvent({ projectId: "site", event: "read", userHash: "worker-" + getVisitorId(), ts: ${site.app.now} });
      postMessage("done");
    \`;
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), { type: "module" });
    worker.onmessage = done;
    worker.onerror = ({ message }) => fail(new Error(message));
  })`);
  expect(await usersOf("worker")).toBe(1);
});
