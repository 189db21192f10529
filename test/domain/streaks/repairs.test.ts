import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { EVERY_DAY, type FreezeRules, type RepairRules, type RulesVersion } from "#src/domain/rules.ts";
import { repairsOf } from "#src/domain/streaks/ledger/repairs.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day, setOf } from "../given.ts";
import { explain, repairOn, stateOf, streakOf } from "./by-history.ts";
import { lessonRules, MADE } from "./given.ts";

// 2026-03-02 is a Monday. Days are told by how many days after it they are.
const MONDAY = day("2026-03-02");

const repairing = (repairs: Partial<RepairRules> = {}): Partial<RulesVersion> => ({
  repairs: { withinDays: 3, price: { kind: "none" }, ...repairs },
});

const freezing = (freezes: Partial<FreezeRules> = {}) => ({ freezes: { lengthenRun: false, ...freezes } });

/** Rules; further versions have the day on which they begin. */
const ruled = (first: Partial<RulesVersion>, ...later: readonly (Partial<RulesVersion> & { from: number })[]) =>
  lessonRules({
    mode: "continuous",
    versions: [
      { ...EVERY_DAY, ...first },
      ...later.map(({ from, ...version }) => ({ ...EVERY_DAY, ...version, from: MONDAY + from })),
    ],
  });

/** Rules with repairs within three days, and more. */
const by = (more: Partial<RulesVersion> = {}, ...later: readonly (Partial<RulesVersion> & { from: number })[]) =>
  ruled({ ...repairing(), ...more }, ...later);

const threeAWeek: Partial<RulesVersion> = { cadence: { kind: "days_a_week", days: 3, weekStart: 0 } };

let made = 0;

/** An entry with an ID of its own, which was made after all others. */
function entry(decision: object): LedgerEntry {
  made++;
  return { ...MADE, id: `entry ${made}`, at: made, ...decision } as LedgerEntry;
}

const repair = (on: number, withinDays = 3, more: object = {}) =>
  entry({ kind: "repair", event: "lesson", from: MONDAY + on, withinDays, ...more });
const grant = (from: number, count = 1) => entry({ kind: "grantFreezes", event: "lesson", count, from: MONDAY + from });
const takeBack = ({ id, user }: LedgerEntry) => entry({ kind: "takeBack", entry: { id, user } });

/** Days from Monday on: `x` is done. */
const doneIn = (marks: string) =>
  setOf([...marks.replaceAll(" ", "")].flatMap((mark, index) => (mark === "x" ? [MONDAY + index] : [])));

const lastOf = (marks: string) => MONDAY + marks.replaceAll(" ", "").length - 1;

/** The streak on the last of the marked days. */
function streak(marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) {
  return streakOf({ days: doneIn(marks) }, rulesOfUser(rules, ledger, "lesson"), { today: lastOf(marks) });
}

/** `current` and `best` on the last of the marked days. */
function counts(marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) {
  const { current, best } = streak(marks, rules, ...ledger);
  return [current, best];
}

/** The outcomes of the periods up to the last of the marked days, with what each counts if it counts. */
function outcomes(marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) {
  const today = lastOf(marks);
  const judged = rulesOfUser(rules, ledger, "lesson");
  const { periods } = explain({ days: doneIn(marks) }, judged, { today }, { first: MONDAY, last: today });
  return periods.map(({ outcome, counted }) => `${outcome}${counted === 0 ? "" : ` ${counted}`}`);
}

