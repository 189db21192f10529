import { expect, test } from "vitest";
import type { Day } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day, setOf } from "../given.ts";
import { awardsOf, stateOf } from "./by-history.ts";
import { lessonRules, MADE } from "./given.ts";

// 2026-03-02 is a Monday. Days are told by how many days after it they are.
const MONDAY = day("2026-03-02");

const by = (version: Partial<RulesVersion> = {}) =>
  lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, ...version }] });

const run = (target: number) => ({ id: "asked", target, scope: "run" as const });
const ever = (target: number) => ({ id: "asked", target, scope: "ever" as const });
const each = <M extends object>(milestone: M) => ({ ...milestone, repeats: true as const });

const repair = (on: number, withinDays = 3): LedgerEntry => ({
  ...{ ...MADE, id: "repair", kind: "repair", event: "lesson", from: MONDAY + on, withinDays },
});

/** How often a milestone was awarded up to the last of the marked days, and after how many days for the latest time. */
function award(
  marks: string,
  milestone: Parameters<typeof awardsOf>[0][number],
  rules: StreakRules = by(),
  ...ledger: readonly LedgerEntry[]
) {
  const all = [...marks.replaceAll(" ", "")];
  const days = setOf(all.flatMap((mark, index) => (mark === "x" ? [MONDAY + index] : [])));
  const today = MONDAY + all.length - 1;
  const found = awardsOf([milestone], { days }, rulesOfUser(rules, ledger, "lesson"), { today }).get("asked");
  return found && [found.timesAwarded, ...(found.day === undefined ? [] : [found.day - MONDAY])];
}

test("a milestone is awarded on the first day on which `current` is at least its target", () => {
  expect(award("xx", run(3))).toEqual([0]);
  expect(award("xxx", run(3))).toEqual([1, 2]);
  expect(award("xxxxx", run(3))).toEqual([1, 2]);
  expect(award("xxxxx", ever(3))).toEqual([1, 2]);
});

test("a run that breaks loses its awards, and keeps those that are for ever", () => {
  expect(award("xxx···x", run(3))).toEqual([0]);
  expect(award("xxx···x", run(1))).toEqual([1, 6]);
  expect(award("xxx···x", ever(3))).toEqual([1, 2]);
  expect(award("xxx···xxxx", ever(4))).toEqual([1, 9]);
});

test("one that repeats is awarded at each multiple, and its day is that of the latest one", () => {
  expect(award("xxxxxxx", each(run(3)))).toEqual([2, 5]);
  expect(award("xxxxxxx·x", each(run(3)))).toEqual([0]);
  expect(award("xxxxxxx·x", each(ever(3)))).toEqual([2, 5]);
  expect(award("xxxxxxx", run(3))).toEqual([1, 2]);
});

test("a repair awards nothing again, and what it makes of the runs is reached on its day", () => {
  expect(award("xxx··x", run(3), by(), repair(5))).toEqual([1, 2]);
  expect(award("xxx··xx", run(4), by(), repair(5))).toEqual([1, 5]);
  expect(award("xxx··xx·x", run(3), by(), repair(8))).toEqual([1, 8]);
  expect(award("xxx··xx", ever(5), by(), repair(6))).toEqual([1, 6]);
});

test("days after today award nothing yet", () => {
  const later = awardsOf([ever(3)], { days: setOf([0, 1, 2].map((after) => MONDAY + after)) }, by(), {
    today: MONDAY + 1,
  });
  expect(later.get("asked")).toEqual({ timesAwarded: 0 });
});

test("done days off are reached with the next needed day, and what a freeze lengthened with the next kept one", () => {
  const weekends = by({ daysOff: { ...EVERY_DAY.daysOff, weekdays: [5, 6] } });
  expect(award("xxxxxx·", run(6), weekends)).toEqual([0]);
  expect(award("xxxxxx·x", run(6), weekends)).toEqual([1, 7]);
  const lengthening = by({ freezes: { lengthenRun: true } });
  const grant: LedgerEntry = { ...MADE, id: "grant", kind: "grantFreezes", event: "lesson", count: 1, from: MONDAY };
  expect(award("xx·", run(3), lengthening, grant)).toEqual([0]);
  expect(award("xx·x", run(3), lengthening, grant)).toEqual([1, 3]);
});

