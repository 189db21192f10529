import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "../axe.ts";
import { CASES, type CaseName, useRules } from "./rules.ts";
import { holdAnimations } from "./support.ts";

const MINUTE_MS = 60_000;

/** How long axe may take over a page with a widget of each case, on a busy machine. */
const AXE_MS = 120_000;

const { site, open } = useRules();

/** What one widget shows of each case, by the case. */
async function read<T>(names: readonly CaseName[], of: (widget: Locator) => Promise<T>): Promise<Record<string, T>> {
  const { widget } = await open(names);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await of(widget(name))] as const)));
}

/** The texts of the rows that have a bar, and of the last line. */
async function textsOf(widget: Locator): Promise<string[]> {
  const [rows, status] = await Promise.all([
    widget.locator(".goal").evaluateAll((rows) => rows.map(({ children }) => [...children].map((c) => c.textContent))),
    widget.locator(".status").textContent(),
  ]);
  // Intl writes some spaces as such that don't break.
  return [...rows.map((row) => row.join(" | ")), `${status}`].map((text) => text.replace(/\s/g, " "));
}

/** What a screen reader is told of the days of the week, by the day of the month. */
async function daysOf(widget: Locator): Promise<Record<string, string>> {
  const texts = await widget.locator(".day .sr").allTextContents();
  return Object.fromEntries(texts.map((text) => text.split(/, January |, 2024/).slice(1)));
}

const labelOf = (widget: Locator) => widget.locator(".figure").textContent();
const statusOf = (widget: Locator) => widget.locator(".status").textContent();

test("the number says what it counts", async () => {
  expect(await read(["week", "month", "third", "total"], labelOf)).toEqual({
    week: "2 week streak",
    month: "1 month streak",
    third: "2 day streak",
    total: "2 days",
  });
});

test("where more than one day is needed it shows how many are done and until when, and milestones in their unit", async () => {
  expect(await read(["week", "month", "window", "nothing", "beginning", "kept"], textsOf)).toEqual({
    week: ["2 / 3 this week | 3 days left", "Five! | 3 weeks left", ""],
    month: ["8 / 9 this month | 20 days left", "Twice! | 1 month left", ""],
    window: ["1 / 2 | 1 day left", "Five! | 3 days left", "2 hr left"],
    nothing: ["0 / 2 this week | 3 days left", "Twice! | 2 weeks left", ""],
    beginning: ["1 / 2 this week | 2 days left", "Twice! | 2 weeks left", "today"],
    kept: ["3 / 3 this week | ", "Five! | 2 weeks left", ""],
  });
});

test("where a single day is needed there is no row for it", async () => {
  const rows = (widget: Locator) => widget.getByRole("progressbar").count();
  expect(await read(["excused", "third", "total", "off"], rows)).toEqual({ excused: 1, third: 1, total: 1, off: 1 });
});

test("it counts the hours only where today is the last day that saves the streak", async () => {
  expect(await read(["workdays", "tight", "last", "third", "week"], statusOf)).toEqual({
    workdays: "2 hr left",
    tight: "2 hr left",
    last: "2 hr left",
    third: "3 days left",
    week: "",
  });
});

test("a week that can't be kept any more is a chance to begin with the next one", async () => {
  expect(await read(["late"], textsOf)).toEqual({
    late: ["1 / 5 this week | ", "Five! | 3 weeks left", "Your chance: next week"],
  });
});

test("while a streak is paused it says until when, and nothing of what is left to do", async () => {
  expect(await read(["paused", "openPause", "doneInPause"], textsOf)).toEqual({
    paused: ["Five! | 2 days left", "Paused – Jan 14, 2024"],
    openPause: ["Five! | 2 weeks left", "Paused"],
    doneInPause: ["Five! | 2 days left", "Paused – Feb 12, 2024"],
  });
});

test.each([
  ["en", "Paused – Jan 14, 2024", "Paused"],
  ["de", "Pause – 14.01.2024", "Pause"],
  ["fr", "Pause – 14 janv. 2024", "Pause"],
  ["es", "Pausa – 14 ene 2024", "Pausa"],
  ["pt", "Pausa – 14 de jan. de 2024", "Pausa"],
  ["it", "Pausa – 14 gen 2024", "Pausa"],
  ["nl", "Pauze – 14 jan 2024", "Pauze"],
  ["ja", "休止中 – 2024/01/14", "休止中"],
  ["zh", "已暂停 – 2024年1月14日", "已暂停"],
  ["ar", "معلق – ", "معلق"],
])("in %s it says that a streak is paused in the language's own words", async (lang, until, open_) => {
  const { widget } = await open(["paused", "openPause"], `lang="${lang}"`);
  expect(await statusOf(widget("paused"))).toContain(until);
  expect(await statusOf(widget("openPause"))).toBe(open_);
  expect(await widget("paused").locator(".day.paused .sr").first().textContent()).toContain(`, ${open_}`);
});

