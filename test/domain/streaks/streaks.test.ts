import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayOf, isoDate } from "#src/domain/day.ts";
import { emptyMonths, union, withDay } from "#src/domain/months.ts";
import { anyDay, anyRules, day, daysAndToday, daysUpTo, setOf } from "../given.ts";
import { naiveLocalDate, naiveStreak } from "../oracle.ts";
import { streakOf } from "./by-days.ts";
import { lessonRules } from "./given.ts";

const anyStreakRules = anyRules.map((rules) => lessonRules(rules));
const continuous = lessonRules({ mode: "continuous" });
const cumulative = lessonRules({ mode: "cumulative" });

describe("a continuous streak", () => {
  test("is 5 with a best of 12 in the contract's example", () => {
    const days = setOf([...daysUpTo("2024-01-12", 5), ...daysUpTo("2023-12-31", 12)]);
    expect(streakOf(days, continuous, day("2024-01-12"))).toEqual({
      mode: "continuous",
      current: 5,
      best: 12,
      todayDone: true,
      pending: false,
    });
  });

  test("of nothing is zero", () => {
    expect(streakOf(emptyMonths, continuous, day("2024-01-12"))).toEqual({
      mode: "continuous",
      current: 0,
      best: 0,
      todayDone: false,
      pending: false,
    });
  });

  test("is pending while yesterday is done and today is not", () => {
    const days = setOf(daysUpTo("2024-01-12", 5));
    expect(streakOf(days, continuous, day("2024-01-13"))).toMatchObject({
      current: 5,
      todayDone: false,
      pending: true,
    });
  });

  test("ends when a whole day was missed, and its best stays", () => {
    const days = setOf(daysUpTo("2024-01-12", 5));
    expect(streakOf(days, continuous, day("2024-01-14"))).toMatchObject({ current: 0, best: 5, pending: false });
  });

  test("starts again at 1", () => {
    const days = setOf([...daysUpTo("2024-01-12", 5), day("2024-01-14")]);
    expect(streakOf(days, continuous, day("2024-01-14"))).toMatchObject({ current: 1, best: 5, todayDone: true });
  });

  test("is joined by a late event for the missing day", () => {
    const gap = setOf([...daysUpTo("2024-01-12", 5), ...daysUpTo("2024-01-16", 3)]);
    expect(streakOf(gap, continuous, day("2024-01-16"))).toMatchObject({ current: 3, best: 5 });
    const joined = withDay(gap, day("2024-01-13"));
    expect(streakOf(joined, continuous, day("2024-01-16"))).toMatchObject({ current: 9, best: 9 });
  });

  test.each([
    ["a leap day", "2024-03-01", 3],
    ["the end of a February without one", "1900-03-01", 3],
    ["the leap day of 2000", "2000-03-01", 3],
    ["a year's end", "2025-01-02", 5],
    ["ten years", "2024-12-31", 3653],
  ])("goes on over %s", (_, today, length) => {
    const days = setOf(daysUpTo(today, length));
    expect(streakOf(days, continuous, day(today))).toMatchObject({ current: length, best: length });
  });

  test("ends at today when later days are done, which count for the best", () => {
    const days = setOf(daysUpTo("2024-01-13", 5));
    expect(streakOf(days, continuous, day("2024-01-12"))).toMatchObject({ current: 4, best: 5, todayDone: true });
    const ahead = setOf([day("2024-01-11"), day("2024-01-13")]);
    expect(streakOf(ahead, continuous, day("2024-01-12"))).toMatchObject({ current: 1, best: 1, pending: true });
    expect(streakOf(setOf([day("2024-01-13")]), continuous, day("2024-01-12"))).toMatchObject({ current: 0, best: 1 });
  });

  test("breaks at the date that Samoa skipped", () => {
    const evening = (date: string) => dayOf(Date.parse(`${date}T20:00:00-10:00`), "Pacific/Apia");
    const days = setOf([evening("2011-12-28"), evening("2011-12-29"), day("2011-12-31"), day("2012-01-01")]);
    expect(streakOf(days, continuous, day("2012-01-01"))).toMatchObject({ current: 2, best: 2 });
  });

  test("of a check-in every 24 hours goes on through the changes of the clocks", () => {
    const noon = Date.parse("2024-01-01T17:00:00Z");
    const days = setOf(Array.from({ length: 366 }, (_, index) => dayOf(noon + index * 86_400_000, "America/New_York")));
    expect(streakOf(days, continuous, day("2024-12-31"))).toMatchObject({ current: 366, best: 366 });
  });
});

