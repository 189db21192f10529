import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeRules } from "#gen/streak/v1/rules_rest.ts";
import { isoDate } from "#src/domain/day.ts";
import { dayStartsOf } from "#src/domain/day-start.ts";
import { redate } from "#src/domain/redating.ts";
import { readRules } from "#src/service/projects/rules-message.ts";
import type { NaiveVersion } from "../day-start/oracle.ts";
import { day } from "../given.ts";
import { dayOf, isoOf } from "../streaks/calendar.ts";
import { naiveRuleStreak } from "../streaks/oracle.ts";
import { ZONES } from "../streaks/proof/histories.ts";
import { textOf } from "../streaks/vectors/text.ts";
import { beginOf } from "../streaks/zones.ts";
import { examples } from "./examples.ts";
import { corrected, datedIn, type NaiveCorrection, type NaiveDated } from "./oracle.ts";
import { type CorrectionVector, vectorOf } from "./vector.ts";

const text = readFileSync(new URL("../../vectors/zones.json", import.meta.url), "utf8");

test("zones.json holds what the oracle makes of the examples; npm run vectors writes it", () => {
  expect(text).toBe(`${textOf({ examples: examples.map(vectorOf) })}\n`);
});

describe("the domain agrees with zones.json", () => {
  test.each<CorrectionVector>(JSON.parse(text).examples)("$name", ({ events, ...correction }) => {
    const expected = events.map(({ at, corrected }) => ({ at, ...corrected }));
    expect(events.map((event) => correctedByDomain(event, correction))).toEqual(expected);
  });
});

/** What the domain makes of an event, with the rules as the API reads them. */
function correctedByDomain({ at, day: date, late }: NaiveDated, correction: NaiveCorrection): NaiveDated {
  const { wrongZone, rightZone } = correction;
  const versions = correction.versions.map(({ from, rules }) => ({
    ...(from !== undefined && { from: day(from) }),
    ...readRules(decodeRules(rules, "rules"), "rules"),
  }));
  const event = { at: Date.parse(at), day: day(date), ...(late && { late }) };
  const redated = redate(event, wrongZone, rightZone, dayStartsOf(versions));
  const { at: instant, day: newDay } = redated;
  return { at: new Date(instant).toISOString(), day: isoDate(newDay), ...(redated.late && { late: true }) };
}

test("the picture of docs/rules.md: four days in UTC are three in Tokyo, and one of them was missed", () => {
  const correction = { wrongZone: "UTC", rightZone: "Asia/Tokyo", versions: [{ rules: {} }] };
  // Tuesday 07:00, Wednesday 08:00 and 22:00, Friday 07:30 in Tokyo.
  const instants = ["2026-02-02T22:00Z", "2026-02-03T23:00Z", "2026-02-04T13:00Z", "2026-02-05T22:30Z"];
  const events = instants.map((ts) => datedIn("UTC", ts, correction.versions));
  const after = events.map((event) => corrected(event, correction).day);
  expect(events.map((event) => event.day)).toEqual(["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"]);
  expect(after).toEqual(["2026-02-03", "2026-02-04", "2026-02-04", "2026-02-06"]);
  expect(currentOf(events.map((event) => event.day))).toBe(4);
  expect(currentOf(after)).toBe(1);
});

/** What every day makes of done days on the last of them. */
function currentOf(dates: readonly string[]): number {
  const everyDay = {
    cadence: { kind: "every_day" },
    neverMissTwice: false,
    daysOff: { weekdays: [], dates: [] },
  } as const;
  const decisions = { pauses: [], amnesties: [], grants: [], optOuts: [] };
  const today = dates.toSorted().at(-1) as string;
  return naiveRuleStreak({ mode: "continuous", dates, versions: [everyDay], ...decisions, today }).current;
}

