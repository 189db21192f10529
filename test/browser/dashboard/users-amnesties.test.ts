import type { Locator, Page, Route } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible, overflowOf } from "../axe.ts";
import { cardOf, type OpenOptions, pathOf, SITE, textOf, USERS, useUsersPages } from "./users-support.ts";

/** How long a test may take that looks at many days, in milliseconds. */
const TIMEOUT_MS = 120_000;

const AMNESTIES = `${USERS}?tab=amnesties`;
const DECLARE = "**/streak.v1.AmnestyService/DeclareAmnesty";
const PREVIEW = "**/streak.v1.AmnestyService/PreviewAmnesty*";
const PHONE = { viewport: { width: 390, height: 844 } };
const HOSTILE = '<img src=x onerror="window.hacked=1"> \u202Eشخص ١٢';

const pages = useUsersPages();

beforeAll(async () => {
  // An outage of Thursday, 2024-03-14: only cleo came through.
  await pages.record("ana", [0, 2, 3, 4]);
  await pages.record("ben", [2, 3]);
  await pages.record("cleo", [0, 1, 2]);
  await pages.record("dan", [9, 10], { event: "like" });
});

/** Makes a project with users whose outage was yesterday, for a test that declares amnesties. */
async function makeProject(siteKey: string, users: number) {
  const project = { siteKey, timeZone: "UTC", widgets: [{ event: "visit" }] };
  expect((await pages.app.admin("POST", "/admin/projects", project)).status).toBe(201);
  for (let user = 0; user < users; user++) {
    await pages.record(`user${user}`, [0, 2], { siteKey });
  }
}

/** Declares an amnesty as another admin does. */
async function declare(siteKey: string, amnestyId: string, fields: Record<string, unknown> = {}) {
  const body = { amnestyId, from: "2024-02-01", to: "2024-02-02", reason: "Sign-in was down", ...fields };
  return pages.app.admin("POST", `/admin/projects/${siteKey}/amnesties`, body);
}

function partsOf(page: Page) {
  const card = cardOf(page, "Amnesties");
  const dialog = page.getByRole("dialog").filter({ has: page.getByLabel("Reason") });
  return {
    card,
    dialog,
    entries: card.getByRole("listitem"),
    preview: dialog.getByRole("region", { name: "Preview" }),
  };
}

async function open(path = AMNESTIES, options?: OpenOptions) {
  const opened = await pages.open(path, options);
  const parts = partsOf(opened.page);
  await parts.card.getByRole("button", { name: "Declare an amnesty…" }).waitFor();
  return { ...opened, ...parts };
}

/** Opens the dialog, and fills it. */
async function fill(card: Locator, dialog: Locator, from: string, to: string, reason: string) {
  await card.getByRole("button", { name: "Declare an amnesty…" }).click();
  await dialog.getByLabel("First day").fill(from);
  await dialog.getByLabel("Last day").fill(to);
  await dialog.getByLabel("Reason").fill(reason);
}

/** What a preview says. */
async function said(preview: Locator) {
  await expect.poll(() => preview.getAttribute("aria-busy")).toBe("false");
  return (await textOf(preview)).replaceAll("becomes ", "");
}

