import { expect, test } from "vitest";
import { countUser } from "#src/domain/analytics/count-user.ts";
import type { HistoryEvent, UserHistory } from "#src/domain/analytics/history.ts";
import { metaValuesOf } from "#src/domain/analytics/meta-values.ts";
import { readMonth, writtenMonth } from "#src/domain/analytics/periods.ts";
import { countSettingsOf } from "#src/domain/analytics/settings.ts";
import { Tallies } from "#src/domain/analytics/tallies.ts";
import { day } from "../given.ts";
import { countAll } from "./answers.ts";
import { projectWith } from "./given.ts";

const NOW = Date.parse("2024-02-10T12:00:00Z");
const given = { project: projectWith("UTC", []), now: NOW };

/** A user with an event of a day for each value. */
function userWith(date: string, values: readonly unknown[], event = "visit"): UserHistory {
  const events = values.map(
    (plan): HistoryEvent => ({
      ...{ event, type: "widget_impression", day: day(date), at: NOW, meta: JSON.stringify({ plan }) },
    }),
  );
  return { userHash: "u", days: new Map(), events };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

function planIn(tallies: Tallies, from: string, to: string, event = "") {
  const { values, otherEvents, leftOutMonths } = metaValuesOf(tallies, event, "plan", readMonth(from), readMonth(to));
  return { values, otherEvents, leftOutMonths: leftOutMonths.map(writtenMonth) };
}

test("the most frequent values come first, and all others are counted together", () => {
  const tallies = countAll([userWith("2024-01-31", ["b", "a", "b", null, [1], "x".repeat(101)])], given);
  expect(planIn(tallies, "2024-01", "2024-01")).toEqual({
    values: [
      { value: "b", events: 2 },
      { value: "a", events: 1 },
    ],
    otherEvents: 3,
    leftOutMonths: [],
  });
  expect(planIn(tallies, "2024-02", "2024-02")).toEqual({ values: [], otherEvents: 0, leftOutMonths: [] });
});

test("at most 100 values are told", () => {
  const { values, otherEvents } = planIn(
    countAll([userWith("2024-01-31", numbers(0, 150))], given),
    "2024-01",
    "2024-01",
  );
  expect(values).toHaveLength(100);
  expect(otherEvents).toBe(50);
});

test("text, numbers and booleans that read the same are one value", () => {
  const tallies = countAll([userWith("2024-01-31", ["1", 1, 1.0, "true", true])], given);
  expect(planIn(tallies, "2024-01", "2024-01").values).toEqual([
    { value: "1", events: 3 },
    { value: "true", events: 2 },
  ]);
});

test("half of a surrogate pair is no text", () => {
  expect(planIn(countAll([userWith("2024-01-31", ["\ud83d"])], given), "2024-01", "2024-01")).toMatchObject({
    values: [],
    otherEvents: 1,
  });
});

test("a month with 1,000 values is counted, and one with more is left out, however the users are divided", () => {
  const january = userWith("2024-01-01", numbers(0, 1000));
  const february = [userWith("2024-02-01", numbers(0, 600)), userWith("2024-02-29", numbers(401, 600))];
  const together = countAll([january, ...february], given);
  const divided = countAll([january], given);
  for (const user of february) {
    divided.plus(countAll([user], given));
  }
  for (const tallies of [together, divided]) {
    expect(planIn(tallies, "2024-01", "2024-01")).toMatchObject({ otherEvents: 900, leftOutMonths: [] });
    expect(planIn(tallies, "2024-02", "2024-02")).toEqual({
      values: [],
      otherEvents: 1200,
      leftOutMonths: ["2024-02"],
    });
    const both = planIn(tallies, "2024-01", "2024-02");
    expect(both).toMatchObject({ otherEvents: 2100, leftOutMonths: ["2024-02"] });
    expect(both.values).toHaveLength(100);
  }
});

test("an event whose own values are few is counted in a month that is left out for all events", () => {
  const tallies = countAll([userWith("2024-01-01", numbers(0, 1001)), userWith("2024-01-01", ["a"], "like")], given);
  expect(planIn(tallies, "2024-01", "2024-01", "like").values).toEqual([{ value: "a", events: 1 }]);
  expect(planIn(tallies, "2024-01", "2024-01").leftOutMonths).toEqual(["2024-01"]);
});

test("values that are not counted take no room", () => {
  const few = countAll([userWith("2024-01-01", numbers(0, 1001))], given).encode();
  const many = countAll([userWith("2024-01-01", numbers(0, 5000))], given).encode();
  expect(many.length).toBeLessThan(few.length + 10);
});

const USER_EVENTS = 10_000;

test("of a million different values of a month none is kept", () => {
  const tallies = new Tallies();
  let most = 0;
  for (let first = 0; first < 1_000_000; first += USER_EVENTS) {
    countUser(tallies, userWith("2024-01-01", numbers(first, USER_EVENTS)), countSettingsOf(given.project), NOW);
    most = Math.max(most, tallies.keys("metaValues/").length);
  }
  expect(most).toBe(0);
  expect(planIn(tallies, "2024-01", "2024-01")).toEqual({
    values: [],
    otherEvents: 1_000_000,
    leftOutMonths: ["2024-01"],
  });
});

test("a sum keeps no more values of a month than may be counted, and keeps them again when all parts were replaced", () => {
  const many = numbers(0, 5).map((part) => countAll([userWith("2024-01-01", numbers(part * 400, 400))], given));
  const sum = countAll([userWith("2024-02-01", ["a"])], given);
  for (const part of many) {
    sum.plus(Tallies.decode(part.encode()));
    expect(sum.keys("metaValues//").length).toBeLessThanOrEqual(1001);
  }
  expect(planIn(sum, "2024-01", "2024-01")).toMatchObject({ values: [], leftOutMonths: ["2024-01"] });
  expect(planIn(sum, "2024-02", "2024-02").values).toEqual([{ value: "a", events: 1 }]);

  const few = countAll([userWith("2024-01-01", ["b"])], given);
  for (const part of many) {
    sum.minus(part);
  }
  expect(sum.plus(few).encode()).toEqual(
    countAll([userWith("2024-02-01", ["a"]), userWith("2024-01-01", ["b"])], given).encode(),
  );
});
