import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { daysUpTo, hasDay, type Months, withDay } from "#src/domain/months.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { explain, repairOn, stateOf } from "./by-history.ts";
import { MADE } from "./given.ts";
import { anyRepaired, entriesOf, type Repaired, repairedBy } from "./given-repairs.ts";
import { hasLenientRepair } from "./proof/claims.ts";
import { monthsOf } from "./proof/given.ts";

/** How many histories each property is checked on, if it does not say. */
const HISTORIES = 400;

/** Each test takes some seconds, and much more on a machine that is busy. */
const PATIENT = { timeout: 120_000 };

/** Checks a property of any history, any rules and any repairs. Returns how many of the histories it was about. */
function check(
  property: (repaired: Repaired, done: Months, rules: StreakRules) => boolean | undefined,
  numRuns = HISTORIES,
): number {
  let checked = 0;
  fc.assert(
    fc.property(anyRepaired, (repaired) => {
      checked += property(repaired, monthsOf(repaired.given.days), repairedBy(repaired)) === false ? 0 : 1;
    }),
    { numRuns },
  );
  return checked;
}

describe("of any history, any rules and any repairs", PATIENT, () => {
  test("what the periods of a run have counted adds up to `current`, also where the run was repaired", () => {
    const checked = check(({ given: { today } }, done, rules) => {
      const { streak, runFirst, periods, countedBefore } = explain(
        { days: done },
        rules,
        { today },
        {
          first: today - 120,
          last: today,
        },
      );
      const counted = periods.filter(({ last }) => last >= (runFirst ?? today + 1)).map((period) => period.counted);
      expect(countedBefore + counted.reduce((sum, each) => sum + each, 0)).toBe(streak.current);
      return periods.some(({ outcome }) => outcome === "repaired");
    });
    expect(checked).toBeGreaterThan(15);
  });

  test("a repair never makes `current` or `best` smaller on its day", () => {
    check(({ given, repairs }, done) => {
      const days = repairs.map(({ on }) => on);
      // Of several on a day, the first one counts, even if another one would do more.
      for (const [index, on] of days.entries().filter(([, on]) => days.indexOf(on) === days.lastIndexOf(on))) {
        const known = daysUpTo(done, on);
        const others = repairs.filter((_, other) => other !== index);
        const without = stateOf({ days: known }, repairedBy({ given, repairs: others }), { today: on }).streak;
        const { current, best } = stateOf({ days: known }, repairedBy({ given, repairs }), { today: on }).streak;
        expect(current).toBeGreaterThanOrEqual(without.current);
        expect(best).toBeGreaterThanOrEqual(without.best);
      }
      return true;
    });
  });

  test("a repair changes no state of a day before it, but that no other one is offered", () => {
    check(({ given, repairs }, done, rules) => {
      const first = Math.min(...repairs.map(({ on }) => on));
      const without = repairedBy({ given, repairs: [] });
      // A state of a user who ever repaired the streak has all fields, also before that.
      const shown = (rules: StreakRules) => {
        const { streak: whole, week } = stateOf({ days: daysUpTo(done, first - 1) }, rules, { today: first - 1 });
        const { repair: _offer, ...streak } = whole;
        return { ...streak, statuses: week.map(({ status }) => status) };
      };
      expect(shown(rules)).toEqual(shown(without));
      return true;
    });
  });

  test("a repair that is taken back was never made", () => {
    check((repaired, done, rules) => {
      const { today } = repaired.given;
      const more = { ...MADE, id: "more", kind: "repair" as const, event: "lesson", from: today - 1, withinDays: 31 };
      const back = { ...MADE, id: "back", kind: "takeBack" as const, entry: { id: "more", user: "ann" } };
      const others = repairedBy(repaired, [more, ...entriesOf(repaired.repairs), back]);
      expect(stateOf({ days: done }, others, { today })).toEqual(stateOf({ days: done }, rules, { today }));
      const range = { first: today - 30, last: today };
      expect(explain({ days: done }, others, { today }, range)).toEqual(
        explain({ days: done }, rules, { today }, range),
      );
      return true;
    });
  });

  test("rules for repairs change nothing that was not repaired", () => {
    check(({ given }, done) => {
      const versions = given.versions.map(({ repairs: _, ...version }) => version);
      const { streak, week } = stateOf({ days: done }, repairedBy({ given, repairs: [] }), { today: given.today });
      const { repair: _, ...others } = streak;
      const plain = stateOf({ days: done }, repairedBy({ given: { ...given, versions }, repairs: [] }), {
        today: given.today,
      });
      expect({ streak: others, week }).toEqual(plain);
      return true;
    });
  });

  test("without freezes, one more done day never makes `current` or `best` smaller, where no lenient weeks or months are repaired", () => {
    check(({ given, repairs }, done) => {
      if (hasLenientRepair({ ...given, repairs })) {
        return false;
      }
      const versions = given.versions.map(({ freezes: _, ...version }) => version);
      const rules = repairedBy({ given: { ...given, versions }, repairs });
      const before = stateOf({ days: done }, rules, { today: given.today }).streak;
      for (let day = given.today - 40; day <= given.today; day++) {
        const after = stateOf({ days: withDay(done, day) }, rules, { today: given.today }).streak;
        expect(after.current, `${day - given.today}`).toBeGreaterThanOrEqual(before.current);
        expect(after.best, `${day - given.today}`).toBeGreaterThanOrEqual(before.best);
      }
      return true;
    });
  });

  test("the best of a day is the most that any day up to it has shown", () => {
    check(({ given: { today, from } }, done, rules) => {
      let most = 0;
      for (let day = Math.min(from, today) - 30; day <= today; day++) {
        const { current, best } = stateOf({ days: daysUpTo(done, day) }, rules, { today: day }).streak;
        expect(best).toBeGreaterThanOrEqual(most);
        most = Math.max(best, current);
        expect(best).toBe(most);
      }
      return true;
    });
  });

  test("what the state says of today's repair comes true when it is made", () => {
    const checked = check(({ given, repairs }, done, rules) => {
      const { today } = given;
      const { streak } = stateOf({ days: done }, rules, { today });
      const made = repairOn({ days: done }, rules, { today });
      if (streak.repair === undefined) {
        expect(made).toHaveProperty("refused");
        return false;
      }
      const isBefore = rules.repairs?.some(({ from }) => from > today);
      expect("refused" in made).toBe(isBefore || !streak.repair.canBePaid);
      if (!("refused" in made)) {
        const more = [...repairs, { on: today, ...made }];
        const after = stateOf({ days: done }, repairedBy({ given, repairs: more }), { today }).streak;
        expect([after.current, after.repair]).toEqual([streak.repair.currentAfter, undefined]);
      }
      return true;
    }, 8 * HISTORIES); // few have one
    expect(checked).toBeGreaterThan(5);
  });

  test("repaired days are not done, and are told so in the week and in the explanation alike", () => {
    check(({ given: { today } }, done, rules) => {
      const { week } = stateOf({ days: done }, rules, { today });
      const first = today - week.findIndex(({ isToday }) => isToday);
      const { periods } = explain({ days: done }, rules, { today }, { first, last: first + 6 });
      for (const { outcome, days } of periods) {
        for (const { day, status, entry } of days.filter(({ day }) => day >= first && day <= today)) {
          expect(week[day - first]?.status).toBe(status);
          if (status === "repaired") {
            expect([hasDay(done, day), outcome === "repaired" || outcome === "off"]).toEqual([false, true]);
            expect(entry?.kind).toBe("repair");
          }
        }
      }
      return true;
    });
  });
});
