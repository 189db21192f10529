import { expect, test } from "vitest";
import { expectPicture } from "./pictures.ts";
import { type CaseName, useRules } from "./rules.ts";

const { site } = useRules();

/** Shows both the collapsed and the expanded widget of a case, on the colour of a page. */
async function showBoth(name: CaseName, attributes: string, html = 'lang="en"') {
  const colour = attributes.includes("dark") ? "#101114" : "#f2f2f0";
  const tags = ["", "open"].map((open) => `<p>${site.tag(name, `${attributes} ${open}`, name)}`);
  const body = `<main style="width:22em;padding:1em;background:${colour}">${tags.join("")}</main>`;
  const { page } = await site.visit(body, { html });
  await page.locator("streak-widget[project=site]:not([open]) .number").waitFor();
  await page.locator("streak-widget[open] .number").waitFor();
  return page;
}

test.each([
  ["week", 'theme="ocean light"'],
  ["kept", 'theme="forest dark"'],
  ["late", 'theme="beige light"'],
  ["sunday", 'theme="grape light"'],
  ["off", 'theme="slate light"'],
  ["excused", 'theme="ember dark"'],
  ["missed", 'theme="beige light"'],
  ["third", 'theme="rose light"'],
  ["window", 'theme="mono light"'],
  ["paused", 'theme="ocean light"'],
  ["openPause", 'theme="grape dark"'],
  ["frozen", 'theme="ocean light"'],
  ["frozenTwice", 'theme="slate dark"'],
  ["unfrozen", 'theme="beige light"'],
  ["graced", 'theme="forest light"'],
  ["bridged", 'theme="grape light"'],
  ["repaired", 'theme="ember dark"'],
  ["repairedToday", 'theme="rose light"'],
  ["amnesty", 'theme="ocean dark"'],
  ["actions", 'theme="forest light"'],
] as const)("by rules it looks as in its picture: %s", async (name, theme) => {
  const page = await showBoth(name, theme);
  await expectPicture(page.locator("main"), `rules-${name}`);
});

test("a week in a right-to-left language is mirrored", async () => {
  const page = await showBoth("week", 'theme="grape dark" lang="ar"', 'lang="ar" dir="rtl"');
  await expectPicture(page.locator("main"), "rules-right-to-left");
});

test("a frozen day in a right-to-left language is mirrored", async () => {
  const page = await showBoth("frozen", 'theme="rose light" lang="ar"', 'lang="ar" dir="rtl"');
  await expectPicture(page.locator("main"), "rules-frozen-right-to-left");
});

test.each([
  ["late", "fr"],
  ["month", "de"],
  ["late", "es"],
  ["paused", "ar"],
  ["doneInPause", "pt"],
  ["doneInPause", "fr"],
  ["frozen", "en"],
  ["frozen", "de"],
  ["frozen", "es"],
] as const)("long words fit: %s in %s", async (name, lang) => {
  const page = await showBoth(name, `lang="${lang}"`);
  const [width, needed] = await page
    .locator("streak-widget[open] .panel")
    .evaluate((panel) => [panel.clientWidth, panel.scrollWidth]);
  expect(needed).toBe(width);
});
