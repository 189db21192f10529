import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isoDate } from "#src/domain/day.ts";
import { type DayStarts, dateEvent } from "#src/domain/day-start.ts";
import { monthsOf } from "#src/domain/months.ts";
import { checkInsAfterRedating, type Dated, redate } from "#src/domain/redating.ts";
import { datesIn } from "#src/domain/zone-dates.ts";
import { day } from "./given.ts";

const GRACE: DayStarts = [{ grace: 120 }];
const FOUR: DayStarts = [{ dayStart: 240 }];

/** Returns an event as a zone dates it: at a time, or by a date alone. */
function dated(text: string, zone: string, dayStarts?: DayStarts): Dated {
  if (!text.includes("T")) {
    return { day: day(text), at: datesIn(zone).startOf(day(text)) };
  }
  const at = Date.parse(text);
  return { ...dateEvent(at, zone, dayStarts), at };
}

describe("an event has the day of the right zone", () => {
  test.each<[string, string, string, string, string, DayStarts?]>([
    ["Tokyo, not UTC", "2024-01-08T22:00:00Z", "UTC", "Asia/Tokyo", "2024-01-09"],
    ["the same day in Tokyo", "2024-01-08T13:00:00Z", "UTC", "Asia/Tokyo", "2024-01-08"],
    ["New York, not UTC", "2024-01-08T03:00:00Z", "UTC", "America/New_York", "2024-01-07"],
    [
      "the last millisecond in Apia before the 30th that it left out",
      "2011-12-30T09:59:59.999Z",
      "UTC",
      "Pacific/Apia",
      "2011-12-29",
    ],
    ["the first millisecond in Apia after it", "2011-12-30T10:00:00Z", "UTC", "Pacific/Apia", "2011-12-31"],
    ["St John's before the day begins", "2010-11-07T02:29:59.999Z", "UTC", "America/St_Johns", "2010-11-06"],
    ["St John's when it has begun", "2010-11-07T02:30:00Z", "UTC", "America/St_Johns", "2010-11-07"],
    [
      "St John's a minute later, when clocks go back to the day before",
      "2010-11-07T02:31:00Z",
      "UTC",
      "America/St_Johns",
      "2010-11-06",
    ],
    ["St John's when the day begins again", "2010-11-07T03:30:00Z", "UTC", "America/St_Johns", "2010-11-07"],
    ["Lord Howe in summer, with its half hour", "2024-01-08T13:00:00Z", "UTC", "Australia/Lord_Howe", "2024-01-09"],
    ["Lord Howe in winter, without it", "2024-07-08T13:15:00Z", "UTC", "Australia/Lord_Howe", "2024-07-08"],
    ["Havana, which had no midnight", "2012-04-01T05:00:00Z", "UTC", "America/Havana", "2012-04-01"],
    ["Havana a millisecond before", "2012-04-01T04:59:59.999Z", "UTC", "America/Havana", "2012-03-31"],
    ["the start of the day there", "2024-01-08T18:59:59.999Z", "UTC", "Asia/Tokyo", "2024-01-08", FOUR],
    ["when it has come there", "2024-01-08T19:00:00Z", "UTC", "Asia/Tokyo", "2024-01-09", FOUR],
  ])("%s", (_, text, wrong, right, expected, dayStarts) => {
    const event = dated(text, wrong, dayStarts);
    const redated = redate(event, wrong, right, dayStarts);
    expect(isoDate(redated.day)).toBe(expected);
    expect(redated).toEqual({ day: redated.day, at: event.at });
  });

  test("and is late where it comes in the grace there, and only there", () => {
    const early = dated("2024-01-08T16:00:00Z", "UTC", GRACE);
    expect(early).not.toHaveProperty("late");
    expect(redate(early, "UTC", "Asia/Tokyo", GRACE)).toEqual({ day: day("2024-01-09"), late: true, at: early.at });
    const late = dated("2024-01-08T01:00:00Z", "UTC", GRACE);
    expect(late.late).toBe(true);
    expect(redate(late, "UTC", "Asia/Tokyo", GRACE)).toEqual({ day: day("2024-01-08"), at: late.at });
  });
});

