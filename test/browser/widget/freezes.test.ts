import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "../axe.ts";
import { contrast, parseColour } from "./contrast.ts";
import { useRules } from "./rules.ts";

const { site, open } = useRules();

/** What the line about freezes says, if there is one: it is the one without a bar after it. */
const saysOf = (widget: Locator) =>
  widget
    .locator(".goal:not(:has(+ .bar))")
    .evaluateAll((lines) =>
      lines.map(({ childNodes }) => [...childNodes].map(({ textContent }) => textContent).join(" | ")),
    );

test("it says how many freezes are left, and that they have saved the streak this week", async () => {
  const names = ["unfrozen", "frozen", "frozenTwice"] as const;
  const { widget } = await open(names);
  expect(await Promise.all(names.map((name) => saysOf(widget(name))))).toEqual([
    [" | 2 ❄ left"],
    ["Saved by ❄ | 1 ❄ left"],
    ["Saved by ❄ | 0 ❄ left"],
  ]);
});

test("of a streak that was lost later it does not say that it is saved", async () => {
  const { widget } = await open(["thawed"]);
  expect(await widget("thawed").locator(".number").textContent()).toBe("0");
  expect(await widget("thawed").locator(".day.frozen").count()).toBe(1);
  expect(await saysOf(widget("thawed"))).toEqual([" | 0 ❄ left"]);
});

test("to who has opted out it says nothing of freezes, but what became of each day", async () => {
  const names = ["optedOut", "optedOutLater", "missed"] as const;
  const { widget } = await open(names);
  expect(await Promise.all(names.map((name) => saysOf(widget(name))))).toEqual([[], [], []]);
  expect(await Promise.all(names.map((name) => widget(name).locator(".day.frozen").count()))).toEqual([0, 1, 0]);
});

test.each([
  ["en", "Saved by ❄", "1 ❄ left"],
  ["de", "Gerettet durch ❄", "Noch 1 ❄"],
  ["nl", "Gered door ❄", "Nog 1 ❄"],
  ["fr", "Sauvé par ❄", "Encore 1 ❄"],
  ["it", "Salvato da ❄", "Ancora 1 ❄"],
  ["es", "Salvado por ❄", "Restante: 1 ❄"],
  ["pt", "Salvo por ❄", "Restante: 1 ❄"],
  ["ja", "❄で継続", "残り1 ❄"],
  ["zh", "❄保住连续打卡", "还剩1 ❄"],
  ["ar", "أنقذه ❄", "بقي 1 ❄"],
])("in %s it says so in the language's own words", async (lang, saved, left) => {
  const { widget } = await open(["frozen"], `lang="${lang}"`);
  expect(await saysOf(widget("frozen"))).toEqual([`${saved} | ${left}`]);
});

test("a screen reader is told of freezes, and of the days that they cover", async () => {
  const { widget } = await open(["frozen"]);
  const told = await widget("frozen").locator(".panel").ariaSnapshot();
  expect(told.split("\n").slice(0, 9)).toEqual([
    "- paragraph: Keep your streak going!",
    "- paragraph: Saved by ❄ 1 ❄ left",
    "- list:",
    "  - listitem: Monday, January 8, 2024 ✓",
    "  - listitem: Tuesday, January 9, 2024 ✓",
    "  - listitem: Wednesday, January 10, 2024 ❄",
    "  - listitem: Thursday, January 11, 2024 ✓",
    "  - listitem: Friday, January 12, 2024",
    "  - listitem: Saturday, January 13, 2024",
  ]);
});

test.each(["light", "dark"])("the sign of a frozen day has a contrast of 3: %s", async (look) => {
  const { widget } = await open(["frozen"], `theme="ocean ${look}"`);
  const [sign, ice, surface] = await widget("frozen").evaluate(({ shadowRoot }) => {
    const dot = getComputedStyle(shadowRoot?.querySelector(".frozen .dot") as Element);
    return [
      dot.color,
      dot.backgroundColor,
      getComputedStyle(shadowRoot?.querySelector(".card") as Element).backgroundColor,
    ];
  });
  // The ice lets a part of the surface through.
  const alpha = Number(/, ([\d.]+)\)$/.exec(ice as string)?.[1]);
  const under = parseColour(surface as string);
  const [r, g, b] = parseColour(ice as string).map((c, i) => c * alpha + (under[i] as number) * (1 - alpha));
  expect(contrast(parseColour(sign as string), [r, g, b] as [number, number, number])).toBeGreaterThanOrEqual(3);
});

test("with forced colours a frozen day has the system's colours, and its sign", async () => {
  const tag = site.tag("frozen", "open", "frozen");
  const { page, widget } = await site.visit(`<main><h1>Page</h1>${tag}</main>`, {
    context: { forcedColors: "active" },
  });
  await widget.locator(".number").waitFor();
  expect(await widget.locator(".frozen path").count()).toBe(1);
  expect(await violations(page)).toEqual([]);
});
