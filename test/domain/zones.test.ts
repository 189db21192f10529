import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalZone, isSameZone, isZone, offsetMinutes } from "#src/domain/zone.ts";

const zones = Intl.supportedValuesOf("timeZone");
const HOUR = 3_600_000;

/** The offset in minutes, from the text that Intl writes for it, such as `GMT-00:44:30`. */
function intlOffset(zone: string, instant: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes, seconds] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name) ?? [];
  const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return (sign === "-" ? -size : size) / 60;
}

const formats = new Map<string, Intl.DateTimeFormat>();

describe("a zone has an IANA name", () => {
  test.each([
    ...["UTC", "GMT", "Etc/UTC", "Etc/GMT+5", "EST5EDT", "US/Pacific", "Europe/Kyiv", "Europe/Kiev", "Asia/Calcutta"],
    ...["America/Argentina/ComodRivadavia", "America/Port-au-Prince", "Antarctica/DumontDUrville"],
  ])("%s is a zone", (name) => {
    expect(isZone(name)).toBe(true);
  });

  test("all names that Intl supports are zones", () => {
    expect(zones.filter((name) => !isZone(name))).toEqual([]);
  });

  test("upper and lower case are the same", () => {
    expect(isZone("america/new_york")).toBe(true);
    expect(isZone("AMERICA/NEW_YORK")).toBe(true);
    expect(offsetMinutes("AmErIcA/nEw_YoRk", 0)).toBe(offsetMinutes("America/New_York", 0));
  });

  test.each([
    ...["", " ", "local", "system", "default", "Z", "null", "undefined", "__proto__", "constructor", "toString"],
    ...["+05:30", "-08", "+0530", "UTC+3", "GMT+5:30", "UTC+05:30", "Etc/Unknown", "Mars/Olympus_Mons"],
    ...["America", "America/", "/America/New_York", "America//New_York", " UTC", "UTC ", "UTC\n", "UTC\0"],
    ...[
      "America/New York",
      "../../etc/passwd",
      "Europe/\u212Ayiv",
      "As\u0131a/Tokyo",
      "\uFF35TC",
      "America/New_York\u200B",
    ],
  ])("%j is not a zone", (name) => {
    expect(isZone(name)).toBe(false);
  });

  test("all names of a zone have one canonical name, which is a zone and its own canonical name", () => {
    const names = [...zones, "Asia/Kolkata", "Europe/Kyiv", "US/Pacific", "EST5EDT", "Etc/GMT+5", "europe/paris"];
    for (const name of names) {
      const canonical = canonicalZone(name);
      expect([isZone(canonical), canonicalZone(canonical)], name).toEqual([true, canonical]);
      expect(offsetMinutes(canonical, 1.7e12), name).toBe(offsetMinutes(name, 1.7e12));
    }
    expect(canonicalZone("EUROPE/paris")).toBe("Europe/Paris");
    expect(canonicalZone("Mars/Olympus_Mons")).toBe("Mars/Olympus_Mons");
  });

  test.each([
    ["Asia/Calcutta", "Asia/Kolkata", true],
    ["Europe/Kiev", "europe/kyiv", true],
    ["Europe/Paris", "Europe/Berlin", false],
    ["Mars/Olympus_Mons", "Mars/Olympus_Mons", true],
  ])("whether %s and %s are the same zone: %s", (one, other, expected) => {
    expect(isSameZone(one, other)).toBe(expected);
  });

  test.each(["BST", "IST", "CST", "PST", "ist"])("%s is not a zone, since it is ambiguous", (name) => {
    expect(isZone(name)).toBe(false);
  });

  test("no string makes the check throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-ascii" })), (name) => {
        expect([true, false]).toContain(isZone(name));
      }),
    );
  });

  test("a huge string is refused like a short one", () => {
    expect(isZone("a/".repeat(1_000_000))).toBe(false);
    expect(isZone("a".repeat(1_000_000))).toBe(false);
  });
});

describe("offsets are exact", () => {
  test("in the quarter-hour in which Monrovia's clocks went from -00:44:30 to 0", () => {
    const change = Date.parse("1972-01-07T00:44:30.000Z");
    const instants = [-16 * 60_000, -1000, -1, 0, 1, 1000, 16 * 60_000].map((distance) => change + distance);
    const forwards = instants.map((instant) => offsetMinutes("Africa/Monrovia", instant));
    const backwards = instants.toReversed().map((instant) => offsetMinutes("Africa/Monrovia", instant));
    expect(forwards).toEqual([-44.5, -44.5, -44.5, 0, 0, 0, 0]);
    expect(backwards.toReversed()).toEqual(forwards);
  });

  test("before New York left its local mean time, and after", () => {
    const change = Date.parse("1883-11-18T17:00:00.000Z");
    expect(offsetMinutes("America/New_York", change - 1)).toBeCloseTo(-(4 * 60 + 56 + 2 / 60), 9);
    expect(offsetMinutes("America/New_York", change)).toBe(-300);
  });

  test.each([
    ["America/New_York", "2024-03-10T07:00:00Z", -300, -240],
    ["America/New_York", "2024-11-03T06:00:00Z", -240, -300],
    ["Australia/Lord_Howe", "2024-04-06T15:00:00Z", 660, 630],
    ["Australia/Lord_Howe", "2024-10-05T15:30:00Z", 630, 660],
    ["Pacific/Chatham", "2024-04-06T14:00:00Z", 825, 765],
    ["Europe/London", "2024-03-31T01:00:00Z", 0, 60],
    ["Pacific/Apia", "2011-12-30T10:00:00Z", -600, 840],
    ["Asia/Kathmandu", "1985-12-31T18:30:00Z", 330, 345],
  ])("in %s they change at %s, to the millisecond", (zone, change, before, after) => {
    const at = Date.parse(change);
    expect(offsetMinutes(zone, at - 1)).toBe(before);
    expect(offsetMinutes(zone, at)).toBe(after);
    expect(offsetMinutes(zone, at - 1)).toBe(before);
  });

  test("around every change of a zone's clocks, whatever was asked before", () => {
    const zone = fc.constantFrom(...zones);
    const start = fc.integer({ min: Date.parse("1840-01-01"), max: Date.parse("2037-01-01") });
    fc.assert(
      fc.property(zone, start, (name, from) => {
        const change = nextChange(name, from);
        for (const at of [-900_000, -1000, -1, 0, 1, 999, 1000, 900_000, 0, -1].map((distance) => change + distance)) {
          expect(offsetMinutes(name, at)).toBeCloseTo(intlOffset(name, at), 6);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("for more instants than are cached, in any order", () => {
    const instants = Array.from(
      { length: 1200 },
      (_, index) => Date.parse("2024-03-01") + ((index * 7919) % 1200) * HOUR,
    );
    for (const at of [...instants, ...instants]) {
      expect(offsetMinutes("Europe/Berlin", at)).toBe(at < Date.parse("2024-03-31T01:00:00Z") ? 60 : 120);
    }
  });
});

/** An instant after `from` when the clocks change, or `from` when they do not change within 40 months. */
function nextChange(zone: string, from: number): number {
  let low = from;
  for (let step = 0; step < 40; step++) {
    let high = low + 30 * 24 * HOUR;
    if (intlOffset(zone, low) !== intlOffset(zone, high)) {
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (intlOffset(zone, middle) === intlOffset(zone, low)) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return high;
    }
    low = high;
  }
  return from;
}
