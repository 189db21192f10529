import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible, overflowOf } from "../axe.ts";
import { cardOf, type OpenOptions, pathOf, SITE, textOf, useUsersPages } from "./users-support.ts";

/** How long a test may take that looks at hundreds of days, in milliseconds. */
const TIMEOUT_MS = 120_000;

const GRANT = "**/streak.v1.LedgerService/GrantFreezes";
const PHONE = { viewport: { width: 390, height: 844 } };
const HOSTILE = '<img src=x onerror="window.hacked=1"> \u202Eشخص ١٢';

const pages = useUsersPages();

/** Days before Friday, 2024-03-15: ten in a row, two missed, and two more. */
const AROUND_A_GAP = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

beforeAll(async () => {
  const widgets = [
    { event: "lesson", rules: { freezes: {} } },
    { event: "run", rules: { cadence: { kind: "days_a_week", days: 1 }, freezes: { earnEvery: 2, maxEarned: 3 } } },
    { event: "visit" },
  ];
  expect((await pages.app.admin("PATCH", `/admin/projects/${SITE}`, { widgets })).status).toBe(200);
  for (const user of ["ana", "ben", "cleo", "retry", "keys", "axe"]) {
    await pages.record(user, AROUND_A_GAP, { event: "lesson" });
  }
  // Of the weeks before this one, two are kept and one is missed.
  await pages.record("dan", [0, 15, 22], { event: "run" });
  await pages.record("eve", [0], {});
});

/** Changes a user's ledger as another admin does. */
async function change(verb: string, userHash: string, fields: Record<string, unknown>) {
  const body = { userHashes: [userHash], reason: "Thanks, ticket 12", ...fields };
  expect((await pages.app.admin("POST", `/admin/projects/${SITE}/ledger:${verb}`, body)).status).toBe(200);
}

async function open(userHash: string, options?: OpenOptions) {
  const opened = await pages.open(pathOf(userHash), options);
  const card = cardOf(opened.page, "Freezes");
  await card.waitFor();
  // What says for a moment that something is done is a dialog, too.
  const dialog = opened.page.getByRole("dialog").filter({ has: opened.page.getByLabel("Reason") });
  return { ...opened, card, dialog };
}

/** The numbers of a user's streak. */
function numbersOf(page: Page, event = "lesson") {
  return textOf(cardOf(page, event).locator("dl").first());
}

/** What the preview of a change says. */
async function previewOf(dialog: Locator): Promise<string> {
  await dialog.locator("output[aria-busy=false]").waitFor();
  return (await textOf(dialog.getByRole("status"))).replaceAll("becomes ", "");
}

/** Fills the dialog that grants freezes. */
async function fillGrant(dialog: Locator, count: string, from: string, reason: string) {
  await dialog.getByLabel("How many").fill(count);
  await dialog.getByLabel("First day").fill(from);
  await dialog.getByLabel("Reason").fill(reason);
}

