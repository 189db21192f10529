import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible, overflowOf } from "../axe.ts";
import { cardOf, type OpenOptions, pathOf, rowOf, SITE, textOf, USERS, useUsersPages } from "./users-support.ts";

/** How long a test may take that looks at hundreds of days, in milliseconds. */
const TIMEOUT_MS = 120_000;

const PAUSE = "**/streak.v1.LedgerService/PauseStreaks";
const PHONE = { viewport: { width: 390, height: 844 } };
const HOSTILE = '<img src=x onerror="window.hacked=1"> \u202Eشخص ١٢';

const pages = useUsersPages();

/** Days before Friday, 2024-03-15, in whose middle some were missed. */
const AROUND_A_GAP = [0, 1, 6, 7, 8];

beforeAll(async () => {
  for (const user of ["ana", "ben", "cleo", "retry", "keys", "axe"]) {
    await pages.record(user, AROUND_A_GAP);
  }
  await pages.record("ana", [0, 1], { event: "read" });
  await pages.record("cleo", [0, 2], { event: "like" });
});

/** Changes a user's ledger as another admin does. */
async function change(verb: string, userHash: string, fields: Record<string, unknown>) {
  const body = { userHashes: [userHash], reason: "Ill, ticket 12", ...fields };
  expect((await pages.app.admin("POST", `/admin/projects/${SITE}/ledger:${verb}`, body)).status).toBe(200);
}

async function open(userHash: string, options?: OpenOptions) {
  const opened = await pages.open(pathOf(userHash), options);
  const card = cardOf(opened.page, "Pauses");
  await card.waitFor();
  // What says for a moment that something is done is a dialog, too.
  const dialog = opened.page.getByRole("dialog").filter({ has: opened.page.getByLabel("Reason") });
  return { ...opened, card, dialog };
}

/** The numbers of a user's streak. */
function numbersOf(page: Page, event = "visit") {
  return textOf(cardOf(page, event).locator("dl").first());
}

/** Fills the dialog that pauses. */
async function fillPause(dialog: Locator, from: string, to: string, reason: string) {
  await dialog.getByLabel("First day").fill(from);
  await dialog.getByLabel("Last day").fill(to);
  await dialog.getByLabel("Reason").fill(reason);
}

test("a pause in the past mends a streak: its preview says how, and then the page shows it", async () => {
  const { page, card, dialog, complaints } = await open("ana");
  expect(await numbersOf(page)).toContain("Current streak 2 days in a row");
  await card.getByText("None. The user’s streaks have never been paused.").waitFor();
  await cardOf(page, "visit").getByRole("button", { name: "Why this number?" }).click();
  const why = page.getByRole("region", { name: "Why the streak of visit" });
  await why.getByRole("heading", { name: "Why 2 days?" }).waitFor();

  await card.getByRole("button", { name: "Pause…" }).click();
  // The cumulative streak of `read` has no pauses.
  expect(await dialog.getByLabel("Streaks").locator("option").allTextContents()).toEqual([
    "All streaks",
    "visit",
    "like",
  ]);
  await fillPause(dialog, "2024-03-10", "2024-03-13", "Ill, ticket 12");
  await dialog.getByText("becomes").first().waitFor({ state: "attached" });
  await expect.poll(() => textOf(dialog.getByRole("status"))).toContain("current 2 →");
  expect((await textOf(dialog.getByRole("status"))).replaceAll("becomes ", "")).toBe(
    "What changes today visit current 2 → 5 best 3 → 5",
  );
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("The pause is made.").waitFor();

  await expect.poll(() => numbersOf(page)).toContain("Current streak 5 days");
  expect(await textOf(card.getByRole("listitem"))).toMatch(
    /^Pause Mar 10 – 13, 2024 · all streaks Over Ill, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM · pause-[0-9a-f]{16} Take back…$/,
  );
  await why.getByRole("heading", { name: "Why 5 days?" }).waitFor();
  const day = why.getByRole("listitem").filter({ has: page.locator('time[datetime="2024-03-12"]') });
  expect(await textOf(day)).toMatch(
    /Paused nothing is asked Ill, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM pause-[0-9a-f]{16}$/,
  );
  expect(await textOf(why.getByRole("list", { name: "Legend" }))).toContain("Paused");
  expect(complaints).toEqual([]);
});

test("a pause that holds is said wherever the streak is shown, is ended, and its end is taken back", async () => {
  await change("pause", "ben", { entryId: "ill", from: "2024-03-14", to: "2024-03-20", event: "visit" });
  const { page, card, dialog } = await open("ben");
  await cardOf(page, "visit").getByText("Paused until Mar 20").waitFor();
  await card.getByText("Paused now").waitFor();

  await card.getByRole("button", { name: "End pauses…" }).click();
  await dialog.getByLabel("The first day without a pause").fill("2024-03-21");
  await dialog.getByText("No pause holds on this day or later.").waitFor();
  await dialog.getByLabel("Reason").fill("Well again");
  expect(await dialog.getByRole("button", { name: "End the pauses" }).isDisabled()).toBe(true);
  await dialog.getByLabel("The first day without a pause").fill("2024-03-15");
  await dialog.getByText("No number.").waitFor();
  pages.app.now += 1000;
  await dialog.getByRole("button", { name: "End the pauses" }).click();
  const entries = card.getByRole("listitem");
  await expect.poll(() => entries.count()).toBe(2);
  expect(await textOf(entries.nth(0))).toContain("End of a pause from Mar 15, 2024 on · ill Well again by");
  expect(await textOf(entries.nth(1))).toContain(
    "Pause Mar 14, 2024 · visit Over Ended early. It was made for: Mar 14 – 20, 2024. Ill, ticket 12",
  );
  await cardOf(page, "visit").getByText("Today is done").waitFor();
  expect(await card.getByRole("button", { name: "End pauses…" }).count()).toBe(0);

  await entries.nth(0).getByRole("button", { name: "Take back end-" }).click();
  await dialog.getByRole("heading", { name: "Take back this end of a pause" }).waitFor();
  await dialog.getByLabel("Reason").fill("Not yet");
  pages.app.now += 1000;
  await dialog.getByRole("button", { name: "Take back", exact: true }).click();
  await cardOf(page, "visit").getByText("Paused until Mar 20").waitFor();
  // The list is read again by a call of its own.
  await expect.poll(() => textOf(entries.nth(0))).toMatch(/^Taken back end-[0-9a-f]{16} Not yet by/);
  expect(await textOf(entries.nth(1))).toContain("Taken back Well again");

  await page.goto(USERS);
  expect(await textOf(rowOf(page, "ben").getByRole("listitem"))).toBe("2 days visit paused until Mar 20 , today done");
});

