import { describe, expect, test } from "vitest";
import { type Cadence, EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import type { Pause } from "#src/domain/streaks/ledger/pauses.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day, daysUpTo, setOf } from "../given.ts";
import { explain, stateOf, streakOf } from "./by-days.ts";
import { ledgerOf, lessonRules, MADE } from "./given.ts";

// 2026-03-02 is a Monday. Days are told by how many days after it they are.
const MONDAY = day("2026-03-02");

const continuous = lessonRules({ mode: "continuous" }, []);
const weekend = { ...EVERY_DAY.daysOff, weekdays: [5, 6] };

const by = (cadence: Cadence, more: Partial<RulesVersion> = {}) =>
  lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, cadence, ...more }] }, []);

const threeAWeek = by({ kind: "days_a_week", days: 3, weekStart: 0 });

/** Days from Monday on: `x` is done. */
const doneIn = (marks: string) =>
  setOf([...marks.replaceAll(" ", "")].flatMap((mark, index) => (mark === "x" ? [MONDAY + index] : [])));

const pause = (from: number, to?: number): Pause => ({
  from: MONDAY + from,
  ...(to !== undefined && { to: MONDAY + to }),
});

const paused = (rules: StreakRules, ...pauses: readonly Pause[]) => rulesOfUser(rules, ledgerOf(pauses), "lesson");

/** The streak on the last of the marked days, some of which are paused. */
function streak(marks: string, rules: StreakRules, ...pauses: readonly Pause[]) {
  const today = MONDAY + marks.replaceAll(" ", "").length - 1;
  return streakOf(doneIn(marks), paused(rules, ...pauses), today);
}

describe("every day, with Wednesday to Saturday paused", () => {
  const holiday = pause(2, 5);

  test.each([
    ["a pause changes nothing where nothing is done", "xx····", 2, false],
    ["what is done in it counts at once", "xx·x··", 3, false],
    ["the run goes on after it", "xx····x", 3, false],
    ["the day after it is asked for", "xx·····", 2, true],
    ["and missed", "xx······", 0, false],
    ["a run begins in it", "···x··", 1, false],
    ["a miss before it ends the run", "x·x···", 1, false],
  ])("%s: %s is %i", (_, marks, current, pending) => {
    expect(streak(marks, continuous, holiday)).toMatchObject({ current, pending });
  });

  test("the streak tells the pause, its unit and the progress", () => {
    const progress = { firstDate: MONDAY + 4, lastDate: MONDAY + 4, daysLeft: 1, canBeMet: true };
    expect(streak("xx···", continuous, holiday)).toEqual({
      ...{ mode: "continuous", current: 2, best: 2, todayDone: false, pending: false, unit: "day" },
      progress: { ...progress, done: 0, needed: 0 },
      pause: { from: MONDAY + 2, to: MONDAY + 5 },
    });
    expect(streak("xx··x", continuous, holiday).progress).toEqual({ ...progress, done: 1, needed: 1, daysLeft: 0 });
    expect(streak("xx", continuous, holiday)).not.toHaveProperty("pause");
  });

  test("the week tells what is paused, also of days to come", () => {
    const { week } = stateOf(doneIn("xx·x"), paused(continuous, holiday), MONDAY + 3);
    expect(week.map(({ status }) => status)).toEqual([
      ...["done", "done", "paused", "done", "paused", "paused"],
      "open",
    ]);
  });
});

test("the pause of today is the united one", () => {
  const { pause: told } = streak("xx····", continuous, pause(5, 9), pause(1, 3), pause(4));
  expect(told).toEqual({ from: MONDAY + 1 });
});

test("a user who never had a pause of the event has the same rules, and so the same fields", () => {
  const ofOther = [{ ...MADE, id: "a", kind: "pause", event: "other", from: MONDAY } as const];
  expect(rulesOfUser(continuous, ofOther, "lesson")).toBe(continuous);
  expect(rulesOfUser(threeAWeek, undefined, "lesson")).toBe(threeAWeek);
});

