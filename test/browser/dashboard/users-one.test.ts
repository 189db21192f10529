import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { overflowOf } from "../axe.ts";
import { cardOf, pathOf, SITE, textOf, useUsersPages } from "./users-support.ts";

const GET_USER = "**/streak.v1.AdminService/GetUser*";

const pages = useUsersPages();

beforeAll(async () => {
  await pages.record("ana", [76, 77, 40, 2, 1, 0], { tz: "Europe/Berlin" });
  await pages.record("ana", [1], { event: "like", meta: { post: 17, by: { name: "Lin" } }, sessionId: "s_1" });
  await pages.record("ana", [3, 5], { event: "read" });
  await pages.record("anon", [9]);
  await pages.link("anon", "ana");
  await pages.record(
    "busy",
    Array.from({ length: 30 }, (_, day) => day),
  );
  await pages.record("onlooker", [0], { eventType: "widget_impression" });
  await pages.app.admin("POST", "/admin/projects", { siteKey: "shrunk", widgets: [{ event: "gone" }] });
  await pages.app.record({ siteKey: "shrunk", userHash: "u", event: "gone" });
  await pages.app.admin("PATCH", "/admin/projects/shrunk", { widgets: [] });
});

function day(page: Page, event: string, date: string) {
  return cardOf(page, event).locator(`[data-date="${date}"]`);
}

/** The label of what has the focus. */
function focused(page: Page) {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
}

