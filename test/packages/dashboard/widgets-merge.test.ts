import { expect, test } from "vitest";
import { differences } from "../../../packages/dashboard/src/pages/widgets/editor/differences.ts";
import type { MilestoneDraft, WidgetDraft } from "../../../packages/dashboard/src/pages/widgets/editor/draft.ts";
import { merge } from "../../../packages/dashboard/src/pages/widgets/editor/merge.ts";

import { EVERY_DAY } from "../../../packages/dashboard/src/rules/draft.ts";

function milestone(id: string, target: number, part: Partial<MilestoneDraft> = {}): MilestoneDraft {
  return { key: id, id, target: `${target}`, msg: "", rewardType: "message", scope: "none", repeats: false, ...part };
}

const BASE: WidgetDraft = {
  event: "visit",
  mode: "continuous",
  rules: EVERY_DAY,
  rulesFrom: "",
  theme: "beige",
  position: "bottom-right",
  mainMessage: "Hello",
  milestones: [milestone("a", 3), milestone("b", 7)],
};

test("each field is of the person who has changed it, and of the one who saves now where both have", () => {
  const mine = { ...BASE, theme: "ocean", mainMessage: "Mine" };
  const theirs = { ...BASE, mode: "cumulative", mainMessage: "Theirs" } as const;
  expect(merge(BASE, mine, theirs)).toEqual({ ...BASE, mode: "cumulative", theme: "ocean", mainMessage: "Mine" });
});

test.each([
  [
    "added by both",
    [...BASE.milestones, milestone("x", 1)],
    [...BASE.milestones, milestone("y", 30)],
    ["x", "a", "b", "y"],
  ],
  ["removed by one", [milestone("a", 3)], BASE.milestones, ["a"]],
  ["removed by the other", BASE.milestones, [milestone("b", 7)], ["b"]],
  ["removed by the other and changed here", [milestone("a", 4), milestone("b", 7)], [milestone("b", 7)], ["a", "b"]],
  ["removed here and changed by the other", [milestone("b", 7)], [milestone("a", 5), milestone("b", 7)], ["b"]],
])("of milestones that were %s, none is lost or comes back", (_, mine, theirs, left) => {
  const merged = merge(BASE, { ...BASE, milestones: mine }, { ...BASE, milestones: theirs });
  expect(merged.milestones.map(({ id }) => id)).toEqual(left);
});

test("what both have changed of one milestone is put together", () => {
  const mine = { ...BASE, milestones: [milestone("a", 10), milestone("b", 7)] };
  const theirs = { ...BASE, milestones: [milestone("a", 3, { msg: "Hi" }), milestone("b", 7)] };
  expect(merge(BASE, mine, theirs).milestones).toEqual([milestone("b", 7), milestone("a", 10, { msg: "Hi" })]);
});

test("an award of a milestone is of the person who has changed it", () => {
  const mine = { ...BASE, milestones: [milestone("a", 10), milestone("b", 7, { repeats: true })] };
  const theirs = { ...BASE, milestones: [milestone("a", 3, { scope: "run" }), milestone("b", 7, { scope: "ever" })] };
  expect(merge(BASE, mine, theirs as WidgetDraft).milestones).toEqual([
    milestone("b", 7, { scope: "ever", repeats: true }),
    milestone("a", 10, { scope: "run" }),
  ]);
});

test("the order of milestones is no difference, and a space is one", () => {
  expect(differences(BASE, { ...BASE, milestones: BASE.milestones.toReversed() })).toEqual([]);
  expect(differences(BASE, { ...BASE, mainMessage: "Hello " })).toMatchObject([{ before: "Hello", after: "Hello " }]);
});
