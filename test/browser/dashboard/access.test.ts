import { beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { expectAccessible } from "../axe.ts";
import { useDashboard } from "./support.ts";

const dashboard = useDashboard();
beforeAll(async () => {
  await dashboard.makeToken(["events:record"], "proj_demo");
  await dashboard.app.admin("POST", "/admin/projects/proj_demo/signingSecrets");
});

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

test("axe finds nothing on the page to sign in", async () => {
  const { page } = await dashboard.visit("/dashboard/");
  await page.getByText("Where do I find a token?").click();
  await expectAccessible(page);
  await page.getByLabel("Token", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await expectAccessible(page);
});

test.each(PAGES)("axe finds nothing on %s", async (path, text) => {
  const { page } = await dashboard.enter(path);
  await page.getByText(text).first().waitFor();
  await expectAccessible(page);
});

test.each([
  ["/dashboard/", "New project", "dialog"],
  ["/dashboard/p/proj_demo/settings?tab=tokens", "New token", "dialog"],
  ["/dashboard/", "Your session", "menu"],
  ["/dashboard/", "Light or dark", "menu"],
  ["/dashboard/p/proj_demo/start", "Project Demo: choose another", "menu"],
] as const)("axe finds nothing on %s when %s has opened", async (path, name, role) => {
  const { page } = await dashboard.enter(path);
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole(role).waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole(role).waitFor({ state: "detached" });
});

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
  // The focus comes with the next frame.
  await expect
    .poll(() => dialog.evaluate((element) => element.contains(element.ownerDocument.activeElement)))
    .toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(focused).toBe("New project");
});