test("shows when the user was active, the zone and since when, aliases, and each streak", async () => {
  const { page, complaints } = await pages.open(pathOf("ana"));
  await page.getByRole("heading", { name: "ana", level: 1 }).waitFor();
  // The heading has the name of the address before the user is read.
  await cardOf(page, "Aliases").waitFor();
  const facts = await page.getByRole("main").getByRole("list").first().getByRole("listitem").allInnerTexts();
  expect(facts.slice(0, 3)).toEqual([
    "9 active days since Dec 29, 2023",
    "last active Mar 15, 2024",
    "in Europe/Berlin, by an event of Mar 15, 2024",
  ]);
  expect(await cardOf(page, "Aliases").getByRole("listitem").allInnerTexts()).toEqual(["anon"]);

  const numbersOf = (event: string) => textOf(cardOf(page, event).locator("dl"));
  expect(await numbersOf("visit")).toBe(
    "Current streak 3 days in a row Best streak 3 the current one Days done 7 Dec 29, 2023 – Mar 15, 2024",
  );
  expect(await numbersOf("like")).toBe("Current streak 1 day Best streak 1 the current one Days done 1 Mar 14, 2024");
  expect(await numbersOf("read")).toBe("Current streak 2 every day counts Days done 2 Mar 10, 2024 – Mar 12, 2024");
  expect(await cardOf(page, "visit").getByText("Today is done").count()).toBe(1);
  expect(await cardOf(page, "like").getByText("Pending: waits for today").count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("tells of each day of the year whether it is done, and sums the year up", async () => {
  const { page } = await pages.open(pathOf("ana"));
  const grid = cardOf(page, "visit").getByRole("grid", { name: "visit: the days of 2024" });
  await grid.waitFor();
  expect(await grid.getByRole("gridcell").count()).toBe(366);
  expect(await grid.getByRole("row").count()).toBe(7);
  const labels = ["2024-03-16", "2024-03-15", "2024-03-14", "2024-03-12"].map((date) =>
    day(page, "visit", date).getAttribute("aria-label"),
  );
  expect(await Promise.all(labels)).toEqual([
    "Saturday, March 16, 2024: to come",
    "Friday, March 15, 2024: today, done",
    "Thursday, March 14, 2024: done",
    "Tuesday, March 12, 2024: not done",
  ]);
  expect(await day(page, "like", "2024-03-15").getAttribute("aria-label")).toBe(
    "Friday, March 15, 2024: today, not done yet",
  );
  expect(await textOf(cardOf(page, "visit").getByText("of 75 done"))).toBe(
    "5 days of 75 done in 2024; at most 3 days in a row.",
  );
});

test("goes from year to year, as far as there are days", async () => {
  const { page } = await pages.open(pathOf("ana"));
  await page.getByRole("group", { name: "Year" }).getByText("2024").waitFor();
  expect(await page.getByRole("button", { name: "Show 2025" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Show 2023" }).click();
  await cardOf(page, "visit").getByText("2 days of 365 done in 2023; at most 2 days in a row.").waitFor();
  expect(await day(page, "visit", "2023-12-29").getAttribute("aria-label")).toBe("Friday, December 29, 2023: done");
  expect(await cardOf(page, "like").getByText("Nothing done in 2023.").count()).toBe(1);
  expect(await page.getByRole("button", { name: "Show 2022" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Show 2024" }).click();
  await cardOf(page, "visit").getByText("5 days of 75").waitFor();
});

test("begins with the year of the user's own today", async () => {
  await pages.app.record({ siteKey: SITE, userHash: "kiri", tz: "Pacific/Kiritimati", ts: "2024-03-15T21:30:00Z" });
  const lastEvening = Date.parse("2024-12-31T21:30:00Z");
  const { app } = pages;
  const before = app.now;
  app.now = lastEvening;
  try {
    const { page } = await pages.open(pathOf("kiri"), { now: lastEvening });
    await page.getByRole("grid", { name: "visit: the days of 2025" }).waitFor();
    expect(await day(page, "visit", "2025-01-01").getAttribute("aria-current")).toBe("date");
  } finally {
    app.now = before;
  }
});

test("lets the arrow keys go through the days, and tells the date of the day that has the focus", async () => {
  const { page } = await pages.open(pathOf("ana"));
  await day(page, "like", "2024-03-15").waitFor();
  await page.getByRole("button", { name: "Show 2023" }).focus();
  // First to the button that explains the streak.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Friday, March 15, 2024: today, not done yet");

  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toBe("Thursday, March 14, 2024: done");
  await page.getByText("Thursday, March 14, 2024: done").waitFor();
  for (const [key, label] of [
    ["ArrowLeft", "Thursday, March 7, 2024: not done"],
    ["ArrowDown", "Friday, March 8, 2024: not done"],
    ["End", "Tuesday, December 31, 2024: to come"],
    ["ArrowRight", "Tuesday, December 31, 2024: to come"],
    ["Home", "Monday, January 1, 2024: not done"],
  ] as const) {
    await page.keyboard.press(key);
    expect(await focused(page)).toBe(label);
  }
  // One step leads out, and back to the day that was left.
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBeNull();
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toBe("Monday, January 1, 2024: not done");
});

test("tells the date of the day that is pointed at", async () => {
  const { page } = await pages.open(pathOf("ana"));
  await day(page, "visit", "2024-02-04").hover();
  await page.getByText("Sunday, February 4, 2024: done").waitFor();
  await page.getByRole("heading", { level: 1 }).hover();
  await page.getByText("Sunday, February 4, 2024: done").waitFor({ state: "detached" });
});

test("shows recent events with what came with them", async () => {
  const { page } = await pages.open(pathOf("ana"));
  const like = cardOf(page, "Recent events").getByRole("listitem").filter({ hasText: "like" });
  expect(await textOf(like)).toMatch(
    /^like streak interaction Mar 14, 2024, 9:30 PM Day Mar 14, 2024 Session s_1 2 fields of data/,
  );
  await like.getByText("2 fields of data").click();
  expect(JSON.parse(await textOf(like.locator("pre")))).toEqual({ post: 17, by: { name: "Lin" } });
});

test("shows some recent events at first, and all when told to", async () => {
  const { page } = await pages.open(pathOf("busy"));
  const events = cardOf(page, "Recent events").getByRole("listitem");
  await events.first().waitFor();
  expect(await events.count()).toBe(8);
  await page.getByRole("button", { name: "Show all 20" }).click();
  expect(await events.count()).toBe(20);
});

test("of an alias is the user's, and says so", async () => {
  const { page } = await pages.open(pathOf("anon"));
  await page.getByRole("heading", { name: "ana", level: 1 }).waitFor();
  expect(await textOf(page.getByText("is an alias of this user"))).toBe("anon is an alias of this user.");
});

test("of somebody who has only seen a widget has no streaks", async () => {
  const { page } = await pages.open(pathOf("onlooker"));
  await page.getByText("No day is done yet.").waitFor();
  expect(await page.getByRole("grid").count()).toBe(0);
  expect(await textOf(cardOf(page, "Recent events").getByRole("listitem"))).toContain("widget impression");
});

test("keeps the days of a widget that was removed, and says why there is no streak", async () => {
  const { page } = await pages.open("/dashboard/p/shrunk/users/u");
  await cardOf(page, "gone").getByText("The project has no widget for this event any more").waitFor();
  expect(await day(page, "gone", "2024-03-15").getAttribute("aria-label")).toContain("today, done");
  await page.getByRole("link", { name: "Users" }).first().click();
  await page.getByText("1 day, no widget").waitFor();
});

test("that is not there leads back to the search", async () => {
  const { page } = await pages.open(pathOf("nobody"));
  await page.getByText("There is no such user.").waitFor();
  expect(await textOf(page.getByRole("main"))).toContain('The project has no user "nobody"');
  await page.getByRole("link", { name: "Search the users" }).click();
  await page.getByLabel("Find a user").waitFor();
});

test("tells what went wrong, and tries again", async () => {
  const { page } = await pages.open(pathOf("ana"), {
    prepare: (page) =>
      page.route(GET_USER, (route) => route.fulfill({ status: 500, json: { code: "internal", message: "No luck." } }), {
        times: 1,
      }),
  });
  await page.getByRole("alert").getByText("No luck.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await cardOf(page, "visit").waitFor();
});

test("fits on a phone, where the map shows today and can be scrolled", async () => {
  const { page } = await pages.open(pathOf("busy"), { context: { viewport: { width: 390, height: 844 } } });
  await cardOf(page, "visit").waitFor();
  expect(await overflowOf(page)).toBe(0);
  const inView = (date: string) =>
    day(page, "visit", date).evaluate((cell) => {
      const [map, box] = [cell.closest("[role=grid]")?.parentElement, cell.getBoundingClientRect()];
      const frame = map?.getBoundingClientRect();
      return frame !== undefined && box.left >= frame.left && box.right <= frame.right;
    });
  expect(await inView("2024-03-15")).toBe(true);
  expect(await inView("2024-12-31")).toBe(false);
  await day(page, "visit", "2024-12-31").scrollIntoViewIfNeeded();
  expect(await inView("2024-12-31")).toBe(true);
});
