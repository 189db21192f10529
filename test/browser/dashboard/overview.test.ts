import type { Locator, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { makeToken } from "../../support/tokens.ts";
import { expectAccessible } from "../axe.ts";
import { NOW, SITE, textOf, useUsersPages } from "./users-support.ts";

/** How long a test may take that has axe look at some hundred elements twice, in milliseconds. */
const AXE_MS = 90_000;

const OVERVIEW = `/dashboard/p/${SITE}/overview`;
const pages = useUsersPages();

beforeAll(async () => {
  await pages.app.admin("PATCH", `/admin/projects/${SITE}`, {
    widgets: [
      { event: "visit", milestones: [{ id: "three", target: 3, msg: "3 days", rewardType: "message" }] },
      { event: "read", mode: "cumulative" },
    ],
    analytics: { metaKeys: ["plan"] },
    plan: { name: "custom", activeStreakers: 5 },
  });
  await pages.app.admin("POST", "/admin/projects", { siteKey: "silent", widgets: [{ event: "visit" }] });
  const seen = { eventType: "widget_impression" };
  await pages.record("ana", [0, 1, 2, 3, 10, 45, 46], { sessionId: "a", meta: { plan: "plus" } });
  await pages.record("ana", [0, 1, 9], seen);
  await pages.record("bob", [1, 2, 7, 8, 200], { meta: { plan: "free" } });
  await pages.record("bob", [1], { ...seen, sessionId: "b" });
  await pages.record("eve", [0, 7], { event: "read", meta: { plan: "free" } });
  await pages.record("eve", [0], { eventType: "widget_interaction" });
  await pages.record("joe", [0], seen);
  const event = { siteKey: SITE, userHash: "u", event: "visit" };
  await pages.app.post("/v1/e", event, { Origin: "https://evil.example" });
  await pages.app.post("/v1/e", event, { Origin: "https://evil.example" });
  await pages.app.post("/v1/e", { ...event, event: "vizit" });
});

/** What the API answers. */
async function read(path: string) {
  const answer = await pages.app.admin("GET", `/admin/projects/${SITE}/${path}`);
  expect(answer.status).toBe(200);
  return answer.json;
}

/** Waits as long as a test of a busy machine may, for an answer and what is drawn of it. */
const poll = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: 10_000 });

const card = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

/** The rows of a card's table, each as the texts of its cells; where it is a chart, after it is shown as a table. */
async function rowsOf(page: Page, title: string): Promise<string[][]> {
  const region = card(page, title);
  const button = region.getByRole("button", { name: "Show as table" });
  // Not any button: the card of a chart that could not be loaded has one until it is loaded again.
  await region.locator("table").or(button).first().waitFor();
  if ((await button.count()) > 0) {
    await button.click();
  }
  await region.locator("tbody tr").first().waitFor();
  // All at once: a chart has up to some hundred rows.
  return region
    .locator("tbody")
    .evaluate(({ rows }: HTMLTableSectionElement) =>
      Array.from(rows, ({ cells }) => Array.from(cells, ({ textContent }) => textContent)),
    );
}

/** The numbers of a card's table, without its first column. */
async function numbersOf(page: Page, title: string): Promise<string[][]> {
  return (await rowsOf(page, title)).map(([, ...numbers]) => numbers);
}

const texts = (...numbers: readonly number[]) => numbers.map(String);
const percent = (part: number) =>
  new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 }).format(part);