test("freezes that are granted for days that are over mend a streak, and taking them back breaks it again", async () => {
  const { page, card, dialog, complaints } = await open("ana");
  expect(await numbersOf(page)).toContain("Current streak 2 days Best streak 10 days, so far Freezes left 0 none used");
  await card.getByText("None were granted. The user may have earned some.").waitFor();
  await cardOf(page, "lesson").getByRole("button", { name: "Why this number?" }).click();
  const why = page.getByRole("region", { name: "Why the streak of lesson" });
  await why.getByRole("heading", { name: "Why 2 days?" }).waitFor();

  await card.getByRole("button", { name: "Grant freezes…" }).click();
  // The streak of `visit` has no freezes.
  expect(await dialog.getByLabel("Streak").locator("option").allTextContents()).toEqual(["lesson", "run"]);
  expect(await previewOf(dialog)).toBe("What changes today lesson freezes 0 → 1 current 2 best 10");
  await fillGrant(dialog, "2", "2024-03-10", "Sorry, ticket 12");
  await expect.poll(() => previewOf(dialog)).toBe("What changes today lesson freezes 0 current 2 → 12 best 10 → 12");
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("The freezes are granted.").waitFor();

  await expect.poll(() => numbersOf(page)).toContain("Current streak 12 days");
  expect(await numbersOf(page)).toContain("Freezes left 0 2 used this week");
  const entries = card.getByRole("listitem");
  expect(await textOf(entries)).toMatch(
    /^2 freezes from Mar 10, 2024 on · lesson Sorry, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM · grant-[0-9a-f]{16} Take back…$/,
  );
  await why.getByRole("heading", { name: "Why 12 days?" }).waitFor();
  const day = why.getByRole("listitem").filter({ has: page.locator('time[datetime="2024-03-12"]') });
  expect(await textOf(day)).toMatch(
    /Frozen a granted freeze covers it Sorry, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM grant-[0-9a-f]{16}$/,
  );
  expect(await textOf(why.getByRole("list", { name: "Legend" }))).toContain("Frozen");
  // The pauses have a list of their own.
  await cardOf(page, "Pauses").getByText("None. The user’s streaks have never been paused.").waitFor();

  await card.getByRole("button", { name: "Take back grant-" }).click();
  await dialog.getByRole("heading", { name: "Take back these freezes" }).waitFor();
  await expect.poll(() => previewOf(dialog)).toBe("What changes today lesson freezes 0 current 12 → 2 best 12 → 10");
  await dialog.getByLabel("Reason").fill("Wrong user");
  pages.app.now += 1000;
  await dialog.getByRole("button", { name: "Take back", exact: true }).click();
  await expect.poll(() => numbersOf(page)).toContain("Current streak 2 days");
  // The list is read again by a call of its own, and so are the lists below.
  await expect.poll(() => textOf(entries.nth(0))).toMatch(/^Taken back grant-[0-9a-f]{16} Wrong user by/);
  expect(await textOf(entries.nth(1))).toContain("2 freezes from Mar 10, 2024 on · lesson Taken back");
  expect(complaints).toEqual([]);
});

test("a user opts out of freezes for one streak, and in again", async () => {
  await change("grantFreezes", "ben", { entryId: "grant", event: "lesson", count: 2, from: "2024-03-10" });
  const { page, card, dialog } = await open("ben");
  expect(await numbersOf(page)).toContain("Current streak 12 days");
  expect(await card.getByRole("button", { name: "Opt in…" }).count()).toBe(0);

  await card.getByRole("button", { name: "Opt out…" }).click();
  await dialog.getByLabel("Streaks").selectOption("lesson");
  await dialog.getByLabel("The first day that is not covered").fill("2024-03-13");
  // One freeze can’t cover both days, so it is given back.
  await expect
    .poll(() => previewOf(dialog))
    .toBe("What changes today lesson freezes 0 → 2 current 12 → 2 best 12 → 10");
  await dialog.getByLabel("Reason").fill("Asked for it");
  pages.app.now += 1000;
  await dialog.getByRole("button", { name: "Opt out", exact: true }).click();
  await page.getByText("The user has opted out.").waitFor();
  await expect.poll(() => numbersOf(page)).toContain("Freezes left 2 opted out");
  const newest = card.getByRole("listitem").first();
  await expect.poll(() => textOf(newest)).toContain("Opted out from Mar 13, 2024 on · lesson Asked for");

  await card.getByRole("button", { name: "Opt in…" }).click();
  await dialog.getByLabel("The first day that is covered again").fill("2024-03-14");
  await expect
    .poll(() => previewOf(dialog))
    .toBe("What changes today No number. It changes only what freezes will cover.");
  await dialog.getByLabel("Reason").fill("Changed their mind");
  pages.app.now += 1000;
  await dialog.getByRole("button", { name: "Opt in", exact: true }).click();
  await expect.poll(() => numbersOf(page)).toContain("Freezes left 2 none used this week");
  await expect.poll(() => textOf(newest)).toContain("Opted in from Mar 14, 2024 on · all streaks");
});

