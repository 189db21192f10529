import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../axe.ts";
import { cardOf, pathOf, rowOf, SITE, USERS, useUsersPages } from "./users-support.ts";

const pages = useUsersPages();

beforeAll(async () => {
  await pages.record("ana", [0, 1, 2, 80], { tz: "Europe/Berlin", meta: { post: 17 } });
  await pages.record("ana", [1], { event: "like" });
  await pages.record("ben", [20]);
  await pages.record("anon", [9]);
  await pages.link("anon", "ana");
  await pages.record("onlooker", [0], { eventType: "widget_impression" });
  await pages.app.admin("POST", "/admin/projects", { siteKey: "empty" });
});

/** How long a test may take, in milliseconds. A user has hundreds of squares, each of which axe looks at. */
const TIMEOUT_MS = 120_000;

/** Each state of the pages: how one gets there from its address. */
const states: [string, string, (page: Page) => Promise<unknown>][] = [
  ["the list", USERS, (page) => rowOf(page, "ana").waitFor()],
  ["a list without users", "/dashboard/p/empty/users", (page) => page.getByText("No users yet").waitFor()],
  [
    "a search that finds nobody",
    `${USERS}?prefix=zzz`,
    (page) => page.getByText("Nobody in the list has such a name.").waitFor(),
  ],
  [
    "a user by an alias, with a day that has the focus",
    pathOf("anon"),
    async (page) => {
      await page.getByText("is an alias of this user").waitFor();
      await page.getByText("1 field of data").first().click();
      // The page scrolls to the day that gets the focus. Then the mouse must not lie on another day.
      await page.mouse.move(0, 0);
      await cardOf(page, "visit").locator('[data-date="2024-03-14"]').focus();
      await page.getByText("Thursday, March 14, 2024: done").waitFor();
    },
  ],
  ["a user without days", pathOf("onlooker"), (page) => page.getByText("No day is done yet.").waitFor()],
  ["a user who is not there", pathOf("nobody"), (page) => page.getByText("There is no such user.").waitFor()],
  [
    "the dialog to link an alias",
    pathOf("ana"),
    async (page) => {
      await page.getByRole("button", { name: "Link an alias" }).click();
      await page.getByLabel("The other name").fill("x".repeat(257));
      await page.getByText("At most 256 characters.").waitFor();
    },
  ],
  [
    "the question before an alias is linked",
    pathOf("ana"),
    async (page) => {
      await page.getByRole("button", { name: "Link an alias" }).click();
      await page.getByLabel("The other name").fill("ben");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByLabel("again to confirm").fill("bem");
      await page.getByText("This is not the same name.").waitFor();
    },
  ],
];

test.each(states)(
  "axe finds nothing in %s",
  async (_, path, reach) => {
    const { page } = await pages.open(path);
    await reach(page);
    await expectAccessible(page);
  },
  TIMEOUT_MS,
);

test("a screen reader is told of each streak in the list", async () => {
  const { page } = await pages.open(USERS);
  await rowOf(page, "ana").waitFor();
  expect(await rowOf(page, "ana").ariaSnapshot()).toBe(
    [
      '- row "ana 3 visit , today done 1 like pending Mar 15, 2024 Europe/Berlin":',
      '  - cell "ana":',
      '    - link "ana":',
      `      - /url: ${pathOf("ana")}`,
      '  - cell "3 visit , today done 1 like pending":',
      "    - list:",
      "      - listitem:",
      '        - strong: "3"',
      "        - text: visit , today done",
      "      - listitem:",
      '        - strong: "1"',
      "        - text: like pending",
      '  - cell "Mar 15, 2024":',
      "    - time: Mar 15, 2024",
      '  - cell "Europe/Berlin"',
    ].join("\n"),
  );
});

test("nothing jumps while a page comes", async () => {
  const watch = `window.shifts = []; new PerformanceObserver((list) => window.shifts.push(...list.getEntries()
    .map(({ value, hadRecentInput }) => hadRecentInput ? 0 : value))).observe({ type: "layout-shift", buffered: true })`;
  const { page } = await pages.open(USERS);
  await page.addInitScript(watch);
  for (const [path, there] of [
    [USERS, rowOf(page, "ben")],
    [pathOf("ana"), cardOf(page, "Aliases")],
  ] as const) {
    await page.goto(path);
    await there.waitFor();
    const shifts = (await page.evaluate("window.shifts")) as number[];
    expect(
      shifts.reduce((sum, shift) => sum + shift, 0),
      path,
    ).toBeLessThan(0.05);
  }
  expect((await pages.app.admin("GET", `/admin/projects/${SITE}/users/ana`)).status).toBe(200);
});
