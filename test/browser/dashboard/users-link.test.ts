import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { cardOf, pathOf, rowOf, SITE, textOf, useUsersPages } from "./users-support.ts";

const ALIAS_USER = "**/streak.v1.AdminService/AliasUser*";

const pages = useUsersPages();
let made = 0;

/** Records a user of this test's own, on these days, and returns the name. */
async function someUser(daysAgo: readonly number[]): Promise<string> {
  made += 1;
  const name = `user_${made}`;
  await pages.record(name, daysAgo);
  return name;
}

/** Opens the page of a user and the dialog there, and types the name to link. */
async function typeName(user: string, name: string): Promise<Page> {
  const { page } = await pages.open(pathOf(user));
  await page.getByRole("button", { name: "Link an alias" }).click();
  await page.getByLabel("The other name").fill(name);
  return page;
}

async function goOn(page: Page) {
  await page.getByRole("button", { name: "Continue" }).click();
}

function dialog(page: Page) {
  return page.getByRole("dialog", { name: "Link an alias" });
}

function linkButton(page: Page) {
  return page.getByRole("button", { name: "Link for good" });
}

test("tells what becomes of the other name, links it when it is typed again, and shows the user anew", async () => {
  const user = await someUser([0, 1]);
  const visitor = await someUser([2, 3, 10]);
  const page = await typeName(user, visitor);
  await goOn(page);
  await page.getByText(`${visitor} will be a user no longer`).waitFor();
  expect(await textOf(dialog(page))).toContain(
    `its 3 active days (from Mar 5, 2024 to Mar 13, 2024) will be those of ${user}, and nobody can tell them apart again.`,
  );

  expect(await linkButton(page).isDisabled()).toBe(true);
  await page.getByLabel("Type the other name again to confirm").fill(visitor.replace("_", "-"));
  await page.getByText("This is not the same name.").waitFor();
  expect(await linkButton(page).isDisabled()).toBe(true);
  await page.getByLabel("Type the other name again to confirm").fill(visitor);
  await linkButton(page).click();

  await page.getByText("The alias is linked.").waitFor();
  await dialog(page).waitFor({ state: "detached" });
  await cardOf(page, "visit").getByText("5 days of 75 done in 2024; at most 4 days in a row.").waitFor();
  expect(await textOf(cardOf(page, "Aliases").getByRole("listitem"))).toBe(visitor);

  await page.getByRole("navigation", { name: "Way back" }).getByRole("link").click();
  await rowOf(page, user).waitFor();
  expect(await rowOf(page, visitor).count()).toBe(0);
});

test("of a name without events says that what comes later will count", async () => {
  const user = await someUser([0]);
  const page = await typeName(user, "not_yet");
  await goOn(page);
  await page.getByText("Nothing is recorded under").waitFor();
  await page.getByLabel("again to confirm").fill("not_yet");
  await linkButton(page).click();
  await cardOf(page, "Aliases").getByText("not_yet").waitFor();

  await pages.record("not_yet", [5]);
  await page.reload();
  await cardOf(page, "visit").getByText("2 days of 75").waitFor();
});

test("of another user's alias says that the days so far stay there", async () => {
  const [user, other] = [await someUser([0]), await someUser([1])];
  await pages.link("borrowed", other);
  const page = await typeName(user, "borrowed");
  await goOn(page);
  await page.getByText("who keeps the days so far").waitFor();
  expect(await textOf(dialog(page))).toContain(`borrowed is an alias of ${other} now`);
});

test("of an alias that the user has already offers nothing to do", async () => {
  const user = await someUser([0]);
  await pages.link("known", user);
  const page = await typeName(user, "known");
  await goOn(page);
  await page.getByText("There is nothing to do.").waitFor();
  expect(await linkButton(page).count()).toBe(0);
});

test("refuses the user's own name, and names that are too long, at the field", async () => {
  const user = await someUser([0]);
  const page = await typeName(user, user);
  const field = page.getByLabel("The other name");
  const isRefused = async (message: string) => {
    await page.getByText(message).waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByRole("button", { name: "Continue" }).isDisabled()).toBe(true);
  };
  await isRefused("This is the user itself.");
  await field.fill("x".repeat(257));
  await isRefused("At most 256 characters.");
});

test("shows at the field why the server refuses the name", async () => {
  const [user, other] = [await someUser([0]), await someUser([1])];
  const page = await typeName(user, other);
  await goOn(page);
  await page.getByLabel("again to confirm").fill(other);
  // Meanwhile somebody links the two the other way round.
  await pages.link(user, other);
  await linkButton(page).click();
  await page.getByText("Linking them the other way round too would make a circle").waitFor();
  const field = page.getByLabel("The other name");
  expect([await field.inputValue(), await field.getAttribute("aria-invalid")]).toEqual([other, "true"]);
});

test("keeps what was typed when the server fails, and can be tried again", async () => {
  const [user, visitor] = [await someUser([0]), await someUser([1])];
  const page = await typeName(user, visitor);
  await page.route(
    ALIAS_USER,
    (route) => route.fulfill({ status: 500, json: { code: "internal", message: "No luck." } }),
    {
      times: 1,
    },
  );
  await goOn(page);
  await page.getByLabel("again to confirm").fill(visitor);
  await linkButton(page).click();
  await dialog(page).getByRole("alert").getByText("No luck.").waitFor();
  await linkButton(page).click();
  await cardOf(page, "Aliases").getByText(visitor).waitFor();
});

test("is left by Escape without a change, gives the focus back, and begins anew", async () => {
  const [user, visitor] = [await someUser([0]), await someUser([1])];
  const page = await typeName(user, visitor);
  await goOn(page);
  await page.getByLabel("again to confirm").fill(visitor);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Link an alias…");
  await page.keyboard.press("Enter");
  expect(await page.getByLabel("The other name").inputValue()).toBe("");
  expect((await pages.app.admin("GET", `/admin/projects/${SITE}/users/${user}`)).json.aliases).toEqual([]);
});