test("freezes that a streak of weeks has earned are shown, and explain the week that they cover", async () => {
  const { page } = await open("dan");
  expect(await numbersOf(page, "run")).toContain("Current streak 3 weeks in a row");
  expect(await numbersOf(page, "run")).toContain("Freezes left 0 none used this week");
  await cardOf(page, "run").getByRole("button", { name: "Why this number?" }).click();
  const why = page.getByRole("region", { name: "Why the streak of run" });
  await why.getByText("The rules: 1 day a week, one freeze earned every 2 weeks, at most 3.").waitFor();
  const week = why.getByRole("region", { name: /Mar 4 – 10, 2024/ });
  expect(await textOf(week.locator("header"))).toBe("Mar 4 – 10, 2024 Frozen 0 of 1 day done, counts 0");
  expect(await textOf(week.getByRole("listitem").first())).toContain("Frozen an earned freeze covers the week");
});

test("a project whose rules have no freezes, and a user without any, see nothing of them", async () => {
  expect(
    (await pages.app.admin("POST", "/admin/projects", { siteKey: "plain", widgets: [{ event: "visit" }] })).status,
  ).toBe(201);
  await pages.record("eve", [0], { siteKey: "plain" });
  const { page } = await pages.open("/dashboard/p/plain/users/eve");
  await cardOf(page, "Pauses").getByText("None. The user’s streaks have never been paused.").waitFor();
  expect(await cardOf(page, "Freezes").count()).toBe(0);
  expect(await page.getByText("Freezes left").count()).toBe(0);
});

test("somebody without project:manage grants freezes for the streaks that the user has", async () => {
  const { secret } = (
    await pages.app.admin("POST", "/admin/tokens", { name: "support", siteKey: SITE, scopes: ["users:manage"] })
  ).json;
  const { card, dialog, complaints } = await open("cleo", { token: secret });
  await card.getByRole("button", { name: "Grant freezes…" }).click();
  expect(await dialog.getByLabel("Streak").locator("option").allTextContents()).toEqual(["lesson"]);
  expect(await previewOf(dialog)).toContain("lesson freezes 0 → 1");
  expect(complaints).toEqual([]);
});

