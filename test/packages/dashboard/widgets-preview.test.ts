import { expect, test } from "vitest";
import type { MilestoneDraft, WidgetDraft } from "../../../packages/dashboard/src/pages/widgets/editor/draft.ts";
import { madeUpState, type Scenario } from "../../../packages/dashboard/src/pages/widgets/preview/made-up-state.ts";

import { EVERY_DAY, type RulesDraft } from "../../../packages/dashboard/src/rules/draft.ts";

function milestone(id: string, target: string, msg: string, part: Partial<MilestoneDraft> = {}): MilestoneDraft {
  return { key: id, id, target, msg, rewardType: "message", scope: "none", repeats: false, ...part };
}

const DRAFT: WidgetDraft = {
  event: "visit",
  mode: "continuous",
  rules: EVERY_DAY,
  rulesFrom: "",
  theme: "beige",
  position: "bottom-right",
  mainMessage: "",
  milestones: [milestone("b", "7", "A week"), milestone("a", "3", "Three"), milestone("c", "soon", "")],
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

test("a streak of actions has several on a day, and says what it counts", () => {
  const likes = { ...DRAFT, mode: "cumulative", rules: { ...EVERY_DAY, counts: "actions" } } as const;
  expect(weekOf(likes, { streak: "some", isDone: true })).toBe("--x-x--");
  expect(madeUpState(likes, { streak: "some", isDone: true }, "2024-01-12").streak).toEqual({
    ...{ mode: "cumulative", current: 5, best: 5, todayDone: true, pending: false, unit: "action" },
  });
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

test.each<[Partial<RulesDraft>, boolean, object]>([
  [{}, false, { current: 4, pending: true, week: "dddrooo" }],
  [{}, true, { current: 5, pending: false, week: "dddrdoo" }],
  // Thursday is off, so that it was Wednesday that was missed.
  [{ offWeekdays: [4] }, false, { current: 4, pending: true, week: "ddroooo" }],
  [{ kind: "weekdays", weekdays: [1, 3, 5] }, true, { current: 5, pending: false, week: "dorodoo" }],
])("by the rules %j, with today done: %s, the last day before it is repaired", (rules, isDone, expected) => {
  expect(byRules({ hasRepairs: true, ...rules }, { streak: "repaired", isDone })).toMatchObject(expected);
});

test.each<[Partial<RulesDraft>, boolean, string | undefined]>([
  [{ offWeekdays: [6] }, false, undefined],
  [{ graceMinutes: "120" }, false, "2024-01-13T02:00:00"],
  [{ graceMinutes: "120" }, true, "2024-01-13T00:00:00"],
  [{ graceMinutes: "90", dayStart: "04:00" }, false, "2024-01-13T05:30:00"],
  [{ dayStart: "04:00" }, true, "2024-01-13T04:00:00"],
  [{ graceMinutes: "soon" }, false, "2024-01-13T00:00:00"],
])("by the rules %j, with today done: %s, today ends at %s", (rules, isDone, end) => {
  const draft = { ...DRAFT, rules: { ...EVERY_DAY, ...rules } };
  expect(madeUpState(draft, { streak: "some", isDone }, "2024-01-12").streak.todayEndTime).toBe(end);
});

test("milestones that are awarded say how often", () => {
  const milestones = [
    milestone("none", "2", ""),
    milestone("run", "2", "", { scope: "run" }),
    milestone("again", "2", "", { scope: "run", repeats: true }),
    milestone("far", "6", "", { scope: "ever" }),
    milestone("ever", "2", "", { scope: "ever", repeats: true }),
  ];
  const state = madeUpState({ ...DRAFT, milestones }, { streak: "some", isDone: true }, "2024-01-12");
  const awards = JSON.parse(JSON.stringify(state.milestones)).map(
    ({ timesAwarded, repeats }: Record<string, unknown>) => [timesAwarded, repeats],
  );
  expect(awards).toEqual([
    [undefined, undefined],
    [1, undefined],
    [2, true],
    [0, undefined],
    [2, true],
  ]);
});
