import fc from "fast-check";
import { expect, test } from "vitest";
import type { UserHistory } from "#src/domain/analytics/history.ts";
import { Tallies } from "#src/domain/analytics/tallies.ts";
import { DAY_MS } from "#src/domain/day.ts";
import { answersOf, countAll, naiveAnswersOf } from "./answers.ts";
import { anyGiven, SCOPES } from "./given.ts";

test("every number is what a naive count of all histories says", () => {
  fc.assert(
    fc.property(anyGiven, (given) => {
      const tallies = countAll(given.histories, given);
      for (const event of SCOPES) {
        expect(answersOf(tallies, given, event)).toEqual(naiveAnswersOf(given, event));
      }
    }),
    { numRuns: 60 },
  );
});

test("tallies answer for later times, and for a day before they were counted", () => {
  fc.assert(
    fc.property(anyGiven, fc.integer({ min: -DAY_MS, max: 40 * DAY_MS }), (given, later) => {
      const tallies = countAll(given.histories, given);
      const then = { ...given, now: given.now + later };
      expect(answersOf(tallies, then, undefined)).toEqual(naiveAnswersOf(then, undefined));
    }),
    { numRuns: 60 },
  );
});

test("the sum of any division of the users is what counting them together gives, also after it was stored", () => {
  fc.assert(
    fc.property(anyGiven, fc.infiniteStream(fc.nat(2)), (given, choices) => {
      const parts = given.histories.map((history) => ({ history, part: choices.next().value as number }));
      const together = countAll(given.histories, given);
      const sum = new Tallies();
      for (const wanted of [2, 0, 1]) {
        const ofPart = parts.filter(({ part }) => part === wanted).map(({ history }) => history);
        sum.plus(Tallies.decode(countAll(ofPart, given).encode()));
      }
      expect(sum.encode()).toEqual(together.encode());
      for (const event of SCOPES) {
        expect(answersOf(sum, given, event)).toEqual(answersOf(together, given, event));
      }
    }),
    { numRuns: 60 },
  );
});

test("replacing the tallies of some users in a sum is the same as counting all again", () => {
  fc.assert(
    fc.property(anyGiven, anyGiven, anyGiven, (given, before, after) => {
      const sum = countAll(given.histories, given).plus(countAll(before.histories, given));
      sum.minus(countAll(before.histories, given)).plus(countAll(after.histories, given));
      expect(sum.encode()).toEqual(countAll([...given.histories, ...after.histories], given).encode());
    }),
    { numRuns: 60 },
  );
});

test("all spellings of a zone are one zone, so that spellings make no tallies larger", () => {
  fc.assert(
    fc.property(anyGiven, (given) => {
      const shouting = given.histories.map(
        ({ zone, events, ...history }): UserHistory => ({
          ...history,
          ...(zone && { zone: { ...zone, name: zone.name.toUpperCase() } }),
          events: events.map(({ tz, ...event }) => ({ ...event, ...(tz && { tz: tz.toLowerCase() }) })),
        }),
      );
      expect(countAll(shouting, given).encode()).toEqual(countAll(given.histories, given).encode());
    }),
    { numRuns: 20 },
  );
});
