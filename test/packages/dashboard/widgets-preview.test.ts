import { expect, test } from "vitest";
import type { WidgetDraft } from "../../../packages/dashboard/src/pages/widgets/editor/draft.ts";
import { madeUpState, type Scenario } from "../../../packages/dashboard/src/pages/widgets/preview/made-up-state.ts";

const DRAFT: WidgetDraft = {
  event: "visit",
  mode: "continuous",
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
