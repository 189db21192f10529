import fc from "fast-check";
import { expect, test } from "vitest";
import { firstDayOf, periodOf, readMonth, writtenMonth } from "#src/domain/analytics/periods.ts";
import { isoDate, isoMonth, weekday } from "#src/domain/day.ts";
import { anyDay, day } from "../given.ts";

test("a month is that of the ISO date, and reads as it is written", () => {
  fc.assert(
    fc.property(anyDay, (any) => {
      const month = periodOf("month", any);
      expect(writtenMonth(month)).toBe(isoMonth(any));
      expect(readMonth(writtenMonth(month))).toBe(month);
      expect(isoDate(firstDayOf("month", month))).toBe(`${isoMonth(any)}-01`);
    }),
  );
});

test("a week has the seven days from a Monday on", () => {
  fc.assert(
    fc.property(anyDay, (any) => {
      const monday = firstDayOf("week", periodOf("week", any));
      expect(weekday(monday)).toBe(0);
      expect(any - monday).toBe(weekday(any));
      expect(periodOf("week", monday + 6)).toBe(periodOf("week", any));
    }),
  );
});

test("the first month and the last one that a date can name are there", () => {
  expect(["0000-01-01", "0001-01-01", "9999-12-31"].map((date) => writtenMonth(periodOf("month", day(date))))).toEqual([
    "0000-01",
    "0001-01",
    "9999-12",
  ]);
});