test("the flame burns while nothing waits for today", async () => {
  const phaseOf = async (widget: Locator) => {
    const classes = (await widget.locator(".widget").getAttribute("class")) ?? "";
    return classes.split(" ").find((name) => ["lit", "pending", "idle"].includes(name));
  };
  const names = ["workdays", "week", "kept", "off", "third", "beginning", "nothing"] as const;
  expect(await read([...names, "paused", "openPause", "doneInPause"], phaseOf)).toEqual({
    ...{ workdays: "pending", week: "pending" },
    ...{ kept: "lit", off: "lit", third: "lit", beginning: "lit", doneInPause: "lit" },
    ...{ nothing: "idle", paused: "idle", openPause: "idle" },
  });
});

test("what became of a day is told, and what is a day off today, too", async () => {
  const rest = ", rest day";
  const paused = ", Paused";
  expect(await read(["off", "welcome", "missed", "excused", "week", "paused"], daysOf)).toEqual({
    off: { 8: " ✓", 9: " ✓", 10: " ✓", 11: rest, 12: rest, 13: rest, 14: rest },
    welcome: { 8: "", 9: "", 10: " ✓", 11: " ✓", 12: " ✓", 13: "", 14: "" },
    missed: { 8: " ✓", 9: "", 10: "", 11: " ✓", 12: "", 13: rest, 14: rest },
    excused: { 8: " ✓", 9: " ✓", 10: " 🛡", 11: " ✓", 12: "", 13: rest, 14: rest },
    week: { 8: " ✓", 9: rest, 10: " ✓", 11: rest, 12: "", 13: "", 14: "" },
    paused: { 8: " ✓", 9: " ✓", 10: " ✓", 11: paused, 12: paused, 13: paused, 14: paused },
  });
  const [bridged, repaired] = [" ✈", " 🔧"];
  expect(await read(["graced", "bridged", "repaired", "repairedToday", "amnesty"], daysOf)).toEqual({
    graced: { 8: " ✓", 9: " ✓", 10: " ✓", 11: " ✓", 12: "", 13: "", 14: "" },
    bridged: { 8: " ✓", 9: " ✓", 10: bridged, 11: " ✓", 12: "", 13: rest, 14: rest },
    repaired: { 8: " ✓", 9: repaired, 10: repaired, 11: " ✓", 12: "", 13: "", 14: "" },
    repairedToday: { 8: " ✓", 9: " ✓", 10: repaired, 11: repaired, 12: repaired, 13: "", 14: "" },
    amnesty: { 8: " ✓", 9: " ✓", 10: rest, 11: " ✓", 12: "", 13: "", 14: "" },
  });
  expect(await read(["off", "welcome", "repairedToday"], statusOf)).toEqual({
    ...{ off: "rest day", welcome: "today", repairedToday: "rest day" },
  });
});

test("days that differ for a screen reader differ without colours, too", async () => {
  const looks = new Map<string, string>();
  const names = ["missed", "excused", "week", "off", "paused", "frozen", "bridged", "repaired"] as const;
  const { widget } = await open(names);
  for (const name of names) {
    const found = await widget(name)
      .locator(".day:not(.today)")
      .evaluateAll((days) =>
        days.map((day) => {
          const dot = day.querySelector(".dot") as Element;
          const { backgroundColor, borderStyle } = getComputedStyle(dot);
          const content = dot.querySelector("path")?.getAttribute("d") ?? "number";
          return [day.className, [backgroundColor !== "rgba(0, 0, 0, 0)", borderStyle, content].join()] as const;
        }),
      );
    for (const [names, look] of found) {
      looks.set(names.trim(), look);
    }
  }
  // What is still to come is told from what is over by where today is.
  looks.delete("day open");
  expect([...looks.keys()].sort()).toEqual([
    ...["day bridged", "day done", "day excused", "day frozen", "day missed", "day off", "day paused"],
    ...["day repaired", "day rest"],
  ]);
  expect(new Set(looks.values()).size).toBe(looks.size);
});

