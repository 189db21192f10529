import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { useDashboard } from "./support.ts";

const dashboard = useDashboard();
let axe = "";
beforeAll(async () => {
  await dashboard.makeToken(["events:record"], "proj_demo");
  await dashboard.app.admin("POST", "/admin/projects/proj_demo/signingSecrets");
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});

/**
 * What axe finds, as lines, once nothing moves any more. The library's guards are left out: they hide from screen readers and
 * take the focus only to hand it on, which is how they keep it within a dialog.
 */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(
    "Promise.all(document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity).map(({ finished }) => finished.catch(() => {})))",
  );
  await page.evaluate(axe);
  const { violations } = (await page.evaluate("axe.run({ exclude: ['[data-base-ui-focus-guard]'] })")) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ""}`));
}

const THEMES = ["light", "dark"] as const;

/** Each page, with what is there when it has been read. */
const PAGES = [
  ["/dashboard/", "proj_demo"],
  ["/dashboard/p/proj_demo/start", "Waiting for your first event…"],
  ["/dashboard/p/proj_demo/settings", "Who may call"],
  ["/dashboard/p/proj_demo/settings?tab=analytics", "Keep repeats"],
  ["/dashboard/p/proj_demo/settings?tab=plan", "A limit of its own"],
  ["/dashboard/p/proj_demo/settings?tab=tokens", "New token"],
  ["/dashboard/p/proj_demo/settings?tab=secrets", "New secret"],
  ["/dashboard/p/proj_demo/settings?tab=audit", "Only by"],
  ["/dashboard/p/nobody/settings", "There is no project nobody."],
  ["/dashboard/nowhere", "There is no such page."],
] as const;

for (const colorScheme of THEMES) {
  test(`axe finds nothing on the page to sign in, ${colorScheme}`, async () => {
    const { page } = await dashboard.visit("/dashboard/", { colorScheme });
    await page.getByText("Where do I find a token?").click();
    expect(await findings(page)).toEqual([]);
    await page.getByLabel("Token", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(await findings(page)).toEqual([]);
  });

  test.each(PAGES)(`axe finds nothing on %s, ${colorScheme}, wide and narrow`, async (path, text) => {
    const { page } = await dashboard.enter(path, ADMIN_TOKEN, { colorScheme });
    await page.getByText(text).first().waitFor();
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      expect([width, await findings(page)]).toEqual([width, []]);
      const overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect([width, overflow]).toEqual([width, 0]);
    }
  });

  test.each([
    ["/dashboard/", "New project", "dialog"],
    ["/dashboard/p/proj_demo/settings?tab=tokens", "New token", "dialog"],
    ["/dashboard/", "Your session", "menu"],
    ["/dashboard/", "Light or dark", "menu"],
    ["/dashboard/p/proj_demo/start", "Project Demo: choose another", "menu"],
  ] as const)(`axe finds nothing on %s when %s has opened, ${colorScheme}`, async (path, name, role) => {
    const { page } = await dashboard.enter(path, ADMIN_TOKEN, { colorScheme });
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole(role).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole(role).waitFor({ state: "detached" });
  });
}

test("everything can be done by the keyboard alone", async () => {
  const { page } = await dashboard.visit("/dashboard/");
  await page.getByLabel("Token", { exact: true }).waitFor();
  // The field has the focus from the start.
  await page.keyboard.type(ADMIN_TOKEN);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate("document.activeElement.textContent");
  expect(await focused()).toBe("Skip to the page");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("New project");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  expect(await dialog.evaluate((element) => element.contains(element.ownerDocument.activeElement))).toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(focused).toBe("New project");
});