describe("a repaired run", () => {
  test("goes on with the run up to today, and is alive at the end of its day", () => {
    const repaired = repair(5);
    expect(counts("xxx··x", by())).toEqual([1, 3]);
    expect(counts("xxx··x", by(), repaired)).toEqual([4, 4]);
    expect(counts("xxx··x·", by(), repaired)).toEqual([4, 4]);
    expect(streak("xxx··x·", by(), repaired).pending).toBe(true);
    expect(counts("xxx··x··", by(), repaired)).toEqual([0, 4]);
  });

  test("is alive where there was no run up to today, and nothing is asked of the day of the repair", () => {
    const repaired = repair(4);
    expect(streak("xxx··", by(), repaired)).toMatchObject({ current: 3, pending: false, progress: { needed: 0 } });
    expect(counts("xxx···", by(), repaired)).toEqual([3, 3]);
    expect(counts("xxx··x", by(), repaired)).toEqual([4, 4]);
    expect(counts("xxx····", by(), repaired)).toEqual([0, 3]);
  });

  test("has ended on one of the days before, as many as the repair says, and not on its own day", () => {
    // Thursday is the day with which the run of three ends.
    expect([4, 6, 7].map((on) => streak("xxx·····".slice(0, on + 1), by(), repair(on)).current)).toEqual([3, 3, 0]);
    expect(counts("xxx·", by(), repair(3))).toEqual([3, 3]); // Thursday is not over: the run is alive
    expect(counts("xxx····", by(), repair(6, 2))).toEqual([0, 3]);
  });

  test("is joined with all runs that have ended in reach, and begins where the first of them began", () => {
    const marks = "xx·x··xx··";
    expect(counts(marks, by(), repair(9, 7))).toEqual([5, 5]);
    expect(counts(marks, by(), repair(9, 4))).toEqual([2, 2]);
    const rules = rulesOfUser(by(), [repair(9, 5)], "lesson");
    const today = MONDAY + 9;
    expect(explain({ days: doneIn(marks) }, rules, { today }, { last: today }).runFirst).toBe(MONDAY + 3);
  });

  test("can end again, and be repaired again", () => {
    expect(counts("xxx··x···", by(), repair(5))).toEqual([0, 4]);
    expect(counts("xxx··x··x", by(), repair(5), repair(8))).toEqual([5, 5]);
  });

  test("ends with the second miss where a single one is allowed, and both are repaired", () => {
    const rules = by({ neverMissTwice: true });
    expect(counts("xxx···", rules, repair(5))).toEqual([3, 3]);
    expect(outcomes("xxx···x", rules, repair(5))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "repaired", "repaired", "off", "kept 1"],
    ]);
  });

  test("may miss once again after the repair, also where the run up to today had missed once", () => {
    const rules = by({ neverMissTwice: true });
    expect(counts("x··x·x·x", rules, repair(4, 2))).toEqual([4, 4]);
    expect(counts("x··x··x", rules, repair(4, 2))).toEqual([3, 3]);
    expect(counts("x·x··x", rules)).toEqual([1, 2]);
    expect(counts("x·x·R·x".replace("R", "·"), rules, repair(4))).toEqual([3, 3]); // it joins nothing
  });

  test("keeps what its periods have counted", () => {
    expect(outcomes("xxx··x", by(), repair(5))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "repaired", "repaired", "kept 1"],
    ]);
    const weekends = by({ daysOff: { ...EVERY_DAY.daysOff, weekdays: [5, 6] } });
    // Saturday was done after the run had ended, and Sunday before the next one.
    expect(outcomes("xxx· ·xx x", weekends, repair(7, 5))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "repaired", "repaired", "off", "off", "kept 1"],
    ]);
    expect(counts("xxx· ·xx x", weekends, repair(7, 5))).toEqual([4, 4]);
    // Saturday waits at the end of the run up to today.
    expect(outcomes("x··xxx·x", weekends, repair(6, 5))).toEqual([
      ...["kept 1", "repaired", "repaired", "kept 1", "kept 1", "off 1", "off", "kept 1"],
    ]);
  });

  test("of weeks is asked for the whole week of its repair", () => {
    const rules = by(threeAWeek);
    const two = "xxx···· xxx···· x······ ";
    expect(counts(`${two}x·`, rules)).toEqual([0, 2]);
    expect(counts(`${two}x·`, rules, repair(22))).toEqual([2, 2]);
    expect(streak(`${two}x·`, rules, repair(22))).toMatchObject({
      ...{ pending: true, progress: { firstDate: MONDAY + 21, done: 1, needed: 3 } },
    });
    expect(counts(`${two}xxx`, rules, repair(22))).toEqual([3, 3]);
    expect(counts(`${two}x····x· x`, rules, repair(22))).toEqual([1, 2]);
    expect(outcomes(`${two}xxx`, rules, repair(22))).toEqual(["kept 1", "kept 1", "repaired", "kept 1"]);
  });

  test("of weeks keeps the share of a week in whose middle the run up to today began", () => {
    const marks = "xxx···· ·····x· ·";
    expect(counts(marks, by(threeAWeek), repair(14))).toEqual([2, 2]);
    expect(outcomes(marks, by(threeAWeek), repair(14))).toEqual(["kept 1", "started 1", "open"]);
  });

  test("may have ended under rules with windows, and days that count for two runs count once", () => {
    const windows = ruled({ cadence: { kind: "days_in_any", days: 3, of: 4 } }, { from: 6, ...repairing() });
    // The run of Monday and Thursday ends with Thursday, which begins another one.
    expect(counts("x··xxx·", windows)).toEqual([3, 3]);
    expect(counts("x··xxx·", windows, repair(6))).toEqual([4, 4]);
    expect(outcomes("x··xxxx", windows, repair(6))).toEqual([
      ...["kept 1", "between", "between", "kept 1", "kept 1", "kept 1", "kept 1"],
    ]);
  });

  test("goes on under rules with windows, whose first window begins with the repair", () => {
    const windows = by({}, { from: 5, cadence: { kind: "every_n_days", days: 3 } });
    expect([5, 7, 8, 9].map((today) => streak("xxx·······".slice(0, today + 1), windows, repair(5)).current)).toEqual([
      ...[3, 3, 3, 0],
    ]);
  });
});