test(
  "after an outage, one declares an amnesty for yesterday, sees whose streaks it mends, and takes it back",
  async () => {
    const { page, card, dialog, entries, preview, complaints } = await open();
    await card.getByText("Was there an outage?").waitFor();
    await fill(card, dialog, "2024-03-14", "", "Sign-in was down, ticket 12");
    expect(await dialog.getByLabel("Streaks").locator("option").allTextContents()).toEqual([
      ...["All streaks", "like", "visit"],
    ]);
    await preview.getByText("ben").waitFor();
    expect(await said(preview)).toBe(
      "Whose streaks change today 2 of 4 users ana visit current 1 → 4 best 3 → 4 ben visit current 0 → 2 best 2",
    );
    await dialog.getByRole("button", { name: "Declare", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("The amnesty is declared.").waitFor();
    expect(await textOf(entries)).toMatch(
      /^Amnesty Mar 14, 2024 · all streaks Over Sign-in was down, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM · amnesty-[0-9a-f]{16} Take back…$/,
    );

    await page.goto(`${pathOf("ana")}?why=visit`);
    const why = page.getByRole("region", { name: "Why the streak of visit" });
    await why.getByRole("heading", { name: "Why 4 days?" }).waitFor();
    const day = why.getByRole("listitem").filter({ has: page.locator('time[datetime="2024-03-14"]') });
    expect(await textOf(day)).toMatch(
      /Amnesty nothing is asked of anybody Sign-in was down, ticket 12 by the admin token, Mar 15, 2024, 9:30 PM amnesty-[0-9a-f]{16}$/,
    );
    expect(await textOf(why.getByRole("list", { name: "Legend" }))).toContain("Amnesty");

    await cardOf(page, "Pauses").getByRole("link", { name: "amnesties" }).click();
    await entries.getByRole("button", { name: "Take back amnesty-" }).click();
    await dialog.getByRole("heading", { name: "Take back the amnesty of Mar 14, 2024" }).waitFor();
    await dialog.getByLabel("Reason").fill("It was another day");
    await preview.getByText("ben").waitFor();
    expect(await said(preview)).toContain("2 of 4 users ana visit current 4 → 1 best 4 → 3");
    await dialog.getByRole("button", { name: "Take back", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await entries.getByText("Taken back", { exact: true }).waitFor();
    expect(await textOf(entries)).toContain(
      "Taken back by the admin token, Mar 15, 2024, 9:30 PM: It was another day Sign-in was down",
    );
    expect(await entries.getByRole("button").count()).toBe(0);
    await page.goto(`${pathOf("ana")}?why=visit`);
    await why.getByRole("heading", { name: "Why 1 day?" }).waitFor();
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "the preview goes on page by page, can be stopped, and nobody has to wait for it",
  async () => {
    await makeProject("paged", 9);
    // Pages of three users, of which all but the first wait until they are let go.
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isBroken = false;
    const { page, card, dialog, entries, preview } = await open("/dashboard/p/paged/users?tab=amnesties", {
      async prepare(page) {
        await page.route(PREVIEW, async (route) => {
          const url = new URL(route.request().url());
          const message = JSON.parse(url.searchParams.get("message") ?? "{}");
          url.searchParams.set("message", JSON.stringify({ ...message, pageSize: 3 }));
          if (message.pageToken !== undefined) {
            await gate;
          }
          if (isBroken) {
            await route.fulfill({ status: 500, json: { code: "internal", message: "Broken." } });
          } else {
            await route.fulfill({ response: await route.fetch({ url: url.href }) });
          }
        });
      },
    });
    await fill(card, dialog, "2024-03-14", "2024-03-14", "Down");
    await preview.getByText("3 of the first 3 users").waitFor();
    await preview.getByText("looking at more…").waitFor();
    await preview.getByText("You need not wait").waitFor();
    await preview.getByRole("button", { name: "Stop" }).click();
    const late = page.waitForResponse(PREVIEW);
    letGo();
    await late;
    expect(await said(preview)).toContain("Go on 3 of the first 3 users user0 visit");
    isBroken = true;
    await preview.getByRole("button", { name: "Go on" }).click();
    await preview.getByText("The preview could not go on: Broken.").waitFor();
    isBroken = false;
    await preview.getByRole("button", { name: "Go on" }).click();
    await preview.getByText("9 of 9 users").waitFor();
    await preview.getByText("and 3 more users").waitFor();

    await page.route(PREVIEW, () => {}, { times: 1 });
    await dialog.getByLabel("Streaks").selectOption("visit");
    await preview.getByText("Looking at users…").waitFor();
    await dialog.getByRole("button", { name: "Declare", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await textOf(entries)).toContain("Amnesty Mar 14, 2024 · visit Over Down");
  },
  TIMEOUT_MS,
);

test(
  "mistakes are told at their fields with the limits, and the list knows its own",
  async () => {
    await makeProject("limits", 0);
    const { page, card, dialog, preview } = await open(`/dashboard/p/limits/users?tab=amnesties`);
    await fill(card, dialog, "2024-03-10", "2024-03-09", "r".repeat(201));
    await dialog.getByText("It is before the first day.").waitFor();
    await dialog.getByText("At most 200 characters.").waitFor();
    const button = dialog.getByRole("button", { name: "Declare", exact: true });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel("Last day").fill("2024-04-10");
    await dialog.getByText("At most 31 days: Apr 9, 2024 or earlier.").waitFor();
    await dialog.getByLabel("Last day").fill("2024-04-09");
    await dialog.getByLabel("Reason").fill("Down");
    await preview.getByText("None of 0 users").waitFor();
    await page.route(DECLARE, (route) =>
      route.fulfill({ status: 412, json: { code: "failed_precondition", message: "No more." } }),
    );
    await button.click();
    await dialog.getByRole("alert").getByText("No more.").waitFor();

    for (let number = 0; number < 100; number++) {
      expect((await declare("limits", `a${number}`)).status).toBe(200);
    }
    await page.reload();
    await card.getByText("100 of at most 100").waitFor();
    expect(await card.getByRole("button", { name: "Declare an amnesty…" }).isDisabled()).toBe(true);
    await card.getByRole("button", { name: "Show all 100" }).click();
    await card.getByText("a0", { exact: true }).waitFor();
  },
  TIMEOUT_MS,
);

test("an ID that somebody else has taken is told and replaced; the same amnesty is known", async () => {
  await makeProject("taken", 1);
  const { page, card, dialog, entries } = await open(`/dashboard/p/taken/users?tab=amnesties`);
  const other = (fields: Record<string, unknown>) => async (route: Route) => {
    const { amnestyId } = route.request().postDataJSON();
    expect((await declare("taken", amnestyId, fields)).status).toBe(200);
    await route.continue();
  };
  await fill(card, dialog, "2024-03-14", "", "Mine");
  await page.route(DECLARE, other({ reason: "Of somebody else" }), { times: 1 });
  const button = dialog.getByRole("button", { name: "Declare", exact: true });
  await button.click();
  await dialog.getByText("The list has another amnesty by this ID").waitFor();
  await page.route(DECLARE, other({ from: "2024-03-14", to: "2024-03-14", reason: "The same" }), { times: 1 });
  await button.click();
  await page.getByText("The amnesty was declared already.").waitFor();
  await expect.poll(() => entries.count()).toBe(2);
  expect(await textOf(entries.nth(0))).toContain("Mar 14, 2024 · all streaks Over The same");
  expect(await textOf(entries.nth(1))).toContain("Of somebody else");
});

test("everything is done by keyboard", async () => {
  await makeProject("keys", 1);
  const { page } = await pages.open("/dashboard/p/keys/users");
  const { card, dialog, entries } = partsOf(page);
  await page.getByRole("tab", { name: "List" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await card.getByRole("button", { name: "Declare an amnesty…" }).focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Reason").focus();
  await page.keyboard.type("Down");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await entries.getByText("Holds now").waitFor();
  await entries.getByRole("button", { name: "Take back" }).focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Take back…");
});

test("a token sees and may what its scopes allow", async () => {
  const tokenOf = async (...scopes: string[]) =>
    (await pages.app.admin("POST", "/admin/tokens", { name: scopes.join(" "), siteKey: SITE, scopes })).json.secret;
  const { card, dialog } = await open(AMNESTIES, { token: await tokenOf("users:manage") });
  await card.getByRole("button", { name: "Declare an amnesty…" }).click();
  await dialog.getByText("a token needs the scope project:manage, too").waitFor();
  expect(await dialog.getByLabel("Streaks").locator("option").count()).toBe(1);

  const token = await tokenOf("project:manage");
  const { page } = await pages.open(AMNESTIES, { token });
  await page.getByText("To see the users and amnesties, a token needs the scope users:manage").waitFor();
  await page.goto(`/dashboard/p/${SITE}/settings?tab=holidays`);
  await page.getByText("Lists of dates").waitFor();
  expect(await page.getByRole("link", { name: "amnesties" }).count()).toBe(0);
});

test(
  "axe finds nothing in the list and its dialogs, which fit on a phone, whatever the texts are",
  async () => {
    await makeProject("axe", 9);
    await pages.record(HOSTILE, [0, 2], { siteKey: "axe" });
    await pages.record("0".repeat(200), [0, 2], { siteKey: "axe" });
    await declare("axe", HOSTILE, { reason: HOSTILE });
    await declare("axe", "w".repeat(64), { reason: "w".repeat(200), from: "2024-03-15", to: "2024-03-20" });
    const taken = { reason: HOSTILE };
    await pages.app.admin("POST", `/admin/projects/axe/amnesties/${"w".repeat(64)}:takeBack`, taken);
    for (const context of [undefined, PHONE]) {
      const opened = await open("/dashboard/p/axe/users?tab=amnesties", context && { context });
      const { page, card, dialog, preview, complaints } = opened;
      await card.getByText(HOSTILE).first().waitFor();
      await expectAccessible(page);
      expect(await overflowOf(page)).toBe(0);
      await fill(card, dialog, "2024-03-14", "", "");
      await preview.getByText("11 of 11 users").waitFor();
      await expectAccessible(page);
      expect(await overflowOf(page)).toBe(0);
      expect(await page.evaluate("window.hacked")).toBe(undefined);
      expect(complaints).toEqual([]);
    }
  },
  TIMEOUT_MS,
);

test(
  "axe finds nothing in an explanation that has a day with an amnesty",
  async () => {
    await makeProject("why", 1);
    await declare("why", "outage", { from: "2024-03-14", to: "2024-03-14" });
    const { page } = await pages.open("/dashboard/p/why/users/user0?why=visit");
    await page.getByRole("region", { name: "Why the streak" }).getByText("Sign-in was down").waitFor();
    await expectAccessible(page);
  },
  TIMEOUT_MS,
);
