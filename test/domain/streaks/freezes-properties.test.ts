import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Day } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { daysUpTo, hasDay, type Months, withDay } from "#src/domain/months.ts";
import { LATEST } from "#src/domain/streaks/days/bits.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { explain, stateOf } from "./by-days.ts";
import { MADE } from "./given.ts";
import { type Given, judgedBy, ledgerOf, monthsOf } from "./proof/given.ts";
import { anyGiven } from "./proof/histories.ts";

/** How many histories each property is checked on. */
const HISTORIES = { numRuns: 250 };

/** Each test takes a second or less, and much more on a machine that is busy. */
const PATIENT = { timeout: 120_000 };

const anyContinuous = anyGiven.filter(({ mode }) => mode === "continuous");

/** Checks a property of any history, any rules and any freezes. */
function check(property: (given: Given, done: Months, rules: StreakRules) => void): void {
  fc.assert(
    fc.property(anyContinuous, (given) => property(given, monthsOf(given.days), judgedBy(given))),
    HISTORIES,
  );
}

// What else holds of them is among the claims of the proof.
describe("of any history, any rules and any freezes", PATIENT, () => {
  test("an entry that is taken back changes nothing", () => {
    check((given, done, rules) => {
      const more = [
        { ...MADE, id: "more", kind: "grantFreezes", event: "lesson", count: 3, from: given.today - 20 },
        { ...MADE, id: "out", kind: "optOut", from: given.today - 20, at: 99 },
        ...["more", "out"].map((id) => ({ ...MADE, id: `-${id}`, kind: "takeBack", entry: { id, user: "ann" } })),
      ] as LedgerEntry[];
      const others = judgedBy(given, [...more, ...ledgerOf(given)]);
      const range = { first: given.from, last: given.to };
      expect(stateOf(done, others, given.today)).toEqual(stateOf(done, rules, given.today));
      expect(explain(done, others, given.today, range)).toEqual(explain(done, rules, given.today, range));
    });
  });

  test("the covered periods are frozen in the explanation and in the week, as many as the state tells", () => {
    check(({ today }, done, rules) => {
      const { streak, week } = stateOf(done, rules, today);
      const first = today - week.findIndex(({ isToday }) => isToday);
      const { periods } = explain(done, rules, today, { first, last: first + 6 });
      const frozen = periods.filter(({ outcome }) => outcome === "frozen");
      if (streak.freezes !== undefined) {
        expect(frozen.filter(({ last }) => last <= first + 6)).toHaveLength(streak.freezes.usedInWeek);
      }
      for (const { days, done, needed, last } of frozen) {
        expect([last < today, done < needed]).toEqual([true, true]);
        for (const { day, status } of days.filter(({ day }) => day >= first)) {
          expect(["done", "frozen", "off", "paused", "amnesty"]).toContain(status);
          expect(week[day - first]?.status ?? status).toBe(status);
        }
      }
    });
  });

  test("the best of a day is the most that any day up to it has shown", () => {
    check(({ today, from }, done, rules) => {
      const known = daysUpTo(done, today);
      let most = 0;
      for (let day = Math.min(from, today) - 30; day <= today; day++) {
        const { current, best } = stateOf(daysUpTo(known, day), rules, day).streak;
        expect(best).toBeGreaterThanOrEqual(most);
        most = Math.max(best, current);
      }
    });
  });

  test("a done day never hurts the run that it is in, also where that would end the run", () => {
    let checked = 0;
    check(({ today, repairs }, done, rules) => {
      if (repairs.length > 0) {
        return; // a repaired run may be shorter: a freeze can cover the rest of a gap, and be missing in the next one
      }
      const runFirstOn = (days: Months, day: Day) =>
        explain(daysUpTo(days, day), rules, day, { first: day, last: day }).runFirst;
      // Without days after today: `best` counts their runs, which may lack the freezes that this run takes.
      const known = daysUpTo(done, today);
      const { runFirst, streak } = explain(known, rules, today, { first: today, last: today });
      for (let day = runFirst ?? LATEST; day <= today; day++) {
        const more = withDay(known, day);
        // Otherwise the day is in an older run, which goes on, and keeps the freezes that it had given back.
        if (!hasDay(known, day) && runFirstOn(more, day) === runFirst) {
          checked++;
          const after = stateOf(more, rules, today).streak;
          expect(after.current).toBeGreaterThanOrEqual(streak.current);
          expect(after.best).toBeGreaterThanOrEqual(streak.best);
        }
      }
    });
    expect(checked).toBeGreaterThan(100);
  });
});
