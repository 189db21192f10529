import { describe, expect, test } from "vitest";
import { isoDate } from "#src/domain/day.ts";
import type { Explanation } from "#src/domain/streaks/explain.ts";
import { day } from "../given.ts";
import { FIRST_DAY, MARKS, type Month, MUNICH, marks, marksOf, YEAR, yearUpTo } from "./a-year.ts";
import { explain, historyUpTo, stateOf } from "./by-history.ts";
import { daysFrom, isoOf } from "./calendar.ts";
import { awardsInOrder } from "./proof/given.ts";
import { historyOfVector, rulesOfVector } from "./vectors/domain.ts";
import { resultOf } from "./vectors/vector.ts";

// The year of Mara, which a-year.ts draws: each day of it, what she sees at the end of each month, and some moments.

const rules = rulesOfVector(yearUpTo("2026-12-31"));
const history = historyOfVector(yearUpTo("2026-12-31"));

/** What somebody sees of the year on a day, or reads about that day later. */
function seenOn(date: string, judgedBy = rules) {
  const { zone = MUNICH } = yearUpTo(date);
  const present = { today: day(date), zone };
  const known = historyUpTo(history, judgedBy, present.today);
  const explanation = explain(known, judgedBy, present, { first: day(FIRST_DAY), last: present.today });
  return { ...stateOf(known, judgedBy, present), explanation };
}

/** What the periods of the run up to today add up to. */
function explainedSum({ runFirst = Number.POSITIVE_INFINITY, countedBefore, periods }: Explanation): number {
  const ofRun = periods.filter(({ last }) => last >= runFirst);
  return ofRun.reduce((sum, { counted }) => sum + counted, countedBefore);
}

/** How many days the year had before a month, and with it. */
function daysOf(month: Month): { before: number; upTo: number } {
  const upTo = YEAR.slice(0, YEAR.indexOf(month) + 1).flatMap(({ weeks }) => marksOf(weeks)).length;
  return { before: upTo - marksOf(month.weeks).length, upTo };
}

test("the pictures have each day of the year once, below its weekday", () => {
  expect(marks).toHaveLength(365);
  for (const { name, weeks } of YEAR) {
    const columns = [...weeks.matchAll(/^ *\|(.*?)\|/gm)]
      .slice(1)
      .flatMap(([, row = ""]) => [...row.matchAll(/\S/g)].map(({ index }) => (index - 1) / 3));
    const first = new Date(`${name} 1, 2026 UTC`).getUTCDay();
    expect(columns).toEqual(columns.map((_, index) => (first + 6 + index) % 7));
  }
});

describe.each(YEAR)("$name", (month) => {
  const { before, upTo } = daysOf(month);
  const lastDate = isoOf(day(FIRST_DAY) + upTo - 1);

  test("each day has become what the picture shows", () => {
    const dates = daysFrom(day(FIRST_DAY) + before, day(FIRST_DAY) + upTo - 1).map(isoOf);
    const { explanation } = seenOn("2026-12-31");
    const statuses = new Map(
      explanation.periods.flatMap(({ days }) => days.map(({ day, status }) => [isoDate(day), status])),
    );
    const expected = marks.slice(before, upTo).map((mark, index) => `${dates[index]} ${MARKS[mark]}`);
    expect(dates.map((date) => `${date} ${statuses.get(date)}`)).toEqual(expected);
  });

  test(`at its end, current is ${month.current}; freezes left: ${month.freezes}`, () => {
    const { streak, explanation } = seenOn(lastDate);
    expect(streak).toMatchObject({ current: month.current, best: month.current, freezes: { left: month.freezes } });
    expect(explainedSum(explanation)).toBe(month.current);
  });

  test("the oracle says the same", () => {
    const { milestones, ...year } = yearUpTo(lastDate);
    const isKnown = (date: string) => date <= lastDate;
    const others = year.others?.map(({ dates, ...kind }) => ({ ...kind, dates: dates.filter(isKnown) })) ?? [];
    const from = isoOf(day(FIRST_DAY) + before);
    const given = { ...year, done: year.done.filter(isKnown), others, explain: { from, to: lastDate } };
    const { streak, countedBefore, periods } = resultOf(given);
    const counted = periods.reduce((sum, { counted }) => sum + counted, countedBefore);
    expect([streak.current, streak.freezes?.left, counted]).toEqual([month.current, month.freezes, month.current]);
  });
});

test.each([
  ["Saturday's lesson waits for Monday", "2026-01-17", { current: 10, todayDone: true }],
  ["On Monday, both count", "2026-01-19", { current: 12 }],
  ["The freeze has covered Wednesday", "2026-02-05", { current: 24, freezes: { left: 0, usedInWeek: 1 } }],
  ["Thursday, as it looks since half past midnight", "2026-02-12", { current: 29, todayDone: true }],
  ["Nothing is asked while the app is down", "2026-03-03", { current: 41, pending: false }],
  ["A lesson in the pause counts at once", "2026-03-11", { current: 45, pause: expect.anything() }],
  [
    "One of the two days at the conference is covered, the other one is not over",
    "2026-04-15",
    {
      current: 64,
      pending: true,
      freezes: { left: 1, usedInWeek: 1 },
    },
  ],
  [
    "The run has ended, and its freeze is back",
    "2026-05-21",
    { current: 0, best: 85, freezes: { left: 1, usedInWeek: 0 } },
  ],
  ["Repaired, and Friday's lesson counts", "2026-05-22", { current: 86, best: 86 }],
  ["On the plane, Tuesday is still to be done", "2026-07-21", { current: 125, pending: true }],
  ["In Tokyo, Tuesday was never there", "2026-07-22", { current: 126, best: 126 }],
  ["The last day of the old rules", "2026-09-06", { current: 156, unit: "day" }],
  [
    "The first week of the new rules is not kept before its third day",
    "2026-09-10",
    {
      current: 156,
      unit: "week",
      pending: true,
      progress: { done: 2, needed: 3 },
    },
  ],
  ["On the third day, it is", "2026-09-11", { current: 157, unit: "week", pending: false }],
  [
    "Too late for this week, but a single miss is allowed",
    "2026-10-18",
    {
      current: 161,
      progress: { done: 1, needed: 3, daysLeft: 1, canBeMet: false },
    },
  ],
  ["Two weeks were missed, and the run is alive", "2026-11-23", { current: 164, freezes: { left: 1 } }],
  ["Nothing is asked at Christmas", "2026-12-24", { current: 168, pending: false, progress: { needed: 0 } }],
])("%s: %s", (_, date, expected) => {
  expect(seenOn(date).streak).toMatchObject(expected);
});

test("before she repairs it, the app tells what a repair would do, and that it is possible up to Saturday", () => {
  const { repairs, ...notRepaired } = yearUpTo("2026-12-31");
  const { streak } = seenOn("2026-05-21", rulesOfVector(notRepaired));
  expect(streak.repair).toEqual({
    currentAfter: 85,
    lastDay: day("2026-05-23"),
    price: { kind: "none" },
    canBePaid: true,
  });
});

test("the milestones of 50 and 100 were awarded on the days that she remembers; 500 is still far", () => {
  const { milestones = [] } = yearUpTo("2026-12-31");
  expect(awardsInOrder(milestones, history, rules, { today: day("2026-12-31"), zone: MUNICH })).toEqual([
    { timesAwarded: 1, awardedDate: "2026-03-20" },
    { timesAwarded: 1, awardedDate: "2026-06-15" },
    { timesAwarded: 0 },
  ]);
});
