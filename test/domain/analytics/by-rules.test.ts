import fc from "fast-check";
import { expect, test } from "vitest";
import { countByRules, firstDaysByRules } from "#src/domain/analytics/by-rules.ts";
import type { Day } from "#src/domain/day.ts";
import { daysUpTo, emptyMonths, type Months, withDay } from "#src/domain/months.ts";
import { type Cadence, EVERY_DAY, type HolidayList, type RulesVersion } from "#src/domain/rules.ts";
import { LATEST } from "#src/domain/streaks/days/bits.ts";
import { DaySet } from "#src/domain/streaks/days/day-set.ts";
import type { SettledDays } from "#src/domain/streaks/late-events.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day } from "../given.ts";
import { streakOf } from "../streaks/by-days.ts";
import { lessonRules, MADE } from "../streaks/given.ts";
import { anyRepaired, repairedBy } from "../streaks/given-repairs.ts";
import { type Given, judgedBy, LAST_DAY, monthsOf } from "../streaks/proof/given.ts";
import { anyGiven } from "../streaks/proof/histories.ts";

/** A Monday, and the first of a month. */
const MONDAY: Day = Date.parse("2024-07-01") / 86_400_000;

/** As many dates as a project can have, without a gap, from a day on. */
const longHolidaysFrom = (first: Day): HolidayList[] =>
  Array.from({ length: 20 }, (_, list) => ({
    name: `list ${list}`,
    dates: Array.from({ length: 400 }, (_, index) => first + list * 400 + index),
  }));

/** Rules that hold from the beginning. */
const ruled = (said: Partial<RulesVersion>): StreakRules =>
  lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, ...said }] });

/** The days up to Sunday. */
function daysUpToSunday(): Months {
  let days: Months = emptyMonths;
  for (let day = MONDAY - 200; day < MONDAY; day++) {
    days = withDay(days, day);
  }
  return days;
}

function settled(days: Months): SettledDays {
  return { days: DaySet.ofMonths(days) };
}

/** Returns the steps of a streak whose days were all done up to Sunday. */
function stepsOf(cadence: Cadence, holidays: readonly HolidayList[], neverMissTwice = false) {
  const daysOff = { weekdays: [], dates: [], holidays: holidays.map(({ name }) => name) };
  const rules = lessonRules({ mode: "continuous", versions: [{ cadence, neverMissTwice, daysOff }] }, holidays);
  return countByRules(settled(daysUpToSunday()), rules, { today: MONDAY }).steps.map(({ day, ...step }) => ({
    after: day - MONDAY,
    ...step,
  }));
}

test("weeks that need nothing are passed over at once, however many they are", () => {
  expect(stepsOf({ kind: "days_a_week", days: 3, weekStart: 0 }, longHolidaysFrom(MONDAY))).toEqual([
    { after: 0, done: false, current: 29, pending: false },
    { after: 7994, done: false, current: 29, pending: true }, // the rest of this week needs a day
    { after: 8001, done: false, current: 0, pending: false },
  ]);
});

test("so are months, and days off", () => {
  for (const kind of ["days_a_month", "every_day"] as const) {
    const cadence: Cadence = kind === "every_day" ? { kind } : { kind, days: 3 };
    expect(stepsOf(cadence, longHolidaysFrom(MONDAY), true).length).toBeLessThan(6);
  }
});

test("a week whose first days are paused up to a done day is pending from its first day on", () => {
  const rules = ruled({ cadence: { kind: "days_a_week", days: 1, weekStart: 0 } });
  const paused = { ...MADE, id: "a", kind: "pause" as const, from: MONDAY, to: MONDAY + 9 };
  const { steps } = countByRules(
    settled(withDay(daysUpToSunday(), MONDAY + 10)),
    rulesOfUser(rules, [paused], "lesson"),
    { today: MONDAY },
  );
  expect(steps.slice(0, 3)).toEqual([
    { day: MONDAY, done: false, current: 29, pending: false },
    { day: MONDAY + 7, done: false, current: 29, pending: true },
    { day: MONDAY + 10, done: true, current: 30, pending: false },
  ]);
});

test("a streak in windows has two steps for each day that a window asks for, and few more", () => {
  const steps = stepsOf({ kind: "days_in_any", days: 80, of: 90 }, longHolidaysFrom(MONDAY + 5));
  expect(steps.at(-1)?.current).toBe(0);
  expect(steps.length).toBeGreaterThan(80);
  expect(steps.length).toBeLessThan(200);
});

