import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Day } from "#src/domain/day.ts";
import { WORD } from "#src/domain/streaks/days/bits.ts";
import { DaySet } from "#src/domain/streaks/days/day-set.ts";
import { DoneDays } from "#src/domain/streaks/days/done-days.ts";
import { day, setOf } from "../given.ts";

/** Days from which the year, the century or the word is another one, and the first and the last days that there are. */
const BORDERS: readonly Day[] = [
  ...[day("0000-12-31"), day("0001-01-01"), day("0999-12-31"), day("1969-12-31"), day("1999-12-31")],
  ...[day("2000-02-29"), day("2099-12-31"), day("9999-12-31"), -WORD, -1, 0, WORD],
];

const someDays = fc
  .tuple(fc.constantFrom(...BORDERS), fc.uniqueArray(fc.integer({ min: -70, max: 70 }), { maxLength: 40 }))
  .map(([border, offsets]) => ({ border, days: offsets.map((offset) => border + offset).sort((a, b) => a - b) }));

const doneDays = (days: readonly Day[]) => DaySet.ofMonths(setOf(days)).words;

describe("done days, around the beginnings of words, years and centuries", () => {
  test("are the same as months and in words", () => {
    fc.assert(
      fc.property(someDays, ({ days }) => {
        expect(DaySet.ofWords(doneDays(days)).months).toEqual(setOf(days));
      }),
    );
  });

  test("are found, counted and left out as in a list", () => {
    fc.assert(
      fc.property(someDays, fc.integer({ min: -80, max: 80 }), fc.nat(80), ({ border, days }, offset, length) => {
        const first = border + offset;
        const last = first + length;
        const done = doneDays(days);
        const upTo = days.filter((each) => each <= last);
        const from = days.filter((each) => each >= first);
        expect([done.first, done.last, done.total]).toEqual([days[0], days.at(-1), days.length]);
        expect(done.has(first)).toBe(days.includes(first));
        expect(done.nextFrom(first)).toBe(from[0]);
        expect(done.count(first, last)).toBe(from.filter((each) => each <= last).length);
        expect(from.map((_, index) => done.nthFrom(first, index + 1))).toEqual(from);
        expect(DaySet.ofWords(done.upTo(last)).months).toEqual(setOf(upTo));
        expect(done.upTo(last).last).toBe(upTo.at(-1));
      }),
    );
  });

  test("are united whatever set is empty, and wherever each begins", () => {
    fc.assert(
      fc.property(fc.array(someDays, { maxLength: 3 }), (sets) => {
        const all = sets.flatMap(({ days }) => days);
        const united = DoneDays.union(sets.map(({ days }) => doneDays(days)));
        expect(DaySet.ofWords(united).months).toEqual(setOf(all));
      }),
      { numRuns: 30 },
    );
  });
});
