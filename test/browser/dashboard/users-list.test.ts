import type { Route } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { overflowOf } from "../axe.ts";
import { pathOf, rowOf, SITE, textOf, USERS, useUsersPages } from "./users-support.ts";

const LIST_USERS = "**/streak.v1.AdminService/ListUsers*";

const pages = useUsersPages();

beforeAll(async () => {
  await pages.record("ana", [0, 1, 2], { tz: "Europe/Berlin" });
  await pages.record("ana", [1], { event: "like", tz: "Europe/Berlin" });
  await pages.record("ben", [1, 2]);
  await pages.record("cleo", [30]);
  await pages.record("before_sign_in", [4]);
  await pages.link("before_sign_in", "ben");
  await pages.record("onlooker", [0], { eventType: "widget_impression" });
  await pages.app.admin("POST", "/admin/projects", { siteKey: "crowd", widgets: [{ event: "visit" }] });
  for (let number = 100; number < 220; number++) {
    await pages.app.record({ siteKey: "crowd", userHash: `user_${number}` });
  }
  await pages.app.admin("POST", "/admin/projects", { siteKey: "empty" });
});

/** Answers a call as the server would answer a failure. */
function fail(route: Route) {
  return route.fulfill({ status: 500, json: { code: "internal", message: "The disk is full." } });
}

test("lists everybody with the day last active, the zone, and each streak with whether it waits for today", async () => {
  const { page, complaints } = await pages.open(USERS);
  const cells = (user: string) => rowOf(page, user).getByRole("cell").allInnerTexts();
  await rowOf(page, "ana").waitFor();
  const text = async (user: string) => (await cells(user)).map((cell) => cell.replaceAll(/\s+/g, " ").trim());
  expect(await text("ana")).toEqual(["ana", "3 visit , today done 1 like pending", "Mar 15, 2024", "Europe/Berlin"]);
  expect(await text("ben")).toEqual(["ben", "2 visit pending", "Mar 14, 2024", "the project’s"]);
  expect(await text("cleo")).toEqual(["cleo", "0 visit", "Feb 14, 2024", "the project’s"]);
  expect(await page.getByRole("row").count()).toBe(4);
  expect(complaints).toEqual([]);
});

test("finds users by the beginning of their name, and has the same list when one comes back", async () => {
  const { page } = await pages.open(USERS);
  await rowOf(page, "ana").waitFor();
  await page.getByLabel("Find a user").fill("b");
  await rowOf(page, "ana").waitFor({ state: "detached" });
  await rowOf(page, "ben").click();
  await page.getByRole("heading", { name: "ben", level: 1 }).waitFor();
  await page.goBack();
  await rowOf(page, "ben").waitFor();
  expect(await page.getByLabel("Find a user").inputValue()).toBe("b");
  expect(await page.getByRole("row").count()).toBe(2);

  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Users" }).click();
  await rowOf(page, "cleo").waitFor();
  expect(await page.getByLabel("Find a user").inputValue()).toBe("");
});

test("shows further users as one scrolls, until all are there", async () => {
  const { page } = await pages.open("/dashboard/p/crowd/users");
  await rowOf(page, "user_100").waitFor();
  expect(await page.getByRole("status").allTextContents()).toContain("50 users shown, and there are more");
  for (const last of ["user_149", "user_199", "user_219"]) {
    await rowOf(page, last).scrollIntoViewIfNeeded();
  }
  expect(await page.getByRole("row").count()).toBe(121);
  expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
});

test("goes on when a page holds nobody although more follow", async () => {
  let calls = 0;
  const { page } = await pages.open(USERS, {
    prepare: (page) =>
      page.route(LIST_USERS, (route) => {
        calls += 1;
        const users = calls < 4 ? [] : [{ userHash: "at_last", lastActiveDate: "2024-03-15", streaks: [] }];
        return route.fulfill({ json: { users, nextPageToken: calls < 4 ? `after ${calls}` : "" } });
      }),
  });
  await rowOf(page, "at_last").waitFor();
  expect(calls).toBe(4);
});

