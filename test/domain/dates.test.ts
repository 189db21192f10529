import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayOfMonth, firstOfMonth, isoDate, isoMonth, weekday } from "#src/domain/day.ts";
import { anyDay, day } from "./given.ts";
import { nextDate } from "./oracle.ts";

describe("a day is the number of a date", () => {
  test.each([
    [0, "1970-01-01"],
    [-1, "1969-12-31"],
    [19_730, "2024-01-08"],
    [-719_162, "0001-01-01"],
    [-719_163, "0000-12-31"],
    [2_932_896, "9999-12-31"],
    [2_932_897, "10000-01-01"],
  ])("day %i is %s", (number, date) => {
    expect(isoDate(number)).toBe(date);
  });

  test.each([
    ["2024-02-28", "2024-02-29"],
    ["2023-02-28", "2023-03-01"],
    ["1900-02-28", "1900-03-01"],
    ["2000-02-28", "2000-02-29"],
    ["2023-12-31", "2024-01-01"],
    ["0099-12-31", "0100-01-01"],
  ])("the day after %s is %s", (date, next) => {
    expect(isoDate(day(date) + 1)).toBe(next);
  });

  test("numbers and dates step alike through three centuries", () => {
    let date = "1899-01-01";
    for (let number = day(date); number < day("2201-01-01"); number++) {
      if (isoDate(number) !== date) {
        expect(isoDate(number)).toBe(date);
      }
      date = nextDate(date);
    }
  });

  test("a date leads back to its day, in every year from 1 to 9999", () => {
    fc.assert(
      fc.property(anyDay, (number) => {
        expect(day(isoDate(number))).toBe(number);
        expect(isoDate(number + 1).padStart(10, "0")).toBe(nextDate(isoDate(number)));
      }),
    );
  });

  test("a month and a day of the month lead back to the day", () => {
    fc.assert(
      fc.property(anyDay, (number) => {
        expect(firstOfMonth(isoMonth(number)) + dayOfMonth(number) - 1).toBe(number);
      }),
    );
  });

  test("weekdays count from Monday and go on through 1970", () => {
    expect(weekday(day("2024-01-08"))).toBe(0);
    expect(weekday(day("2024-01-14"))).toBe(6);
    expect(weekday(day("1970-01-01"))).toBe(3);
    expect(weekday(day("1969-12-29"))).toBe(0);
    expect(weekday(day("0001-01-01"))).toBe(0);
    fc.assert(
      fc.property(anyDay, (number) => {
        expect(weekday(number + 1)).toBe((weekday(number) + 1) % 7);
        expect(weekday(number + 7)).toBe(weekday(number));
      }),
    );
  });
});
