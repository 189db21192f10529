import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { makeToken } from "../../support/tokens.ts";
import { expectAccessible } from "../axe.ts";
import { SITE, textOf, useUsersPages } from "./users-support.ts";

const SYSTEM = "/dashboard/system";
const pages = useUsersPages();

beforeAll(async () => {
  await pages.record("ana", [0, 1, 2]);
  await pages.record("ana", [0]);
  await pages.app.post("/v1/e", { siteKey: SITE, userHash: "u", event: "unknown" });
});

const card = (page: Page, title: string | RegExp) => page.getByRole("region", { name: title, exact: true });

async function rowsOf(page: Page, title: string | RegExp): Promise<string[][]> {
  await card(page, title).locator("tbody tr").first().waitFor();
  const rows = await card(page, title).locator("tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("td").allInnerTexts()));
}

/** The values of the server's metrics, by name and labels. */
async function metrics(): Promise<ReadonlyMap<string, number>> {
  const [instance] = (await pages.app.admin("GET", "/admin/instances")).json.instances;
  const lines = (instance.metrics as string).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

test("the page has the instance, its store, and the numbers of its metrics", async () => {
  const { page, complaints } = await pages.open(SYSTEM);
  const [row] = await rowsOf(page, "Instances");
  expect(row?.[0]).toContain(`process ${process.pid}`);
  expect(row?.[0]).toContain("reported just now");
  expect(row?.[1]).toContain(`Node ${process.version}`);
  await card(page, "Store: Embedded (SQLite)").waitFor();
  const measured = await metrics();

  const calls = await rowsOf(page, "API calls");
  const recorded = calls.find(([method]) => method === "recordEvent");
  expect(recorded?.[1]).toBe("5");
  expect(recorded?.[3]).toBe("20%");
  expect(recorded?.at(-2)).toMatch(/^[\d.]+ m?s$/);
  // 95 of 100 is more than five calls tell.
  expect(recorded?.at(-1)).toBe("–");
  expect(measured.get('streakd_requests_total{protocol="rest",method="recordEvent",code="OK"}')).toBe(4);

  expect(await textOf(card(page, "Events").locator("dl"))).toBe(
    "Accepted 4 3 of them new Dedupe hits 25% told by memory Repeats in the store 0 which the store told Events a commit 1 3 commits",
  );
  const stored = await rowsOf(page, /^Store/);
  expect(stored.find(([method]) => method === "record")?.[1]).toBe(
    `${measured.get('streakd_store_seconds_count{method="record"}')}`,
  );
  expect(complaints).toEqual([]);
});

describe("the page refreshes itself", () => {
  /** Opens the page with a clock that only the test moves, and counts how often it asks from then on. */
  async function openWithClock() {
    let asked = 0;
    let answered = 0;
    const { page } = await pages.open(SYSTEM, {
      prepare: async (page) => {
        await page.clock.install();
        page.on("request", (request) => {
          asked += Number(request.url().includes("/ListInstances"));
        });
        page.on("requestfinished", (request) => {
          answered += Number(request.url().includes("/ListInstances"));
        });
      },
    });
    await rowsOf(page, "Instances");
    // From here on, time passes only when a test says so. What was to be asked by then is asked at once.
    const before = answered;
    await page.clock.pauseAt(Date.now() + 60_000);
    await expect.poll(() => answered).toBeGreaterThan(before);
    asked = 0;
    return {
      page,
      get asked() {
        return asked;
      },
    };
  }

  test("every ten seconds, and then it can tell of the last minutes", async () => {
    const opened = await openWithClock();
    const { page } = opened;
    await page.locator("label").filter({ hasText: "Last 2 minutes" }).click();
    await page.getByText("Counting…").waitFor();
    await pages.record("bob", [0, 1, 2, 3, 4, 5]);
    pages.app.now += 10_000;
    await page.clock.runFor(9_000);
    expect(opened.asked).toBe(0);
    // A little more than a second: the ten seconds begin when the page has taken note of the answer before.
    await page.clock.runFor(2_000);
    await expect.poll(() => opened.asked).toBe(1);
    await page.clock.resume();
    const recorded = (await rowsOf(page, "API calls")).find(([method]) => method === "recordEvent");
    expect(recorded?.slice(1, 4)).toEqual(["6", "0.6/s", "0%"]);
  });

  test("not while it is hidden", async () => {
    const opened = await openWithClock();
    await opened.page.evaluate(`
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));`);
    await opened.page.clock.runFor(60_000);
    expect(opened.asked).toBe(0);
  });
});

test("an instance that is silent is told apart from those that report", async () => {
  const { page } = await pages.open(SYSTEM, {
    prepare: (page) =>
      page.route("**/ListInstances*", async (route) => {
        const url = new URL(route.request().url());
        url.searchParams.set("encoding", "json");
        url.searchParams.set("message", "{}");
        url.searchParams.delete("base64");
        const { instances } = (await pages.app.admin("GET", "/admin/instances")).json;
        const other = { ...instances[0], id: "other", host: "other", version: "9.9.9" };
        const reportTime = new Date(Date.parse(instances[0].reportTime) - 50_000).toISOString();
        const body = JSON.stringify({
          instances: [instances[0], { ...other, reportTime }].map((one) => ({
            ...one,
            store: "STORE_KIND_MONGODB",
            dedupeCache: "DEDUPE_CACHE_KIND_REDIS",
          })),
        });
        await route.fulfill({ contentType: "application/json", body });
      }),
  });
  const rows = await rowsOf(page, "Instances");
  expect(rows.map(([host]) => host?.split("\n").at(-1))).toEqual(["reported just now", "Silent for 50 s"]);
  await page.getByText(/^versions .*9\.9\.9/).waitFor();
});

test("only those who sign in with the admin token see the page", async () => {
  const { secret } = await makeToken(pages.app, { scopes: ["everything"] });
  const { page } = await pages.open(SYSTEM, { token: secret });
  await page.getByText("Only those who sign in with the admin token").waitFor();
});

test("axe finds nothing and nothing is wider than the window", async () => {
  const { page } = await pages.open(SYSTEM);
  await rowsOf(page, "API calls");
  await expectAccessible(page);
});