/** Nights in which a clock is changed, or a date left out, in one of the zones, and one in which nothing happens. */
const nights = ["2011-12-30", "2010-11-07", "2024-03-31", "2024-04-26", "2024-11-01", "2024-03-10", "2024-11-03"];
const moreNights = ["2024-09-08", "2024-04-07", "2024-10-06", "2026-02-04"];

const minutes = (max: number) => fc.oneof(fc.constantFrom(0, max), fc.integer({ min: 0, max }));

const anyRules = fc.record({ start: minutes(360), grace: minutes(360) }).map(({ start, grace }) => ({
  ...(start > 0 && { dayStart: clockOf(start) }),
  ...(grace > 0 && { graceMinutes: grace }),
}));

function clockOf(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** An event near the beginning of a day of one of the zones, often at that very moment, or a date alone. */
const anyCorrection = fc
  .record({
    night: fc.constantFrom(...nights, ...moreNights),
    near: fc.constantFrom(...ZONES),
    wrongZone: fc.constantFrom(...ZONES),
    rightZone: fc.constantFrom(...ZONES),
    rules: anyRules,
    change: fc.option(fc.record({ after: fc.integer({ min: -2, max: 2 }), rules: anyRules })),
    // In milliseconds.
    distance: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(0, 1, -1) },
      { weight: 3, arbitrary: fc.integer({ min: -4 * 60, max: 14 * 60 }).map((minutes) => minutes * 60_000) },
      { weight: 3, arbitrary: fc.integer({ min: -30 * 3_600_000, max: 30 * 3_600_000 }) },
    ),
    isDateAlone: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  })
  .map(({ night, near, wrongZone, rightZone, rules, change, distance, isDateAlone }) => {
    const versions: NaiveVersion[] = [{ rules }];
    if (change !== null) {
      versions.push({ from: isoOf(dayOf(night) + change.after), rules: change.rules });
    }
    const at = new Date(beginOf(dayOf(night), near) + distance).toISOString();
    return { wrongZone, rightZone, versions, ts: isDateAlone ? night : at };
  })
  // Nobody can send a date that the zone of the event has left out.
  .filter(({ ts, wrongZone }) => ts !== "2011-12-30" || wrongZone !== "Pacific/Apia");

const numRuns = 2000;

test("the domain redates any event as the oracle does, in odd zones and nights", () => {
  fc.assert(
    fc.property(anyCorrection, ({ ts, ...correction }) => {
      const event = datedIn(correction.wrongZone, ts, correction.versions);
      expect(correctedByDomain(event, correction)).toEqual(corrected(event, correction));
    }),
    { numRuns },
  );
});

test("an event has the day that it would have if its app had named the right zone, but for the first moment of a day", () => {
  fc.assert(
    fc.property(anyCorrection, ({ ts, ...correction }) => {
      const { wrongZone, rightZone, versions } = correction;
      const event = datedIn(wrongZone, ts, versions);
      const isFirstMoment = Date.parse(event.at) === beginOf(dayOf(event.day), wrongZone);
      fc.pre(ts.length === "2026-02-04".length || !isFirstMoment);
      expect(correctedByDomain(event, correction)).toEqual(datedIn(rightZone, ts, versions));
    }),
    { numRuns },
  );
});

test("the other way round, an event gets its day back, unless it now happened at the first moment of a day", () => {
  fc.assert(
    fc.property(anyCorrection, ({ ts, ...correction }) => {
      const { wrongZone, rightZone, versions } = correction;
      const event = datedIn(wrongZone, ts, versions);
      const after = correctedByDomain(event, correction);
      const isMoved = after.at !== event.at;
      fc.pre(isMoved || Date.parse(after.at) !== beginOf(dayOf(after.day), rightZone));
      // A date alone of a date that the right zone has left out looks like an event of the date after it.
      fc.pre(!(rightZone === "Pacific/Apia" && after.day === "2011-12-30"));
      const back = { wrongZone: rightZone, rightZone: wrongZone, versions };
      expect(correctedByDomain(after, back)).toEqual(event);
    }),
    { numRuns },
  );
});
