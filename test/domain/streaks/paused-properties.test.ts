import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Day } from "#src/domain/day.ts";
import { daysUpTo, hasDay, lastDay, type Months, withDay } from "#src/domain/months.ts";
import type { RulesVersion } from "#src/domain/rules.ts";
import type { Explanation } from "#src/domain/streaks/explain.ts";
import type { Pause } from "#src/domain/streaks/ledger/pauses.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import type { State } from "#src/domain/streaks/state.ts";
import { explain, stateOf, streakOf } from "./by-days.ts";
import { anyPauses, ledgerOf, lessonRules, MADE } from "./given.ts";
import { type Given, monthsOf } from "./proof/given.ts";
import { anyGiven } from "./proof/histories.ts";

/** How many histories each property is checked on. */
const HISTORIES = { numRuns: 400 };

/** Each test takes a second or less, and much more on a machine that is busy. */
const PATIENT = { timeout: 120_000 };

interface PausedGiven extends Given {
  readonly pauses: readonly Pause[];
}

const anyPausedGiven: fc.Arbitrary<PausedGiven> = anyGiven
  .filter(({ mode }) => mode === "continuous")
  .chain((given) => anyPauses(given.today).map((pauses) => ({ ...given, pauses })));

function rulesOf({ mode, versions, holidays, pauses }: PausedGiven): StreakRules {
  return rulesOfUser(lessonRules({ mode, versions }, holidays), ledgerOf(pauses), "lesson");
}

/** The rules without pauses, whose versions have the paused days that are not done as dates off. */
function rulesWithDatesOff({ mode, versions, holidays, pauses }: PausedGiven, done: Months, through: Day): StreakRules {
  const dates = pauses.flatMap(({ from, to = through }) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index).filter((day) => !hasDay(done, day)),
  );
  const withDates = versions.map(
    ({ daysOff, ...version }): RulesVersion => ({
      ...version,
      daysOff: { ...daysOff, dates: [...daysOff.dates, ...dates] },
    }),
  );
  return lessonRules({ mode, versions: withDates }, holidays);
}

/** Writes days that are paused as days off, and leaves out what is told of pauses alone. */
function asDaysOff({ streak: { pause, ...streak }, week }: State): State {
  return { streak, week: week.map((day) => ({ ...day, ...(day.status === "paused" && { status: "off" }) })) };
}

function explainedAsDaysOff({ streak: { pause, ...streak }, periods, ...explanation }: Explanation): Explanation {
  return {
    ...explanation,
    streak,
    periods: periods.map((period) => ({
      ...period,
      days: period.days.map(({ day, status }) => ({ day, status: status === "paused" ? "off" : status })),
    })),
  };
}

function hasWindows({ versions }: Given): boolean {
  return versions.some(({ cadence: { kind } }) => kind === "every_n_days" || kind === "days_in_any");
}

/** Whether the rules make any day off, but for the weekdays that a cadence does not choose. */
function hasDaysOff({ versions }: Given): boolean {
  return versions.some(
    ({ daysOff: { weekdays, dates, holidays } }) => weekdays.length + dates.length + holidays.length,
  );
}

/** Leaves freezes out of the rules: with them, an older run that goes on may take what a later one had. */
function withoutFreezes(given: PausedGiven): PausedGiven {
  return { ...given, versions: given.versions.map(({ freezes: _, ...version }) => version) };
}

/** Checks a property of any history, any rules and any pauses. */
function check(property: (given: PausedGiven, done: Months, rules: StreakRules) => void): void {
  fc.assert(
    fc.property(anyPausedGiven, (given) => property(given, monthsOf(given.days), rulesOf(given))),
    HISTORIES,
  );
}

