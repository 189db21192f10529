import { expect, test } from "vitest";
import type { WidgetDraft } from "../../../packages/dashboard/src/pages/widgets/editor/draft.ts";
import { madeUpState, type Scenario } from "../../../packages/dashboard/src/pages/widgets/preview/made-up-state.ts";

import { EVERY_DAY, type RulesDraft } from "../../../packages/dashboard/src/rules/draft.ts";

const DRAFT: WidgetDraft = {
  event: "visit",
  mode: "continuous",
  rules: EVERY_DAY,
  rulesFrom: "",
  theme: "beige",
  position: "bottom-right",
  mainMessage: "",
  milestones: [
    { key: "b", id: "b", target: "7", msg: "A week", rewardType: "message" },
    { key: "a", id: "a", target: "3", msg: "Three", rewardType: "message" },
    { key: "c", id: "c", target: "soon", msg: "", rewardType: "message" },
  ],
};

/** The week of Friday, 2024-01-12, as a line: x for a day that is done. */
function weekOf(draft: WidgetDraft, scenario: Scenario): string {
  const { week } = madeUpState(draft, scenario, "2024-01-12");
  expect([week[0]?.isoDate, week[6]?.isoDate, week[4]?.isToday]).toEqual(["2024-01-08", "2024-01-14", true]);
  return week.map(({ isCheckedIn }) => (isCheckedIn ? "x" : "-")).join("");
}

test.each([
  ["none", false, 0, "-------"],
  ["none", true, 1, "----x--"],
  ["some", false, 4, "xxxx---"],
  ["some", true, 5, "xxxxx--"],
  ["milestone", false, 3, "-xxx---"],
  ["milestone", true, 3, "--xxx--"],
] as const)("the streak %s, with today done: %s, is %i days and those of the week", (streak, isDone, current, week) => {
  const state = madeUpState(DRAFT, { streak, isDone }, "2024-01-12");
  expect(state.streak).toMatchObject({ current, todayDone: isDone, pending: current > 0 && !isDone });
  expect(weekOf(DRAFT, { streak, isDone })).toBe(week);
});

test("a cumulative streak has gaps, and counts as many days all the same", () => {
  const cumulative = { ...DRAFT, mode: "cumulative" } as const;
  expect(weekOf(cumulative, { streak: "some", isDone: true })).toBe("x-x-x--");
  expect(madeUpState(cumulative, { streak: "some", isDone: true }, "2024-01-12").streak.current).toBe(5);
});

test("milestones without a number are left out, and those that are reached are achieved", () => {
  const { milestones } = madeUpState(DRAFT, { streak: "milestone", isDone: true }, "2024-01-12");
  expect(milestones.map(({ id, achieved }) => [id, achieved])).toEqual([
    ["b", false],
    ["a", true],
  ]);
});

test("an empty message is the widget's own", () => {
  const { settings } = madeUpState(DRAFT, { streak: "none", isDone: false }, "2024-01-12");
  expect(settings.mainMessage).toBe("Keep your streak going!");
});

/** What a state has only by rules, and the week of Friday, 2024-01-12, by the first letters of the statuses. */
function byRules(rules: Partial<RulesDraft>, scenario: Scenario, milestones = DRAFT.milestones) {
  const state = madeUpState({ ...DRAFT, milestones, rules: { ...EVERY_DAY, ...rules } }, scenario, "2024-01-12");
  const { streak, week } = JSON.parse(JSON.stringify(state));
  return {
    ...{ unit: streak.unit, current: streak.current, pending: streak.pending },
    progress: `${streak.progress?.done} of ${streak.progress?.needed}, ${streak.progress?.daysLeft} left`,
    week: week.map(({ status }: { status: string }) => status[0]).join(""),
    first: week[0].isoDate,
  };
}

test.each<[Partial<RulesDraft>, boolean, ReturnType<typeof byRules>]>([
  [
    { kind: "days_a_week", days: "3" },
    false,
    { unit: "week", current: 4, pending: true, progress: "2 of 3, 3 left", week: "ddrrooo", first: "2024-01-08" },
  ],
  [
    { kind: "days_a_week", days: "3", weekStart: 7 },
    true,
    { unit: "week", current: 5, pending: false, progress: "3 of 3, 1 left", week: "ddrrrdo", first: "2024-01-07" },
  ],
  [
    { kind: "days_a_month", days: "5" },
    true,
    { unit: "month", current: 5, pending: false, progress: "5 of 5, 19 left", week: "dddddoo", first: "2024-01-08" },
  ],
  [
    { kind: "weekdays", weekdays: [1, 3, 5] },
    false,
    { unit: "day", current: 4, pending: true, progress: "0 of 1, 1 left", week: "dodoooo", first: "2024-01-08" },
  ],
  [
    { offWeekdays: [5] },
    false,
    { unit: "day", current: 4, pending: false, progress: "0 of 0, 1 left", week: "ddddooo", first: "2024-01-08" },
  ],
  [
    { kind: "every_n_days", days: "2" },
    false,
    { unit: "day", current: 4, pending: true, progress: "0 of 1, 1 left", week: "drdrooo", first: "2024-01-08" },
  ],
  [
    { kind: "days_in_any", days: "2", of: "4" },
    true,
    { unit: "day", current: 5, pending: false, progress: "2 of 2, 0 left", week: "rrrddoo", first: "2024-01-08" },
  ],
])("by the rules %j, with today done: %s, the state has what they ask for", (rules, isDone, expected) => {
  expect(byRules(rules, { streak: "some", isDone })).toEqual(expected);
});

test("a milestone of weeks is reached with as many weeks, and rules that are not whole yet break nothing", () => {
  expect(byRules({ kind: "days_a_week" }, { streak: "milestone", isDone: true })).toMatchObject({
    unit: "week",
    current: 3,
  });
  expect(byRules({ kind: "days_a_week", days: "" }, { streak: "none", isDone: false })).toMatchObject({ current: 0 });
});

test.each<[Partial<RulesDraft>, number | undefined]>([
  [{ kind: "days_a_week" }, undefined],
  [{ hasFreezes: true, earnEvery: "2" }, 2],
  [{ hasFreezes: true, earnEvery: "2", maxEarned: "1" }, 1],
  [{ hasFreezes: true, earnEvery: "6" }, 0],
  [{ hasFreezes: true, earnEvery: "" }, 0],
  [{ hasFreezes: true, earnEvery: "x" }, 2],
  [{ kind: "every_n_days", hasFreezes: true }, undefined],
])("by the rules %j, a streak of five has earned so many freezes: %s", (rules, left) => {
  const draft = { ...DRAFT, rules: { ...EVERY_DAY, ...rules } };
  const { streak } = madeUpState(draft, { streak: "some", isDone: true }, "2024-01-12");
  const expected = left === undefined ? undefined : { left, usedInWeek: 0, optedOut: false };
  expect(JSON.parse(JSON.stringify(streak)).freezes).toEqual(expected);
});
