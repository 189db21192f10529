import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { holdAnimations, NOW, type Shown, useSite } from "./support.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const site = useSite();

beforeAll(async () => {
  const rules = { repairs: { withinDays: 3 } };
  const milestones = (fields: object) => [
    { target: 2, msg: "Two!", ...fields },
    { target: 4, msg: "Four!", ...fields },
  ];
  const widgets = [
    { event: "simple", rules, milestones: milestones({}) },
    { event: "run", rules, milestones: milestones({ scope: "run" }) },
    { event: "ever", rules, milestones: milestones({ scope: "ever" }) },
    { event: "again", milestones: [{ target: 2, msg: "Again!", scope: "run", repeats: true }] },
  ];
  await site.app.admin("PATCH", "/admin/projects/site?updateMask=widgets", { widgets });
});

beforeEach(() => {
  site.app.now = NOW;
});

/** What a page is told of milestones, in `told`. */
const LISTEN = `
  window.told = [];
  document.addEventListener("streak:milestone", ({ detail }) => told.push(detail.milestone.msg));`;

const show = (user: string, event: string) => site.show(user, "open", event, { init: LISTEN });
const toldIn = (page: Page) => page.evaluate("told");

/** Lets a page read the state again, some minutes later. Waits until it shows this number. */
async function readAgain({ page, widget }: Shown, number: string, minutes = 2) {
  await holdAnimations(page);
  await page.clock.setFixedTime(site.app.now + minutes * MINUTE_MS);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => widget.locator(".number").textContent()).toBe(number);
}

async function repair(user: string, event: string) {
  const request = { userHashes: [user], event, entryId: `repair-${event}`, reason: "Asked for" };
  expect((await site.app.admin("POST", "/admin/projects/site/ledger:repair", request)).status).toBe(200);
}

test.each(["simple", "run", "ever"])("a repair celebrates only what was never reached: %s", async (event) => {
  const user = "repaired";
  // Three days, one that was missed, and one day.
  await site.record(user, [5, 4, 3, 1], event);
  const shown = await show(user, event);
  await repair(user, event);
  await readAgain(shown, "4");
  expect(await toldIn(shown.page)).toEqual(["Four!"]);
  expect(await shown.widget.getByRole("status").textContent()).toBe("Four!");
});

test.each(["simple", "run", "ever"])("a repair that brings back a run alone celebrates nothing: %s", async (event) => {
  const user = "back";
  await site.record(user, [5, 4, 3], event);
  const shown = await show(user, event);
  expect(await shown.widget.locator(".number").textContent()).toBe("0");
  await repair(user, event);
  await readAgain(shown, "3");
  // What the day after brings is celebrated.
  await site.record(user, [0], event);
  await readAgain(shown, "4", 4);
  expect(await toldIn(shown.page)).toEqual(["Four!"]);
});

test.each([
  ["simple", ["Two!"]],
  ["run", ["Two!"]],
  ["ever", []],
] as const)("a new run reaches milestones again, but not what is awarded once for ever: %s", async (event, told) => {
  const user = "anew";
  await site.record(user, [7, 6, 1], event);
  const shown = await show(user, event);
  await site.record(user, [0], event);
  await readAgain(shown, "2");
  expect(await toldIn(shown.page)).toEqual(told);
});

test("each multiple of a milestone that repeats is celebrated, and the bar leads to the next", async () => {
  const user = "multiples";
  await site.record(user, [3, 2, 1], "again");
  const shown = await show(user, "again");
  const row = () => shown.widget.locator(".goal").textContent();
  const badges = () => shown.widget.locator(".badge .sr").allTextContents();
  expect(await row()).toBe("Again!1 day left");
  expect(await badges()).toEqual(["2 days: Again! ✓", "4 days: Again!"]);
  await site.record(user, [0], "again");
  await readAgain(shown, "4");
  expect(await toldIn(shown.page)).toEqual(["Again!"]);
  expect(await row()).toBe("Again!2 days left");
  expect(await badges()).toEqual(["4 days: Again! ✓", "6 days: Again!"]);
  site.app.now = NOW + DAY_MS;
  await site.app.record({ siteKey: "site", userHash: user, event: "again", tz: "UTC" });
  await readAgain(shown, "5");
  expect(await toldIn(shown.page)).toEqual(["Again!"]);
});

test("what was awarded once for ever keeps its badge when the streak is lost", async () => {
  await site.record("lost", [7, 6], "ever");
  const { widget } = await show("lost", "ever");
  expect(await widget.locator(".badge.achieved .sr").allTextContents()).toEqual(["2 days: Two! ✓"]);
  expect(await widget.locator(".goal b").textContent()).toBe("Four!");
});
