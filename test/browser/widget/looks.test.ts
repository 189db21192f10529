import { beforeAll, expect, test } from "vitest";
import { THEMES } from "../../../packages/widget/src/element/themes.ts";
import { contrast, parseColour } from "./contrast.ts";
import { expectPicture } from "./pictures.ts";
import { type Shown, useSite } from "./support.ts";

const site = useSite();
const LOOKS = ["light", "dark"];
const themes = Object.keys(THEMES).flatMap((name) => LOOKS.map((look) => `${name} ${look}`));

beforeAll(async () => {
  await site.record("done", [4, 3, 2, 1, 0]);
  await site.record("pending", [2, 1]);
  await site.record("gap", [3, 2, 0]);
  await site.record("lost", [4]);
  await site.record("total", [4, 2, 0], "read");
  await site.record("plain", [1, 0], "plain");
});

/** A body that shows both the collapsed and the expanded widget, on the colour of a page. */
function both(user: string, attributes: string, event?: string): string {
  const colour = attributes.includes("dark") ? "#101114" : "#f2f2f0";
  const tags = ["", "open"].map((open) => `<p>${site.tag(user, `${attributes} ${open}`, event)}`);
  return `<main style="width:22em;padding:1em;background:${colour}">${tags.join("")}</main>`;
}

async function showBoth(body: string, visited = {}): Promise<Shown> {
  const shown = await site.visit(body, visited);
  await shown.page.locator("streak-widget[project=site]:not([open]) .number").waitFor();
  await shown.page.locator("streak-widget[open] .number").waitFor();
  return shown;
}

test.each(themes)("the theme %s looks as in its picture", async (theme) => {
  const { page } = await showBoth(both("done", `theme="${theme}"`));
  await expectPicture(page.locator("main"), `theme-${theme.replace(" ", "-")}`);
});

test.each(themes)("texts of the theme %s have a contrast of 4.5 and signs one of 3", async (theme) => {
  const users = ["done", "gap", "pending", "lost"];
  const { page } = await site.visit(users.map((user) => site.tag(user, `open theme="${theme}"`)).join(""));
  await expect.poll(() => page.locator(".number").count()).toBe(users.length);
  const pairs = await page.evaluate(() => {
    const all = [...document.querySelectorAll("streak-widget[project=site]")];
    const parts = (names: string) => all.flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll(names) ?? [])]);
    const surface = getComputedStyle(parts(".card")[0] as Element).backgroundColor;
    const texts = ".number, .label, .message, .day-name, .open .dot, .goal b, .goal span, .status, .best";
    return [
      // The ring is as the flame.
      ...parts(".flame").map((part) => [getComputedStyle(part).stroke, surface, 3] as const),
      ...parts(texts).map((part) => [getComputedStyle(part).color, surface, 4.5] as const),
      ...parts(".missed .dot, .done .dot").map((part) => {
        const { color, backgroundColor } = getComputedStyle(part);
        return [color, backgroundColor, part.closest(".done") === null ? 4.5 : 3] as const;
      }),
      ...parts(".badge").map((part) => {
        const { color, backgroundColor } = getComputedStyle(part);
        return [color, backgroundColor, 4.5] as const;
      }),
    ];
  });
  expect(pairs.length).toBeGreaterThan(80);
  for (const [colour, behind, least] of pairs) {
    expect(contrast(parseColour(colour), parseColour(behind)), `${colour} on ${behind}`).toBeGreaterThanOrEqual(least);
  }
});

test.each([
  ["pending", "visit"],
  ["gap", "visit"],
  ["lost", "visit"],
  ["nobody", "visit"],
  ["total", "read"],
  ["plain", "plain"],
  ["done", "own"],
])("the streak of %s (%s) looks as in its picture", async (user, event) => {
  const { page } = await showBoth(both(user, 'theme="beige light"', event));
  await expectPicture(page.locator("main"), `state-${user}-${event}`);
});

test.each([1, 12, 123, 1234, 12345])("a number such as %i fits", async (current) => {
  const shown = await site.visit("<p>");
  await shown.page.route("**/v1/state?*", async (route) => {
    const answer = await route.fetch();
    const state = await answer.json();
    const milestones = [{ id: "last", target: 99_999, msg: "All of them!", achieved: false, rewardType: "message" }];
    const streak = { ...state.streak, current, best: current };
    await route.fulfill({ response: answer, json: { ...state, streak, milestones } });
  });
  await shown.page.evaluate((tags) => document.body.insertAdjacentHTML("beforeend", tags), both("done", ""));
  await shown.page.locator("streak-widget[open] .number").waitFor();
  for (const part of [
    "streak-widget[project=site]:not([open]) .toggle",
    "streak-widget[open] .toggle",
    "streak-widget[open] .panel",
  ]) {
    const [width, needed] = await shown.page.locator(part).evaluate((part) => [part.clientWidth, part.scrollWidth]);
    expect(needed, part).toBe(width);
  }
  if (current === 12_345) {
    await expectPicture(shown.page.locator("main"), "number");
  }
});

test("in a right-to-left language everything is mirrored", async () => {
  const { page, widget } = await showBoth(both("done", 'theme="grape light" lang="ar"'), {
    html: 'lang="ar" dir="rtl"',
  });
  await expectPicture(page.locator("main"), "right-to-left");
  const [first, last] = await Promise.all(
    [0, 6].map((i) => page.locator("streak-widget[open] .day").nth(i).boundingBox()),
  );
  expect(first?.x).toBeGreaterThan(last?.x as number);
  expect(await widget.locator(".widget").getAttribute("dir")).toBe("rtl");
});

test("with forced colours it uses the system's", async () => {
  const { page } = await showBoth(both("done", ""), { context: { forcedColors: "active" } });
  await expectPicture(page.locator("main"), "forced-colours");
});

test("without another theme it is light or dark as the system is", async () => {
  const colours = [];
  for (const colorScheme of ["light", "dark"] as const) {
    const { widget } = await site.show("done", "", "visit", { context: { colorScheme } });
    colours.push(await widget.locator(".card").evaluate((card) => getComputedStyle(card).backgroundColor));
  }
  const [light, dark] = colours.map((colour) => contrast(parseColour(colour), [0, 0, 0]));
  expect(light).toBeGreaterThan(15);
  expect(dark).toBeLessThan(1.5);
});

test("an unknown theme is beige, and the page's attribute comes before the project's settings", async () => {
  const surface = async (event: string, attributes: string) => {
    const { widget } = await site.show("done", attributes, event);
    return widget.locator(".card").evaluate((card) => getComputedStyle(card).backgroundColor);
  };
  const beige = await surface("visit", "");
  expect(await surface("odd", "")).toBe(beige);
  expect(await surface("visit", 'theme="plaid"')).toBe(beige);
  expect(await surface("own", "")).not.toBe(beige);
  expect(await surface("own", 'theme="beige"')).toBe(beige);
});

test("a page gives it colours, a font and parts of its own", async () => {
  const { widget } = await site.visit(
    `<style>streak-widget { --streak-accent: rgb(1, 2, 3); --streak-surface: rgb(250, 240, 230) }
    streak-widget::part(message) { text-transform: uppercase }</style>${site.tag("done", "open")}`,
  );
  const of = (part: string, property: string) =>
    widget
      .locator(part)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
  await widget.locator(".number").waitFor();
  expect(await of(".card", "background-color")).toBe("rgb(250, 240, 230)");
  expect(await of(".done .dot", "background-color")).toBe("rgb(1, 2, 3)");
  expect(await of(".message", "text-transform")).toBe("uppercase");
});
