import { describe, expect, test } from "vitest";
import {
  type CalendarDay,
  calendarOf,
  indexAfterKey,
  monthsOf,
  summaryOf,
} from "../../../packages/dashboard/src/pages/users/calendar.ts";

const TODAY = "2024-03-15";

function dayOf(days: readonly CalendarDay[], date: string): CalendarDay | undefined {
  return days.find((day) => day.date === date);
}

describe("the calendar of a year", () => {
  test.each([
    [2023, 365],
    [2024, 366],
    [1900, 365],
    [2000, 366],
    [0, 366],
    [99, 365],
    [9999, 365],
  ])("has every day of %d, from January 1 to December 31", (year, length) => {
    const days = calendarOf(year, [], TODAY);
    const name = String(year).padStart(4, "0");
    expect([days.length, days[0]?.date, days.at(-1)?.date]).toEqual([length, `${name}-01-01`, `${name}-12-31`]);
  });

  test("puts each day into the row of its weekday and the column of its week", () => {
    const days = calendarOf(2023, [], TODAY);
    // 2023-01-01 was a Sunday.
    expect(dayOf(days, "2023-01-01")).toMatchObject({ weekday: 6, week: 0 });
    expect(dayOf(days, "2023-01-02")).toMatchObject({ weekday: 0, week: 1 });
    expect(dayOf(days, "2023-12-31")).toMatchObject({ weekday: 6, week: 52 });
    for (const { date, weekday } of days) {
      expect(new Date(`${date}T12:00:00Z`).getUTCDay()).toBe((weekday + 1) % 7);
    }
  });

  test("tells done days, today, and the days to come", () => {
    const days = calendarOf(2024, ["2024-03-14", "2024-03-17"], TODAY);
    const [thursday, friday, saturday, sunday] = ["14", "15", "16", "17"].map((day) => dayOf(days, `2024-03-${day}`));
    expect(thursday).toMatchObject({ isDone: true, isToday: false, isToCome: false });
    expect(friday).toMatchObject({ isDone: false, isToday: true, isToCome: false });
    expect(saturday).toMatchObject({ isDone: false, isToday: false, isToCome: true });
    expect(sunday).toMatchObject({ isDone: true, isToday: false, isToCome: true });
  });

  test("has twelve months", () => {
    expect(monthsOf(calendarOf(2024, [], TODAY)).map(({ date, week }) => [date.slice(5, 7), week])).toEqual([
      ...[
        ["01", 0],
        ["02", 4],
        ["03", 8],
        ["04", 13],
        ["05", 17],
        ["06", 21],
      ],
      ...[
        ["07", 26],
        ["08", 30],
        ["09", 34],
        ["10", 39],
        ["11", 43],
        ["12", 47],
      ],
    ]);
  });
});

test("the summary counts the days done, the days passed and the longest run", () => {
  const done = ["2024-01-30", "2024-01-31", "2024-02-01", "2024-03-01", "2024-03-14"];
  expect(summaryOf(calendarOf(2024, done, TODAY))).toEqual({ daysDone: 5, daysPassed: 75, longestRun: 3 });
  expect(summaryOf(calendarOf(2023, [], TODAY))).toEqual({ daysDone: 0, daysPassed: 365, longestRun: 0 });
});

describe("a key", () => {
  const days = calendarOf(2024, [], TODAY);
  const at = (date: string) => days.findIndex((day) => day.date === date);
  const dayAfter = (date: string, key: string) => days[indexAfterKey(days, at(date), key) ?? -1]?.date;

  test.each([
    ["ArrowUp", "2024-03-14"],
    ["ArrowDown", "2024-03-16"],
    ["ArrowLeft", "2024-03-08"],
    ["ArrowRight", "2024-03-22"],
    ["Home", "2024-01-01"],
    ["End", "2024-12-31"],
    ["PageUp", "2024-02-14"],
    ["PageDown", "2024-04-14"],
    ["Enter", undefined],
  ])("%s leads from March 15 to %s", (key, expected) => {
    expect(dayAfter("2024-03-15", key)).toBe(expected);
  });

  test.each(["ArrowUp", "ArrowLeft", "PageUp", "Home"])("%s stays on the first day of the year", (key) => {
    expect(dayAfter("2024-01-01", key)).toBe("2024-01-01");
  });

  test.each(["ArrowDown", "ArrowRight", "PageDown", "End"])("%s stays on the last day of the year", (key) => {
    expect(dayAfter("2024-12-31", key)).toBe("2024-12-31");
  });
});