test("a pause that was taken back changes nothing, but the state tells unit, progress and status", () => {
  const ledger = [
    ...ledgerOf([pause(0)]),
    { ...MADE, id: "b", kind: "takeBack", entry: { id: "pause 0", user: "ann" } } as const,
  ];
  const days = setOf(daysUpTo("2026-03-08", 5));
  const { streak, week } = stateOf(days, rulesOfUser(continuous, ledger, "lesson"), MONDAY + 7);
  const { unit, progress, ...numbers } = streak;
  expect(numbers).toEqual(streakOf(days, continuous, MONDAY + 7));
  expect([unit, progress?.needed, week[0]?.status]).toEqual(["day", 1, "open"]);
});

test("a cumulative streak has no pauses", () => {
  const cumulative = lessonRules({ mode: "cumulative" }, []);
  expect(rulesOfUser(cumulative, ledgerOf([pause(0)]), "lesson")).toBe(cumulative);
  const withRules = lessonRules({ mode: "cumulative", versions: [EVERY_DAY] }, []);
  expect(streak("x·x", withRules, pause(0))).toEqual(streak("x·x", withRules));
});

test("done days after today count for best with the pauses between them", () => {
  const rules = paused(continuous, pause(3, 5));
  expect(streakOf(doneIn("xxx · · · x"), rules, MONDAY + 1)).toMatchObject({ current: 2, best: 4 });
  // As long as Friday is to come, it is taken for not done.
  expect(streakOf(doneIn("xxx · x"), rules, MONDAY + 1).progress).toMatchObject({ done: 1, needed: 1 });
});

describe("days off of the rules", () => {
  const weekdays = by({ kind: "every_day" }, { daysOff: weekend });

  test("stay days off in a pause, done or not", () => {
    expect(streak("xxxxxx·", weekdays, pause(5, 6))).toMatchObject({ current: 5, best: 5 });
    expect(streak("xxxxxx·x", weekdays, pause(5, 6))).toMatchObject({ current: 7, best: 7 });
  });

  test("are told as paused if they are not done", () => {
    const { week } = stateOf(doneIn("xxxxx"), paused(weekdays, pause(4, 5)), MONDAY + 5);
    expect(week.map(({ status }) => status)).toEqual([
      ...["done", "done", "done", "done", "done"],
      ...["paused", "off"],
    ]);
  });
});

describe("never miss twice", () => {
  const lenient = by({ kind: "every_day" }, { neverMissTwice: true });

  test("a pause between two misses does not wipe the first one out", () => {
    expect(streak("xx·····x", lenient, pause(3, 5))).toMatchObject({ current: 1, best: 2 });
    expect(streak("xx·····x", lenient, pause(3, 6))).toMatchObject({ current: 3 });
  });

  test("a done paused day does", () => {
    expect(streak("xx··x··x", lenient, pause(3, 5))).toMatchObject({ current: 4 });
  });
});

describe("3 days a week", () => {
  test("a pause lowers what is needed, and what is done in it raises it", () => {
    expect(streak("xx·····", threeAWeek, pause(0, 3)).progress).toMatchObject({ done: 2, needed: 3 });
    expect(streak("····xx·", threeAWeek, pause(0, 3))).toMatchObject({ current: 1, progress: { done: 2, needed: 2 } });
    expect(streak("··x····", threeAWeek, pause(0, 3)).progress).toMatchObject({ done: 1, needed: 2 });
  });

  test("a week that is paused as a whole is skipped, or kept by one done day", () => {
    expect(streak("xxx···· ······· x", threeAWeek, pause(7, 13))).toMatchObject({ current: 1, pending: true });
    expect(streak("xxx···· ···x··· x", threeAWeek, pause(7, 13))).toMatchObject({ current: 2, pending: true });
  });

  test("a pause that is to come lowers what this week needs", () => {
    expect(streak("xxx···· x", threeAWeek, pause(9)).progress).toMatchObject({ done: 1, needed: 1, daysLeft: 6 });
    expect(streak("xxx···· x", threeAWeek, pause(9))).toMatchObject({ current: 2, pending: false });
  });

  test("a day off of the rules does not keep a week whose other days are paused", () => {
    const rules = by({ kind: "days_a_week", days: 1, weekStart: 0 }, { daysOff: weekend });
    expect(streak("x······ ·····x· x", rules)).toMatchObject({ current: 3 });
    expect(streak("x······ ·····x· x", rules, pause(7, 11))).toMatchObject({ current: 2 });
  });

  test("weeks are told as off where all days are paused", () => {
    const rules = paused(threeAWeek, pause(4, 13));
    const { periods, streak, runFirst } = explain(doneIn("xx·x··· ······· xx"), rules, MONDAY + 15, {
      first: MONDAY,
      last: MONDAY + 15,
    });
    expect(periods.map(({ outcome, done, needed, counted }) => ({ outcome, done, needed, counted }))).toEqual([
      { outcome: "kept", done: 3, needed: 2, counted: 1 },
      { outcome: "off", done: 0, needed: 0, counted: 0 },
      { outcome: "open", done: 2, needed: 3, counted: 0 },
    ]);
    expect([streak.current, runFirst]).toEqual([1, MONDAY]);
  });
});

