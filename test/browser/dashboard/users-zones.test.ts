import type { Locator } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible, overflowOf } from "../axe.ts";
import { cardOf, type OpenOptions, pathOf, SITE, textOf, useUsersPages } from "./users-support.ts";

/** How long a test may take that opens several pages, in milliseconds. */
const TIMEOUT_MS = 120_000;

const CORRECT = "**/streak.v1.AdminService/CorrectZone";
const OPENS = "Correct a time zone…";

const pages = useUsersPages();

/** When somebody in Tokyo has come, while the app has named UTC: in UTC, on March 11, 12, 13 and 14. */
const VISITS = [
  "2024-03-12T07:00+09:00",
  "2024-03-13T08:00+09:00",
  "2024-03-13T22:00+09:00",
  "2024-03-15T07:30+09:00",
] as const;

beforeAll(async () => {
  for (const user of ["ana", "ben", "keys", "axe"]) {
    for (const ts of VISITS) {
      await pages.record(user, [0], { ts, tz: "UTC" });
    }
  }
});

async function open(userHash: string, options?: OpenOptions) {
  const opened = await pages.open(pathOf(userHash), options);
  const button = opened.page.getByRole("button", { name: OPENS });
  await button.waitFor();
  // What says for a moment that something is done is a dialog, too.
  const dialog = opened.page.getByRole("dialog").filter({ has: opened.page.getByLabel("Reason") });
  return { ...opened, button, dialog, visit: cardOf(opened.page, "visit") };
}

function correctIn(dialog: Locator): Locator {
  return dialog.getByRole("button", { name: "Correct", exact: true });
}

/** What the dialog says of the change, once it is of what its fields have. */
async function previewOf(dialog: Locator): Promise<string> {
  const preview = dialog.locator("output[aria-busy=false]");
  return (await textOf(preview)).replaceAll("becomes ", "");
}

test("a wrong zone is corrected: first it is told what changes, and then the page shows it", async () => {
  const { page, button, dialog, visit, complaints } = await open("ana");
  expect(await textOf(visit.locator("dl").first())).toContain("Current streak 4 days in a row");
  await button.click();
  // The zones that are known of the user are proposed, the present one first.
  expect(await dialog.getByLabel("Wrong zone").inputValue()).toBe("UTC");
  await dialog.getByLabel("Right zone").fill("Asia/Tokyo");
  await dialog.getByText("What changes").waitFor();
  expect(await previewOf(dialog)).toBe(
    "What changes time zone UTC → Asia/Tokyo visit current 4 → 1 best 4 → 2 3 of 4 events get another day",
  );
  await dialog.getByText("3 of 4 events").click();
  expect((await dialog.getByRole("listitem").allInnerTexts()).map((line) => line.replaceAll(/\s+/g, " "))).toEqual([
    "Mar 11, 2024 → becomes Mar 12, 2024",
    "Mar 12, 2024 → becomes Mar 13, 2024",
    "Mar 14, 2024 → becomes Mar 15, 2024",
  ]);
  expect(await correctIn(dialog).isDisabled()).toBe(true);
  await dialog.getByLabel("Reason").fill("The app has named UTC for everybody");
  await correctIn(dialog).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("The time zone is corrected.").waitFor();

  await expect.poll(() => textOf(visit.locator("dl").first())).toContain("Current streak 1 day");
  await page.getByRole("strong").filter({ hasText: "Asia/Tokyo" }).waitFor();
  const { entries } = (await pages.app.admin("GET", `/admin/audit?siteKey=${SITE}`)).json;
  expect(entries[0]).toMatchObject({
    method: "streak.v1.AdminService/CorrectZone",
    after: { wrongZone: "UTC", rightZone: "Asia/Tokyo", reason: "The app has named UTC for everybody" },
  });
  expect(complaints).toEqual([]);
});

test("some days alone are corrected, and where nothing was wrong there is nothing to correct", async () => {
  const { button, dialog } = await open("ben");
  await button.click();
  await dialog.getByLabel("Right zone").fill("Asia/Tokyo");
  await dialog.getByLabel("First day").fill("2024-03-14");
  await dialog.getByText("1 of 1 event gets another day").waitFor();
  // March 14 is then not done, and bridged by what looks like a journey to the east.
  expect(await previewOf(dialog)).toBe(
    "What changes time zone UTC → Asia/Tokyo visit current 4 best 4 1 of 1 event gets another day",
  );
  await dialog.getByLabel("Reason").fill("Wrong");
  expect(await correctIn(dialog).isDisabled()).toBe(false);
  await dialog.getByLabel("Wrong zone").fill("Europe/Paris");
  await dialog.getByText("there is nothing to correct").waitFor();
  expect(await correctIn(dialog).isDisabled()).toBe(true);
});

test("mistakes are told at their fields, and so are the server's refusals", async () => {
  const { page, button, dialog } = await open("ben");
  await button.click();
  await dialog.getByLabel("Right zone").fill("Etc/UTC");
  await dialog.getByRole("alert").getByText("It is the wrong zone, too.").waitFor();
  await dialog.getByLabel("Right zone").fill("Mars/Olympus");
  await dialog.getByRole("alert").getByText("No time zone is known by this name.").waitFor();
  // What can still become one is not wrong yet.
  await dialog.getByLabel("Right zone").fill("asia/t");
  await expect.poll(() => dialog.getByRole("alert").count()).toBe(0);
  await dialog.getByLabel("Right zone").fill("Asia/Tokyo");
  await dialog.getByLabel("First day").fill("2024-03-14");
  await dialog.getByLabel("Last day").fill("2024-03-13");
  await dialog.getByRole("alert").getByText("It is before the first day.").waitFor();
  await dialog.getByLabel("Reason").fill("Wrong");
  expect(await correctIn(dialog).isDisabled()).toBe(true);
  await dialog.getByLabel("Last day").fill("");
  await expect.poll(() => correctIn(dialog).isDisabled()).toBe(false);
  await page.route(CORRECT, (route) =>
    route.fulfill({ status: 412, json: { code: "failed_precondition", message: "The user has become an alias." } }),
  );
  await correctIn(dialog).click();
  await dialog.getByRole("alert").getByText("The user has become an alias.").waitFor();
});

test("a zone is corrected by keyboard, and the focus comes back", async () => {
  const { page, button, dialog, visit } = await open("keys");
  await button.focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Right zone").focus();
  await page.keyboard.type("Asia/Tokyo");
  await dialog.getByLabel("Reason").focus();
  await page.keyboard.type("Wrong");
  await expect.poll(() => correctIn(dialog).isDisabled()).toBe(false);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => textOf(visit.locator("dl").first())).toContain("Current streak 1 day");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(OPENS);
});

test(
  "axe finds nothing in the dialog, and it fits on a phone",
  async () => {
    const { page, button, dialog, complaints } = await open("axe", {
      context: { viewport: { width: 390, height: 844 } },
    });
    await button.click();
    await dialog.getByLabel("Right zone").fill("Asia/Tokyo");
    await dialog.getByText("3 of 4 events").click();
    await expectAccessible(page);
    expect(await overflowOf(page)).toBe(0);
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);
