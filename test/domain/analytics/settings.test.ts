import { expect, test } from "vitest";
import type { Amnesty } from "#src/domain/amnesties.ts";
import { countSettingsOf, signatureOf } from "#src/domain/analytics/settings.ts";
import type { Widget } from "#src/domain/project.ts";
import { EVERY_DAY, type HolidayList, type RulesVersion } from "#src/domain/rules.ts";
import { projectWith } from "./given.ts";

const widget = (event: string, targets: readonly number[], mode: Widget["rules"]["mode"] = "continuous"): Widget => ({
  event,
  rules: { mode },
  milestones: targets.map((target) => ({ id: `m${target}`, target, msg: "", rewardType: "" })),
  settings: { theme: { name: "mono" }, position: "", mainMessage: "" },
});

const signature = (timeZone: string, widgets: readonly Widget[], metaKeys: readonly string[] = []) =>
  signatureOf(countSettingsOf({ ...projectWith(timeZone, widgets), analytics: { keepRepeats: false, metaKeys } }));

const BEFORE = signature("UTC", [widget("a", [3, 7]), widget("b", [5])], ["x", "y"]);

test("nothing is counted again for a change of what is not counted, or of an order", () => {
  const renamed = {
    ...widget("a", [7, 3, 3]),
    settings: { theme: { name: "ocean" }, position: "", mainMessage: "Hi" },
  };
  expect(signature("UTC", [widget("b", [5]), renamed, widget("c", [], "cumulative")], ["y", "x"])).toBe(BEFORE);
});

test.each([
  ["the project's zone", signature("Asia/Tokyo", [widget("a", [3, 7]), widget("b", [5])], ["x", "y"])],
  ["a milestone", signature("UTC", [widget("a", [3, 8]), widget("b", [5])], ["x", "y"])],
  [
    "the mode of a widget with milestones",
    signature("UTC", [widget("a", [3, 7], "cumulative"), widget("b", [5])], ["x", "y"]),
  ],
  ["a widget with milestones", signature("UTC", [widget("a", [3, 7])], ["x", "y"])],
  ["a key of meta", signature("UTC", [widget("a", [3, 7]), widget("b", [5])], ["x"])],
])("all is counted again for a change of %s", (_, after) => {
  expect(after).not.toBe(BEFORE);
});

test("the signature of a project without rules says nothing of rules, so that rules alone count nothing again", () => {
  expect(BEFORE).toBe('[2,"UTC",[["a","continuous",3,7],["b","continuous",5]],["x","y"]]');
});

const THREE_A_WEEK: RulesVersion = {
  cadence: { kind: "days_a_week", days: 3, weekStart: 0 },
  neverMissTwice: false,
  daysOff: { weekdays: [6], dates: [20_100, 20_000], holidays: ["Goa"] },
};

const HOLIDAYS: readonly HolidayList[] = [
  { name: "Goa", dates: [20_010, 20_020] },
  { name: "unused", dates: [20_030] },
];

function signatureWith(versions: readonly RulesVersion[] | undefined, holidays = HOLIDAYS, mode = "continuous") {
  const rules = { mode: mode as Widget["rules"]["mode"], ...(versions && { versions }) };
  const widgets = [{ ...widget("a", []), rules }, widget("b", [5])];
  return signatureOf(countSettingsOf({ ...projectWith("UTC", widgets), holidays }));
}

const RULED = signatureWith([EVERY_DAY, { from: 20_000, ...THREE_A_WEEK }]);

test.each([
  ["a list of holidays that no rules name", [{ name: "Goa", dates: [20_010, 20_020] }]],
  ["the order of a list", [{ name: "Goa", dates: [20_020, 20_010] }]],
  ["dates that are off already", [{ name: "Goa", dates: [20_010, 20_020, 20_000] }]],
])("nothing is counted again for a change of %s", (_, holidays) => {
  expect(signatureWith([EVERY_DAY, { from: 20_000, ...THREE_A_WEEK }], holidays)).toBe(RULED);
});

test("the rules of a cumulative widget count nothing again, since they decide nothing", () => {
  expect(signatureWith([THREE_A_WEEK], HOLIDAYS, "cumulative")).toBe(signatureWith(undefined, HOLIDAYS, "cumulative"));
});

