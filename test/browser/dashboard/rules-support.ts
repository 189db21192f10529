import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { textOf, type useUsersPages } from "./users-support.ts";
import { editorOf, projectOf, WIDGET } from "./widgets-support.ts";

/** Projects with one widget, and their editors. */
export function editorsOf(pages: ReturnType<typeof useUsersPages>) {
  /** Makes a project with one widget and a list of holidays. */
  async function makeProject(siteKey: string, widget: Record<string, unknown> = {}): Promise<void> {
    const project = {
      siteKey,
      timeZone: "UTC",
      widgets: [{ ...WIDGET, ...widget }],
      holidays: [{ name: "Bavaria", dates: ["2024-03-29", "2024-04-01"] }],
    };
    expect((await pages.app.admin("POST", "/admin/projects", project)).status).toBe(201);
  }

  return {
    makeProject,
    /** Makes a project, and opens its widget. */
    async openEditor(siteKey: string, widget: Record<string, unknown> = {}) {
      await makeProject(siteKey, widget);
      return pages.open(editorOf(siteKey));
    },
    /** The first widget of a project as the server has it. */
    async widgetOf(siteKey: string) {
      return (await projectOf(pages, siteKey)).widgets[0];
    },
  };
}

/** The card with the rules of a widget. */
export function rulesCard(page: Page): Locator {
  return page.getByRole("region", { name: "Rules", exact: true });
}

/** The card in which rules are tried. */
export function trial(page: Page): Locator {
  return page.getByRole("region", { name: "Try the rules", exact: true });
}

/** What the rules make of the history, such as `Current streak 6 weeks Best streak 6 weeks Today is done`. */
export async function outcomeOf(page: Page): Promise<string> {
  // The old outcome stays until the new one is there.
  await trial(page).locator("[aria-busy=false]").waitFor();
  return shownOutcome(page);
}

/** What is shown of an outcome, also of one that is old. */
export function shownOutcome(page: Page): Promise<string> {
  return textOf(trial(page).getByRole("status"));
}

/** A day of the history. */
export function dayOf(page: Page, date: string): Locator {
  return trial(page).locator(`[data-date="${date}"]`);
}
