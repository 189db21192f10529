import fc from "fast-check";
import type { Day } from "#src/domain/day.ts";
import { emptyMonths, type Months, withDay } from "#src/domain/months.ts";
import type { WidgetRules } from "#src/domain/rules.ts";

/** The day of an ISO date, as JavaScript itself reads it. */
export function day(isoDate: string): Day {
  return Date.parse(`${isoDate}T00:00:00Z`) / 86_400_000;
}

/** The set that holds these days. */
export function setOf(days: readonly Day[]): Months {
  return days.reduce(withDay, emptyMonths);
}

/** `count` consecutive days, the last of them this one. */
export function daysUpTo(isoDate: string, count: number): Day[] {
  return Array.from({ length: count }, (_, index) => day(isoDate) - index);
}

/** Any day of the years 1 to 9999. Days near leap days, ends of years and both ends of the range are more frequent. */
export const anyDay: fc.Arbitrary<Day> = fc.oneof(
  fc.integer({ min: day("0001-01-01"), max: day("9999-12-31") }),
  fc
    .tuple(
      fc.constantFrom("0001-01-03", "1900-02-28", "1970-01-01", "1999-12-31", "2000-02-29", "2024-02-29", "9999-12-28"),
      fc.integer({ min: -2, max: 3 }),
    )
    .map(([date, distance]) => day(date) + distance),
);

/** Days that are close enough to form streaks, somewhere in the years 1 to 9999, and a today in the same period. */
export const daysAndToday: fc.Arbitrary<{ days: Day[]; today: Day }> = anyDay.chain((start) => {
  const near = fc.integer({ min: start, max: Math.min(start + 45, day("9999-12-31")) });
  return fc.record({
    days: fc.array(fc.oneof({ weight: 9, arbitrary: near }, anyDay), { maxLength: 60 }),
    today: near,
  });
});

export const anyRules: fc.Arbitrary<WidgetRules> = fc.record({ mode: fc.constantFrom("continuous", "cumulative") });