test("only whether actions count, and for which cumulative widgets, counts all again", () => {
  const counting = [EVERY_DAY, { from: 20_000, ...EVERY_DAY, counts: "actions" as const }];
  const days = signatureWith(undefined, HOLIDAYS, "cumulative");
  const actions = signatureWith(counting, HOLIDAYS, "cumulative");
  expect(actions).not.toBe(days);
  expect(signatureWith([...counting, { from: 20_010, ...EVERY_DAY }], HOLIDAYS, "cumulative")).toBe(actions);
  expect(signatureWith([{ ...EVERY_DAY, counts: "actions" }])).toBe(signatureWith([EVERY_DAY]));
});

test("when a day begins counts nothing again: only the day that is today depends on it", () => {
  expect(changedTo({ dayStart: 240 })).toBe(RULED);
});

const changedTo = (change: Partial<RulesVersion>) =>
  signatureWith([EVERY_DAY, { from: 20_000, ...THREE_A_WEEK, ...change }]);

test.each([
  ["the first rules of a widget", signatureWith(undefined)],
  ["a version", signatureWith([EVERY_DAY])],
  ["the day on which a version begins", changedTo({ from: 20_001 })],
  ["a cadence", changedTo({ cadence: { kind: "days_a_week", days: 4, weekStart: 0 } })],
  ["the start of a week", changedTo({ cadence: { kind: "days_a_week", days: 3, weekStart: 6 } })],
  ["an allowance of misses", changedTo({ neverMissTwice: true })],
  ["freezes", changedTo({ freezes: { lengthenRun: false } })],
  ["weekdays off", changedTo({ daysOff: { ...THREE_A_WEEK.daysOff, weekdays: [5, 6] } })],
  ["dates off", changedTo({ daysOff: { ...THREE_A_WEEK.daysOff, dates: [20_000] } })],
  ["a holiday", signatureWith([EVERY_DAY, { from: 20_000, ...THREE_A_WEEK }], [{ name: "Goa", dates: [20_010] }])],
])("all is counted again for a change of %s", (_, after) => {
  expect(after).not.toBe(RULED);
});

test("all is counted again for a change of anything about freezes", () => {
  const freezes = { lengthenRun: false };
  const changes = [
    freezes,
    { ...freezes, lengthenRun: true },
    { ...freezes, maxInARow: 2 },
    { ...freezes, earned: { every: 2, max: 3 } },
    { ...freezes, earned: { every: 2, max: 4 } },
    { ...freezes, earned: { every: 3, max: 3 } },
  ];
  expect(new Set(changes.map((freezes) => changedTo({ freezes }))).size).toBe(changes.length);
});

function signatureWithAmnesties(amnesties: readonly Partial<Amnesty>[]) {
  const declared = { reason: "Down", actor: "root", at: 0 };
  const all = amnesties.map((amnesty) => ({ id: "a", from: 20_000, to: 20_001, declared, ...amnesty }));
  const ruled = { ...widget("a", []), rules: { mode: "continuous" as const, versions: [EVERY_DAY] } };
  const widgets = [ruled, widget("b", [5]), widget("c", [], "cumulative")];
  return signatureOf(countSettingsOf({ ...projectWith("UTC", widgets), amnesties: all }));
}

const taken = { takenBack: { reason: "Wrong", actor: "root", at: 1 } };

test.each<[string, Partial<Amnesty>[], Partial<Amnesty>[]]>([
  ["an amnesty that is taken back", [], [taken]],
  ["one of a cumulative widget, or of none", [], [{ event: "c" }, { event: "none" }]],
  ["who has declared it, and why", [{}], [{ id: "b", declared: { reason: "Else", actor: "tok", at: 5 } }]],
  ["one on days that have one", [{}], [{}, { id: "b", to: 20_000 }]],
])("nothing is counted again for a change of amnesties: %s", (_, before, after) => {
  expect(signatureWithAmnesties(after)).toBe(signatureWithAmnesties(before));
});

test.each<[string, Partial<Amnesty>[], Partial<Amnesty>[]]>([
  ["one of a widget with rules", [], [{ event: "a" }]],
  ["one of a widget without rules", [], [{ event: "b" }]],
  ["one of all widgets", [{ event: "a" }], [{}]],
  ["its days", [{}], [{ to: 20_002 }]],
  ["taking it back", [{}], [taken]],
])("all is counted again for a change of amnesties: %s", (_, before, after) => {
  expect(signatureWithAmnesties(after)).not.toBe(signatureWithAmnesties(before));
});

test("the signature is short, whatever the rules, since each segment keeps it", () => {
  const dates = Array.from({ length: 400 }, (_, index) => 20_000 + index);
  expect(signatureWith([THREE_A_WEEK], [{ name: "Goa", dates }]).length).toBeLessThan(100);
});