describe("a cumulative streak", () => {
  test("counts all days done, with gaps and days ahead", () => {
    const days = setOf([day("2023-05-05"), day("2024-01-10"), day("2024-01-13")]);
    expect(streakOf(days, cumulative, day("2024-01-12"))).toEqual({
      mode: "cumulative",
      current: 3,
      best: 3,
      todayDone: false,
      pending: true,
    });
  });

  test("never falls as time passes or events come", () => {
    fc.assert(
      fc.property(daysAndToday, anyDay, anyDay, ({ days, today }, later, another) => {
        const { current } = streakOf(setOf(days), cumulative, today);
        expect(streakOf(setOf(days), cumulative, later).current).toBe(current);
        expect(streakOf(setOf([...days, another]), cumulative, today).current).toBeGreaterThanOrEqual(current);
      }),
    );
  });
});

describe("any streak", () => {
  test("is what stepping through a list of dates gives", () => {
    fc.assert(
      fc.property(daysAndToday, anyStreakRules, ({ days, today }, rules) => {
        const expected = naiveStreak(days.map(isoDate), rules.mode, isoDate(today));
        expect(streakOf(setOf(days), rules, today)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("is what Intl's local dates give, for events in any zones", () => {
    const start = Date.parse("2011-12-01");
    const event = fc.record({
      at: fc.integer({ min: start, max: start + 40 * 86_400_000 }),
      zone: fc.constantFrom(...["UTC", "Pacific/Apia", "America/New_York", "Asia/Kathmandu", "Pacific/Pago_Pago"]),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), event, anyStreakRules, (events, now, rules) => {
        const days = setOf(events.map(({ at, zone }) => dayOf(at, zone)));
        const dates = events.map(({ at, zone }) => naiveLocalDate(at, zone));
        const expected = naiveStreak(dates, rules.mode, naiveLocalDate(now.at, now.zone));
        expect(streakOf(days, rules, dayOf(now.at, now.zone))).toEqual(expected);
      }),
    );
  });

  test("is the same for any order of events, and for events that come twice", () => {
    const shuffled = daysAndToday.chain(({ days, today }) =>
      fc.record({
        days: fc.constant(days),
        today: fc.constant(today),
        order: fc.shuffledSubarray([...days, ...days], { minLength: days.length * 2 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, anyStreakRules, ({ days, today, order }, rules) => {
        expect(streakOf(setOf(order), rules, today)).toEqual(streakOf(setOf(days), rules, today));
      }),
    );
  });

  test("of two users merged is the streak of the days of both", () => {
    fc.assert(
      fc.property(daysAndToday, fc.array(fc.nat({ max: 60 })), anyStreakRules, ({ days, today }, ago, rules) => {
        const others = ago.map((distance) => today - distance);
        const merged = union(setOf(days), setOf(others));
        const expected = naiveStreak([...days, ...others].map(isoDate), rules.mode, isoDate(today));
        expect(streakOf(merged, rules, today)).toEqual(expected);
      }),
    );
  });

  test("has a best of at least its current", () => {
    fc.assert(
      fc.property(daysAndToday, anyStreakRules, ({ days, today }, rules) => {
        const { current, best } = streakOf(setOf(days), rules, today);
        expect(best).toBeGreaterThanOrEqual(current);
      }),
    );
  });

  test("never gets shorter by one more day", () => {
    fc.assert(
      fc.property(daysAndToday, anyStreakRules, ({ days, today }, rules) => {
        const [another = today, ...fewer] = days;
        const before = streakOf(setOf(fewer), rules, today);
        const after = streakOf(setOf([...fewer, another]), rules, today);
        expect(after.current).toBeGreaterThanOrEqual(before.current);
        expect(after.best).toBeGreaterThanOrEqual(before.best);
      }),
    );
  });
});
