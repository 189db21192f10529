import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import { asTimestamp } from "#src/call/timestamp.ts";

/** Reads a time beside a zone, as epoch milliseconds. */
function read(ts: string, tz?: string): number {
  const { seconds, nanos } = asTimestamp(ts, "ts", { at: "tz", read: () => tz });
  return Number(seconds) * 1000 + nanos / 1_000_000;
}

const momentOf = (ts: string, tz?: string) => new Date(read(ts, tz)).toISOString();

test.each([
  ["2024-01-15T12:34:56.789Z", "2024-01-15T12:34:56.789Z"],
  ["2024-01-15T12:34:56Z", "2024-01-15T12:34:56.000Z"],
  ["2024-01-15T12:34Z", "2024-01-15T12:34:00.000Z"],
  ["2024-01-15T12:34+01:00", "2024-01-15T11:34:00.000Z"],
  ["2024-01-15t12:34:56z", "2024-01-15T12:34:56.000Z"],
  ["2024-01-15T12:34:56+05:30", "2024-01-15T07:04:56.000Z"],
  ["2024-01-15T12:34:56+0530", "2024-01-15T07:04:56.000Z"],
  ["2024-01-15T12:34:56-05", "2024-01-15T17:34:56.000Z"],
  ["2024-01-15T12:34:56-00:00", "2024-01-15T12:34:56.000Z"],
  ["2024-01-15T12:34:56,789Z", "2024-01-15T12:34:56.789Z"],
  ["2024-01-15T12:34:56,7899999+01", "2024-01-15T11:34:56.789Z"],
  ["2024-01-15T12:34:56.1Z", "2024-01-15T12:34:56.100Z"],
  ["20240115T123456Z", "2024-01-15T12:34:56.000Z"],
  ["20240115T123456,789Z", "2024-01-15T12:34:56.789Z"],
  ["20240115T1234Z", "2024-01-15T12:34:00.000Z"],
  ["20240115T1234+0100", "2024-01-15T11:34:00.000Z"],
  ["20240115T123456-01:00", "2024-01-15T13:34:56.000Z"],
  // Of the year, and of the week: 2024 began on a Monday, and 2020 was the last year with a week 53.
  ["2024-015T12:34Z", "2024-01-15T12:34:00.000Z"],
  ["2024366T1234Z", "2024-12-31T12:34:00.000Z"],
  ["2024-W03-1T12:34Z", "2024-01-15T12:34:00.000Z"],
  ["2020W537T1234Z", "2021-01-03T12:34:00.000Z"],
  ["2024-01-15T24:00Z", "2024-01-16T00:00:00.000Z"],
  ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"],
  ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
  ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
])("%s is the moment %s, whatever the zone beside it", (ts, moment) => {
  expect(momentOf(ts)).toBe(moment);
  expect(momentOf(ts, "Asia/Kathmandu")).toBe(moment);
});

test.each([
  ["2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"],
  ["2017-01-01T00:59:60.5+01:00", "2016-12-31T23:59:59.999Z"],
  ["20161231T185960-05", "2016-12-31T23:59:59.999Z"],
])("the leap second %s is the last instant before it, so that it stays on its day", (ts, moment) => {
  expect(momentOf(ts)).toBe(moment);
});