test.each([
  ["an alias", "before_sign_in", "ben"],
  ["a user who has only seen a widget", "onlooker", "onlooker"],
])("opens %s, whom the list does not have, by the whole name", async (_, typed, shown) => {
  const { page } = await pages.open(USERS);
  await page.getByLabel("Find a user").fill(typed);
  await page.getByText("Nobody in the list has such a name.").waitFor();
  await page.getByLabel("Find a user").press("Enter");
  await page.getByRole("heading", { name: shown, level: 1, exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe(pathOf(typed));
});

test("says when what is typed is longer than any name, and asks the server nothing", async () => {
  const { page } = await pages.open(USERS);
  await rowOf(page, "ana").waitFor();
  await page.getByLabel("Find a user").fill("x".repeat(257));
  await page.getByText("A name has at most 256 characters. These are 257.").waitFor();
  expect(await page.getByRole("button", { name: "Open" }).isDisabled()).toBe(true);
  expect(await page.getByRole("row").count()).toBe(4);
});

test("is gone through by the keyboard alone", async () => {
  const { page } = await pages.open(USERS);
  await rowOf(page, "ana").waitFor();
  await page.getByLabel("Find a user").focus();
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  while ((await focused()) !== "ben") {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "ben", level: 1 }).waitFor();
});

test("fits on a phone, and shows the day last active below the name", async () => {
  const { page } = await pages.open(USERS, { context: { viewport: { width: 390, height: 844 } } });
  await rowOf(page, "ana").waitFor();
  expect(await overflowOf(page)).toBe(0);
  expect(await textOf(rowOf(page, "ana").getByRole("cell").first())).toBe("ana Mar 15, 2024");
  // The whole row is the link: what lies above the sign takes the click.
  await rowOf(page, "ben").getByText("pending").click({ force: true });
  await page.getByRole("heading", { name: "ben", level: 1 }).waitFor();
});

test("leads to the start page while there are no users", async () => {
  const { page } = await pages.open("/dashboard/p/empty/users");
  await page.getByText("No users yet").waitFor();
  await page.getByRole("link", { name: "Record the first event" }).click();
  await page.waitForURL("**/dashboard/p/empty/start");
});

test("tells what went wrong, and tries again", async () => {
  const { page } = await pages.open(USERS, { prepare: (page) => page.route(LIST_USERS, fail, { times: 1 }) });
  await page.getByRole("alert").getByText("The disk is full.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await rowOf(page, "ana").waitFor();
});

test("keeps the users that are there when those that follow can't be had, and tries again when told to", async () => {
  const { page } = await pages.open("/dashboard/p/crowd/users", {
    prepare: (page) =>
      page.route(LIST_USERS, (route) => (/pageToken/.test(messageOf(route)) ? fail(route) : route.continue())),
  });
  await rowOf(page, "user_149").scrollIntoViewIfNeeded();
  await page.getByRole("alert").getByText("The disk is full.").waitFor();
  expect(await page.getByRole("row").count()).toBe(51);
  await page.unroute(LIST_USERS);
  await page.getByRole("button", { name: "Try again" }).click();
  await rowOf(page, "user_150").waitFor();
});

/** The message of a call by GET. */
function messageOf(route: Route): string {
  return new URL(route.request().url()).searchParams.get("message") ?? "";
}

test("says which scope a token lacks, and asks the server nothing", async () => {
  const token = { name: "reader", siteKey: SITE, scopes: ["states:read"] };
  const { secret } = (await pages.app.admin("POST", "/admin/tokens", token)).json;
  const calls: string[] = [];
  const { page } = await pages.open(USERS, {
    token: secret,
    prepare: async (page) => page.on("request", (request) => calls.push(request.url())),
  });
  await page.getByText("Your token does not allow this.").waitFor();
  expect(await textOf(page.getByRole("main"))).toContain("the scope users:manage. Yours has states:read.");
  expect(calls.filter((url) => url.includes("AdminService"))).toEqual([]);
});

test("is open to a token that may only manage the users of this project", async () => {
  const token = { name: "support", siteKey: SITE, scopes: ["users:manage"] };
  const { secret } = (await pages.app.admin("POST", "/admin/tokens", token)).json;
  const { page, complaints } = await pages.open(USERS, { token: secret });
  await rowOf(page, "ana").click();
  await page.getByRole("heading", { name: "ana", level: 1 }).waitFor();
  expect(complaints).toEqual([]);
  await page.goto("/dashboard/p/crowd/users");
  await page.getByText("Your token does not allow this.").waitFor();
});
