import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { makeSigningSecret, secondsFrom, signJwt } from "../../support/jwt.ts";
import { checkInsOf, shownIn, useSite } from "./support.ts";

const DAY_MS = 86_400_000;
const site = useSite();

test("a first visit is recorded and shown, and once a day is enough", async () => {
  const { app } = site;
  const first = await site.open({ body: site.tag("visitor", "defer") });
  await expect.poll(() => shownIn(first.page)).toBe("1");

  const checkIns = checkInsOf(first.context);
  await first.page.reload();
  await expect.poll(() => shownIn(first.page)).toBe("1");
  // What it has asked for before is listed when this has its answer.
  await first.page.evaluate(() => fetch("/after"));
  expect(checkIns).toEqual([]);

  app.now += DAY_MS;
  await first.page.clock.setFixedTime(app.now);
  await first.page.reload();
  await expect.poll(() => shownIn(first.page)).toBe("2");
  expect(first.said).toEqual([]);
});

test.each([
  ["looked at again", (page: Page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))],
  ["used again", (page: Page) => page.mouse.click(1, 1)],
])("a page that stays open records the visit of the next day when it is %s", async (how, act) => {
  const { app } = site;
  const { page, context } = await site.open({ body: site.tag(how.replaceAll(" ", "-")) });
  await expect.poll(() => shownIn(page)).toBe("1");
  const checkIns = checkInsOf(context);
  app.now += DAY_MS;
  await page.clock.setFixedTime(app.now);
  // Longer than what the widget does each minute.
  await page.clock.fastForward(60_000);
  await page.evaluate(() => fetch("/after"));
  expect(checkIns).toEqual([]);
  await act(page);
  await expect.poll(() => shownIn(page)).toBe("2");
  expect(checkIns).toHaveLength(1);
});

test("where a day begins at 04:00, a visit counts until then, and the next one is recorded on the same date", async () => {
  const { app } = site;
  app.now = Date.parse("2024-02-03T01:00:00Z");
  const widgets = [{ event: "visit", rules: { dayStart: "04:00" } }];
  await app.admin("POST", "/admin/projects", { siteKey: "night", allowedOrigins: [site.origin], widgets });
  const body = site.tag("owl", 'data-tz="UTC"').replace('"site"', '"night"');
  const { page, context } = await site.open({ body });
  await expect.poll(() => shownIn(page)).toBe("1");
  const checkIns = checkInsOf(context);
  const actAt = async (time: string) => {
    app.now = Date.parse(time);
    await page.clock.setFixedTime(app.now);
    await page.mouse.click(1, 1);
    await page.evaluate(() => fetch("/after"));
  };
  await actAt("2024-02-03T03:59:00Z");
  expect(checkIns).toEqual([]);
  await actAt("2024-02-03T04:00:00Z");
  await expect.poll(() => shownIn(page)).toBe("2");
  await actAt("2024-02-04T03:00:00Z");
  expect(checkIns).toHaveLength(1);
  expect(await site.current("owl", "visit", "night")).toBe(2);
});

test("a visit in the grace does yesterday, and the next one, when the grace is over, does today", async () => {
  const { app } = site;
  app.now = Date.parse("2024-02-08T20:00:00Z");
  const widgets = [{ event: "visit", rules: { graceMinutes: 120 } }];
  await app.admin("POST", "/admin/projects", { siteKey: "grace", allowedOrigins: [site.origin], widgets });
  const owl = { siteKey: "grace", userHash: "owl", tz: "UTC" };
  await app.record(owl);
  const body = site.tag("owl", 'data-tz="UTC"').replace('"site"', '"grace"');
  // On Friday nobody was there.
  app.now = Date.parse("2024-02-10T00:30:00Z");
  const { page, context, url } = await site.open({ body });
  await expect.poll(() => shownIn(page)).toBe("2");
  const checkIns = checkInsOf(context);
  const actAt = async (time: string) => {
    app.now = Date.parse(time);
    await page.clock.setFixedTime(app.now);
    await page.mouse.click(1, 1);
    await page.evaluate(() => fetch("/after"));
  };
  await actAt("2024-02-10T01:59:00Z");
  await page.goto(url);
  await expect.poll(() => shownIn(page)).toBe("2");
  await page.evaluate(() => fetch("/after"));
  expect(checkIns).toEqual([]);
  await actAt("2024-02-10T02:00:00Z");
  await expect.poll(() => shownIn(page)).toBe("3");
  expect((await app.state(owl)).week.map(({ isCheckedIn }) => isCheckedIn).slice(3)).toEqual([true, true, true, false]);
  // Today is done, so that the next day begins at midnight.
  await actAt("2024-02-11T00:30:00Z");
  await expect.poll(() => shownIn(page)).toBe("4");
  expect(checkIns).toHaveLength(2);
});