test.each<Cadence>([
  { kind: "every_day" },
  { kind: "days_a_week", days: 3, weekStart: 0 },
  { kind: "days_a_month", days: 3 },
  { kind: "every_n_days", days: 3 },
  { kind: "days_in_any", days: 80, of: 90 },
])("long pauses are passed over at once, and a run that one holds for ever has no end: %o", (cadence) => {
  const rules = ruled({ cadence });
  const thirtyYears = MONDAY + 30 * 365;
  for (const to of [undefined, thirtyYears, day("9999-12-31")]) {
    const pause = { ...MADE, id: "a", kind: "pause" as const, from: MONDAY + 3, ...(to && { to }) };
    const { runs, steps } = countByRules(
      settled(withDay(daysUpToSunday(), MONDAY + 2)),
      rulesOfUser(rules, [pause], "lesson"),
      { today: MONDAY + 2 },
    );
    if (to === thirtyYears) {
      expect(runs.at(-1)?.end?.day).toBeGreaterThan(to);
      expect(steps.at(-1)?.current).toBe(0);
    } else {
      expect(runs.at(-1)?.end).toEqual({ day: LATEST, isPending: false });
      expect(steps.at(-1)?.current).toBeGreaterThan(0);
    }
    expect(steps.length).toBeLessThan(200);
  }
});

/** Each test takes a second or less, and much more on a machine that is busy. */
const PATIENT = { timeout: 120_000 };

const anyRuled = anyGiven.filter(({ mode }) => mode === "continuous");

test("with freezes, the steps are what `streakOf` says day by day, and so are the days of milestones", PATIENT, () => {
  fc.assert(
    fc.property(anyRuled, (given) => {
      checkSteps(given, judgedBy(given));
    }),
    { numRuns: 30 },
  );
});

test("so are they with repairs", PATIENT, () => {
  fc.assert(
    fc.property(anyRepaired, (repaired) => {
      checkSteps(repaired.given, repairedBy(repaired));
    }),
    { numRuns: 60 },
  );
});

function checkSteps(given: Given, rules: StreakRules): void {
  const days = monthsOf(given.days);
  const from = given.from;
  const counted = countByRules(settled(days), rules, { today: from });
  const firsts: (Day | undefined)[] = [];
  const repaired = (rules.repairs ?? []).map((repair) => repair.from);
  const first = Math.min(from, ...given.days);
  const last = Math.min(Math.max(from, ...given.days, ...repaired) + 40, LAST_DAY);
  for (let day = first; day <= last; day++) {
    const { current, pending } = streakOf(daysUpTo(days, day), rules, day);
    if (day >= from) {
      const step = counted.steps.findLast((step) => step.day <= day);
      expect([step?.current ?? 0, step?.pending ?? false]).toEqual([current, pending]);
    }
    firsts.push(...Array.from({ length: Math.max(0, current - firsts.length) }, () => day));
  }
  const targets = Array.from({ length: firsts.length + 1 }, (_, index) => index + 1);
  expect([...firstDaysByRules(counted, targets)]).toEqual(firsts.map((day, index) => [index + 1, day]));
}

test("with freezes, the runs are the same from whichever day on the steps are asked for", PATIENT, () => {
  fc.assert(
    fc.property(anyRuled, (given) => {
      checkRuns(given, judgedBy(given));
    }),
    { numRuns: 30 },
  );
});

test("so are they with repairs, and a repaired run is one", PATIENT, () => {
  fc.assert(
    fc.property(anyRepaired, (repaired) => {
      checkRuns(repaired.given, repairedBy(repaired));
    }),
    { numRuns: 60 },
  );
  const made = { ...MADE, id: "repair", kind: "repair" as const, event: "lesson", from: MONDAY + 4, withinDays: 3 };
  const rules = rulesOfUser(lessonRules({ mode: "continuous" }), [made], "lesson");
  const days = [0, 1, 3].reduce((done, after) => withDay(done, MONDAY + after), daysUpToSunday());
  for (const from of [MONDAY, MONDAY + 3, MONDAY + 4, MONDAY + 5]) {
    const { runs, steps } = countByRules(settled(days), rules, { today: from });
    expect(runs).toEqual([
      { first: MONDAY - 200, last: MONDAY + 3, count: 203, end: { day: MONDAY + 5, isPending: true } },
    ]);
    expect(steps.at(-1)).toEqual({ day: MONDAY + 6, done: false, current: 0, pending: false });
  }
});

function checkRuns(given: Given, rules: StreakRules): void {
  const days = monthsOf(given.days);
  const runsFrom = (from: Day) =>
    countByRules(settled(days), rules, { today: from }).runs.map(({ last, count }) => [last, count]);
  const [first, last] = [Math.min(given.today, ...given.days), Math.max(given.today, ...given.days)];
  expect(runsFrom(last)).toEqual(runsFrom(first));
  expect(runsFrom((first + last) >> 1)).toEqual(runsFrom(first));
}

test("a run that freezes hold for a year has a step for each day, and an end", PATIENT, () => {
  const ledger = Array.from({ length: 12 }, (_, month) => ({
    ...{ ...MADE, id: `grant ${month}`, kind: "grantFreezes" as const, event: "lesson", count: 30 },
    from: MONDAY + 30 * month,
  }));
  const rules = rulesOfUser(ruled({ freezes: { lengthenRun: false } }), ledger, "lesson");
  const { runs, steps } = countByRules(settled(daysUpToSunday()), rules, { today: MONDAY });
  expect(runs).toMatchObject([{ count: 200, end: { day: MONDAY + 360, isPending: true } }]);
  expect(steps).toHaveLength(362);
});
