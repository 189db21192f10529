import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { holdAnimations, NOW, useSite } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Half past midnight of the Saturday after the site's Friday. */
const NIGHT = NOW + 3 * HOUR_MS;

const site = useSite();

beforeAll(async () => {
  const widgets = [
    { event: "owl", rules: { graceMinutes: 120 }, milestones: [{ target: 3, msg: "Three!" }] },
    { event: "weekly", rules: { graceMinutes: 120, cadence: { kind: "days_a_week", days: 3 } } },
  ];
  await site.app.admin("PATCH", "/admin/projects/site?updateMask=widgets", { widgets });
});

beforeEach(() => {
  site.app.now = NOW;
});

/** Shows a user's widget, expanded, at a time by the clocks of both. */
async function showAt(now: number, user: string, event = "owl") {
  site.app.now = now;
  const { page, widget } = await site.show(user, "open", event);
  return {
    page,
    widget,
    today: () => widget.locator(".today .sr").textContent(),
    number: () => widget.locator(".number").textContent(),
    toast: () => widget.getByRole("status").textContent(),
    left: () => widget.locator(".status").textContent(),
  };
}

/** Lets a page read the state that its user has after an event in the night. */
async function doInGrace(page: Page, user: string, event = "owl") {
  await site.app.record({ siteKey: "site", userHash: user, event, tz: "UTC" });
  await lookLater(page);
}

/** Lets somebody look at a page again, more than a minute later. */
async function lookLater(page: Page) {
  await holdAnimations(page);
  await page.clock.setFixedTime(site.app.now + 2 * MINUTE_MS);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
}

test("in the grace today is still yesterday, and lasts until its end, when the next day is read", async () => {
  await site.record("waits", [2, 1], "owl");
  const { page, today, left, number } = await showAt(NIGHT, "waits");
  expect(await today()).toBe("Friday, January 12, 2024");
  expect([await number(), await left()]).toEqual(["2", "1 hr left"]);
  site.app.now = NIGHT + 1.5 * HOUR_MS;
  await page.clock.setFixedTime(site.app.now);
  await page.clock.fastForward(MINUTE_MS);
  await expect.poll(today).toBe("Saturday, January 13, 2024");
  expect(await number()).toBe("0");
});

test("before midnight, too, the time that is left reaches to the end of the grace", async () => {
  await site.record("evening", [1], "owl");
  const { left } = await showAt(NOW, "evening");
  expect(await left()).toBe("4 hr left");
});

test("what is done in the grace is celebrated, though the next day begins at once and is not done", async () => {
  await site.record("late", [1], "owl");
  const { page, widget, today, number, left, toast } = await showAt(NIGHT, "late");
  await doInGrace(page, "late");
  await expect.poll(toast).toBe("yesterday ✓");
  expect(await widget.locator(".piece").count()).toBeGreaterThan(10);
  expect([await today(), await number(), await left()]).toEqual(["Saturday, January 13, 2024", "2", "25 hr left"]);
  expect(await widget.locator(".day.done").count()).toBe(2);
});

test.each([
  ["de", "gestern ✓"],
  ["ar", "أمس ✓"],
])("in %s it is celebrated in the language's own words", async (lang, told) => {
  const user = `late-${lang}`;
  await site.record(user, [1], "owl");
  const { page, widget, toast } = await showAt(NIGHT, user);
  await widget.evaluate((element, lang) => element.setAttribute("lang", lang), lang);
  await doInGrace(page, user);
  await expect.poll(toast).toBe(told);
});

test("it is celebrated on a Monday as well, when the day is in the week before", async () => {
  const sunday = NOW + 2 * DAY_MS;
  site.app.now = sunday - DAY_MS;
  await site.app.record({ siteKey: "site", userHash: "sunday", event: "owl", tz: "UTC" });
  const { page, today, toast } = await showAt(sunday + 3 * HOUR_MS, "sunday");
  expect(await today()).toBe("Sunday, January 14, 2024");
  await doInGrace(page, "sunday");
  await expect.poll(toast).toBe("yesterday ✓");
  expect(await today()).toBe("Monday, January 15, 2024");
});

test("a milestone that is reached in the grace is celebrated by its message", async () => {
  await site.record("third", [2, 1], "owl");
  const { page, toast } = await showAt(NIGHT, "third");
  await doInGrace(page, "third");
  await expect.poll(toast).toBe("Three!");
});

test("where days of a week are counted, a day that is done in its grace shows in the week", async () => {
  await site.record("weeks", [2], "weekly");
  const { page, widget } = await showAt(NIGHT, "weeks", "weekly");
  const share = () => widget.locator(".goal b").first().textContent();
  expect(await share()).toBe("1 / 3 this week");
  await doInGrace(page, "weeks", "weekly");
  await expect.poll(share).toBe("2 / 3 this week");
  expect(await widget.locator(".day.done").count()).toBe(2);
});

test("a day that is missed is not celebrated, though the page's clock is slow", async () => {
  await site.record("slow", [1], "owl");
  const { page, today, toast } = await showAt(NIGHT, "slow");
  site.app.now = NIGHT + 1.6 * HOUR_MS;
  await page.clock.setFixedTime(NIGHT + 1.4 * HOUR_MS);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(today).toBe("Saturday, January 13, 2024");
  expect(await toast()).toBe("");
});

test("what another device did in the evening is not celebrated in the morning", async () => {
  await site.record("morning", [1], "owl");
  const { page, today, toast } = await showAt(NOW, "morning");
  await site.record("morning", [0], "owl");
  site.app.now = NOW + 12 * HOUR_MS;
  await lookLater(page);
  await expect.poll(today).toBe("Saturday, January 13, 2024");
  expect(await toast()).toBe("");
});