test("another event than visit is recorded only when the page says so", async () => {
  const { page } = await site.open({ body: site.tag("reader", 'data-event="read"') });
  await expect.poll(() => shownIn(page)).toBe("0");
  await page.evaluate(() => window.streak());
  await expect.poll(() => shownIn(page)).toBe("1");
  expect(await site.current("reader", "read")).toBe(1);
});

test("without data-user, the visitor of this browser keeps the streak", async () => {
  const { app } = site;
  const body = `<script src="${app.url}/widget.js" data-project="site"></script>`;
  const first = await site.open({ body });
  await expect.poll(() => shownIn(first.page)).toBe("1");
  app.now += DAY_MS;
  const second = await site.open(first.url, first.context);
  await expect.poll(() => shownIn(second.page)).toBe("2");
});

test("where nothing can be kept, the visit is recorded and the widget is there", async () => {
  const { app } = site;
  const allowedOrigins = ["null"];
  await app.admin("POST", "/admin/projects", { siteKey: "framed", allowedOrigins, widgets: [{ event: "visit" }] });
  const inner = site.put({ body: site.tag("framed", "").replace('"site"', '"framed"') });
  const { page, said } = await site.open({ body: `<iframe sandbox="allow-scripts" src="${inner}"></iframe>` });
  await expect.poll(() => page.frameLocator("iframe").locator("streak-widget .number").textContent()).toBe("1");
  expect(await site.current("framed", "visit", "framed")).toBe(1);
  expect(said).toEqual([]);
});

test("a milestone that the visit itself reaches is told, however long the state takes", async () => {
  const { app } = site;
  const head = `<script>
    var reached = [];
    document.addEventListener("streak:milestone", ({ detail }) => reached.push(detail.milestone.msg));
  </script>`;
  const { page, context } = await site.open({ head, body: site.tag("milestone") });
  await expect.poll(() => shownIn(page)).toBe("1");
  app.now += DAY_MS;
  await page.clock.setFixedTime(app.now);
  const checkIns = checkInsOf(context);
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await context.route("**/v1/state?*", (route) => answered.then(() => route.continue()));
  const asked = page.waitForRequest("**/v1/state?*");
  await page.reload();
  await asked;
  await page.evaluate(() => fetch("/after"));
  expect(checkIns).toEqual([]);
  answer();
  await expect.poll(() => page.evaluate("reached")).toEqual(["Two!"]);
});

test("who leaves before the state is there has visited all the same", async () => {
  const context = await site.context();
  await context.route("**/v1/state?*", () => {});
  const asked = context.waitForEvent("request", (request) => request.url().includes("/v1/state"));
  const { page } = await site.open({ body: site.tag("hasty") }, context);
  await asked;
  await page.goto(site.put({ body: "Elsewhere" }));
  await expect.poll(() => site.current("hasty")).toBe(1);
});

test("a visitor who signs in keeps the days, and the widget shows the streak of the user", async () => {
  const { app } = site;
  const { secret } = await makeSigningSecret(app, "site");
  const body = `<script src="${app.url}/widget.js" data-project="site"></script>`;
  const { page } = await site.open({ body });
  await expect.poll(() => shownIn(page)).toBe("1");
  app.now += DAY_MS;
  await page.clock.setFixedTime(app.now);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => shownIn(page)).toBe("2");

  const visitor = await page.evaluate(() => localStorage.getItem("streakd:visitor"));
  const token = signJwt(secret, {
    siteKey: "site",
    anonymousId: visitor,
    userHash: "signed-in",
    exp: secondsFrom(app, 60),
  });
  // A string, since tests are compiled so that an import in a function is not the browser's.
  await page.evaluate(`import("${app.url}/sdk.js").then(async ({ createClient }) => {
    await createClient({ baseUrl: "${app.url}" }).aliasWithToken({ token: "${token}" });
    document.querySelector("streak-widget").setAttribute("user", "signed-in");
  })`);
  await expect.poll(() => site.current("signed-in")).toBe(2);
  await expect.poll(() => shownIn(page)).toBe("2");
});