describe("today", () => {
  test("has the numbers of the API, compared with yesterday or with a week ago", async () => {
    const { periods } = await read("analytics/activity");
    const streaks = await read("analytics/streaks");
    const [today, yesterday, weekAgo] = [periods.at(-1), periods.at(-2), periods.at(-8)];
    const { page, complaints } = await pages.open(OVERVIEW);
    await card(page, "Today").getByText("Mar 15, 2024, so far").waitFor();
    const shown = (before: typeof today, name: string) =>
      [
        ...[`Active users ${today.activeUsers}`, ...compared(today.activeUsers, before.activeUsers, name)],
        ...[`Check-ins ${today.checkIns}`, ...compared(today.checkIns, before.checkIns, name)],
        ...[`New users ${today.newUsers}`, ...compared(today.newUsers, before.newUsers, name)],
        `Streaks done ${streaks.doneToday} of ${streaks.alive} alive`,
        `Streaks pending ${streaks.pending} still to be done`,
        `Streaks at risk ${streaks.atRisk} under 6 hours of today left`,
      ].join(" ");
    const compared = (now: number, then: number, name: string) =>
      then === 0 ? [`none ${name}`] : [`${percent(now / then)} of ${then} ${name}`];
    await poll(() => textOf(card(page, "Today").locator("dl"))).toBe(shown(yesterday, "yesterday"));
    expect(today.activeUsers).toBe(2);
    expect(streaks.alive).toBeGreaterThan(1);

    await page.getByRole("radio", { name: "A week ago" }).check();
    await poll(() => textOf(card(page, "Today").locator("dl"))).toBe(shown(weekAgo, "a week ago"));
    expect(page.url()).toContain("versus=week");
    await page.reload();
    await poll(() => textOf(card(page, "Today").locator("dl"))).toBe(shown(weekAgo, "a week ago"));
    expect(complaints).toEqual([]);
  });
});

describe("each chart as a table has the numbers of the API", () => {
  interface Activity {
    readonly [name: string]: number;
  }
  let periods: readonly Activity[];
  beforeAll(async () => {
    periods = (await read("analytics/activity")).periods;
  });

  const COLUMNS: readonly [string, (period: Activity) => string[]][] = [
    ["Active users", (one) => texts(one.returningUsers ?? 0, one.newUsers ?? 0, one.activeUsers ?? 0)],
    ["Check-ins", (one) => texts(one.checkIns ?? 0)],
    ["Widget and sessions", (one) => texts(one.impressions ?? 0, one.widgetInteractions ?? 0, one.sessions ?? 0)],
    [
      "From impression to check-in",
      (one) => [
        one.conversion === undefined ? "–" : percent(one.conversion),
        ...texts(one.impressionUsers ?? 0, one.convertedUsers ?? 0),
      ],
    ],
  ];

  test("the four charts of the periods", async () => {
    const { page, complaints } = await pages.open(OVERVIEW);
    for (const [title, columns] of COLUMNS) {
      const shown = await numbersOf(page, title);
      expect(shown, title).toEqual(periods.map(columns));
      expect(shown, title).toHaveLength(30);
      expect(new Set(shown.flat()).size, title).toBeGreaterThan(2);
    }
    expect(complaints).toEqual([]);
  });

  test("Current streaks", async () => {
    const { lengths, alive } = await read("analytics/streaks");
    const { page } = await pages.open(OVERVIEW);
    const rows = await rowsOf(page, "Current streaks");
    const some = (first: number, last: number) =>
      (lengths as { days: number; streaks: number }[])
        .filter(({ days }) => days >= first && days <= last)
        .reduce((sum, { streaks }) => sum + streaks, 0);
    expect(rows.slice(0, 4)).toEqual([
      ["1 day", `${some(1, 1)}`],
      ["2 days", `${some(2, 2)}`],
      ["3 days", `${some(3, 3)}`],
      ["4–6 days", `${some(4, 6)}`],
    ]);
    expect(rows.reduce((sum, [, streaks]) => sum + Number(streaks), 0)).toBe(alive);
  });

  test("How long runs last", async () => {
    const { days } = await read("analytics/survival");
    const { page } = await pages.open(OVERVIEW);
    const shown = await numbersOf(page, "How long runs last");
    expect(shown.map(([, reached, wentOn]) => [reached, wentOn])).toEqual(
      days.map(({ reached, wentOn }: { reached: number; wentOn: number }) => texts(reached, wentOn)),
    );
    expect(shown[1]?.[0]).toBe(percent(days[0].wentOn / days[0].reached));
  });

  test("Hours of the day", async () => {
    const { checkIns } = await read("analytics/hours");
    const { page } = await pages.open(OVERVIEW);
    expect(await rowsOf(page, "Hours of the day")).toEqual(
      checkIns.map((count: number, hour: number) => [`${hour}:00 to ${hour}:59`, `${count}`]),
    );
    expect(checkIns[21]).toBeGreaterThan(5);
  });

  test("Retention", async () => {
    const { cohorts } = await read("analytics/retention");
    const { page } = await pages.open(OVERVIEW);
    const rows = await rowsOf(page, "Retention");
    expect(rows.map(([, ...numbers]) => numbers.filter((text) => text !== ""))).toEqual(
      cohorts.map(({ activeUsers: [all, ...later] }: { activeUsers: [number, ...number[]] }) => [
        `${all}`,
        ...later.map((users) => (all === 0 ? "–" : `${Math.round((100 * users) / all)}%`)),
      ]),
    );
    expect(rows).toHaveLength(12);
    expect(await textOf(card(page, "Retention"))).toContain("this week’s, which is not over");
  });

  test("Milestones and the values of meta", async () => {
    const { milestones } = await read("analytics/milestones");
    const { values } = await read("analytics/metaValues?key=plan");
    const { page } = await pages.open(OVERVIEW);
    expect(milestones).toHaveLength(1);
    expect(await numbersOf(page, "Milestones")).toEqual([texts(milestones[0].users, milestones[0].usersInRange)]);
    expect(milestones[0].users).toBe(1);
    expect(await rowsOf(page, "Values of meta")).toEqual(
      values.map(({ value, events }: { value: string; events: number }) => [value, `${events}`]),
    );
    expect(values.length).toBe(2);
  });
});