describe("freezes", () => {
  const paid = { takesFreeze: true };

  test("that the gap of the ended run took stay given back", () => {
    const { current, freezes } = streak("xxx··x", by(freezing()), grant(0), repair(5));
    expect([current, freezes]).toEqual([4, { left: 1, usedInWeek: 0, optedOut: false }]);
  });

  test("are taken by a repair that costs one, before the day of the repair, and only if it joins a run", () => {
    const left = (marks: string, ...ledger: readonly LedgerEntry[]) =>
      streak(marks, by(freezing()), ...ledger).freezes?.left;
    expect(left("xxx··x", grant(0), repair(5, 3, paid))).toBe(0);
    expect(left("xxx··x", grant(5), repair(5, 3, paid))).toBe(1);
    expect(left("xxxxxx", grant(0), repair(5, 3, paid))).toBe(1);
    expect(left("xxx··x", grant(4), repair(5, 3, paid))).toBe(0);
  });

  test("need not be there for a repair that was made", () => {
    expect(streak("xxx··x", by(freezing()), repair(5, 3, paid))).toMatchObject({ current: 4, freezes: { left: 0 } });
  });

  test("cover a new gap after a repair, and what they covered before stays covered", () => {
    const rules = by(freezing({ maxInARow: 1 }));
    // Thursday is covered. Friday is the day of a repair that joins nothing, and Saturday is covered too.
    expect(outcomes("xxx···x", rules, grant(0, 3), repair(4))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "frozen", "off", "frozen", "kept 1"],
    ]);
    // On Sunday the run ends: the new gap gives Saturday's freeze back, and Thursday stays covered.
    expect(outcomes("xxx····x", rules, grant(0, 3), repair(4))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "frozen", "off", "missed", "missed", "kept 1"],
    ]);
    expect(streak("xxx····x", rules, grant(0, 3), repair(4)).freezes?.left).toBe(2);
  });

  test("that lengthen the run count no day that a repair has cut off from the next kept one", () => {
    const rules = by(freezing({ lengthenRun: true, maxInARow: 1 }));
    expect(counts("xxx··x", rules, grant(0, 3), repair(4))).toEqual([5, 5]);
    expect(outcomes("xxx····", rules, grant(0, 3), repair(4))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "frozen", "off", "frozen", "open"],
    ]);
    expect(outcomes("xxx····x", rules, grant(0, 3), repair(4)).filter((outcome) => outcome === "frozen 1")).toEqual([]);
  });

  test("are earned from 0 on by a run that was repaired alone", () => {
    const rules = by(freezing({ earned: { every: 3, max: 2 } }));
    expect(streak("xx···xx", rules, repair(4)).freezes?.left).toBe(0);
    expect(streak("xx···xxx", rules, repair(4)).freezes?.left).toBe(1);
  });
});