test("a streak goes on over an amnesty, a journey and a repair, and a day that was done in its grace counts", async () => {
  expect(await read(["amnesty", "graced", "bridged", "repaired", "repairedToday"], labelOf)).toEqual({
    ...{ amnesty: "3 day streak", graced: "4 day streak", bridged: "3 day streak" },
    ...{ repaired: "2 day streak", repairedToday: "2 day streak" },
  });
});

test("a streak that can be repaired is shown as it is until it is repaired", async () => {
  expect(await read(["repairable"], labelOf)).toEqual({ repairable: "0 day streak" });
  expect(await read(["repairable"], daysOf)).toMatchObject({ repairable: { 9: " ✓", 10: "", 11: "", 12: "" } });
});

test("a week that begins on Sunday is shown from Sunday on", async () => {
  const { widget } = await open(["sunday"]);
  expect(await widget("sunday").locator(".day-name").allTextContents()).toEqual(["S", "M", "T", "W", "T", "F", "S"]);
  expect(Object.keys(await daysOf(widget("sunday")))).toEqual(["7", "8", "9", "10", "11", "12", "13"]);
  expect(await widget("sunday").locator(".today .dot").textContent()).toBe("12");
});

test.each([
  ["de", "Wochen in Folge", "2 / 3 diese Woche", "Noch 3 Tage", "Noch 3 Wochen"],
  ["fr", "semaines d’affilée", "2 / 3 cette semaine", "Encore 3 jours", "Encore 3 semaines"],
  ["ja", "週間連続", "2 / 3 今週", "残り3 日", "残り3 週間"],
])("in %s it counts weeks in the language's own words", async (lang, label, share, left, next) => {
  const { widget } = await open(["week"], `lang="${lang}"`);
  expect(await widget("week").locator(".label").textContent()).toBe(label);
  expect(await textsOf(widget("week"))).toEqual([`${share} | ${left}`, `Five! | ${next}`, ""]);
});

// In the dark only the colours are others.
test.each([["light"], ["dark", ["color-contrast"]]] as const)(
  "axe finds nothing, whatever the rules: %s",
  async (look, rules?: readonly string[]) => {
    const { page } = await open(Object.keys(CASES) as CaseName[], `theme="ocean ${look}"`);
    expect(await violations(page, rules)).toEqual([]);
  },
  AXE_MS,
);

test("a screen reader is told everything that is shown", async () => {
  const { widget } = await open(["week"]);
  expect(await widget("week").locator(".widget").ariaSnapshot()).toBe(
    [
      '- group "week streak":',
      '  - button "2 week streak" [expanded]',
      "  - paragraph: Keep your streak going!",
      "  - list:",
      "    - listitem: Monday, January 8, 2024 ✓",
      "    - listitem: Tuesday, January 9, 2024, rest day",
      "    - listitem: Wednesday, January 10, 2024 ✓",
      "    - listitem: Thursday, January 11, 2024, rest day",
      "    - listitem: Friday, January 12, 2024",
      "    - listitem: Saturday, January 13, 2024",
      "    - listitem: Sunday, January 14, 2024",
      "  - paragraph: 2 / 3 this week 3 days left",
      '  - progressbar "2 / 3 this week"',
      "  - paragraph: Five! 3 weeks left",
      '  - progressbar "Five!"',
      "  - list:",
      '    - listitem "Twice!": "2 weeks: Twice! ✓"',
      '    - listitem "Five!": "5 weeks: Five!"',
      '  - paragraph: "Best: 2"',
      "  - status",
    ].join("\n"),
  );
});

test("the day that keeps the week fills its bar, and a milestone is in weeks", async () => {
  const user = "now";
  await site.record(user, [1, 2, 7, 8, 9], "week");
  const { page, widget } = await site.show(user, "open", "week");
  expect(await textsOf(widget)).toEqual(["2 / 3 this week | 3 days left", "Twice! | 1 week left", ""]);
  await holdAnimations(page);
  await site.record(user, [0], "week");
  await page.clock.setFixedTime(site.app.now + 2 * MINUTE_MS);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => textsOf(widget)).toEqual(["3 / 3 this week | ", "Five! | 3 weeks left", "today"]);
  expect(await widget.getByRole("status").textContent()).toBe("Twice!");
});
