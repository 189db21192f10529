import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countDays, emptyMonths, hasDay, monthOf, ofYear, runsOf, union, withDay } from "#src/domain/months.ts";
import { anyDay, day, daysAndToday, daysUpTo, setOf } from "./given.ts";

const anyDays = daysAndToday.map(({ days }) => days);

describe("a set of days is an integer a month", () => {
  test("with a bit for each day of the month", () => {
    expect(setOf([day("2024-01-01"), day("2024-01-03"), day("2024-02-29")])).toEqual({
      "2024-01": 0b101,
      "2024-02": 1 << 28,
    });
    expect(monthOf(day("2024-01-31"))).toEqual({ month: "2024-01", bit: 2 ** 30 });
  });

  test("of at most 31 bits, never negative", () => {
    expect(setOf(daysUpTo("2024-01-31", 31))).toEqual({ "2024-01": 2 ** 31 - 1 });
    fc.assert(
      fc.property(anyDays, (days) => {
        for (const bits of Object.values(setOf(days))) {
          expect(bits).toBeGreaterThan(0);
          expect(bits).toBeLessThan(2 ** 31);
        }
      }),
    );
  });

  test("that has the days that were added, and no others", () => {
    fc.assert(
      fc.property(anyDays, anyDay, (days, other) => {
        const months = setOf(days);
        expect(days.every((each) => hasDay(months, each))).toBe(true);
        expect(hasDay(months, other)).toBe(days.includes(other));
        expect(countDays(months)).toBe(new Set(days).size);
      }),
    );
  });

  test("without a day is empty", () => {
    expect(countDays(emptyMonths)).toBe(0);
    expect(runsOf(emptyMonths)).toEqual([]);
    expect(hasDay(emptyMonths, 0)).toBe(false);
  });
});

describe("a union", () => {
  test("has the days of both, whichever comes first, and leaves both as they were", () => {
    fc.assert(
      fc.property(anyDays, anyDays, (one, other) => {
        const [a, b] = [Object.freeze(setOf(one)), Object.freeze(setOf(other))];
        expect(union(a, b)).toEqual(setOf([...one, ...other]));
        expect(union(b, a)).toEqual(union(a, b));
        expect(union(a, a)).toEqual(a);
        expect(union(a, emptyMonths)).toEqual(a);
      }),
    );
  });

  test("with a day that is there changes nothing", () => {
    fc.assert(
      fc.property(anyDays, anyDay, (days, again) => {
        const months = setOf([...days, again]);
        expect(withDay(months, again)).toEqual(months);
      }),
    );
  });
});

describe("the days of a year", () => {
  test("begin on its January 1 and end on its December 31", () => {
    const days = setOf(daysUpTo("2025-01-02", 400));
    expect(ofYear(days, 2024)).toEqual(setOf(daysUpTo("2024-12-31", 366)));
    expect(ofYear(days, 2025)).toEqual(setOf(daysUpTo("2025-01-02", 2)));
    expect(ofYear(days, 2022)).toEqual({});
  });

  test("are not those of a longer year that begins with the same digits", () => {
    expect(ofYear({ "12024-01": 1, "0202-01": 2 }, 1202)).toEqual({});
    expect(ofYear({ "12024-01": 1, "0202-01": 2 }, 202)).toEqual({ "0202-01": 2 });
  });
});

describe("runs", () => {
  test("go on over the ends of months and years", () => {
    expect(runsOf(setOf(daysUpTo("2024-03-02", 70)))).toEqual([{ first: day("2024-03-02") - 69, length: 70 }]);
  });

  test("are in the order of the calendar past the year 9999 too", () => {
    const last = day("9999-12-31");
    expect(runsOf(setOf([last + 1, last, last - 1]))).toEqual([{ first: last - 1, length: 3 }]);
  });

  test("cover exactly the days of the set, apart from each other", () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const runs = runsOf(setOf(days));
        const covered = runs.flatMap(({ first, length }) => Array.from({ length }, (_, index) => first + index));
        expect(covered).toEqual([...new Set(days)].sort((a, b) => a - b));
        for (const { first } of runs) {
          expect(days).not.toContain(first - 1);
        }
      }),
    );
  });
});