describe("a repair", () => {
  test("counts until it is taken back, and the first one of a day counts", () => {
    const [first, second] = [repair(5, 1), repair(5, 3)];
    expect(counts("xxx··x", by(), first, second)).toEqual([1, 3]);
    expect(counts("xxx··x", by(), second, first)).toEqual([1, 3]); // in whatever order they are read
    expect(counts("xxx··x", by(), first, second, takeBack(first))).toEqual([4, 4]);
    expect(counts("xxx··x", by(), second, takeBack(second))).toEqual([1, 3]);
  });

  test("is about one streak", () => {
    expect(repairsOf([{ ...repair(5), event: "other" } as LedgerEntry], "lesson")).toBeUndefined();
    expect(repairsOf([repair(5), repair(2)], "lesson")?.map(({ from }) => from - MONDAY)).toEqual([2, 5]);
  });

  test("holds in a widget without rules, whose state then has all fields", () => {
    const plain = lessonRules({ mode: "continuous" });
    expect(streak("xxx··x", plain, repair(5))).toMatchObject({ current: 4, unit: "day" });
    const back = repair(5);
    expect(streak("xxx··x", plain, back, takeBack(back))).toMatchObject({ current: 1, unit: "day" });
    const cumulative = lessonRules({ mode: "cumulative" });
    expect(rulesOfUser(cumulative, [back], "lesson")).toBe(cumulative);
  });

  test("is told with its entry on the days that it repairs, and on its own day", () => {
    const repaired = repair(5);
    const today = MONDAY + 6;
    const rules = rulesOfUser(by(), [repaired], "lesson");
    const { periods } = explain({ days: doneIn("xxx····") }, rules, { today }, { first: MONDAY + 2, last: today });
    expect(periods.map(({ outcome, days: [day] }) => [outcome, day?.status, day?.entry?.id])).toEqual([
      ["kept", "done", undefined],
      ["repaired", "repaired", repaired.id],
      ["repaired", "repaired", repaired.id],
      ["off", "repaired", repaired.id],
      ["open", "open", undefined],
    ]);
    const { week } = stateOf({ days: doneIn("xxx····") }, rules, { today });
    expect(week.map(({ status }) => status)).toEqual([
      ...["done", "done", "done", "repaired", "repaired", "repaired", "open"],
    ]);
  });

  test("gives its day no status where the day is paused or off by the rules", () => {
    const paused = entry({ kind: "pause", from: MONDAY + 5, to: MONDAY + 5 });
    const statusOfSaturday = (rules: StreakRules, ...ledger: readonly LedgerEntry[]) =>
      stateOf({ days: doneIn("xxx") }, rulesOfUser(rules, ledger, "lesson"), { today: MONDAY + 6 }).week[5]?.status;
    expect(statusOfSaturday(by(), repair(5))).toBe("repaired");
    expect(statusOfSaturday(by(), repair(5), paused)).toBe("paused");
    expect(statusOfSaturday(by({ daysOff: { ...EVERY_DAY.daysOff, weekdays: [5] } }), repair(5))).toBe("off");
  });
});