test("10 days a month: a month with 10 paused days of 31 needs 7", () => {
  const rules = by({ kind: "days_a_month", days: 10 });
  const { progress } = streak("x", rules, pause(8, 17));
  // The run begins on the 2nd: 10 * 20 / 31 is 6.5.
  expect(progress).toMatchObject({ firstDate: MONDAY, needed: 7 });
});

describe("every 3 days", () => {
  const everyThree = by({ kind: "every_n_days", days: 3 });

  test("paused days are not among the three, done or not", () => {
    expect(streak("x·······", everyThree, pause(1, 5))).toMatchObject({
      current: 1,
      pending: false,
      progress: { firstDate: MONDAY + 6, lastDate: MONDAY + 8, done: 0, needed: 1, daysLeft: 2 },
    });
    expect(streak("x··x··· ·", everyThree, pause(1, 5)).progress).toMatchObject({
      firstDate: MONDAY + 6,
      lastDate: MONDAY + 8,
    });
    expect(streak("x······ ··", everyThree, pause(1, 5))).toMatchObject({ current: 1, pending: true });
    expect(streak("x······ ···", everyThree, pause(1, 5))).toMatchObject({ current: 0 });
  });

  test("an open pause leaves no day on which the run could end: the period is today, and needs nothing", () => {
    const today = { firstDate: MONDAY + 1, lastDate: MONDAY + 1, done: 0, needed: 0, daysLeft: 1, canBeMet: true };
    for (const from of [1, 2, 3]) {
      expect(streak("x·", everyThree, pause(from))).toMatchObject({ current: 1, pending: false, progress: today });
    }
    expect(streak("x·", everyThree, pause(4)).progress).toMatchObject({ lastDate: MONDAY + 3, needed: 1 });
    expect(streak("·", everyThree, pause(0)).progress).toMatchObject({ done: 0, needed: 0 });
  });

  test("what is done in a pause counts at once, and begins a run", () => {
    expect(streak("···x", everyThree, pause(1, 5))).toMatchObject({
      current: 1,
      pending: false,
      progress: { firstDate: MONDAY + 6, lastDate: MONDAY + 8, done: 0, needed: 1 },
    });
    expect(streak("x··x", everyThree, pause(1, 5))).toMatchObject({ current: 2, best: 2 });
    expect(streak("x··x··· ··", everyThree, pause(1, 5))).toMatchObject({ current: 2, pending: true });
    expect(streak("x··x··· ···", everyThree, pause(1, 5))).toMatchObject({ current: 0, best: 2 });
  });

  test("what is done in a pause counts for the windows around it, and after the end of a run", () => {
    const twoInThree = by({ kind: "days_in_any", days: 2, of: 3 });
    expect(streak("x·x··", twoInThree, pause(2))).toMatchObject({ current: 2 });
    expect(streak("x·x···", twoInThree, pause(2, 3))).toMatchObject({ current: 2 });
    // Friday ends the first run, and Wednesday is after the first day of its last window.
    expect(streak("x·x···", twoInThree, pause(2, 2))).toMatchObject({ current: 1, best: 2 });
  });
});