describe("a date alone", () => {
  test.each([
    ["2024-01-08", "UTC", "Asia/Tokyo", "2024-01-07T15:00:00.000Z"],
    ["2024-01-08", "Asia/Tokyo", "UTC", "2024-01-08T00:00:00.000Z"],
    ["2024-01-08", "UTC", "Pacific/Pago_Pago", "2024-01-08T11:00:00.000Z"],
    ["2012-04-01", "America/Havana", "UTC", "2012-04-01T00:00:00.000Z"],
    ["2012-04-01", "UTC", "America/Havana", "2012-04-01T05:00:00.000Z"],
    ["2010-11-07", "America/St_Johns", "UTC", "2010-11-07T00:00:00.000Z"],
    ["2010-11-07", "UTC", "America/St_Johns", "2010-11-07T02:30:00.000Z"],
  ])("%s stays on its date from %s to %s", (date, wrong, right, first) => {
    for (const dayStarts of [undefined, FOUR, GRACE]) {
      const redated = redate(dated(date, wrong), wrong, right, dayStarts);
      expect([isoDate(redated.day), new Date(redated.at).toISOString()]).toEqual([date, first]);
      expect(redate(redated, right, wrong, dayStarts)).toEqual(dated(date, wrong));
    }
  });

  test("is not what a clock has dated at midnight: to the day before, or late", () => {
    const before = dated("2024-01-08T00:00:00Z", "UTC", FOUR);
    expect(isoDate(before.day)).toBe("2024-01-07");
    expect(isoDate(redate(before, "UTC", "Asia/Tokyo", FOUR).day)).toBe("2024-01-08");
    const late = dated("2024-01-08T00:00:00Z", "UTC", GRACE);
    expect(late.late).toBe(true);
    expect(isoDate(redate(late, "UTC", "America/New_York", GRACE).day)).toBe("2024-01-07");
  });

  test("is not what comes when a date begins for the second time", () => {
    const again = dated("2010-11-07T03:30:00Z", "America/St_Johns");
    expect(redate(again, "America/St_Johns", "America/New_York", undefined)).toEqual({
      day: day("2010-11-06"),
      at: again.at,
    });
  });

  test("is not what a clock has dated to a day that the zone has left out", () => {
    const skipped = dated("2011-12-30T10:00:00Z", "Pacific/Apia", FOUR);
    expect(isoDate(skipped.day)).toBe("2011-12-30");
    expect(redate(skipped, "Pacific/Apia", "UTC", FOUR)).toEqual({ day: day("2011-12-30"), at: skipped.at });
    expect(isoDate(redate(skipped, "Pacific/Apia", "Pacific/Pago_Pago", FOUR).day)).toBe("2011-12-29");
  });
});

test("an event that was corrected from one zone to another, and back, has the day that it had", () => {
  const zones = fc.constantFrom(
    "UTC",
    "Asia/Tokyo",
    "Pacific/Apia",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Havana",
  );
  const starts = fc.constantFrom(undefined, FOUR, GRACE, [{}, { from: day("2012-01-15"), dayStart: 60, grace: 30 }]);
  const instants = fc.integer({ min: Date.parse("2010-10-01"), max: Date.parse("2012-05-01") });
  fc.assert(
    fc.property(zones, zones, starts, instants, (wrong, right, dayStarts, at) => {
      // A millisecond after any whole second, so no first moment of a date.
      const instant = Math.floor(at / 1000) * 1000 + 1;
      const event = { ...dateEvent(instant, wrong, dayStarts), at: instant };
      const redated = redate(event, wrong, right, dayStarts);
      expect(redated).toEqual({ ...dateEvent(instant, right, dayStarts), at: instant });
      expect(redate(redated, right, wrong, dayStarts)).toEqual(event);
    }),
  );
});

describe("the done days after events were redated", () => {
  const ZONES = { wrongZone: "UTC", rightZone: "Asia/Tokyo" };
  const [one, two, three] = [day("2024-01-31"), day("2024-02-01"), day("2024-02-02")];
  const first = (from: number, to: number, late?: true) => ({
    from: { day: from, ...(late && { late }) },
    to: { day: to },
    isFirst: true,
  });

  test("are days of the right zone, and none of the wrong one where nothing is left", () => {
    const checkIns = { days: monthsOf([one, two]) };
    expect(checkInsAfterRedating(checkIns, "UTC", ZONES, [first(one, two)])).toEqual({
      days: monthsOf([two]),
      others: [{ late: false, zone: "Asia/Tokyo", days: monthsOf([two]) }],
    });
    expect(checkInsAfterRedating(checkIns, "UTC", ZONES, [first(one, one), first(two, three)])).toEqual({
      days: {},
      others: [{ late: false, zone: "Asia/Tokyo", days: monthsOf([one, three]) }],
    });
  });

  test("are ordinary where the right zone is the home zone, by any name of the zones", () => {
    const late = { late: true, zone: "Etc/UTC", days: monthsOf([two]) };
    const checkIns = { days: monthsOf([one]), others: [{ late: false, zone: "Etc/UTC", days: monthsOf([one]) }, late] };
    expect(checkInsAfterRedating(checkIns, "Japan", ZONES, [first(one, two), first(two, three, true)])).toEqual({
      days: monthsOf([one, two, three]),
    });
  });

  test("are those of late events apart, and those that a repeat comes to, too", () => {
    const checkIns = { days: monthsOf([one]) };
    const repeat = { from: { day: one }, to: { day: two, late: true as const }, isFirst: false };
    expect(checkInsAfterRedating(checkIns, "UTC", ZONES, [repeat])).toEqual({
      days: monthsOf([one]),
      others: [{ late: true, zone: "Asia/Tokyo", days: monthsOf([two]) }],
    });
  });
});
