import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible, overflowOf } from "../axe.ts";
import { cardOf, type OpenOptions, pathOf, SITE, textOf, useUsersPages } from "./users-support.ts";

/** How long a test may take that looks at hundreds of days, in milliseconds. */
const TIMEOUT_MS = 120_000;

const REPAIR = "**/streak.v1.LedgerService/RepairStreaks";
const PHONE = { viewport: { width: 390, height: 844 } };
const HOSTILE = '<img src=x onerror="window.hacked=1"> \u202Eشخص ١٢';

const pages = useUsersPages();

/** Days before Friday, 2024-03-15: ten in a row, two missed, and one more. Today is not done. */
const AROUND_AN_END = [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

beforeAll(async () => {
  const widgets = [
    { event: "lesson", rules: { repairs: { withinDays: 3, onceInDays: 30 } } },
    { event: "quiz", rules: { freezes: {}, repairs: { withinDays: 3, price: "freeze" } } },
    { event: "chore", rules: { repairs: { withinDays: 3, price: "days", days: 2 } } },
    { event: "run", rules: { cadence: { kind: "days_a_week", days: 1 }, repairs: { withinDays: 7 } } },
    { event: "visit" },
    { event: "work", rules: { neverMissTwice: true } },
  ];
  expect((await pages.app.admin("PATCH", `/admin/projects/${SITE}`, { widgets })).status).toBe(200);
  for (const user of ["ana", "late", "retry", "keys", "axe", "odd", "race", "support"]) {
    await pages.record(user, AROUND_AN_END, { event: "lesson" });
  }
  await pages.record("ben", AROUND_AN_END, { event: "quiz" });
  await pages.record("cleo", AROUND_AN_END, { event: "chore" });
  // Of the weeks before this one, two are kept and the last one is missed.
  await pages.record("dan", [15, 22], { event: "run" });
  await pages.record("eve", [0], { event: "lesson" });
  await pages.record("finn", [0], { event: "visit" });
  await pages.record("finn", [0], { event: "work" });
});

/** Changes a user's ledger as another admin does. */
async function change(verb: string, userHash: string, fields: Record<string, unknown>) {
  const body = { userHashes: [userHash], reason: "Thanks, ticket 12", ...fields };
  expect((await pages.app.admin("POST", `/admin/projects/${SITE}/ledger:${verb}`, body)).status).toBe(200);
}

async function open(userHash: string, options?: OpenOptions) {
  const opened = await pages.open(pathOf(userHash), options);
  const card = cardOf(opened.page, "Repairs");
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

function repairButton(dialog: Locator): Locator {
  return dialog.getByRole("button", { name: "Repair", exact: true });
}

test("a streak that has ended is repaired, and taking the repair back ends it again", async () => {
  const { page, card, dialog, complaints } = await open("ana");
  expect(await numbersOf(page)).toContain("Current streak 1 day Best streak 10 days, so far");
  await card.getByText("None. The user’s streaks have never been repaired.").waitFor();
  await cardOf(page, "lesson").getByRole("button", { name: "Why this number?" }).click();
  const why = page.getByRole("region", { name: "Why the streak of lesson" });
  await why.getByText("A repair today makes it 11 days. It can be made until Mar 15, 2024.").waitFor();

  await card.getByRole("button", { name: "Repair…" }).click();
  // The user has no other streak whose rules have repairs.
  expect(await dialog.getByLabel("Streak").locator("option").allTextContents()).toEqual(["lesson"]);
  await dialog.getByText("By its rules: repairs within 3 days, once in 30 days.").waitFor();
  expect(await previewOf(dialog)).toBe("What changes today lesson current 1 → 11 best 10 → 11");
  await dialog.getByLabel("Reason").fill("Was ill, ticket 12");
  await repairButton(dialog).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("The streak is repaired.").waitFor();

  await expect.poll(() => numbersOf(page)).toContain("Current streak 11 days");
  const entries = card.getByRole("listitem");
  expect(await textOf(entries)).toMatch(
    /^Repair on Mar 15, 2024 · lesson Runs that ended at most 3 days before it go on\. Was ill, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM · repair-[0-9a-f]{16} Take back…$/,
  );
  await why.getByRole("heading", { name: "Why 11 days?" }).waitFor();
  const day = (date: string) =>
    why.getByRole("listitem").filter({ has: page.locator(`time[datetime="2024-03-${date}"]`) });
  for (const [date, reason] of [
    ["12", "the repaired run goes over it"],
    ["13", "the repaired run goes over it"],
    ["15", "nothing is asked on the day of a repair"],
  ] as const) {
    expect(await textOf(day(date))).toMatch(
      new RegExp(
        `Repaired ${reason} Was ill, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM repair-[0-9a-f]{16}$`,
      ),
    );
  }
  expect(await textOf(why.getByRole("list", { name: "Legend" }))).toContain("Repaired");
  await cardOf(page, "Pauses").getByText("None. The user’s streaks have never been paused.").waitFor();

  await card.getByRole("button", { name: "Take back repair-" }).click();
  await dialog.getByRole("heading", { name: "Take back this repair" }).waitFor();
  await expect.poll(() => previewOf(dialog)).toBe("What changes today lesson current 11 → 1 best 11 → 10");
  await dialog.getByLabel("Reason").fill("Wrong user");
  pages.app.now += 1000;
  await dialog.getByRole("button", { name: "Take back", exact: true }).click();
  await expect.poll(() => numbersOf(page)).toContain("Current streak 1 day");
  // The list is read again by a call of its own.
  await expect.poll(() => textOf(entries.nth(0))).toMatch(/^Taken back repair-[0-9a-f]{16} Wrong user by/);
  expect(await textOf(entries.nth(1))).toContain("Repair on Mar 15, 2024 · lesson Taken back");
  expect(complaints).toEqual([]);
});

test("a repair that costs a freeze takes it, and can't be made without one", async () => {
  const { page, card, dialog } = await open("ben");
  await card.getByRole("button", { name: "Repair…" }).click();
  await dialog.getByText("By its rules: repairs within 3 days, for one freeze.").waitFor();
  expect(await previewOf(dialog)).toContain("a repair takes a freeze, and none is left");
  expect(await dialog.getByRole("alert").count()).toBe(0);
  await dialog.getByLabel("Reason").fill("Asked for it");
  expect(await repairButton(dialog).isDisabled()).toBe(true);
  await page.keyboard.press("Escape");

  // It comes on the first of the days that were missed. The second one ends the run, and so gives the freeze back.
  await change("grantFreezes", "ben", { entryId: "grant", event: "quiz", count: 1, from: "2024-03-12" });
  await page.reload();
  await cardOf(page, "quiz").getByRole("button", { name: "Why this number?" }).click();
  const offer = "A repair today makes it 11 days. It costs one freeze. It can be made until Mar 16, 2024.";
  await page.getByRole("region", { name: "Why the streak of quiz" }).getByText(offer).waitFor();
  await card.getByRole("button", { name: "Repair…" }).click();
  expect(await previewOf(dialog)).toBe("What changes today quiz freezes 1 → 0 current 1 → 11 best 10 → 11");
  await dialog.getByLabel("Reason").fill("Asked for it");
  await repairButton(dialog).click();
  await expect.poll(() => numbersOf(page, "quiz")).toContain("Current streak 11 days");
  expect(await numbersOf(page, "quiz")).toContain("Freezes left 0");
  expect(await textOf(card.getByRole("listitem"))).toContain("It takes one freeze.");
});

test("why a streak can't be repaired is told, and a streak that can is chosen beside it", async () => {
  const { page, card, dialog, complaints } = await open("cleo");
  await card.getByRole("button", { name: "Repair…" }).click();
  expect(await previewOf(dialog)).toContain("1 more day must be done first");
  await page.keyboard.press("Escape");
  await pages.record("cleo", [1, 4, 5, 6], { event: "lesson" });
  await page.reload();
  await card.getByRole("button", { name: "Repair…" }).click();
  await dialog.getByLabel("Streak").selectOption("lesson");
  await expect.poll(() => previewOf(dialog)).toBe("What changes today lesson current 1 → 4 best 3 → 4");
  await dialog.getByLabel("Reason").fill("Asked for it");
  await repairButton(dialog).click();
  await dialog.waitFor({ state: "detached" });

  await card.getByRole("button", { name: "Repair…" }).click();
  await dialog.getByLabel("Streak").selectOption("lesson");
  await expect.poll(() => previewOf(dialog)).toContain("it was repaired on that day already");
  // The browser tells of each answer that refuses.
  expect(complaints.every((text) => text.includes("409") || text.includes("400"))).toBe(true);
});

test("a run of weeks is repaired, and the week that had ended it is told as repaired", async () => {
  const { page, card, dialog } = await open("dan");
  await card.getByRole("button", { name: "Repair…" }).click();
  expect(await previewOf(dialog)).toBe("What changes today run current 0 → 2 best 2");
  await dialog.getByLabel("Reason").fill("Asked for it");
  await repairButton(dialog).click();
  await dialog.waitFor({ state: "detached" });
  await cardOf(page, "run").getByRole("button", { name: "Why this number?" }).click();
  const why = page.getByRole("region", { name: "Why the streak of run" });
  const week = why.getByRole("region", { name: /Mar 4 – 10, 2024/ });
  expect(await textOf(week.locator("header"))).toBe("Mar 4 – 10, 2024 Repaired 0 of 1 day done, counts 0");
  expect(await textOf(week.getByRole("listitem").first())).toContain("the repaired run goes over the week");
});

test("users without a streak that can have repairs see nothing of them", async () => {
  const { page } = await pages.open(pathOf("finn"));
  await cardOf(page, "Pauses").getByText("None. The user’s streaks have never been paused.").waitFor();
  await cardOf(page, "work").getByRole("button", { name: "Why this number?" }).click();
  await page.getByText("The rules: Every day, never miss twice.").waitFor();
  expect(await cardOf(page, "Repairs").count()).toBe(0);
});

test("somebody without project:manage repairs a streak that counts by rules", async () => {
  const { secret } = (
    await pages.app.admin("POST", "/admin/tokens", { name: "support", siteKey: SITE, scopes: ["users:manage"] })
  ).json;
  const { page, card, dialog, complaints } = await open("support", { token: secret });
  await card.getByRole("button", { name: "Repair…" }).click();
  expect(await previewOf(dialog)).toContain("lesson current 1 → 11");
  await dialog.getByLabel("Reason").fill("Asked for it");
  await repairButton(dialog).click();
  await expect.poll(() => numbersOf(page)).toContain("Current streak 11 days");
  expect(complaints).toEqual([]);
});

test("what is sent again after a lost answer is the same repair", async () => {
  const { page, card, dialog } = await open("retry");
  await card.getByRole("button", { name: "Repair…" }).click();
  await dialog.getByLabel("Reason").fill("Asked for it");
  await previewOf(dialog);
  await page.route(
    REPAIR,
    async (route) => {
      await route.fetch();
      await route.fulfill({ status: 503, json: { code: "unavailable", message: "Lost on the way." } });
    },
    { times: 1 },
  );
  await repairButton(dialog).click();
  await dialog.getByText("Lost on the way.").waitFor();
  await repairButton(dialog).click();
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => numbersOf(page)).toContain("Current streak 11 days");
  await expect.poll(() => card.getByRole("listitem").count()).toBe(1);
});

test("a repair that somebody else has made meanwhile is told when one confirms", async () => {
  const { card, dialog } = await open("race");
  await card.getByRole("button", { name: "Repair…" }).click();
  expect(await previewOf(dialog)).toContain("current 1 → 11");
  await change("repair", "race", { entryId: "first", event: "lesson" });
  await dialog.getByLabel("Reason").fill("Asked for it");
  await repairButton(dialog).click();
  await dialog.getByRole("alert").getByText("can't be repaired").waitFor();
});

test("everything is done by keyboard", async () => {
  const { page, card, dialog } = await open("keys");
  await card.getByRole("button", { name: "Repair…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Reason").focus();
  await page.keyboard.type("Asked for it");
  await expect.poll(() => previewOf(dialog)).toContain("current 1 → 11");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await card.getByRole("listitem").waitFor();
  await card.getByRole("button", { name: "Repair…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Repair…");
});

test(
  "reasons and IDs of all kinds are shown as text, and fit on a phone and at 200 % zoom",
  async () => {
    await change("repair", "odd", { entryId: HOSTILE, reason: HOSTILE, event: "lesson" });
    await change("takeBack", "odd", { entryId: "w".repeat(64), reason: "w".repeat(200), takenBackId: HOSTILE });
    await change("repair", "odd", { entryId: "x".repeat(64), reason: "x".repeat(200), event: "lesson" });
    // Half as wide as a window of 1,280 pixels.
    for (const context of [PHONE, { viewport: { width: 640, height: 450 } }]) {
      const { page, card, dialog, complaints } = await open("odd", { context });
      await card.getByText(HOSTILE).first().waitFor();
      await cardOf(page, "lesson").getByRole("button", { name: "Why this number?" }).click();
      await page.getByRole("region", { name: "Why the streak" }).getByText("x".repeat(200)).first().waitFor();
      expect(await overflowOf(page)).toBe(0);
      expect(complaints).toEqual([]);
      await card.getByRole("button", { name: "Repair…" }).click();
      await previewOf(dialog);
      expect(await overflowOf(page)).toBe(0);
      expect(await page.evaluate("window.hacked")).toBe(undefined);
    }
  },
  TIMEOUT_MS,
);

test(
  "axe finds nothing in repairs, their dialogs, and an explanation with repaired days",
  async () => {
    const { page, card, dialog } = await open("axe");
    await cardOf(page, "lesson").getByRole("button", { name: "Why this number?" }).click();
    await page.getByText("A repair today makes it").waitFor();
    await card.getByRole("button", { name: "Repair…" }).click();
    await previewOf(dialog);
    await expectAccessible(page);
    await dialog.getByLabel("Reason").fill("Asked for it");
    await repairButton(dialog).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("region", { name: "Why the streak" }).getByText("Asked for it").first().waitFor();
    await card.getByRole("button", { name: "Repair…" }).click();
    await previewOf(dialog);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expectAccessible(page);
  },
  TIMEOUT_MS,
);
