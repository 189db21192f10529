import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { violations } from "../axe.ts";
import { useSite } from "./support.ts";

const site = useSite();

beforeAll(async () => {
  await site.record("done", [4, 3, 2, 1, 0]);
  await site.record("pending", [2, 1]);
  await site.record("total", [4, 0], "read");
});

/** What axe finds, as lines, when the widget has opened: while it does, it is transparent. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    for (const { shadowRoot } of document.querySelectorAll("streak-widget")) {
      const animations = shadowRoot?.getAnimations() ?? [];
      animations.filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finish());
    }
  });
  return violations(page);
}

const states = ["done", "pending", "nobody", "total"].flatMap((user) =>
  ["", "open"].flatMap((open) => ["", 'position="bottom-right"'].map((position) => [user, open, position] as const)),
);

test.each(states)("axe finds nothing: %s %s %s", async (user, open, position) => {
  const { page } = await site.show(user, `${open} ${position}`, user === "total" ? "read" : "visit");
  expect(await findings(page)).toEqual([]);
});

test.each(["en", "ar"])("axe finds nothing in a right-to-left page in which the widget speaks %s", async (lang) => {
  const { page } = await site.show("done", `open lang="${lang}"`, "visit", { html: 'lang="ar" dir="rtl"' });
  expect(await findings(page)).toEqual([]);
});

test("with the keyboard it is expanded, and Escape collapses it and keeps the focus", async () => {
  const { page, widget } = await site.show("done");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await widget.getByRole("button").getAttribute("aria-expanded")).toBe("true");
  await page.keyboard.press("Escape");
  expect(await widget.getByRole("button").getAttribute("aria-expanded")).toBe("false");
  await page.keyboard.press("Space");
  expect(await widget.getByRole("button").getAttribute("aria-expanded")).toBe("true");
  expect(await widget.evaluate(({ shadowRoot }) => shadowRoot?.activeElement?.className)).toBe("toggle");
});

test("a screen reader is told everything that is shown", async () => {
  const { widget } = await site.show("done", "open");
  expect(await widget.locator(".widget").ariaSnapshot()).toBe(
    [
      '- group "day streak":',
      '  - button "5 day streak , today ✓" [expanded]',
      "  - paragraph: Keep your streak going!",
      "  - list:",
      ...[8, 9, 10, 11, 12].map(
        (day, i) =>
          `    - listitem: ${["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"][i]}, January ${day}, 2024 ✓`,
      ),
      "    - listitem: Saturday, January 13, 2024",
      "    - listitem: Sunday, January 14, 2024",
      "  - paragraph: 1 week! 2 days left",
      '  - progressbar "1 week!"',
      "  - list:",
      '    - listitem "Three in a row!": "3 days: Three in a row! ✓"',
      '    - listitem "1 week!": "7 days: 1 week!"',
      '    - listitem "A whole month!": "30 days: A whole month!"',
      '  - paragraph: "today Best: 5"',
      "  - status",
    ].join("\n"),
  );
});

test.each([
  ["a phone of 320 px", { width: 320, height: 568 }],
  ["a zoom of 200 % on a small screen", { width: 512, height: 384 }],
])("on %s the expanded widget is within the window, and all of it can be reached", async (_, viewport) => {
  const { page, widget } = await site.show("done", 'open position="bottom-right"', "visit", { context: { viewport } });
  const box = await widget.locator(".card").boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
  await widget.locator(".foot").scrollIntoViewIfNeeded();
  expect(await widget.locator(".best").isVisible()).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
});

test("an inline widget is no wider than a narrow column", async () => {
  const { widget } = await site.visit(`<main style="width:200px">${site.tag("done", "open")}</main>`);
  await widget.locator(".number").waitFor();
  expect(await widget.locator(".card").evaluate((card) => card.clientWidth)).toBe(200);
});

test("it grows with the size of text that the reader has chosen, whatever the page's is", async () => {
  const { widget } = await site.show("done", "", "visit", { html: 'lang="en" style="font-size:40px"' });
  const size = await widget.locator(".widget").evaluate((root) => getComputedStyle(root).fontSize);
  expect(size).toBe("16px");
});
