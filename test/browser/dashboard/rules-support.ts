import type { Locator, Page } from "playwright-core";
import { textOf } from "./users-support.ts";

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
