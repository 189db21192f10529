import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Waits until no animation runs that ends. A change of colours begins some only with the next frame, and what inherits a
 * colour that changes may begin one when that has ended.
 */
const STILL = `(async () => {
  let running;
  do {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    running = document.getAnimations()
      .filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().iterations !== Infinity);
    await Promise.all(running.map(({ finished }) => finished.catch(() => {})));
  } while (running.length > 0);
})()`;

/**
 * What axe finds on a page, as lines, once nothing moves any more.
 *
 * @param rules the ids of the rules to look at; all when not given
 */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(STILL);
  // Half a megabyte of script: once a page is enough.
  if (!(await page.evaluate("typeof window.axe?.run === 'function'"))) {
    await page.evaluate(axe);
  }
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  // The guards of the dashboard's library hide from screen readers and take the focus only to hand it on, which is how they
  // keep it within a dialog.
  const found: AxeResults = await page.evaluate(
    `axe.run({ exclude: ["[data-base-ui-focus-guard]"] }, ${JSON.stringify(options)})`,
  );
  expect(found.passes.length).toBeGreaterThanOrEqual(rules?.length ?? 10);
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("\n")}`,
  );
}

/** By how many pixels a page is wider than the window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * Looks at a page as it is, on a wide and on a narrow screen, light and dark: axe finds nothing, and nothing is wider than
 * the window. In the dark only the colours are others. Leaves the page narrow and dark.
 */
export async function expectAccessible(page: Page): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme: "light" });
    expect([width, await violations(page)]).toEqual([width, []]);
    expect([width, await overflowOf(page)]).toEqual([width, 0]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect([width, "dark", await violations(page, ["color-contrast"])]).toEqual([width, "dark", []]);
  }
}
