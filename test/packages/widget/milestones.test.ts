import { expect, test } from "vitest";
import type { State } from "../../../packages/web/src/index.ts";
import { byTarget, nextMilestone, reachedSince } from "../../../packages/widget/src/milestones.ts";

type Milestone = State["milestones"][number];

const TODAY = "2024-01-12";

/** A milestone whose id is its target. */
function milestone(target: number, fields: Partial<Milestone> = {}): Milestone {
  return { id: `${target}`, target, msg: `${target}!`, achieved: false, rewardType: "message", ...fields };
}

/** A state on {@link TODAY}, unless another day is given. */
function state(milestones: readonly Milestone[], streak: Partial<State["streak"]> = {}, isoDate = TODAY): State {
  return {
    meta: { apiVersion: "1", isLive: true },
    streak: { mode: "continuous", current: 0, best: 0, todayDone: false, pending: false, ...streak },
    week: [{ isoDate, label: "", dayNumber: 1, isToday: true, isCheckedIn: false }],
    milestones,
    settings: { theme: { name: "beige" }, position: "inline", mainMessage: "" },
  };
}

const achieved = { achieved: true };
const repair = (currentAfter: number) =>
  ({ repair: { currentAfter, lastDate: TODAY, price: "none", canBePaid: true } }) as const;

/** The targets of what was reached between two states. */
const targets = (previous: State, next: State) => reachedSince(previous, next).map(({ target }) => target);

test("what the streak reaches now is reached, and what it had reached is not", () => {
  const previous = state([milestone(3, achieved), milestone(7), milestone(30)], { current: 6, best: 6 });
  expect(targets(previous, state([milestone(3, achieved), milestone(7, achieved), milestone(30)]))).toEqual([7]);
});

test("a streak that is shorter than the longest reaches a milestone again", () => {
  const previous = state([milestone(3)], { current: 2, best: 9 });
  expect(targets(previous, state([milestone(3, achieved)], { current: 3, best: 9 }))).toEqual([3]);
});

test("a milestone that was made between two states is not reached now", () => {
  expect(targets(state([]), state([milestone(3, achieved)], { current: 5 }))).toEqual([]);
});

test("a repair reaches only what no run has reached before", () => {
  const before = [milestone(3), milestone(7), milestone(9)];
  const after = [milestone(3, achieved), milestone(7, achieved), milestone(9)];
  const previous = state(before, { current: 2, best: 6, ...repair(8) });
  expect(targets(previous, state(after, { current: 8, best: 8 }))).toEqual([7]);
  // It was repaired, and today was done as well, before the state was read again.
  expect(targets(previous, state(after, { current: 9, best: 9 }))).toEqual([7]);
});

test("while a repair is still to be made, the new run reaches milestones as ever", () => {
  const previous = state([milestone(3)], { current: 2, best: 6, ...repair(8) });
  expect(targets(previous, state([milestone(3, achieved)], { current: 3, best: 6, ...repair(9) }))).toEqual([3]);
});

test("an award of today is reached, and one that a repair brings back is not", () => {
  const previous = state([milestone(3, { timesAwarded: 0 })], { current: 2, best: 9 });
  const next = (awardedDate: string) =>
    state([milestone(3, { ...achieved, timesAwarded: 1, awardedDate })], { current: 8, best: 9 });
  expect(targets(previous, next(TODAY))).toEqual([3]);
  expect(targets(previous, next("2024-01-11"))).toEqual([]);
});

test("an award of the day that was today before is reached: it was done in its grace", () => {
  const previous = state([milestone(3, { timesAwarded: 0 })], { current: 2, best: 9 });
  const awarded = milestone(3, { ...achieved, timesAwarded: 1, awardedDate: TODAY });
  expect(targets(previous, state([awarded], { current: 3, best: 9 }, "2024-01-13"))).toEqual([3]);
});

test("a late event reaches what no run had reached, though its day is over", () => {
  const previous = state([milestone(7, { timesAwarded: 0 })], { current: 2, best: 6 });
  const awarded = { ...achieved, timesAwarded: 1, awardedDate: "2024-01-10", backfilled: true };
  expect(targets(previous, state([milestone(7, awarded)], { current: 8, best: 8 }))).toEqual([7]);
});

test("a late event that makes the day of an award an earlier one reaches nothing", () => {
  const award = (awardedDate: string) => [milestone(3, { ...achieved, timesAwarded: 1, awardedDate })];
  const previous = state(award(TODAY), { current: 3, best: 3 });
  expect(targets(previous, state(award("2024-01-11"), { current: 4, best: 4 }))).toEqual([]);
});

test("what is awarded once for ever is not reached by a later run", () => {
  const award = { timesAwarded: 1, awardedDate: "2023-05-05" };
  const previous = state([milestone(3, award)], { current: 2, best: 9 });
  expect(targets(previous, state([milestone(3, { ...award, ...achieved })], { current: 3, best: 9 }))).toEqual([]);
});

test("each multiple is reached once", () => {
  const award = (timesAwarded: number) =>
    milestone(10, { ...achieved, repeats: true, timesAwarded, awardedDate: TODAY });
  const previous = state([award(1)], { current: 19, best: 19 });
  expect(targets(previous, state([award(2)], { current: 20, best: 20 }))).toEqual([10]);
  expect(targets(state([award(2)], { current: 20, best: 20 }), state([award(2)], { current: 21 }))).toEqual([]);
});

/** The targets of what is shown, with a check behind those that are reached. */
const shown = (...milestones: readonly Milestone[]) =>
  byTarget(state(milestones)).map(({ target, achieved }) => `${target}${achieved ? " ✓" : ""}`);

test("the nearest milestone comes first", () => {
  expect(shown(milestone(30), milestone(3, achieved), milestone(7))).toEqual(["3 ✓", "7", "30"]);
  expect(nextMilestone(state([milestone(30), milestone(3, achieved), milestone(7)]))?.target).toBe(7);
  expect(nextMilestone(state([milestone(3, achieved)]))).toBeUndefined();
});

test("of a milestone that repeats, the multiple that was reached last is shown, and the next one", () => {
  const repeats = (timesAwarded: number) => milestone(10, { repeats: true, timesAwarded });
  expect([0, 1, 5].map((times) => shown(repeats(times), milestone(25)))).toEqual([
    ["10", "25"],
    ["10 ✓", "20", "25"],
    ["25", "50 ✓", "60"],
  ]);
});

test("what was awarded for ever stays reached when the streak is lost, and what a run was awarded does not", () => {
  expect(shown(milestone(3, { timesAwarded: 1 }), milestone(7, { timesAwarded: 0 }))).toEqual(["3 ✓", "7"]);
});
