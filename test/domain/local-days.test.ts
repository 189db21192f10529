import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayOf, isoDate } from "#src/domain/day.ts";
import { isZone } from "#src/domain/zone.ts";
import { naiveLocalDate } from "./oracle.ts";

const YEAR_1 = Date.parse("0001-01-01T00:00:00.000Z");
const YEAR_9999_END = Date.parse("9999-12-31T23:59:59.999Z");
const zones = Intl.supportedValuesOf("timeZone");

function localDate(instant: number | string, zone: string): string {
  return isoDate(dayOf(new Date(instant).getTime(), zone));
}

describe("an event falls on the date that the user's calendar shows", () => {
  test.each([
    ["2024-01-15T12:34:56.000Z", "America/New_York", "2024-01-15"],
    ["2024-01-15T04:59:59.999Z", "America/New_York", "2024-01-14"],
    ["2024-01-15T05:00:00.000Z", "America/New_York", "2024-01-15"],
    ["2024-07-15T03:59:59.999Z", "America/New_York", "2024-07-14"],
    ["2024-07-15T04:00:00.000Z", "America/New_York", "2024-07-15"],
    ["2023-12-31T15:00:00.000Z", "Asia/Tokyo", "2024-01-01"],
    ["2024-02-28T18:14:59.999Z", "Asia/Kathmandu", "2024-02-28"],
    ["2024-02-28T18:15:00.000Z", "Asia/Kathmandu", "2024-02-29"],
    ["2024-02-29T15:14:59.999Z", "Australia/Eucla", "2024-02-29"],
    ["2024-02-29T15:15:00.000Z", "Australia/Eucla", "2024-03-01"],
    // Chatham is +12:45, in summer +13:45; Lord Howe +10:30, in summer +11:00.
    ["2024-07-01T11:14:59.999Z", "Pacific/Chatham", "2024-07-01"],
    ["2024-07-01T11:15:00.000Z", "Pacific/Chatham", "2024-07-02"],
    ["2024-01-01T10:14:59.999Z", "Pacific/Chatham", "2024-01-01"],
    ["2024-01-01T10:15:00.000Z", "Pacific/Chatham", "2024-01-02"],
    ["2024-07-01T13:29:59.999Z", "Australia/Lord_Howe", "2024-07-01"],
    ["2024-07-01T13:30:00.000Z", "Australia/Lord_Howe", "2024-07-02"],
    ["2024-01-01T12:59:59.999Z", "Australia/Lord_Howe", "2024-01-01"],
    ["2024-01-01T13:00:00.000Z", "Australia/Lord_Howe", "2024-01-02"],
    // In 1900 there was no February 29, in 2000 there was.
    ["1900-03-01T00:00:00.000Z", "UTC", "1900-03-01"],
    ["1900-02-28T23:59:59.999Z", "UTC", "1900-02-28"],
    ["2000-02-29T00:00:00.000Z", "UTC", "2000-02-29"],
    ["1969-12-31T23:59:59.999Z", "UTC", "1969-12-31"],
  ])("%s in %s is %s", (instant, zone, date) => {
    expect(localDate(instant, zone)).toBe(date);
  });

  test("Samoa went from December 29, 2011 to December 31", () => {
    expect(localDate("2011-12-30T09:59:59.999Z", "Pacific/Apia")).toBe("2011-12-29");
    expect(localDate("2011-12-30T10:00:00.000Z", "Pacific/Apia")).toBe("2011-12-31");
  });

  test("Manila went from December 30, 1844 to January 1", () => {
    const dates = new Set<string>();
    for (let hour = -48; hour < 48; hour++) {
      dates.add(localDate(Date.parse("1844-12-31T00:00:00Z") + hour * 3_600_000, "Asia/Manila"));
    }
    expect([...dates]).toEqual(["1844-12-28", "1844-12-29", "1844-12-30", "1845-01-01", "1845-01-02"]);
  });

  test("the date that Kwajalein skipped is not a day there, but is one on the neighbouring islands", () => {
    const hours = Array.from({ length: 72 }, (_, hour) => Date.parse("1993-08-20T00:00:00Z") + hour * 3_600_000);
    expect(hours.map((at) => localDate(at, "Pacific/Kwajalein"))).not.toContain("1993-08-21");
    expect(hours.map((at) => localDate(at, "Pacific/Majuro"))).toContain("1993-08-21");
  });

  test("the date that Alaska had twice, when it was bought from Russia, is one day", () => {
    const dates = Array.from({ length: 96 }, (_, hour) =>
      localDate(Date.parse("1867-10-17T00:00:00Z") + hour * 3_600_000, "America/Juneau"),
    );
    expect(dates.filter((date) => date === "1867-10-18").length).toBeGreaterThan(24);
    expect([...dates].sort()).not.toEqual(dates);
  });

  test("the first and last instants of the years 1 to 9999 have a day in every zone", () => {
    expect(localDate(YEAR_1, "UTC")).toBe("0001-01-01");
    expect(localDate(YEAR_1, "America/New_York")).toBe("0000-12-31");
    expect(localDate(YEAR_9999_END, "UTC")).toBe("9999-12-31");
    expect(localDate(YEAR_9999_END, "Pacific/Kiritimati")).toBe("10000-01-01");
    for (const zone of zones) {
      expect(localDate(YEAR_1, zone)).toBe(naiveLocalDate(YEAR_1, zone));
      expect(localDate(YEAR_9999_END, zone)).toBe(naiveLocalDate(YEAR_9999_END, zone));
    }
  });

  test("Intl agrees, at any instant in any zone", () => {
    const instant = fc.oneof(
      fc.integer({ min: YEAR_1, max: YEAR_9999_END }),
      fc.integer({ min: Date.parse("1840-01-01"), max: Date.parse("2040-01-01") }),
    );
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (at, zone) => {
        expect(localDate(at, zone)).toBe(naiveLocalDate(at, zone));
      }),
      { numRuns: 2000 },
    );
  });

  test("Intl agrees within two milliseconds of every quarter-hour of a midnight", () => {
    const midnight = fc.integer({ min: 0, max: 20_000 }).map((number) => number * 86_400_000);
    const quarter = fc.integer({ min: -56, max: 56 }).map((number) => number * 900_000);
    fc.assert(
      fc.property(
        midnight,
        quarter,
        fc.integer({ min: -2, max: 2 }),
        fc.constantFrom(...zones),
        (at, off, ms, zone) => {
          expect(localDate(at + off + ms, zone)).toBe(naiveLocalDate(at + off + ms, zone));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("a text that is not a zone has no days", () => {
    expect(isZone("Mars/Olympus_Mons")).toBe(false);
    expect(() => dayOf(0, "Mars/Olympus_Mons")).toThrow(RangeError);
  });
});
