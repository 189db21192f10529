import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { day, daysUpTo } from "../given.ts";
import { streakOf } from "./by-days.ts";
import { lessonRules } from "./given.ts";
import { check, claims } from "./proof/claims.ts";
import { monthsOf, subjectOf } from "./proof/given.ts";
import { anyGiven, anyVersion } from "./proof/histories.ts";

/** How many histories each claim is checked on. `npm run proof` checks as many as there is time for. */
const HISTORIES = { numRuns: 400 };

/** Each test takes a second or less, and much more on a machine that is busy. */
const PATIENT = { timeout: 120_000 };

describe("of any history and any rules", PATIENT, () => {
  test.each(claims)("$says", (claim) => {
    fc.assert(
      fc.property(anyGiven, (given) => check(claim, subjectOf(given))),
      HISTORIES,
    );
  });
});

test("a version that changes only when a day begins changes no streak", PATIENT, () => {
  fc.assert(
    fc.property(anyGiven, fc.integer({ min: -40, max: 40 }), ({ versions, holidays, days, today }, distance) => {
      const from = today + distance;
      const held = versions.findLast((version) => version.from === undefined || version.from <= from);
      const changed = versions
        .filter((version) => version.from === undefined || version.from < from)
        .concat(held === undefined ? [] : { ...held, from, dayStart: 240 })
        .concat(versions.filter((version) => version.from !== undefined && version.from > from));
      const streakBy = (all: typeof versions) =>
        streakOf(monthsOf(days), lessonRules({ mode: "continuous", versions: all }, holidays), today);
      expect(streakBy(changed)).toEqual(streakBy(versions));
    }),
    HISTORIES,
  );
});

test("the first and the last days of the calendar are in one history", PATIENT, () => {
  fc.assert(
    // What a run earned in the year 1 would be left in the year 9999.
    fc.property(anyVersion, ({ freezes, ...version }) => {
      const rules = lessonRules({ mode: "continuous", versions: [version] }, []);
      const [early, late] = [daysUpTo("0001-02-20", 50), daysUpTo("9999-12-31", 50)];
      const streak = streakOf(monthsOf(late), rules, day("9999-12-31"));
      const { best } = streakOf(monthsOf(early), rules, day("9999-12-31"));
      expect(streakOf(monthsOf([...early, ...late]), rules, day("9999-12-31"))).toEqual({
        ...streak,
        best: Math.max(best, streak.best),
      });
    }),
    { numRuns: 20 },
  );
});