describe("the repair of today", () => {
  const offer = (marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) =>
    streak(marks, rules, ...ledger).repair;
  const asked = (marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) =>
    repairOn({ days: doneIn(marks) }, rulesOfUser(rules, ledger, "lesson"), { today: lastOf(marks) });

  test("tells what it makes, and until when the first run is in reach", () => {
    expect(offer("xxx··x", by())).toEqual({
      ...{ currentAfter: 4, lastDay: MONDAY + 6, price: { kind: "none" }, canBePaid: true },
    });
    expect(offer("xxx·x·x", by({ ...repairing({ withinDays: 5 }) }))?.currentAfter).toBe(5);
    expect(asked("xxx··x", by())).toEqual({ withinDays: 3 });
  });

  test("is there only when a run has ended in reach that is not joined yet", () => {
    expect(["xxx·", "xxx··", "xxx····", "xxx·····"].map((marks) => offer(marks, by())?.currentAfter)).toEqual([
      ...[undefined, 3, 3, undefined],
    ]);
    expect(asked("xxx·····", by())).toEqual({ refused: "nothingEnded", withinDays: 3 });
    expect(offer("xxx··x", by(), repair(5))).toBeUndefined();
    expect(asked("xxx··x", by(), repair(5))).toEqual({ refused: "repairedToday" });
    expect(asked("xxx··x", by(), repair(5, 1))).toEqual({ refused: "repairedToday" });
  });

  test("needs rules with repairs, of the week that has begun", () => {
    const plain = ruled({});
    expect([offer("xxx··x", plain), asked("xxx··x", plain)]).toEqual([undefined, { refused: "noRules" }]);
    expect(asked("x", lessonRules({ mode: "continuous" }))).toEqual({ refused: "noRules" });
    expect(asked("x", lessonRules({ mode: "cumulative" }))).toEqual({ refused: "cumulative" });
    const amidWeek = ruled(threeAWeek, { from: 15, ...threeAWeek, ...repairing({ withinDays: 9 }) });
    const marks = "xxx···· x······ ·······";
    expect(asked(marks, amidWeek)).toEqual({ refused: "noRules" });
    expect(asked(`${marks} ·`, amidWeek)).toEqual({ withinDays: 9 });
  });

  test("waits until so many days lie between two repairs", () => {
    const rules = by(repairing({ onceInDays: 5 }));
    const before = repair(4);
    expect(asked("xxx··x··", rules, before)).toEqual({ refused: "tooSoon", until: MONDAY + 9 });
    expect(offer("xxx··x··", rules, before)).toBeUndefined();
    expect(asked("xxx··x····", rules, before)).toEqual({ withinDays: 3 });
    expect(asked("xxx··x··", rules, before, takeBack(before))).toEqual({ withinDays: 3 });
    expect(asked("xxx··x", rules, repair(5, 1))).toEqual({ refused: "tooSoon", until: MONDAY + 10 });
  });

  test("is not made on a day before another one, to which a user who travels west can come", () => {
    expect(asked("xxx··x", by(), repair(6))).toEqual({ refused: "tooSoon", until: MONDAY + 7 });
    expect(offer("xxx··x", by(), repair(6))).toBeUndefined();
    expect(asked("xxx··x", by(repairing({ onceInDays: 5 })), repair(6))).toEqual({
      refused: "tooSoon",
      until: MONDAY + 11,
    });
    expect(streak("xxx··x", by(), repair(6)).current).toBe(1);
  });

  test("costs a freeze that is there as of the day before", () => {
    const rules = by({ ...repairing({ price: { kind: "freeze" } }), ...freezing() });
    expect(offer("xxx··x", rules)).toMatchObject({ price: { kind: "freeze" }, canBePaid: false });
    expect(asked("xxx··x", rules)).toEqual({ refused: "noFreeze", canBeGranted: true });
    expect(asked("xxx··x", rules, grant(5))).toEqual({ refused: "noFreeze", canBeGranted: true });
    expect(asked("xxx··x", rules, grant(4))).toEqual({ withinDays: 3, takesFreeze: true });
  });

  test("costs days since the first of the runs has ended", () => {
    const rules = by(repairing({ withinDays: 5, price: { kind: "days", days: 2 } }));
    expect(offer("xxx·", rules)).toBeUndefined();
    expect(offer("xxx··x", rules)).toMatchObject({ canBePaid: false, daysMissing: 1 });
    expect(asked("xxx··x", rules)).toEqual({ refused: "daysMissing", days: 1 });
    expect(offer("xxx··xx", rules)).toMatchObject({ canBePaid: true, daysMissing: 0 });
    expect(asked("xxx··xx", rules)).toEqual({ withinDays: 5 });
  });
});
