import type { Locator, Page } from "playwright-core";
import type { TestApp } from "../../support/app.ts";

/** A widget without rules, as the server answers it. */
export const WIDGET = {
  event: "visit",
  mode: "continuous",
  milestones: [
    { id: "m3", target: 3, msg: "3 days!", rewardType: "message" },
    { id: "m7", target: 7, msg: "A week!", rewardType: "badge" },
  ],
  settings: { theme: { name: "ocean" }, position: "bottom-left", mainMessage: "Day {current}!" },
  earlierRules: [],
};

/** The path of the list of a project's widgets. */
export function listOf(siteKey: string): string {
  return `/dashboard/p/${siteKey}/widgets`;
}

/** The path of the editor of a widget. */
export function editorOf(siteKey: string, event = "visit"): string {
  return `${listOf(siteKey)}?event=${encodeURIComponent(event)}`;
}

/** What the server has of a project. */
export async function projectOf({ app }: { readonly app: TestApp }, siteKey: string) {
  return (await app.admin("GET", `/admin/projects/${siteKey}`)).json;
}

/** The button that leads to the changes. */
export function review(page: Page): Locator {
  return page.getByRole("button", { name: "Review changes" });
}

/** Opens the dialog with the changes, and returns them as lines: the field, then before → after. */
export async function reviewed(page: Page): Promise<string[]> {
  await review(page).click();
  const dialog = page.getByRole("dialog", { name: "Review changes" });
  await dialog.waitFor();
  return linesOf(dialog);
}

/** The changes that a dialog lists, such as `Theme: ocean → rose`. */
export async function linesOf(dialog: Locator): Promise<string[]> {
  const all = await dialog.locator("dl > div").allTextContents();
  const labels = await dialog.locator("dt").allTextContents();
  return all.map((text, place) => {
    const label = labels[place] ?? "";
    return `${label}: ${text.slice(label.length).replaceAll(/Before: |After: /g, "")}`;
  });
}

/** Saves from the dialog with the changes. */
export async function save(page: Page): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
}

/** The group of fields of a milestone, by its place from 1. */
export function milestone(page: Page, place: number): Locator {
  return page.getByRole("group", { name: `Milestone ${place}`, exact: true });
}

/** The preview of the widget. */
export function preview(page: Page): Locator {
  return page.getByRole("region", { name: "Preview", exact: true });
}