describe("the days that the charts show", () => {
  const choose = (page: Page, name: string) => page.getByRole("radio", { name, exact: true }).check();

  test("are chosen by their number, are in the address, and are there again after a reload", async () => {
    const { page } = await pages.open(OVERVIEW);
    await choose(page, "7 days");
    await poll(async () => (await rowsOf(page, "Check-ins")).length).toBe(7);
    expect(page.url()).toContain("range=7d");
    const { periods } = await read("analytics/activity?from=2024-03-09&to=2024-03-15");
    expect(await numbersOf(page, "Check-ins")).toEqual(
      periods.map(({ checkIns }: { checkIns: number }) => texts(checkIns)),
    );
    await page.reload();
    await poll(async () => (await rowsOf(page, "Check-ins")).length).toBe(7);

    await choose(page, "Year");
    await poll(async () => (await rowsOf(page, "Check-ins")).length).toBe(53);
    await choose(page, "Months");
    await poll(async () => (await rowsOf(page, "Check-ins")).length).toBe(13);
    expect((await rowsOf(page, "Check-ins")).at(-1)?.[0]).toBe("Mar 2024 (so far)");
    expect(page.url()).toMatch(/range=1y&by=month$/);
  });

  test("can be one's own, which are checked", async () => {
    const { page } = await pages.open(OVERVIEW);
    await choose(page, "Other");
    await page.getByText("Choose the first and the last day.").waitFor();
    await page.getByLabel("First day").fill("2024-02-10");
    await page.getByLabel("Last day").fill("2024-02-05");
    await page.getByRole("alert").getByText("must not be before").waitFor();
    await page.getByLabel("First day").fill("2024-01-25");
    await poll(async () => (await rowsOf(page, "Check-ins"))[0]?.[0]).toBe("Thu, Jan 25, 2024");
    expect(await rowsOf(page, "Check-ins")).toHaveLength(12);
    expect(page.url()).toContain("from=2024-01-25&to=2024-02-05");
    await poll(() => textOf(card(page, "Retention"))).not.toContain("not over");
  });

  test("hold for one event, when one is chosen", async () => {
    const { page } = await pages.open(OVERVIEW);
    await page.getByLabel("Event", { exact: true }).selectOption("read");
    const { periods } = await read("analytics/activity?event=read");
    const expected = periods.map(({ checkIns }: { checkIns: number }) => texts(checkIns));
    await poll(() => numbersOf(page, "Check-ins")).toEqual(expected);
    expect(page.url()).toContain("event=read");
    await card(page, "Milestones").getByText("No milestones yet").waitFor();
  });
});

