import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { ADMIN_TOKEN } from "../../support/app.ts";
import { useDashboard } from "./support.ts";
import { editorOf, milestone, preview, WIDGET } from "./widgets-support.ts";

const dashboard = useDashboard();

/** The widget's own outermost element, within its shadow root. */
function widgetIn(page: Page): Locator {
  return preview(page).locator(".widget");
}

async function choose(page: Page, name: string): Promise<void> {
  await preview(page).getByRole("radio", { name, exact: true }).check();
}

test("the preview shows what is typed, before it is saved, and calls and records nothing", async () => {
  await dashboard.makeProject("shown", { widgets: [WIDGET] });
  const { page, complaints } = await dashboard.enter(editorOf("shown"));
  const widget = widgetIn(page);
  await widget.getByText("Day 5!").waitFor();
  const calls: string[] = [];
  page.on("request", (request) => calls.push(request.url()));
  await page.getByLabel("Message", { exact: true }).fill("{next} to go to {milestone} – {unknown}");
  await widget.getByText("2 to go to A week! – {unknown}").waitFor();
  await page.getByText("The widget does not know {unknown}").waitFor();
  await milestone(page, 2).getByLabel("Days").fill("9");
  await widget.getByText("4 to go to A week!").waitFor();
  await page.getByRole("radio", { name: "Cumulative" }).check();
  await widget.getByText("days", { exact: true }).waitFor();
  await page.getByLabel("Position").selectOption("top-right");
  await expect.poll(() => widget.getAttribute("class")).toContain("top right");
  await page.getByRole("radio", { name: "forest" }).check();
  await expect.poll(() => widget.getAttribute("style")).toContain("--hot: #195");
  expect(calls).toEqual([]);
  expect(complaints).toEqual([]);
});

test("the preview switches between the visitors that there can be", async () => {
  await dashboard.makeProject("switched", { widgets: [{ ...WIDGET, settings: {} }] });
  const { page, complaints } = await dashboard.enter(editorOf("switched"), ADMIN_TOKEN, { colorScheme: "light" });
  const widget = widgetIn(page);
  await choose(page, "No streak");
  await choose(page, "Today pending");
  await widget.getByText("Your chance: today").waitFor();
  expect(await widget.getAttribute("class")).toContain("idle");
  await choose(page, "Some days");
  expect(await widget.locator(".number").textContent()).toBe("4");
  expect(await widget.getAttribute("class")).toContain("pending");
  await choose(page, "Milestone");
  await choose(page, "Today done");
  expect(await widget.locator(".number").textContent()).toBe("3");
  await preview(page).getByRole("button", { name: "Celebrate" }).click();
  await widget.getByRole("status").getByText("3 days!").waitFor();
  expect(await widget.getAttribute("style")).toContain("color-scheme: light");
  await choose(page, "Dark");
  await expect.poll(() => widget.getAttribute("style")).toContain("color-scheme: dark");
  await preview(page).getByLabel("Language").selectOption("de");
  await widget.getByText("Bleib dran!").waitFor();
  await choose(page, "Collapsed");
  await widget.locator(".panel").waitFor({ state: "hidden" });
  await widget.getByRole("button").click();
  await widget.locator(".panel").waitFor();
  expect(await preview(page).getByRole("radio", { name: "Expanded" }).isChecked()).toBe(true);
  expect(complaints).toEqual([]);
});

test("a theme can force its look on every visitor", async () => {
  await dashboard.makeProject("forced", { widgets: [{ ...WIDGET, settings: { theme: { name: "grape dark" } } }] });
  const { page } = await dashboard.enter(editorOf("forced"), ADMIN_TOKEN, { colorScheme: "light" });
  await choose(page, "Light");
  expect(await widgetIn(page).getAttribute("style")).toContain("color-scheme: dark");
  await page.getByLabel("Look", { exact: true }).selectOption("");
  await expect.poll(() => widgetIn(page).getAttribute("style")).toContain("color-scheme: light");
});

test("a project that is not live is said to show no widget", async () => {
  await dashboard.makeProject("off", { live: false, widgets: [WIDGET] });
  const { page } = await dashboard.enter(editorOf("off"));
  await preview(page).getByText("The project is not live").waitFor();
});
