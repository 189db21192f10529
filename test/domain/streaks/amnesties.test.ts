import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Amnesty } from "#src/domain/amnesties.ts";
import type { Day } from "#src/domain/day.ts";
import { type Cadence, EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import type { Explanation } from "#src/domain/streaks/explain.ts";
import { rulesOfUser } from "#src/domain/streaks/rules-for.ts";
import type { State } from "#src/domain/streaks/state.ts";
import { day, setOf } from "../given.ts";
import { explain, stateOf, streakOf } from "./by-days.ts";
import { anyPauses, ledgerOf, lessonRules } from "./given.ts";
import { monthsOf } from "./proof/given.ts";
import { anyGiven } from "./proof/histories.ts";

// 2026-03-02 is a Monday. Days are told by how many days after it they are.
const MONDAY = day("2026-03-02");

const DECISION = { reason: "Sign-in was down", actor: "root", at: 0 };

function amnesty(from: number, to: number, more: Partial<Amnesty> = {}): Amnesty {
  return { id: `${from} to ${to}`, from: MONDAY + from, to: MONDAY + to, declared: DECISION, ...more };
}

/** Days from Monday on: `x` is done. */
const doneIn = (marks: string) => setOf([...marks].flatMap((mark, index) => (mark === "x" ? [MONDAY + index] : [])));

const by = (cadence: Cadence, amnesties: readonly Amnesty[], more: Partial<RulesVersion> = {}) =>
  lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, cadence, ...more }] }, [], amnesties);

const daily = (...amnesties: readonly Amnesty[]) => lessonRules({ mode: "continuous" }, [], amnesties);

/** The streak on the last of the marked days. */
const streak = (marks: string, rules: ReturnType<typeof daily>) =>
  streakOf(doneIn(marks), rules, MONDAY + marks.length - 1);

describe("a widget without rules, with an amnesty on Thursday", () => {
  test.each([
    ["the day counts for nobody who has not done it", "xxx·x", 4, false],
    ["and for everybody who has", "xxxxx", 5, false],
    ["it asks for nothing", "xxx·", 3, false],
    ["the next day is asked for", "xxx··", 3, true],
    ["and missed", "xxx···", 0, false],
    ["a miss before it stays a miss", "xx··x", 1, false],
    ["a run begins on it", "···x", 1, false],
  ])("%s: %s is %i", (_, marks, current, pending) => {
    expect(streak(marks, daily(amnesty(3, 3)))).toMatchObject({ current, pending, unit: "day" });
  });

  test("has the fields of rules, but no pause, and each day its status", () => {
    const { streak, week } = stateOf(doneIn("xxx·x"), daily(amnesty(3, 3)), MONDAY + 5);
    expect(streak).toEqual({
      ...{ mode: "continuous", current: 4, best: 4, todayDone: false, pending: true, unit: "day" },
      progress: { firstDate: MONDAY + 5, lastDate: MONDAY + 5, done: 0, needed: 1, daysLeft: 1, canBeMet: true },
    });
    const statuses = week.map(({ status }) => status);
    expect(statuses).toEqual(["done", "done", "done", "amnesty", "done", "open", "open"]);
  });
});

test("an amnesty lowers what a week needs, and a week with an amnesty as a whole is skipped", () => {
  const rules = by({ kind: "days_a_week", days: 3, weekStart: 0 }, [amnesty(0, 3), amnesty(7, 13)]);
  expect(streak("····xx·", rules)).toMatchObject({ current: 1, progress: { done: 2, needed: 2 } });
  expect(streak("····xx·········", rules)).toMatchObject({ current: 1, progress: { done: 0, needed: 3 } });
});

test("windows pass over days with an amnesty, even if they are done", () => {
  const rules = by({ kind: "every_n_days", days: 2 }, [amnesty(1, 3)]);
  expect(streak("x····", rules)).toMatchObject({ current: 1, pending: false });
  expect(streak("x·····", rules)).toMatchObject({ current: 1, pending: true });
  expect(streak("x·x···", rules)).toMatchObject({ current: 2 });
  expect(streak("x····x", rules)).toMatchObject({ current: 2 });
  expect(streak("x·······", rules)).toMatchObject({ current: 0 });
});

test("an amnesty is about one event, or about all", () => {
  const plain = daily();
  expect(plain.tellsRules).toBe(false);
  expect(daily(amnesty(3, 3, { event: "other" }))).toEqual(plain);
  expect(streak("xxx·x", daily(amnesty(3, 3, { event: "lesson" }))).current).toBe(4);
});

test("an amnesty that was taken back counts no more, but the widget keeps the fields of rules", () => {
  const rules = daily(amnesty(3, 3, { takenBack: DECISION }));
  expect(streak("xxx·x", rules)).toMatchObject({ current: 1, best: 3, unit: "day" });
  const { week } = stateOf(doneIn("xxx·x"), rules, MONDAY + 4);
  expect(week.map(({ status }) => status)).toEqual(["done", "done", "done", "missed", "done", "open", "open"]);
});

test("a cumulative widget has no amnesties", () => {
  expect(lessonRules({ mode: "cumulative" }, [], [amnesty(3, 3)])).toEqual(lessonRules({ mode: "cumulative" }));
});