test("a chart tells of each row by the keyboard and by the pointer", async () => {
  const { page } = await pages.open(OVERVIEW);
  const chart = card(page, "Check-ins").getByRole("application");
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  const details = card(page, "Check-ins").locator(".recharts-tooltip-wrapper");
  await poll(() => textOf(details)).toMatch(/^\w+, Feb \d+, 2024 Check-ins \d+$/);
  const first = await textOf(details);
  await page.keyboard.press("ArrowRight");
  await poll(() => textOf(details)).not.toBe(first);
  const box = await chart.boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 20, (box?.y ?? 0) + 100);
  await poll(() => textOf(details)).toMatch(/^Fri, Mar 15, 2024 \(so far\) Check-ins 2$/);
});

test("usage stands against the plan, and what was refused has its reason and where to mend it", async () => {
  const { months } = await read("usage");
  const { page } = await pages.open(OVERVIEW);
  const usage = card(page, "Usage");
  await usage.getByRole("meter").waitFor();
  const { activeStreakers, limit, daysDone, impressions } = months[0];
  expect(await textOf(usage)).toContain(`${activeStreakers} of ${limit} active streakers (${percent(3 / 5)})`);
  expect(await textOf(usage.locator("dl"))).toContain(`Days done ${daysDone} Impressions ${impressions}`);
  expect(activeStreakers).toBe(3);

  const rows = await rowsOf(page, "Calls and refusals");
  expect(rows.map(([why, method, calls]) => [why?.match(/[A-Z_]+$/)?.[0], method, calls])).toEqual([
    ["FORBIDDEN_ORIGIN", "recordEvent", "2"],
    ["INVALID_WIDGET_KIND", "recordEvent", "1"],
  ]);
  await card(page, "Calls and refusals").getByRole("link", { name: "Add a widget" }).click();
  await page.waitForURL(`**/p/${SITE}/widgets*`);
});

test("attempts that the audit log has as refused are listed, and changes are not", async () => {
  const entry = { time: "2024-03-15T21:00:00Z", actor: "tok_1", actorName: "reader", address: "203.0.113.7" };
  const { page } = await pages.open(OVERVIEW, {
    // The server writes refused attempts down a minute later.
    prepare: (page) =>
      page.route("**/ListAuditEntries*", (route) => {
        const refused = { ...entry, id: "1", outcome: "AUDIT_OUTCOME_REFUSED", code: "FORBIDDEN", count: 3 };
        const entries = [refused, { ...entry, id: "2", outcome: "AUDIT_OUTCOME_DONE" }];
        return route.fulfill({ contentType: "application/json", body: JSON.stringify({ entries }) });
      }),
  });
  const rows = await rowsOf(page, "Refused attempts");
  expect(rows).toHaveLength(1);
  expect(rows[0]?.join(" ")).toMatch(/FORBIDDEN.*reader.*203\.0\.113\.7 3$/s);
});

test("a project without data points to its start", async () => {
  const { page, complaints } = await pages.open("/dashboard/p/silent/overview");
  await page.getByText("Nothing has been recorded yet").waitFor();
  await page.getByRole("link", { name: "Record the first event" }).click();
  await page.getByRole("heading", { name: "Start", level: 1 }).waitFor();
  expect(complaints).toEqual([]);
});

test("check-ins of users who are a day ahead of the project are named beside the numbers of today", async () => {
  await pages.app.admin("POST", "/admin/projects", { siteKey: "ahead", widgets: [{ event: "visit" }] });
  await pages.record("kim", [0], { siteKey: "ahead", tz: "Asia/Tokyo" });
  const { page, complaints } = await pages.open("/dashboard/p/ahead/overview");
  await page.getByText("1 check-in is dated tomorrow already, in time zones ahead of the project’s.").waitFor();
  expect(complaints).toEqual([]);
});

