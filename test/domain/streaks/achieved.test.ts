import { describe, expect, test } from "vitest";
import { achievedOf } from "#src/domain/streaks/milestones/achieved.ts";

const week = { id: "ms_1", target: 7, msg: "1 week!", rewardType: "message" };
const month = { id: "ms_2", target: 30, msg: "1 month!", rewardType: "badge" };

describe("a milestone", () => {
  test("is not achieved by a current streak of 5 in the contract's example, whatever the best was", () => {
    expect(achievedOf([week], 5)).toEqual([
      { id: "ms_1", target: 7, msg: "1 week!", achieved: false, rewardType: "message" },
    ]);
  });

  test.each([
    [0, [false, false]],
    [6, [false, false]],
    [7, [true, false]],
    [29, [true, false]],
    [30, [true, true]],
  ])("is achieved from its target on: at %i days", (current, achieved) => {
    expect(achievedOf([week, month], current).map((each) => each.achieved)).toEqual(achieved);
  });

  test("keeps its place in the widget's order", () => {
    expect(achievedOf([month, week], 10).map(({ id }) => id)).toEqual(["ms_2", "ms_1"]);
    expect(achievedOf([], 10)).toEqual([]);
  });
});