test.each([
  "2024-02-30T12:00:00Z",
  "2023-366T12:00Z",
  "2024-000T12:00Z",
  "2023-W53-1T12:00Z",
  "2024-W03-8T12:00Z",
  "yesterday",
  "",
  "2024-01-15T25:00:00Z",
  "2024-01-15T24:00:01Z",
  "2024-01-15T24:00:00.0001Z",
  "2024-01-15T12:60Z",
  "2024-01-15T12:34:60Z",
  "2024-01-15T23:59:60+01:00",
  "2024-01-15T23:59:61Z",
  "0000-06-01T00:00:00Z",
  "0001-01-01T00:00+05:00",
  "+012024-01-01T00:00:00Z",
  // ISO 8601 knows them; who writes them most likely meant another moment.
  "2024T12:00Z",
  "2024-01T12:00Z",
  "2024-W03T12:00Z",
  "2024-01-15T12Z",
  "2024-01",
  "2024",
  // Half of one form and half of another.
  "20240115T12:34:56Z",
  "2024-01-15T123456Z",
  "2024-0115T12:34Z",
  "2024-01-15Z",
  "T12:00Z",
  "2024-01-15 12:00Z",
  " 2024-01-15T12:00Z",
  "2024-01-15T12:00:00+24:00",
  "2024-01-15T12:00:00+1",
  "2024-01-15T12:00:00,Z",
  "2024-01-15T12:00:00Z\n",
  "1705322096",
  "2024-01-15T12:00:00Z[Europe/Berlin]",
])("%j is no date and time", (ts) => {
  for (const tz of [undefined, "Europe/Berlin"]) {
    expect(() => read(ts, tz)).toThrow(
      "ts must be a real date and time in ISO 8601, with minutes, such as 2024-01-15T12:34:56Z.",
    );
  }
});

describe("without an offset", () => {
  test.each([
    ["2024-01-15T12:34:56", "America/New_York", "2024-01-15T17:34:56.000Z"],
    ["20240715T1234", "America/New_York", "2024-07-15T16:34:00.000Z"],
    ["2024-01-15T00:30:00,25", "Asia/Kathmandu", "2024-01-14T18:45:00.250Z"],
    ["1971-01-01T00:00", "Africa/Monrovia", "1971-01-01T00:44:30.000Z"],
    // Put forward: 02:30 was 03:30, also where a half hour, and where a whole day was skipped.
    ["2024-03-31T02:30", "Europe/Berlin", "2024-03-31T01:30:00.000Z"],
    ["2024-10-06T02:15", "Australia/Lord_Howe", "2024-10-05T15:45:00.000Z"],
    ["2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00:00.000Z"],
    // Put back: the first of two.
    ["2024-10-27T02:30", "Europe/Berlin", "2024-10-27T00:30:00.000Z"],
    ["2024-11-03T01:30", "America/New_York", "2024-11-03T05:30:00.000Z"],
    ["2010-11-07T00:00:30", "America/St_Johns", "2010-11-07T02:30:30.000Z"],
  ])("%s in %s is %s", (ts, tz, moment) => {
    expect(momentOf(ts, tz)).toBe(moment);
  });

  test("and without a zone it is refused, and so is a date alone, each with its reason", () => {
    const orTz = ", or name the zone that it is in as tz.";
    for (const ts of ["2024-01-15T12:34:56", "2024-01-15T12:34", "20240115T123456,5"]) {
      expect(() => read(ts)).toThrow(`ts must end in its offset from UTC: Z, or one such as +05:30${orTz}`);
    }
    for (const ts of ["2024-01-15", "20240115", "2024-015", "2024W031"]) {
      expect(() => read(ts)).toThrow(
        `ts is a date alone, which is another time in each zone: send its time and offset${orTz}`,
      );
    }
    expect(() => asTimestamp("2024-01-15T12:34", "since")).toThrow(
      "since must end in its offset from UTC: Z, or one such as +05:30.",
    );
  });

  test("a zone that does not exist is to blame itself", () => {
    for (const tz of ["Mars/Olympus", "+01:00", ""]) {
      expect(() => read("2024-01-15T12:34", tz)).toThrow(
        expect.objectContaining({ field: "tz", message: expect.stringContaining("IANA time zone") }),
      );
    }
    expect(momentOf("2024-01-15T12:34:56Z", "Mars/Olympus")).toBe("2024-01-15T12:34:56.000Z");
  });
});

