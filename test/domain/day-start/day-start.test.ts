import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeRules } from "#gen/streak/v1/rules_rest.ts";
import { dayOf, isoDate } from "#src/domain/day.ts";
import { dateEvent, dayByStart, dayStartsOf, endOfDay, endOfGrace } from "#src/domain/day-start.ts";
import type { RulesVersion } from "#src/domain/rules.ts";
import { readRules } from "#src/service/projects/rules-message.ts";
import { day } from "../given.ts";
import { textOf } from "../streaks/vectors/text.ts";
import { examples } from "./examples.ts";
import { isNaiveLate, type NaiveVersion, naiveDay, naiveDayEnd, naiveGraceEnd } from "./oracle.ts";
import { type DayStartVector, vectorOf } from "./vector.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Versions as the API reads them. */
function versionsOf(versions: readonly NaiveVersion[]): readonly RulesVersion[] {
  return versions.map(({ from, rules }) => ({
    ...(from !== undefined && { from: day(from) }),
    ...readRules(decodeRules(rules, "rules"), "rules"),
  }));
}

function dayAt(instant: number, zone: string, versions: readonly NaiveVersion[]): string {
  return isoDate(dayByStart(instant, zone, dayStartsOf(versionsOf(versions))));
}

function isLateAt(instant: number, zone: string, versions: readonly NaiveVersion[]): boolean {
  return dateEvent(instant, zone, dayStartsOf(versionsOf(versions))).late === true;
}

/** When the day of an instant ends with its grace. */
function graceEndAt(instant: number, zone: string, versions: readonly NaiveVersion[]): number {
  const dayStarts = dayStartsOf(versionsOf(versions));
  return endOfGrace(dayByStart(instant, zone, dayStarts), zone, dayStarts, instant);
}

/** When the day of an instant ends. */
function endAt(instant: number, zone: string, versions: readonly NaiveVersion[]): number {
  const dayStarts = dayStartsOf(versionsOf(versions));
  return endOfDay(dayByStart(instant, zone, dayStarts), zone, dayStarts, instant);
}

const text = readFileSync(new URL("../../vectors/day-start.json", import.meta.url), "utf8");

test("day-start.json holds what the oracle makes of the examples; npm run vectors writes it", () => {
  expect(text).toBe(`${textOf({ examples: examples.map(vectorOf) })}\n`);
});

describe("the domain agrees with day-start.json", () => {
  test.each<DayStartVector>(JSON.parse(text).examples)("$name", ({ zone, versions, instants }) => {
    const hasGrace = versions.some(({ rules }) => rules.graceMinutes !== undefined);
    const results = instants.map(({ at }) => ({
      at,
      day: dayAt(Date.parse(at), zone, versions),
      ...(isLateAt(Date.parse(at), zone, versions) && { late: true }),
      todayEndTime: new Date(endAt(Date.parse(at), zone, versions)).toISOString(),
      ...(hasGrace && { graceEndTime: new Date(graceEndAt(Date.parse(at), zone, versions)).toISOString() }),
    }));
    expect(results).toEqual(instants);
  });
});

test("days begin at midnight where no version says anything else", () => {
  expect(dayStartsOf(undefined)).toBeUndefined();
  expect(
    dayStartsOf(versionsOf([{ rules: {} }, { from: "2026-01-01", rules: { dayStart: "00:00" } }])),
  ).toBeUndefined();
});

