import { expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { expectAccessible, overflowOf } from "../axe.ts";
import { useDashboard } from "./support.ts";
import { editorOf, listOf, milestone, preview, review, reviewed, save, WIDGET } from "./widgets-support.ts";

const EVIL = `<img src=x onerror="window.hacked=1">`;

/** How long a test that looks at many states may take, in milliseconds. */
const TIMEOUT_MS = 240_000;

const dashboard = useDashboard();

test("a token without project:manage is told which scope it needs", async () => {
  await dashboard.makeProject("scoped");
  const { secret } = await dashboard.makeToken(["users:manage"], "scoped");
  const { page } = await dashboard.enter(listOf("scoped"), secret);
  await page.getByText("To see and change a project’s widgets it needs the scope project:manage.").waitFor();
});

test("a project's own token may edit its widgets", async () => {
  await dashboard.makeProject("own", { widgets: [WIDGET] });
  const { secret } = await dashboard.makeToken(["project:manage"], "own");
  const { page } = await dashboard.enter(editorOf("own"), secret);
  await page.getByRole("radio", { name: "mono" }).check();
  expect(await reviewed(page)).toEqual(["Theme: ocean → mono"]);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
});

test("a project and a widget that are not there are said to be missing", async () => {
  await dashboard.makeProject("missing", { widgets: [WIDGET] });
  const { page } = await dashboard.enter(editorOf("missing", "Visit"));
  await page.getByText("There is no such widget.").waitFor();
  await page.getByRole("link", { name: "All widgets" }).click();
  await page.getByRole("link", { name: "visit" }).waitFor();
  await page.goto(`${dashboard.app.url}${listOf("nobody")}`);
  await page.getByText("There is no project nobody.").waitFor();
});

test("texts of all kinds are shown as they are, in the form, the dialog and the preview", async () => {
  const widget = {
    event: EVIL,
    milestones: [{ id: EVIL, target: 6, msg: `"'></p><script>window.hacked=1</script>`, rewardType: "{{7*7}}" }],
    settings: {
      theme: { name: "__proto__" },
      position: "javascript:window.hacked=1",
      mainMessage: `${EVIL}{__proto__}`,
    },
  };
  await dashboard.makeProject("evil", { widgets: [widget, { event: "w".repeat(64) }] });
  const { page, complaints } = await dashboard.enter(listOf("evil"), ADMIN_TOKEN, {
    viewport: { width: 390, height: 844 },
  });
  await page.getByRole("link", { name: EVIL }).waitFor();
  expect(await overflowOf(page)).toBe(0);
  await page.getByRole("link", { name: EVIL }).click();
  await preview(page).locator(".message").getByText(EVIL).waitFor();
  await page.getByText("The widget has no theme __proto__. It shows beige.").waitFor();
  expect(await page.getByLabel("Position").inputValue()).toBe(widget.settings.position);
  await milestone(page, 1)
    .getByLabel("What the visitor is told")
    .fill(`${EVIL}${"x".repeat(400)}`);
  const [line] = await reviewed(page);
  expect(line).toContain(EVIL);
  expect(await overflowOf(page)).toBe(0);
  await save(page);
  await page.getByText("Saved.").first().waitFor();
  expect(await review(page).isDisabled()).toBe(true);
  expect(await page.evaluate("window.hacked")).toBe(undefined);
  expect(complaints).toEqual([]);
});

test("axe finds nothing, and nothing is wider than the window", { timeout: TIMEOUT_MS }, async () => {
  await dashboard.makeProject("axe", { widgets: [] });
  const { page } = await dashboard.enter(listOf("axe"), ADMIN_TOKEN, { reducedMotion: "reduce" });
  await page.getByText("Add your first widget").waitFor();
  await expectAccessible(page);
  await dashboard.app.admin("PATCH", "/admin/projects/axe", { widgets: [WIDGET, { event: "like" }] });
  await page.goto(dashboard.app.url + editorOf("axe"));
  await preview(page).locator(".widget").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Message", { exact: true }).fill("{nope}");
  await page.getByLabel("Event").fill("like");
  await milestone(page, 1).getByLabel("Days").fill("x");
  await milestone(page, 1).getByText("ID, reward and award").click();
  await expectAccessible(page);
  await page.getByLabel("Event").fill("visit");
  await milestone(page, 1).getByLabel("Days").fill("3");
  await reviewed(page);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Leave and lose it" }).click();
  await page.goto(dashboard.app.url + listOf("axe"));
  await page.getByRole("button", { name: "Remove visit" }).click();
  await expectAccessible(page);
});