test("what is sent again after a lost answer is the same grant", async () => {
  const { page, card, dialog } = await open("retry");
  await card.getByRole("button", { name: "Grant freezes…" }).click();
  await dialog.getByLabel("Reason").fill("Thanks");
  await previewOf(dialog);
  await page.route(
    GRANT,
    async (route) => {
      await route.fetch();
      await route.fulfill({ status: 503, json: { code: "unavailable", message: "Lost on the way." } });
    },
    { times: 1 },
  );
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  await dialog.getByText("Lost on the way.").waitFor();
  await dialog.getByRole("button", { name: "Grant", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => numbersOf(page)).toContain("Freezes left 1");
  await expect.poll(() => card.getByRole("listitem").count()).toBe(1);
});

test("mistakes are told at their fields, and the server's refusals are shown", async () => {
  const { page, card, dialog } = await open("cleo");
  await card.getByRole("button", { name: "Grant freezes…" }).click();
  await fillGrant(dialog, "31", "2024-03-10", "Thanks");
  await dialog.getByLabel("Last day").fill("2024-03-09");
  await dialog.getByText("A whole number from 1 to 30.").waitFor();
  await dialog.getByText("It is before the first day.").waitFor();
  const button = dialog.getByRole("button", { name: "Grant", exact: true });
  expect(await button.isDisabled()).toBe(true);
  await dialog.getByLabel("How many").fill("5");
  await dialog.getByLabel("Last day").fill("2024-03-20");
  await expect.poll(() => previewOf(dialog)).toContain("current 2 → 12");
  await page.route(GRANT, (route) =>
    route.fulfill({ status: 412, json: { code: "failed_precondition", message: "The ledger is full." } }),
  );
  await button.click();
  await dialog.getByRole("alert").getByText("The ledger is full.").waitFor();
});

test("a day whose rules have no freezes is refused at its field", async () => {
  const siteKey = "later";
  const widgets = [{ event: "lesson" }];
  expect((await pages.app.admin("POST", "/admin/projects", { siteKey, timeZone: "UTC", widgets })).status).toBe(201);
  const changed = [{ event: "lesson", rules: { freezes: {} }, rulesFrom: "2024-03-20" }];
  expect((await pages.app.admin("PATCH", `/admin/projects/${siteKey}`, { widgets: changed })).status).toBe(200);
  await pages.record("ana", [0], { siteKey, event: "lesson" });
  const { page } = await pages.open(`/dashboard/p/${siteKey}/users/ana`);
  await cardOf(page, "Freezes").getByRole("button", { name: "Grant freezes…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("alert").waitFor();
  expect(await dialog.getByLabel("Streak").getAttribute("aria-invalid")).toBe("true");
  await dialog.getByLabel("First day").fill("2024-03-20");
  await expect
    .poll(() => previewOf(dialog))
    .toBe("What changes today No number. The user has no room for them, or gets them later.");
});

test("everything is done by keyboard", async () => {
  const { page, card, dialog } = await open("keys");
  await card.getByRole("button", { name: "Grant freezes…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Reason").focus();
  await page.keyboard.type("Thanks");
  await expect.poll(() => previewOf(dialog)).toContain("freezes 0 → 1");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await card.getByRole("listitem").waitFor();
  await card.getByRole("button", { name: "Opt out…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Opt out…");
});

test(
  "reasons and IDs of all kinds are shown as text, and fit on a phone and at 200 % zoom",
  async () => {
    const grant = { event: "lesson", count: 1, from: "2024-03-10" };
    await change("grantFreezes", "cleo", { ...grant, entryId: HOSTILE, reason: HOSTILE });
    await change("grantFreezes", "cleo", { ...grant, entryId: "w".repeat(64), reason: "w".repeat(200) });
    await change("optOut", "cleo", { entryId: "x".repeat(64), reason: "x".repeat(200), from: "2024-03-15" });
    // Half as wide as a window of 1,280 pixels.
    for (const context of [PHONE, { viewport: { width: 640, height: 450 } }]) {
      const { page, card, dialog, complaints } = await open("cleo", { context });
      await card.getByText(HOSTILE).first().waitFor();
      expect(await overflowOf(page)).toBe(0);
      // All three buttons are within the card.
      const [last, whole] = [
        await card.getByRole("button", { name: "Grant freezes…" }).boundingBox(),
        await card.boundingBox(),
      ];
      expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThan((whole?.x ?? 0) + (whole?.width ?? 0));
      await cardOf(page, "lesson").getByRole("button", { name: "Why this number?" }).click();
      await page.getByRole("region", { name: "Why the streak" }).getByText(HOSTILE).first().waitFor();
      expect(await overflowOf(page)).toBe(0);
      await card.getByRole("button", { name: "Grant freezes…" }).click();
      await previewOf(dialog);
      expect(await overflowOf(page)).toBe(0);
      expect(await page.evaluate("window.hacked")).toBe(undefined);
      expect(complaints).toEqual([]);
    }
  },
  TIMEOUT_MS,
);

test(
  "axe finds nothing in freezes, their dialogs, and an explanation with frozen days",
  async () => {
    await change("grantFreezes", "axe", { entryId: "grant", event: "lesson", count: 2, from: "2024-03-10" });
    await change("optOut", "axe", { entryId: "out", from: "2024-03-15" });
    const { page, card, dialog } = await open("axe");
    await cardOf(page, "lesson").getByRole("button", { name: "Why this number?" }).click();
    await page.getByRole("region", { name: "Why the streak" }).getByText("Thanks, ticket 12").first().waitFor();
    await expectAccessible(page);
    for (const name of ["Grant freezes…", "Opt in…"]) {
      await card.getByRole("button", { name }).click();
      await previewOf(dialog);
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
  },
  TIMEOUT_MS,
);
