import { expect, test } from "vitest";
import { shownIn, useSite } from "./support.ts";

const DAY_MS = 86_400_000;
const site = useSite();

test("a first visit is recorded and shown, and once a day is enough", async () => {
  const { app } = site;
  const first = await site.open({ body: site.tag("visitor", "defer") });
  await expect.poll(() => shownIn(first.page)).toBe("1");

  const events: string[] = [];
  first.page.on("request", (request) => request.url().endsWith("/v1/e") && events.push(request.postData() ?? ""));
  await first.page.reload();
  await expect.poll(() => shownIn(first.page)).toBe("1");
  expect(events.filter((body) => !body.includes("widget_impression"))).toEqual([]);

  app.now += DAY_MS;
  await first.page.clock.setFixedTime(app.now);
  await first.page.reload();
  await expect.poll(() => shownIn(first.page)).toBe("2");
  expect(first.said).toEqual([]);
});

test("a page that stays open records the visit of the next day when it is looked at again", async () => {
  const { app } = site;
  const { page } = await site.open({ body: site.tag("open-page") });
  await expect.poll(() => shownIn(page)).toBe("1");
  app.now += DAY_MS;
  await page.clock.setFixedTime(app.now);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => shownIn(page)).toBe("2");
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
  const body = `<script src="${site.src}" data-base="${app.url}" data-project="site"></script>`;
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

test("a visitor who signs in keeps the days, and the widget shows the streak of the user", async () => {
  const { app } = site;
  const before = await site.open({ body: `${site.tag("anon_9")}` });
  await expect.poll(() => shownIn(before.page)).toBe("1");
  app.now += DAY_MS;
  await app.admin("POST", "/admin/alias", { siteKey: "site", anonymousId: "anon_9", userHash: "signed-in" });
  const after = await site.open({ body: site.tag("signed-in") }, before.context);
  await expect.poll(() => shownIn(after.page)).toBe("2");
});