test("what is sent again after a lost answer is the same entry", async () => {
  const { page, card, dialog } = await open("retry");
  await card.getByRole("button", { name: "Pause…" }).click();
  await fillPause(dialog, "2024-03-15", "", "Ill");
  await dialog.getByText("No number.").waitFor();
  await page.route(
    PAUSE,
    async (route) => {
      await route.fetch();
      await route.fulfill({ status: 503, json: { code: "unavailable", message: "Lost on the way." } });
    },
    { times: 1 },
  );
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await dialog.getByText("Lost on the way.").waitFor();
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await cardOf(page, "visit").getByText("Paused", { exact: true }).waitFor();
  await expect.poll(() => card.getByRole("listitem").count()).toBe(1);
  expect(await textOf(card.getByRole("listitem"))).toContain(
    "Pause from Mar 15, 2024 on · all streaks Paused now Ill by",
  );
});

test("mistakes are told at their fields, and the server's refusals are shown", async () => {
  const { page, card, dialog } = await open("ana");
  await card.getByRole("button", { name: "Pause…" }).click();
  await fillPause(dialog, "2024-03-10", "2024-03-09", "r".repeat(201));
  await dialog.getByText("It is before the first day.").waitFor();
  await dialog.getByText("At most 200 characters.").waitFor();
  const button = dialog.getByRole("button", { name: "Pause", exact: true });
  expect(await button.isDisabled()).toBe(true);
  await fillPause(dialog, "2024-03-10", "2024-03-11", "Ill");
  await page.route(PAUSE, (route) =>
    route.fulfill({ status: 412, json: { code: "failed_precondition", message: "The ledger is full." } }),
  );
  await button.click();
  await dialog.getByRole("alert").getByText("The ledger is full.").waitFor();
});

test("everything is done by keyboard", async () => {
  const { page, card, dialog } = await open("keys");
  await card.getByRole("button", { name: "Pause…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Streaks").focus();
  await page.keyboard.type("visit");
  await dialog.getByLabel("Reason").focus();
  await page.keyboard.type("Ill");
  await dialog.getByText("No number.").waitFor();
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await card.getByRole("listitem").waitFor();
  await card.getByRole("button", { name: "End pauses…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("End pauses…");
});

test(
  "reasons and IDs of all kinds are shown as text, and fit on a phone and at 200 % zoom",
  async () => {
    await change("pause", "cleo", { entryId: HOSTILE, from: "2024-03-01", reason: HOSTILE });
    await change("pause", "cleo", { entryId: "w".repeat(64), from: "2024-03-01", reason: "w".repeat(200) });
    await change("takeBack", "cleo", { entryId: "undo", takenBackId: "w".repeat(64) });
    // Half as wide as a window of 1,280 pixels.
    for (const context of [PHONE, { viewport: { width: 640, height: 450 } }]) {
      const { page, card, dialog, complaints } = await open("cleo", { context });
      await card.getByText(HOSTILE).first().waitFor();
      expect(await overflowOf(page)).toBe(0);
      await cardOf(page, "visit").getByRole("button", { name: "Why this number?" }).click();
      await page.getByRole("region", { name: "Why the streak" }).getByText(HOSTILE).first().waitFor();
      expect(await overflowOf(page)).toBe(0);
      await card.getByRole("button", { name: "Pause…" }).click();
      await dialog.getByText("No number.").waitFor();
      expect(await overflowOf(page)).toBe(0);
      expect(await page.evaluate("window.hacked")).toBe(undefined);
      expect(complaints).toEqual([]);
    }
  },
  TIMEOUT_MS,
);

test(
  "axe finds nothing in pauses, their dialogs, and an explanation with paused days",
  async () => {
    await change("pause", "axe", { entryId: "ill", from: "2024-03-10", to: "2024-03-12" });
    await change("pause", "axe", { entryId: "away", from: "2024-03-15" });
    const { page, card, dialog } = await open("axe");
    await cardOf(page, "visit").getByRole("button", { name: "Why this number?" }).click();
    await page.getByRole("region", { name: "Why the streak" }).getByText("Ill, ticket 12").first().waitFor();
    await expectAccessible(page);
    await card.getByRole("button", { name: "Pause…" }).click();
    await fillPause(dialog, "2024-03-13", "2024-03-13", "");
    await dialog.getByText("becomes").first().waitFor({ state: "attached" });
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.goto(USERS);
    await rowOf(page, "axe").getByText("paused").waitFor();
    await expectAccessible(page);
  },
  TIMEOUT_MS,
);