/** Moments at which clocks do something odd, or nothing. */
const moments = [
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["Europe/London", "2026-10-25T01:00:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["America/Sao_Paulo", "2018-02-18T02:00:00Z"],
  ["America/Havana", "2024-03-10T05:00:00Z"],
  ["America/Havana", "2024-11-03T05:00:00Z"],
  ["America/Santiago", "2024-09-08T04:00:00Z"],
  ["America/Santiago", "2024-04-07T03:00:00Z"],
  ["Asia/Beirut", "2024-03-30T22:00:00Z"],
  ["Asia/Beirut", "2024-10-26T21:00:00Z"],
  ["Africa/Cairo", "2024-04-25T22:00:00Z"],
  ["Africa/Cairo", "2024-10-31T21:00:00Z"],
  ["America/St_Johns", "2011-03-13T03:31:00Z"],
  ["America/St_Johns", "2010-11-07T02:31:00Z"],
  ["Australia/Lord_Howe", "2024-04-06T15:00:00Z"],
  ["Australia/Lord_Howe", "2024-10-05T15:30:00Z"],
  ["Antarctica/Troll", "2024-03-31T01:00:00Z"],
  ["Antarctica/Troll", "2024-10-27T01:00:00Z"],
  ["Africa/Casablanca", "2024-03-10T02:00:00Z"],
  ["Asia/Pyongyang", "2018-05-04T15:00:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Pacific/Kwajalein", "1993-08-21T12:00:00Z"],
  ["Pacific/Kiritimati", "2026-06-15T10:00:00Z"],
  ["Etc/GMT+12", "2026-06-15T12:00:00Z"],
  ["Asia/Kathmandu", "2026-06-15T18:15:00Z"],
] as const;

/** A time up to 06:00, often one of those around which clocks change. */
const dayStart = fc
  .oneof(fc.constantFrom(0, 1, 30, 60, 90, 105, 120, 150, 180, 240, 360), fc.integer({ min: 0, max: 360 }))
  .map((minutes) => new Date(minutes * MINUTE_MS).toISOString().slice(11, 16));

/** When days begin, and how long their grace is; half of the days have none. */
const rules = fc
  .tuple(dayStart, fc.oneof(fc.constant(undefined), fc.constantFrom(1, 30, 60, 90, 120, 360)))
  .map(([start, graceMinutes]) => ({ dayStart: start, ...(graceMinutes !== undefined && { graceMinutes }) }));

const history = fc
  .record({
    moment: fc.constantFrom(...moments),
    before: rules,
    changes: fc.uniqueArray(fc.tuple(fc.integer({ min: -3, max: 3 }), rules), {
      maxLength: 3,
      selector: ([distance]) => distance,
    }),
  })
  .map(({ moment: [zone, moment], before, changes }) => ({
    zone,
    moment: Date.parse(moment),
    versions: [
      { rules: before },
      ...changes
        .toSorted(([one], [other]) => one - other)
        .map(([distance, rules]) => ({ from: isoDate(dayOf(Date.parse(moment), "UTC") + distance), rules })),
    ] satisfies NaiveVersion[],
  }));

/** How far from the odd moment, in milliseconds: mostly in the same night. */
const distance = fc.oneof(
  fc.integer({ min: -5 * 60, max: 5 * 60 }).map((minutes) => minutes * MINUTE_MS),
  fc.integer({ min: -60 * HOUR_MS, max: 60 * HOUR_MS }),
  fc.constantFrom(-1, 0, 1),
);

describe("whatever clocks do and rules say", () => {
  test("an instant belongs to the day that a naive reading of clock and calendar gives", () => {
    fc.assert(
      fc.property(history, fc.array(distance, { minLength: 1, maxLength: 20 }), ({ zone, moment, versions }, far) => {
        for (const ms of far) {
          expect(dayAt(moment + ms, zone, versions)).toBe(naiveDay(moment + ms, zone, versions));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("an event is late when a naive reading of the clock shows less than the grace of the day before", () => {
    fc.assert(
      fc.property(history, fc.array(distance, { minLength: 1, maxLength: 20 }), ({ zone, moment, versions }, far) => {
        for (const ms of far) {
          expect(isLateAt(moment + ms, zone, versions)).toBe(isNaiveLate(moment + ms, zone, versions));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("today ends at the first minute of a later day, and its grace at the first that can't fill it any more", () => {
    fc.assert(
      fc.property(history, distance, ({ zone, moment, versions }, ms) => {
        const instant = moment + ms;
        expect(endAt(instant, zone, versions)).toBe(naiveDayEnd(instant, zone, versions));
        expect(graceEndAt(instant, zone, versions)).toBe(naiveGraceEnd(instant, zone, versions));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("a day lasts until a later one begins, whenever it is asked", () => {
    fc.assert(
      fc.property(history, distance, ({ zone, moment, versions }, ms) => {
        const instant = moment + ms;
        const end = endAt(instant, zone, versions);
        expect(end).toBeGreaterThan(instant);
        expect(dayAt(end - 1, zone, versions) <= dayAt(instant, zone, versions)).toBe(true);
        expect(dayAt(end, zone, versions) > dayAt(instant, zone, versions)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test("the end of a past day is the first instant of a later one", () => {
  const dayStarts = dayStartsOf(versionsOf([{ rules: { dayStart: "01:30" } }]));
  const end = endOfDay(day("2026-10-31"), "America/New_York", dayStarts);
  expect(new Date(end).toISOString()).toBe("2026-11-01T05:30:00.000Z");
});
