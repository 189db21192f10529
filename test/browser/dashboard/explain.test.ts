import { beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../axe.ts";
import { cardOf, pathOf, rowOf, SITE, textOf, USERS, useUsersPages } from "./users-support.ts";

/** How long a test may take that looks at hundreds of days, in milliseconds. */
const TIMEOUT_MS = 120_000;

const pages = useUsersPages();

beforeAll(async () => {
  const { widgets } = (await pages.app.admin("GET", `/admin/projects/${SITE}`)).json;
  const added = [
    { event: "run", rules: { cadence: { kind: "days_a_week", days: 3 } } },
    { event: "swim", rules: { cadence: { kind: "days_a_month", days: 2 } } },
    { event: "late", rules: { graceMinutes: 120 } },
    { event: "clap", mode: "cumulative", rules: { counts: "actions" } },
    { event: "work", rules: { daysOff: { weekdays: ["saturday", "sunday"] }, neverMissTwice: true } },
  ];
  const patch = { widgets: [...widgets, ...added] };
  expect((await pages.app.admin("PATCH", `/admin/projects/${SITE}`, patch)).status).toBe(200);
  // Today is Friday, March 15. This week and the two before it are kept.
  await pages.record("ana", [1, 2, 4, 8, 9, 10, 15, 16, 17, 30], { event: "run", tz: "Europe/Berlin" });
  // One event that came late: yesterday's, a day later.
  await pages.record("ana", [0, 1, 2, 3, 4, 6, 7, 9, 10, 11], { event: "work" });
  await pages.record("ana", [0, 1, 2, 80, 81], {});
  await pages.record("ana", [0, 40, 41, 70, 71, 100, 101, 130, 131], { event: "swim" });
  await pages.record("ben", [30, 31], {});
  for (const ts of ["2024-03-11T20:00:00Z", "2024-03-13T00:40:00Z", "2024-03-13T20:00:00Z", "2024-03-14T20:00:00Z"]) {
    await pages.record("nora", [0], { event: "late", tz: "Europe/London", ts });
  }
  await pages.record("kim", [0], { event: "work", tz: "Pacific/Honolulu", ts: "2024-03-11T20:00:00-10:00" });
  for (const date of ["2024-03-13", "2024-03-14", "2024-03-15"]) {
    await pages.record("kim", [0], { event: "work", tz: "Pacific/Auckland", ts: `${date}T19:00:00+13:00` });
  }
});

/** Opens the explanation of a streak by its button, as a person does. */
async function explain(userHash: string, event: string) {
  const opened = await pages.open(pathOf(userHash));
  const card = cardOf(opened.page, event);
  await card.getByRole("button", { name: "Why this number?" }).click();
  const why = card.getByRole("region", { name: `Why the streak of ${event} is what it is` });
  await why.waitFor();
  return { ...opened, card, why };
}

test("streaks say their unit, in the list and on the user's page", async () => {
  const { page } = await pages.open(USERS);
  const row = await textOf(rowOf(page, "ana"));
  expect(row).toContain("3 weeks run");
  await rowOf(page, "ana").getByRole("link").click();
  expect(await textOf(cardOf(page, "run").locator("dl").first())).toContain("Current streak 3 weeks in a row");
  expect(await textOf(cardOf(page, "swim").locator("dl").first())).toContain("month");
  expect(await textOf(cardOf(page, "visit").locator("dl").first())).toContain("Current streak 3 days in a row");
});

test("a streak of weeks is explained week by week, with the sum that is its number", async () => {
  const { why, complaints, page } = await explain("ana", "run");
  await why.getByRole("heading", { name: "Why 3 weeks?" }).waitFor();
  await why.getByText("The rules: 3 days a week.").waitFor();
  expect(await textOf(why.getByText("the run since").locator("../../.."))).toMatch(
    /^3 Feb 12 – Mar 17, 2024 = 3 weeks the run since Feb 26, 2024$/,
  );
  const week = why.getByRole("region", { name: /Mar 11 – 17, 2024/ });
  expect(await textOf(week.locator("header"))).toBe("Mar 11 – 17, 2024 Kept 3 of 3 days done, counts 1");
  expect(await textOf(why.getByRole("region", { name: /Feb 19 – 25, 2024/ }).locator("header"))).toContain("Missed");
  // The address has it, so that a link shows somebody else the same.
  expect(page.url()).toContain("?why=run");
  expect(complaints).toEqual([]);
});

test("each day has its reason, and a done day its event with local time, zone, offset and when it came", async () => {
  const { why } = await explain("ana", "run");
  const monday = why.getByRole("listitem").filter({ has: why.page().locator('time[datetime="2024-03-11"]') });
  expect(await textOf(monday)).toMatch(/Done 10:30 PM Europe\/Berlin, UTC\+1 received Mar 15, 2024, 10:30 PM/);
  const saturday = why.getByRole("listitem").filter({ has: why.page().locator('time[datetime="2024-03-16"]') });
  expect(await textOf(saturday)).toContain("Not over");
  const missed = why.getByRole("listitem").filter({ has: why.page().locator('time[datetime="2024-02-20"]') });
  expect(await textOf(missed)).toContain("Missed the week was missed");
});

test("a streak of days is explained day by day, with days off and a single miss", async () => {
  const { why } = await explain("ana", "work");
  const of = async (date: string) =>
    await textOf(why.getByRole("listitem").filter({ has: why.page().locator(`time[datetime="${date}"]`) }));
  expect(await of("2024-03-15")).toContain("Done counts 1");
  expect(await of("2024-03-10")).toContain("Day off not needed");
  expect(await of("2024-03-09")).toContain("Done a day off that counts");
  expect(await of("2024-03-07")).toContain("Let pass a single miss");
  expect(await textOf(why.getByRole("list", { name: "Legend" }))).toBe("Done Let pass Day off");
});

test("a day that was done in its grace has the time of the event that did it", async () => {
  const { why, card, complaints } = await explain("nora", "late");
  await why.getByText("The rules: Every day, 2 hours of grace.").waitFor();
  const of = async (date: string) =>
    await textOf(why.getByRole("listitem").filter({ has: why.page().locator(`time[datetime="${date}"]`) }));
  expect(await of("2024-03-12")).toMatch(
    /Done late in its grace, counts 1 12:40 AM on Mar 13, 2024 Europe\/London, UTC received/,
  );
  expect(await of("2024-03-13")).toContain("Done counts 1 8:00 PM");
  // The calendar of the year has it, too.
  await card.getByRole("gridcell", { name: "Tuesday, March 12, 2024: done" }).waitFor();
  expect(await textOf(card.locator("dl").first())).toContain("Days done 4");
  expect(await textOf(why.getByRole("list", { name: "Legend" }))).toContain("Done late");
  expect(complaints).toEqual([]);
});

test("a day that a journey has bridged tells from where to where the user has moved", async () => {
  const { why, complaints } = await explain("kim", "work");
  await why.getByRole("heading", { name: "Why 4 days?" }).waitFor();
  const bridged = why.getByRole("listitem").filter({ has: why.page().locator('time[datetime="2024-03-12"]') });
  expect(await textOf(bridged)).toContain(
    "Journey nothing is asked: the user has moved east Pacific/Honolulu → to Pacific/Auckland",
  );
  expect(await textOf(why.getByRole("list", { name: "Legend" }))).toContain("Journey");
  expect(complaints).toEqual([]);
});

test("earlier days are gone back to, and the sum is the same", async () => {
  const { why } = await explain("ana", "visit");
  const current = why.getByText("the run since").locator("..");
  expect(await textOf(current)).toBe("3 days the run since Mar 13, 2024");
  expect(await why.getByRole("button", { name: "Later" }).isDisabled()).toBe(true);
  await why.getByRole("button", { name: "Earlier" }).click();
  await why.getByText("after Feb").first().waitFor();
  expect(await textOf(current)).toBe("3 days the run since Mar 13, 2024");
  await why.getByRole("button", { name: "Earlier" }).click();
  await why.locator('time[datetime="2023-12-26"]').waitFor({ state: "attached" });
  expect(await why.getByRole("button", { name: "Earlier" }).isDisabled()).toBe(true);
  await why.getByRole("button", { name: "Later" }).click();
  await why.getByRole("button", { name: "Later" }).click();
  await expect.poll(() => why.getByRole("button", { name: "Later" }).isDisabled()).toBe(true);
});

test("rules that have not begun yet are not those that made the number", async () => {
  const { widgets } = (await pages.app.admin("GET", `/admin/projects/${SITE}`)).json;
  const changed = widgets.map((widget: { event: string }) =>
    widget.event === "swim" ? { ...widget, rules: {} } : widget,
  );
  expect((await pages.app.admin("PATCH", `/admin/projects/${SITE}`, { widgets: changed })).status).toBe(200);
  const { why } = await explain("ana", "swim");
  await why.getByText("The rules: 2 days a month.").waitFor();
  await why.getByRole("button", { name: "Earlier" }).click();
  await why.getByText("The rules on Nov 30, 2023: 2 days a month.").waitFor();
});

test("a streak that has ended is explained by its last miss", async () => {
  const { why } = await explain("ben", "visit");
  await why.getByText("No run is alive, so the current streak is 0. The last miss: Mar 14, 2024.").waitFor();
});

test("the button closes the explanation again, and a cumulative streak is explained too", async () => {
  await pages.record("cleo", [0, 3], { event: "read" });
  const { card, why, page } = await explain("cleo", "read");
  await why.getByText("The rules: Every done day counts.").waitFor();
  expect(await textOf(why.getByText("the run since").locator(".."))).toContain("2 days");
  await card.getByRole("button", { name: "Why this number?" }).click();
  await why.waitFor({ state: "detached" });
  expect(page.url()).not.toContain("why");
});

test("a streak of actions is explained day by day, with how many each day has", { timeout: TIMEOUT_MS }, async () => {
  for (const minute of [1, 2, 3]) {
    await pages.record("cleo", [2], { event: "clap", tz: "UTC", ts: `2024-03-13T10:0${minute}:00Z` });
  }
  await pages.record("cleo", [0], { event: "clap", tz: "UTC", idempotencyKey: "clap-1" });
  await pages.record("cleo", [0], { event: "clap", tz: "UTC", idempotencyKey: "clap-1" });
  const { why, card, page, complaints } = await explain("cleo", "clap");
  expect(await textOf(card.locator("dl").first())).toContain("Current streak 4 every action counts Days done 2");
  await why.getByRole("heading", { name: "Why 4 actions?" }).waitFor();
  await why.getByText("The rules: Every action counts.").waitFor();
  const dayOf = (date: string) =>
    textOf(why.getByRole("listitem").filter({ has: page.locator(`time[datetime="${date}"]`) }));
  expect(await dayOf("2024-03-13")).toContain("the run begins, 3 actions");
  expect(await dayOf("2024-03-15")).toContain("Done 1 action");
  expect(await textOf(why.getByText("the run since").locator(".."))).toContain("4 actions");
  await expectAccessible(page);
  await page.goto(USERS);
  expect(await textOf(rowOf(page, "cleo"))).toContain("4 actions clap");
  expect(complaints).toEqual([]);
});

test("somebody without project:manage is told why, without the rules in words", async () => {
  const { secret } = (
    await pages.app.admin("POST", "/admin/tokens", { name: "support", siteKey: SITE, scopes: ["users:manage"] })
  ).json;
  const { page, complaints } = await pages.open(`${pathOf("ana")}?why=run`, { token: secret });
  await page.getByRole("heading", { name: "Why 3 weeks?" }).waitFor();
  expect(await page.getByText("The rules:").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test.each([
  ["ana", "run"],
  ["ana", "work"],
  ["ana", "swim"],
  ["nora", "late"],
  ["kim", "work"],
])(
  "axe finds nothing in the explanation of the streak of %s, event %s",
  async (user, event) => {
    const { page } = await pages.open(`${pathOf(user)}?why=${event}`);
    await page.getByText("the run since").waitFor();
    await expectAccessible(page);
  },
  TIMEOUT_MS,
);