test("cards without numbers say what to do", async () => {
  await pages.app.admin("POST", "/admin/projects", { siteKey: "plain", widgets: [{ event: "visit" }] });
  await pages.record("u", [0, 1], { siteKey: "plain" });
  const { page } = await pages.open("/dashboard/p/plain/overview");
  await card(page, "Widget and sessions").getByText("No impressions yet").waitFor();
  await card(page, "Values of meta").getByText("No key is counted yet").waitFor();
  await card(page, "Milestones").getByText("No milestones yet").waitFor();
  await card(page, "Usage").getByText("no plan").waitFor();
  await card(page, "Refused attempts").getByText("None among the last 100 entries").waitFor();
});

describe("a token", () => {
  test("without analytics:read is told why there are no charts, and sees what else it may", async () => {
    const { secret } = await makeToken(pages.app, { siteKey: SITE, scopes: ["project:manage"] });
    const { page, complaints } = await pages.open(OVERVIEW, { token: secret });
    await page.getByText("analytics:read").waitFor();
    await card(page, "Usage").getByRole("meter").waitFor();
    expect(await card(page, "Check-ins").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("with analytics:read alone sees the charts, and nothing is asked that it may not", async () => {
    const { secret } = await makeToken(pages.app, { siteKey: SITE, scopes: ["analytics:read"] });
    const { page, complaints } = await pages.open(OVERVIEW, { token: secret });
    expect(await rowsOf(page, "Check-ins")).toHaveLength(30);
    await card(page, "Values of meta").getByText("project:manage").waitFor();
    expect(await card(page, "Usage").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

test("numbers that are older than a minute say so, and fresh ones do not", async () => {
  const fresh = await pages.open(OVERVIEW);
  await rowsOf(fresh.page, "Check-ins");
  expect(await fresh.page.getByText(/^Counted/).count()).toBe(0);
  const { page } = await pages.open(OVERVIEW, { now: NOW + 5 * 60_000 });
  await page.getByText("Counted 5 minutes ago").waitFor();
});

test("a chart that could not be loaded says so, alone, and can be tried again", async () => {
  let isBroken = true;
  const { page } = await pages.open(OVERVIEW, {
    prepare: (page) =>
      page.route("**/GetHours*", (route) =>
        isBroken ? route.fulfill({ status: 500, contentType: "application/json", body: "{}" }) : route.continue(),
      ),
  });
  await card(page, "Hours of the day").getByText("This could not be loaded.").waitFor();
  expect(await rowsOf(page, "Check-ins")).toHaveLength(30);
  isBroken = false;
  await card(page, "Hours of the day").getByRole("button", { name: "Try again" }).click();
  expect(await rowsOf(page, "Hours of the day")).toHaveLength(24);
});

test.each([1280, 390])("what is there moves hardly while the rest is loaded, at %i pixels", async (width) => {
  const { page } = await pages.open(OVERVIEW, { context: { viewport: { width, height: 844 } } });
  await page.addInitScript(`
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        window.shifts += entry.hadRecentInput ? 0 : entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });`);
  await page.reload();
  await poll(() => charts(page).count()).toBe(7);
  // Chrome calls a page good up to 0.1.
  expect(await page.evaluate("window.shifts")).toBeLessThan(0.1);
});

test(
  "axe finds nothing and nothing is wider than the window, as charts and as tables",
  async () => {
    const { page } = await pages.open(OVERVIEW);
    await poll(() => charts(page).count()).toBe(7);
    await expectAccessible(page);
    await page.evaluate(() => {
      const buttons = Array.from(document.querySelectorAll("button"));
      for (const button of buttons.filter(({ textContent }) => textContent.startsWith("Show as table"))) {
        button.click();
      }
    });
    await poll(() => charts(page).count()).toBe(0);
    await expectAccessible(page);
  },
  AXE_MS,
);

function charts(page: Page): Locator {
  return page.getByRole("application");
}