describe("of any history, any rules and any pauses", PATIENT, () => {
  test("paused days that are not done are dates off that are told as paused, and other paused days are like any", () => {
    check((given, done, rules) => {
      const { today, days, from, to } = given;
      // A paused day that is done has no place in windows.
      if (hasWindows(given) && days.some((day) => rules.pauses?.on(day) !== undefined)) {
        return;
      }
      // Up to today: other days are told by other rules, since they may be done in a pause.
      const known = daysUpTo(done, today);
      const horizon = Math.max(today, ...days) + 2000;
      const withDatesOff = rulesWithDatesOff(given, known, horizon);
      const state = stateOf(known, rules, today);
      const expected = stateOf(known, withDatesOff, today);
      const isHeldForEver = (expected.streak.progress?.lastDate ?? today) > horizon;
      if (isHeldForEver) {
        const lasts = { firstDate: today, lastDate: today, needed: 0, canBeMet: true };
        expect(state.streak).toMatchObject({ pending: false, progress: lasts });
      }
      const progress = isHeldForEver ? { progress: state.streak.progress } : {};
      expect(asDaysOff(state)).toEqual({ ...expected, streak: { ...expected.streak, ...progress } });
      const explanation = explain(known, withDatesOff, today, { first: from, last: to });
      expect(explainedAsDaysOff(explain(known, rules, today, { first: from, last: to }))).toEqual({
        ...explanation,
        streak: { ...explanation.streak, ...progress },
      });

      const last = lastDay(done);
      const later = last > today ? streakOf(done, rulesWithDatesOff(given, done, horizon), last).best : 0;
      expect(streakOf(done, rules, today)).toEqual({
        ...state.streak,
        best: Math.max(state.streak.best, later),
      });
    });
  });

  test("a paused day is told as paused if it is not done, with the entry that paused it, and no other day is", () => {
    check(({ pauses, today, from, to }, done, rules) => {
      const known = daysUpTo(done, today);
      const { periods } = explain(done, rules, today, { first: from, last: to });
      for (const { day, status, entry } of periods.flatMap(({ days }) => days)) {
        const first = pauses.findIndex(({ from, to = day }) => from <= day && day <= to);
        const isTold = first >= 0 && !hasDay(known, day);
        expect([status === "paused", entry?.id]).toEqual([isTold, isTold ? `pause ${first}` : undefined]);
      }
    });
  });

  test("without freezes, one more done day never makes current or best smaller, in a pause or not", () => {
    check((given, done) => {
      const { today, other, pauses } = given;
      const rules = rulesOf(withoutFreezes(given));
      const before = streakOf(done, rules, today);
      for (const day of [other, ...pauses.flatMap(({ from, to = from + 9 }) => [from, (from + to) >> 1, to])]) {
        const after = streakOf(withDay(done, day), rules, today);
        expect(after.current).toBeGreaterThanOrEqual(before.current);
        expect(after.best).toBeGreaterThanOrEqual(before.best);
      }
    });
  });

  test("what is explained adds up to current, wherever the explanation begins, and best is never below it", () => {
    check(({ today, from }, done, rules) => {
      const range = { first: Math.min(from, today), last: today };
      const { streak, runFirst, countedBefore, periods } = explain(done, rules, today, range);
      const ofRun = periods.filter(({ last }) => runFirst !== undefined && last >= runFirst);
      expect(countedBefore + ofRun.reduce((sum, { counted }) => sum + counted, 0)).toBe(streak.current);
      expect(runFirst === undefined).toBe(streak.current === 0);
      expect(streak.best).toBeGreaterThanOrEqual(streak.current);
    });
  });

  test("a pause that is taken back changes nothing", () => {
    check((given, done, rules) => {
      const { mode, versions, holidays, pauses, today, from, to } = given;
      const takenBack = { ...MADE, id: "t", kind: "takeBack", entry: { id: "more", user: "ann" } } as const;
      const more = { ...MADE, id: "more", kind: "pause", from: today - 20 } as const;
      const ledger = [takenBack, more, ...ledgerOf(pauses)];
      const others = rulesOfUser(lessonRules({ mode, versions }, holidays), ledger, "lesson");
      expect(stateOf(done, others, today)).toEqual(stateOf(done, rules, today));
      const range = { first: from, last: to };
      expect(explain(done, others, today, range)).toEqual(explain(done, rules, today, range));
    });
  });

  test("a pause that is divided into two without a day between them changes nothing", () => {
    check((given, done, rules) => {
      const divided = given.pauses.flatMap(({ from, to }): Pause[] => {
        const middle = to === undefined ? from + 5 : (from + to) >> 1;
        const end = to === undefined ? {} : { to };
        return [
          { from: middle + 1, ...end },
          { from, to: middle },
        ].filter(({ from, to = from }) => from <= to);
      });
      const others = rulesOf({ ...given, pauses: divided });
      expect(stateOf(done, others, given.today)).toEqual(stateOf(done, rules, given.today));
    });
  });

  test("without freezes, a pause never makes current or best smaller, but where weeks or months have days off", () => {
    check((any, done) => {
      const given = withoutFreezes(any);
      const rules = rulesOf(given);
      const { mode, versions, holidays, today } = given;
      const hasPeriods = versions.some(({ cadence: { kind } }) => kind === "days_a_week" || kind === "days_a_month");
      if (!(hasDaysOff(given) && hasPeriods)) {
        const before = streakOf(done, lessonRules({ mode, versions }, holidays), today);
        const after = streakOf(done, rules, today);
        expect(after.current).toBeGreaterThanOrEqual(before.current);
        expect(after.best).toBeGreaterThanOrEqual(before.best);
      }
    });
  });
});