test("what a freeze lengthened is reached before a journey bridges it", () => {
  const after = { late: false, zone: "Pacific/Kiritimati", days: setOf([MONDAY + 3]) };
  const history = { days: setOf([MONDAY, MONDAY + 2]), others: [after], home: "Pacific/Pago_Pago" };
  const rules = by({ freezes: { earned: { every: 1, max: 1 }, lengthenRun: true } });
  const on = (day: Day) => {
    const { streak } = stateOf(history, rules, { today: day });
    return [streak.current, awardsOf([run(3)], history, rules, { today: day }).get("asked")];
  };
  expect(on(MONDAY + 2)).toEqual([3, { timesAwarded: 1, day: MONDAY + 2 }]);
  expect(on(MONDAY + 3)).toEqual([3, { timesAwarded: 1, day: MONDAY + 2 }]);
});

test("what an older run has counted before a day is bridged does not count for the run that goes on", () => {
  const [home, abroad] = [setOf([-1, 1, 4, 6].map((after) => MONDAY + after)), setOf([MONDAY + 3])];
  const others = [{ late: false, zone: "Pacific/Kiritimati", days: abroad }];
  const history = { days: home, others, home: "Pacific/Pago_Pago" };
  const daysOff = { ...EVERY_DAY.daysOff, weekdays: [4] };
  const rules = by({ cadence: { kind: "days_in_any", days: 4, of: 4 }, daysOff });
  const on = (after: number) => stateOf(history, rules, { today: MONDAY + after }).streak.current;
  // Up to Thursday, the run from Sunday on is shown. It ends, since nobody has done anything on Monday.
  expect([3, 4, 5, 6].map(on)).toEqual([3, 2, 2, 4]);
  const awards = awardsOf([run(3)], history, rules, { today: MONDAY + 6 });
  expect(awards.get("asked")).toEqual({ timesAwarded: 1, day: MONDAY + 6 });
});

test("a week is reached as soon as it is kept, or as its share is", () => {
  const weeks = by({ cadence: { kind: "days_a_week", days: 3, weekStart: 0 } });
  expect(award("x·x·x·· xxx", run(1), weeks)).toEqual([1, 4]);
  expect(award("x·x·x·· x·x···x", run(2), weeks)).toEqual([1, 13]);
  expect(award("·····x·", run(1), weeks)).toEqual([1, 5]);
  // Thursday to Sunday need two days, so Thursday begins a run on Saturday. But the run of before is shown up to Sunday.
  expect(award("xxx···· ···x·x·", run(1), weeks)).toEqual([1, 2]);
  expect(award("xxx···· ···x·x· ·", run(1), weeks)).toEqual([1, 14]);
});

test("a week that is kept before the day of a repair in it is reached without the repair", () => {
  const weeks = by({ cadence: { kind: "days_a_week", days: 3, weekStart: 0 } });
  const marks = "xxx···· ······· xxx···· xxx···· xxx··";
  expect(award(marks, run(3), weeks, repair(32, 31))).toEqual([1, 30]);
  expect(award(marks, run(4), weeks, repair(32, 31))).toEqual([1, 32]);
});

test("a run that begins before a repair in its week, and is shown again after it, is reached before it", () => {
  const rules = by({ cadence: { kind: "days_a_week", days: 4, weekStart: 0 } });
  const weeks = "xxxx··· ······· ····xxx ·";
  expect(award(weeks, run(1), rules)).toEqual([1, 19]);
  expect(award(weeks, run(1), rules, repair(20, 7))).toEqual([1, 19]);
  expect(award(weeks, run(1), rules, repair(19, 7))).toEqual([1, 21]);
});

test("without rules every day counts, and a cumulative streak counts every done day", () => {
  expect(award("xx·xxx", run(3), lessonRules({ mode: "continuous" }))).toEqual([1, 5]);
  const cumulative = lessonRules({ mode: "cumulative" });
  expect(award("xx·x··x", run(3), cumulative)).toEqual([1, 3]);
  expect(award("xx·x··x", each(ever(2)), cumulative)).toEqual([2, 6]);
});

test("milestones without a scope are left out, and the others told by their ids", () => {
  const milestones = [
    { id: "shown", target: 1 },
    { ...run(1), id: "a" },
    { ...ever(2), id: "b" },
  ];
  const awards = awardsOf(milestones, { days: setOf([MONDAY]) }, by(), { today: MONDAY });
  expect([...awards]).toEqual([
    ["a", { timesAwarded: 1, day: MONDAY }],
    ["b", { timesAwarded: 0 }],
  ]);
});
