import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isoDate } from "#src/domain/day.ts";
import { dateEvent, dayByStart, dayStartsOf, endOfDay, endOfGrace } from "#src/domain/day-start.ts";
import { EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import { day } from "../given.ts";
import { instantIn } from "../streaks/recorded.ts";

const MINUTE_MS = 60_000;

const graceOf = (grace: number, more: Partial<RulesVersion> = {}) => dayStartsOf([{ ...EVERY_DAY, grace, ...more }]);

/** The day of an event, with a word if it is late. */
function dated(local: string, zone: string, dayStarts: ReturnType<typeof dayStartsOf>): string {
  const { day, late } = dateEvent(instantIn(local, zone), zone, dayStarts);
  return `${isoDate(day)}${late ? " late" : ""}`;
}

describe("an event is late while the clock shows less than the grace after the start of its day", () => {
  test.each([
    ["2026-01-07 00:00", 120, {}, "2026-01-07 late"],
    ["2026-01-07 01:59:59.999", 120, {}, "2026-01-07 late"],
    ["2026-01-07 02:00", 120, {}, "2026-01-07"],
    ["2026-01-06 23:59:59", 360, {}, "2026-01-06"],
    ["2026-01-07 00:00:59", 1, {}, "2026-01-07 late"],
    ["2026-01-07 00:01", 1, {}, "2026-01-07"],
    ["2026-01-07 03:59", 120, { dayStart: 240 }, "2026-01-06"],
    ["2026-01-07 04:00", 120, { dayStart: 240 }, "2026-01-07 late"],
    ["2026-01-07 05:59", 120, { dayStart: 240 }, "2026-01-07 late"],
    ["2026-01-07 06:00", 120, { dayStart: 240 }, "2026-01-07"],
    ["2026-01-07 11:59", 360, { dayStart: 360 }, "2026-01-07 late"],
  ])("%s with %i minutes and %o: %s", (local, grace, more, expected) => {
    expect(dated(local, "Europe/Paris", graceOf(grace, more))).toBe(expected);
  });
});

test("without a grace, no event is late", () => {
  expect(dated("2026-01-07 00:00", "UTC", undefined)).toBe("2026-01-07");
  expect(dated("2026-01-07 04:00", "UTC", dayStartsOf([{ ...EVERY_DAY, dayStart: 240 }]))).toBe("2026-01-07");
});

test("the day before says how long its grace is, and a change never waits for the end of a week", () => {
  const weekly = { ...EVERY_DAY, cadence: { kind: "days_a_week", days: 3, weekStart: 0 } } as const;
  // A Thursday: the week goes on to Sunday by its old cadence.
  const dayStarts = dayStartsOf([
    { ...weekly, grace: 60 },
    { ...weekly, from: day("2026-01-08"), grace: 180 },
  ]);
  expect(dated("2026-01-08 01:30", "UTC", dayStarts)).toBe("2026-01-08"); // Wednesday has an hour
  expect(dated("2026-01-08 00:59", "UTC", dayStarts)).toBe("2026-01-08 late");
  expect(dated("2026-01-09 02:59", "UTC", dayStarts)).toBe("2026-01-09 late"); // Thursday has three
});

test("clocks that change in the grace make it longer or shorter: what the clock shows decides", () => {
  const two = graceOf(120);
  const zone = "America/New_York";
  // The clock goes from 02:00 back to 01:00: it shows less than 02:00 for three hours.
  const midnight = instantIn("2026-11-01 00:00", zone);
  const isLate = (minutes: number) => dateEvent(midnight + minutes * MINUTE_MS, zone, two).late === true;
  expect([0, 119, 120, 179, 180].map(isLate)).toEqual([true, true, true, true, false]);
  expect(endOfGrace(day("2026-10-31"), zone, two)).toBe(midnight + 180 * MINUTE_MS);
  // It goes from 02:00 on to 03:00.
  expect(dated("2026-03-08 03:00", zone, two)).toBe("2026-03-08");
  expect(endOfGrace(day("2026-03-07"), zone, two)).toBe(instantIn("2026-03-08 03:00", zone));
});

test("where midnight is skipped, a grace shorter than that has nothing", () => {
  // Beirut goes from 00:00 to 01:00.
  const half = graceOf(30);
  expect(dated("2026-03-29 01:00", "Asia/Beirut", half)).toBe("2026-03-29");
  expect(endOfGrace(day("2026-03-28"), "Asia/Beirut", half)).toBe(endOfDay(day("2026-03-28"), "Asia/Beirut", half));
});

test("where midnight comes twice, the day before comes back, and its last hour is not late", () => {
  // St John's went from 00:01 back to 23:01.
  const zone = "America/St_Johns";
  const first = Date.parse("2010-11-07T02:30:00Z");
  const dayAfter = (minutes: number) => {
    const { day, late } = dateEvent(first + minutes * MINUTE_MS, zone, graceOf(10));
    return `${isoDate(day)}${late ? " late" : ""}`;
  };
  expect([0, 1, 59, 60, 69, 70].map(dayAfter)).toEqual([
    "2010-11-07 late",
    "2010-11-06",
    "2010-11-06",
    "2010-11-07 late",
    "2010-11-07 late",
    "2010-11-07",
  ]);
});

test("after a date that a zone has left out, what is late could fill that date", () => {
  expect(dated("2011-12-31 00:30", "Pacific/Apia", graceOf(60))).toBe("2011-12-31 late");
});

test("a grace dates no event, and ends at the first minute of which no event can fill the day", () => {
  const anyZone = fc.constantFrom(
    ...["America/New_York", "America/St_Johns", "Asia/Beirut", "Africa/Cairo", "America/Havana"],
    ...["America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati"],
  );
  const anyMinute = fc.integer({
    min: Date.parse("2009-01-01") / MINUTE_MS,
    max: Date.parse("2027-01-01") / MINUTE_MS,
  });
  fc.assert(
    fc.property(anyZone, anyMinute, fc.nat(360), fc.nat(360), (zone, minute, grace, dayStart) => {
      const dayStarts = graceOf(grace + 1, { dayStart });
      const now = minute * MINUTE_MS;
      const event = dateEvent(now, zone, dayStarts);
      expect(event.day).toBe(dayByStart(now, zone, dayStarts));
      const end = endOfGrace(event.day, zone, dayStarts, now);
      const after = dateEvent(end, zone, dayStarts);
      const before = dateEvent(end - MINUTE_MS, zone, dayStarts);
      // What is late on the day after a date that the zone has left out could fill that date, and no earlier one.
      const canFill = ({ day, late }: typeof event) => late === true && day === event.day + 1;
      expect(after.day > event.day && !canFill(after)).toBe(true);
      expect(before.day <= event.day || canFill(before)).toBe(true);
      expect(end).toBeGreaterThanOrEqual(endOfDay(event.day, zone, dayStarts, now));
    }),
  );
});
