import { beforeAll, expect, test } from "vitest";
import { overflowOf } from "../axe.ts";
import { cardOf, pathOf, rowOf, SITE, textOf, USERS, useUsersPages } from "./users-support.ts";

const EVIL = '<img src=x onerror="window.hacked=1">';
const PHONE = { viewport: { width: 390, height: 844 } };

/** How long a test that goes through all names may take, in milliseconds. */
const TIMEOUT_MS = 120_000;

const NAMES = [
  EVIL,
  `"'><script>window.hacked=1</script>`,
  "javascript:window.hacked=1",
  "\u202Egnp.exe شخص ١٢",
  "a|b|c",
  "a/b//c",
  "%2F%00",
  "?a=b#c",
  ".",
  "..",
  "~",
  "~..",
  "__proto__",
  "{{7*7}}",
  "🦊🇯🇵👩‍👩‍👧",
  "e\u0301\u0301\u0301\u0301\u0301",
  "w".repeat(256),
  "🦊".repeat(256),
];

const pages = useUsersPages();

beforeAll(async () => {
  for (const name of NAMES) {
    await pages.record(name, [0]);
  }
  await pages.app.admin("POST", "/admin/projects", {
    siteKey: "evil",
    widgets: [{ event: EVIL }, { event: "e".repeat(64) }],
  });
  const meta = {
    [EVIL]: EVIL,
    html: "</pre></details><script>window.hacked=1</script>",
    long: "y".repeat(3000),
    __proto__: {},
  };
  const event = { siteKey: "evil", userHash: "u", sessionId: EVIL, meta };
  await pages.app.record({ ...event, event: EVIL });
  await pages.app.record({ ...event, event: "e".repeat(64), sessionId: "s".repeat(128) });
  await pages.app.admin("POST", "/admin/alias", { siteKey: "evil", anonymousId: EVIL, userHash: "u" });
});

test(
  "names of all kinds are shown as they are, and each leads to its user",
  async () => {
    const { page, complaints } = await pages.open(USERS, { context: PHONE });
    await rowOf(page, "a|b|c").waitFor();
    const shown = await page.locator("td a").allTextContents();
    expect(shown.toSorted()).toEqual(NAMES.toSorted());
    expect(await overflowOf(page)).toBe(0);
    for (const name of NAMES) {
      await page.locator("td a").nth(shown.indexOf(name)).click();
      await cardOf(page, "visit").waitFor();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
      expect(await overflowOf(page)).toBe(0);
      await page.goBack();
      await rowOf(page, "a|b|c").waitFor();
    }
    expect(await page.evaluate("window.hacked")).toBe(undefined);
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "names of all kinds are found when they are typed, and their addresses can be loaded again",
  async () => {
    const { page, complaints } = await pages.open(USERS);
    for (const name of NAMES) {
      await page.goto(USERS);
      await page.getByLabel("Find a user").fill(name);
      await page.getByLabel("Find a user").press("Enter");
      await cardOf(page, "visit").waitFor();
      await page.reload();
      await cardOf(page, "visit").waitFor();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
    }
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test.each([
  ["on a wide screen", {}],
  ["on a phone", PHONE],
])("what an event brings is shown as text, %s", async (_, context) => {
  const { page, complaints } = await pages.open("/dashboard/p/evil/users/u", { context });
  await cardOf(page, EVIL).waitFor();
  expect(await cardOf(page, EVIL).getByRole("grid").getAttribute("aria-label")).toBe(`${EVIL}: the days of 2024`);
  const event = cardOf(page, "Recent events")
    .getByRole("listitem")
    .filter({ has: page.locator("dd", { hasText: EVIL }) });
  await event.getByText("of data").click();
  expect(JSON.parse(await textOf(event.locator("pre")))).toMatchObject({ [EVIL]: EVIL });
  expect(await textOf(cardOf(page, "Aliases").getByRole("listitem"))).toBe(EVIL);
  expect(await overflowOf(page)).toBe(0);
  expect(await page.evaluate("window.hacked")).toBe(undefined);
  expect(complaints).toEqual([]);
});

test("a name that is linked is shown as text", async () => {
  await pages.record("victim", [0]);
  const { page, complaints } = await pages.open(pathOf("victim"));
  await page.getByRole("button", { name: "Link an alias" }).click();
  await page.getByLabel("The other name").fill(EVIL);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("again to confirm").fill(EVIL);
  await page.getByRole("button", { name: "Link for good" }).click();
  await cardOf(page, "Aliases").getByText(EVIL).waitFor();
  expect(await page.evaluate("window.hacked")).toBe(undefined);
  expect(complaints).toEqual([]);
  await pages.record(EVIL, [0]);
  expect((await pages.app.admin("GET", `/admin/projects/${SITE}/users/victim`)).json.aliases).toEqual([EVIL]);
});