test("2 in any 2 days, with weekends off: what is done in a pause takes no place from other days", () => {
  const twoInTwo = by({ kind: "days_in_any", days: 2, of: 2 }, { daysOff: weekend });
  expect(streak("····xx· ···", twoInTwo, pause(7, 7))).toMatchObject({ current: 1, best: 1 });
  expect(streak("····xx· x··", twoInTwo, pause(7, 7))).toMatchObject({ current: 3, best: 3 });
});

test("2 in any 4 days: a pause between them is passed over", () => {
  const twoInFour = by({ kind: "days_in_any", days: 2, of: 4 });
  expect(streak("xx·· ·····x", twoInFour)).toMatchObject({ current: 1, best: 2 });
  expect(streak("xx·· ·····x", twoInFour, pause(3, 8))).toMatchObject({ current: 3, best: 3 });
});

describe("the explanation", () => {
  const ledger = [
    { ...MADE, id: "second", at: 2, kind: "pause", from: MONDAY + 1, to: MONDAY + 4 } as const,
    { ...MADE, id: "first", at: 1, kind: "pause", from: MONDAY + 3, to: MONDAY + 3 } as const,
  ];
  const { periods, streak, runFirst } = explain(
    doneIn("x·x··x"),
    rulesOfUser(continuous, ledger, "lesson"),
    MONDAY + 5,
    { first: MONDAY, last: MONDAY + 5 },
  );

  test("names the entry that paused a day, if the day is not done", () => {
    expect(periods.map(({ days: [day] }) => [day?.status, day?.entry?.id])).toEqual([
      ["done", undefined],
      ["paused", "second"],
      ["done", undefined],
      ["paused", "first"],
      ["paused", "second"],
      ["done", undefined],
    ]);
  });

  test("tells that paused days are off, and that done ones are kept", () => {
    expect(periods.map(({ outcome, needed, counted }) => `${outcome} ${needed} ${counted}`)).toEqual([
      ...["kept 1 1", "off 0 0", "kept 1 1", "off 0 0", "off 0 0"],
      "kept 1 1",
    ]);
    expect([streak.current, runFirst]).toEqual([3, MONDAY]);
  });
});

test("the state of a past day knows pauses that were made for it since, and those to come", () => {
  const rules = paused(continuous, pause(1, 2));
  expect(streakOf(doneIn("x"), rules, MONDAY + 2)).toMatchObject({ current: 1, pending: false });
  expect(streakOf(doneIn("x"), rules, MONDAY)).not.toHaveProperty("pause");
});

describe("a change of the rules", () => {
  const versions = [
    { ...EVERY_DAY, cadence: { kind: "every_day" } },
    { ...EVERY_DAY, from: MONDAY + 7, cadence: { kind: "days_a_week", days: 3, weekStart: 0 } },
  ] as const;

  test("in a pause is passed over like any other", () => {
    const rules = lessonRules({ mode: "continuous", versions }, []);
    const holiday = pause(5, 16);
    expect(streak("xxxxx·· ······· ···xx", rules, holiday)).toMatchObject({
      current: 6,
      unit: "week",
      progress: { done: 2, needed: 2 },
    });
  });
});

test.each<[string, StreakRules]>([
  ["every day", continuous],
  ["3 days a week", threeAWeek],
  ["10 days a month", by({ kind: "days_a_month", days: 10 })],
  ["every 3 days", by({ kind: "every_n_days", days: 3 })],
  ["80 in any 90 days", by({ kind: "days_in_any", days: 80, of: 90 })],
])("%s: pauses of thousands of years hold a run, and are passed over at once", (_, rules) => {
  const days = setOf(daysUpTo("2026-03-01", 120));
  for (const to of [undefined, day("9000-12-31") - MONDAY]) {
    const held = paused(rules, pause(-9, -8), pause(0, to));
    const { current } = streakOf(days, held, MONDAY);
    const { streak, week } = stateOf(days, held, day("2126-03-02"));
    expect(streak).toMatchObject({ current, pending: false, pause: { from: MONDAY } });
    expect(week.map(({ status }) => status)).toEqual(Array(7).fill("paused"));
  }
});