describe("a date alone", () => {
  test.each([
    ["2024-01-15", "America/New_York", "2024-01-15T05:00:00.000Z"],
    ["20240115", "UTC", "2024-01-15T00:00:00.000Z"],
    ["2024-W03-1", "Pacific/Kiritimati", "2024-01-14T10:00:00.000Z"],
    // Days that began at 01:00, and a day with two midnights.
    ["2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00.000Z"],
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z"],
    ["2010-11-07", "America/St_Johns", "2010-11-07T02:30:00.000Z"],
    ["2024-11-03", "America/Havana", "2024-11-03T04:00:00.000Z"],
  ])("%s in %s is the day's first instant, %s", (ts, tz, moment) => {
    expect(momentOf(ts, tz)).toBe(moment);
  });

  test("that a zone skipped is refused", () => {
    expect(() => read("2011-12-30", "Pacific/Apia")).toThrow(
      "ts is a day that Pacific/Apia never had: its clocks skipped it.",
    );
  });
});

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, "0"));

test("what luxon makes of a date and time is what is taken, real or not, however it is written", () => {
  const year = fc.oneof(
    fc.constantFrom("0000", "0001", "1900", "2000", "2024", "9999"),
    fc.integer({ min: 1000, max: 9999 }),
  );
  const fraction = fc.oneof(fc.constant(""), fc.stringMatching(/^[.,]\d{1,7}$/));
  const end = fc.constantFrom("Z", "Z", "z", "+00:00", "+05:30", "-0130", "+01");
  fc.assert(
    fc.property(
      year,
      two(13),
      two(32),
      two(25),
      two(61),
      two(59),
      fraction,
      end,
      fc.boolean(),
      (y, mo, d, h, mi, s, f, z, isBasic) => {
        const text = isBasic ? `${y}${mo}${d}T${h}${mi}${s}${f}${z}` : `${y}-${mo}-${d}T${h}:${mi}:${s}${f}${z}`;
        const time = DateTime.fromISO(text.toUpperCase(), { setZone: true });
        // Luxon drops the digits after the milliseconds. With such a fraction, 24:00 is not the end of the day.
        const isBehindDay = h === "24" && /[1-9]/.test(f);
        const isReal = time.isValid && !isBehindDay && time.toUTC().year >= 1 && time.toUTC().year <= 9999;
        if (isReal) {
          expect(read(text)).toBe(time.toMillis());
        } else {
          expect(() => read(text)).toThrow("ts must be a real date and time");
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("a local time is the first instant at which the zone's clocks show it; in a gap, as much later as the gap", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"];
  const clocks = new Map(
    zones.map((timeZone) => [
      timeZone,
      new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }),
    ]),
  );
  // The days about the changes of 2024, and any others.
  const days = fc.oneof(
    fc.constantFrom("03-10", "03-31", "04-06", "04-07", "04-14", "09-07", "09-08", "10-06", "10-27", "11-03"),
    fc.integer({ min: 1, max: 28 }).map((day) => `06-${String(day).padStart(2, "0")}`),
  );
  fc.assert(
    fc.property(fc.constantFrom(...zones), days, two(23), fc.constantFrom("00", "15", "30", "45"), (tz, day, h, m) => {
      const shown = (instant: number) => clocks.get(tz)?.format(instant).slice(0, 16);
      const wanted = `2024-${day} ${h}:${m}`;
      const asUtc = Date.parse(`2024-${day}T${h}:${m}:00Z`);
      const quarters = Array.from({ length: 4 * 28 }, (_, i) => asUtc - 14 * 3_600_000 + i * 900_000);
      const first = quarters.find((instant) => shown(instant) === wanted);
      const instant = read(`2024-${day}T${h}:${m}`, tz);
      if (first !== undefined) {
        expect(instant).toBe(first);
      } else {
        // The last moment before the gap, and as long after it as the wanted time is after that moment's.
        const before = quarters.findLast((candidate) => (shown(candidate) ?? "") < wanted) as number;
        const behind = asUtc - Date.parse(`${shown(before)?.replace(" ", "T")}:00Z`);
        expect(instant).toBe(before + behind);
      }
    }),
    { numRuns: 500 },
  );
});