test("a day with a pause and an amnesty is paused, and the streak tells the pause alone", () => {
  const rules = rulesOfUser(daily(amnesty(2, 5)), ledgerOf([{ from: MONDAY + 3, to: MONDAY + 4 }]), "lesson");
  const { streak, week } = stateOf(doneIn("xx"), rules, MONDAY + 4);
  expect(streak).toMatchObject({ current: 2, pause: { from: MONDAY + 3, to: MONDAY + 4 } });
  const statuses = week.map(({ status }) => status);
  expect(statuses).toEqual(["done", "done", "amnesty", "paused", "paused", "amnesty", "open"]);
});

test("a day is explained by the amnesty that was declared first, of those that count", () => {
  const amnesties = [
    amnesty(2, 5, { id: "taken back", takenBack: DECISION }),
    amnesty(2, 3, { id: "other", event: "other" }),
    amnesty(3, 4, { id: "first" }),
    amnesty(2, 5, { id: "second" }),
  ];
  const { periods } = explain(doneIn("xxx"), daily(...amnesties), MONDAY + 5, { first: MONDAY, last: MONDAY + 6 });
  const told = periods.flatMap(({ outcome, days: [day] }) => [[outcome, day?.status, day?.amnesty?.id]]);
  expect(told).toEqual([
    ...Array(3).fill(["kept", "done", undefined]),
    ...Array(2).fill(["off", "amnesty", "first"]),
    ["off", "amnesty", "second"],
    ["open", "open", undefined],
  ]);
});

/** Each test takes a second or less, and much more on a machine that is busy. */
const PATIENT = { timeout: 120_000 };

/** Amnesties around a day, also some that are still to come, were taken back, or are about another event. */
function anyAmnesties(around: Day): fc.Arbitrary<readonly Amnesty[]> {
  const drawn = fc.record({
    after: fc.integer({ min: -90, max: 12 }),
    length: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 31 })),
    event: fc.constantFrom(undefined, undefined, "lesson", "other"),
    counts: fc.constantFrom(true, true, true, false),
  });
  return fc.array(
    drawn.map(({ after, length, event, counts }) => ({
      ...{ id: `${after}`, from: around + after, to: around + after + length - 1, declared: DECISION },
      ...(event !== undefined && { event }),
      ...(!counts && { takenBack: DECISION }),
    })),
    { minLength: 1, maxLength: 4 },
  );
}

const anyCase = anyGiven
  .filter(({ mode }) => mode === "continuous")
  .chain((given) =>
    fc.tuple(
      fc.constant(given),
      anyAmnesties(given.today),
      fc.oneof(fc.constant([]), anyPauses(given.today)),
      fc.boolean(),
    ),
  );

/** Leaves out what is told of pauses and amnesties alone, and tells both in the same way. */
function asPausesAlone({ streak: { pause, ...streak }, week }: State): State {
  return { streak, week: week.map((day) => ({ ...day, ...(day.status === "amnesty" && { status: "paused" }) })) };
}

function explainedAsPausesAlone({ streak: { pause, ...streak }, periods, ...explanation }: Explanation): Explanation {
  return {
    ...explanation,
    streak,
    periods: periods.map((period) => ({
      ...period,
      days: period.days.map(({ day, status }) => ({ day, status: status === "amnesty" ? "paused" : status })),
    })),
  };
}

test("amnesties are what the same pauses of a user are, but for what a day is called", PATIENT, () => {
  fc.assert(
    fc.property(anyCase, ([{ mode, versions, holidays, days, today, from, to }, amnesties, pauses, isWithoutRules]) => {
      const rules = { mode, ...(!isWithoutRules && { versions }) };
      const counting = amnesties.filter(({ event, takenBack }) => event !== "other" && takenBack === undefined);
      const judged = rulesOfUser(lessonRules(rules, holidays, amnesties), ledgerOf(pauses), "lesson");
      const asPauses = rulesOfUser(
        lessonRules(rules, holidays),
        ledgerOf([...pauses, ...counting.map(({ from, to }) => ({ from, to }))]),
        "lesson",
      );
      const done = monthsOf(days);
      const range = { first: from, last: to };
      if (counting.length + pauses.length > 0) {
        const [state, expected] = [stateOf(done, judged, today), stateOf(done, asPauses, today)];
        expect(asPausesAlone(state)).toEqual(asPausesAlone(expected));
        const explained = [explain(done, judged, today, range), explain(done, asPauses, today, range)] as const;
        expect(explainedAsPausesAlone(explained[0])).toEqual(explainedAsPausesAlone(explained[1]));
      }
      const ofUser = rulesOfUser(lessonRules(rules, holidays), ledgerOf(pauses), "lesson");
      const bare = stateOf(done, ofUser, today);
      expect(stateOf(done, judged, today).streak.pause).toEqual(bare.streak.pause);
    }),
    { numRuns: 400 },
  );
});

test("one more done day never makes current or best smaller, on a day with an amnesty or not", PATIENT, () => {
  const noFreezes = anyCase.filter(([{ versions }]) => versions.every(({ freezes }) => freezes === undefined));
  fc.assert(
    fc.property(noFreezes, ([{ mode, versions, holidays, days, today, other }, amnesties, pauses]) => {
      const rules = rulesOfUser(lessonRules({ mode, versions }, holidays, amnesties), ledgerOf(pauses), "lesson");
      const before = streakOf(monthsOf(days), rules, today);
      for (const day of [other, ...amnesties.flatMap(({ from, to }) => [from, (from + to) >> 1, to])]) {
        const after = streakOf(monthsOf([...days, day]), rules, today);
        expect(after.current).toBeGreaterThanOrEqual(before.current);
        expect(after.best).toBeGreaterThanOrEqual(before.best);
      }
    }),
    { numRuns: 300 },
  );
});
