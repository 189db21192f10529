import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isoDate } from "#src/domain/day.ts";
import { emptyMonths } from "#src/domain/months.ts";
import { DaySet } from "#src/domain/streaks/days/day-set.ts";
import { weekOf } from "#src/domain/streaks/week.ts";
import { day, daysAndToday, daysUpTo, setOf } from "../given.ts";
import { nextDate } from "../oracle.ts";

describe("the week", () => {
  test("is the one from Monday 2024-01-08 in the contract's example", () => {
    expect(weekOf(DaySet.ofMonths(setOf(daysUpTo("2024-01-12", 5))), day("2024-01-12"))).toEqual([
      { isoDate: "2024-01-08", label: "Mon", dayNumber: 8, isToday: false, isCheckedIn: true },
      { isoDate: "2024-01-09", label: "Tue", dayNumber: 9, isToday: false, isCheckedIn: true },
      { isoDate: "2024-01-10", label: "Wed", dayNumber: 10, isToday: false, isCheckedIn: true },
      { isoDate: "2024-01-11", label: "Thu", dayNumber: 11, isToday: false, isCheckedIn: true },
      { isoDate: "2024-01-12", label: "Fri", dayNumber: 12, isToday: true, isCheckedIn: true },
      { isoDate: "2024-01-13", label: "Sat", dayNumber: 13, isToday: false, isCheckedIn: false },
      { isoDate: "2024-01-14", label: "Sun", dayNumber: 14, isToday: false, isCheckedIn: false },
    ]);
  });

  test.each(["2024-01-08", "2024-01-10", "2024-01-14"])("of %s starts on Monday 2024-01-08", (today) => {
    expect(weekOf(DaySet.ofMonths(emptyMonths), day(today))[0]?.isoDate).toBe("2024-01-08");
  });

  test.each([
    ["2024-12-31", "2024-12-30 2024-12-31 2025-01-01 2025-01-02 2025-01-03 2025-01-04 2025-01-05"],
    ["2024-03-01", "2024-02-26 2024-02-27 2024-02-28 2024-02-29 2024-03-01 2024-03-02 2024-03-03"],
    ["1970-01-01", "1969-12-29 1969-12-30 1969-12-31 1970-01-01 1970-01-02 1970-01-03 1970-01-04"],
  ])("of %s goes on over the end of the month", (today, dates) => {
    expect(weekOf(DaySet.ofMonths(emptyMonths), day(today)).map((each) => each.isoDate)).toEqual(dates.split(" "));
  });

  test("has seven consecutive days, one of them today, and every done day is checked in", () => {
    fc.assert(
      fc.property(daysAndToday, ({ days, today }) => {
        const week = weekOf(DaySet.ofMonths(setOf(days)), today);
        expect(week.map(({ label }) => label).join(" ")).toBe("Mon Tue Wed Thu Fri Sat Sun");
        expect(week.filter(({ isToday }) => isToday).map((each) => each.isoDate)).toEqual([isoDate(today)]);
        const done = new Set(days.map(isoDate));
        let date = week[0]?.isoDate ?? "";
        for (const each of week) {
          expect(each.isoDate).toBe(date);
          expect(each.dayNumber).toBe(Number(date.split("-")[2]));
          expect(each.isCheckedIn).toBe(done.has(date));
          date = nextDate(date);
        }
      }),
    );
  });
});
