import fc from "fast-check";
import { expect, test } from "vitest";
import type { Day } from "#src/domain/day.ts";
import { daysUpTo, type Months } from "#src/domain/months.ts";
import type { Milestone } from "#src/domain/project.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { awardsOf, explain } from "./by-history.ts";
import { lessonRules } from "./given.ts";
import { anyRepaired, repairedBy } from "./given-repairs.ts";
import { monthsOf } from "./proof/given.ts";
import { anyGiven } from "./proof/histories.ts";

/** Each test takes some seconds, and much more on a machine that is busy. */
const PATIENT = { timeout: 240_000 };

/** Milestones of all kinds that a history of some months can reach. */
const milestones = [1, 2, 3, 4, 5, 7, 10, 25].flatMap((target) =>
  (["run", "ever"] as const).flatMap((scope) => [
    { id: `${scope} ${target}`, target, scope },
    { id: `${scope} each ${target}`, target, scope, repeats: true as const },
  ]),
);

interface NaiveAward {
  readonly timesAwarded: number;
  readonly day?: Day;
}

/** Reads the state of every day, as docs/rules.md says. */
function naiveAwards(days: Months, rules: StreakRules, first: Day, today: Day): Record<string, NaiveAward> {
  const stateOn = (day: Day) => {
    const known = daysUpTo(days, day);
    const { streak, runFirst } = explain({ days: known }, rules, { today: day }, { first: day, last: day });
    return { day, current: streak.current, runFirst };
  };
  const states = Array.from({ length: today - first + 1 }, (_, index) => stateOn(first + index));
  const { runFirst = Number.POSITIVE_INFINITY } = stateOn(today);
  const awardOf = ({ target, scope, repeats }: Pick<Milestone, "target" | "scope" | "repeats">): NaiveAward => {
    const asked = states.filter(
      (state) => scope === "ever" || (state.runFirst ?? Number.NEGATIVE_INFINITY) >= runFirst,
    );
    const firsts: Day[] = [];
    for (let next = target; repeats || next === target; next += target) {
      const reached = asked.find(({ current }) => current >= next);
      if (reached === undefined) {
        break;
      }
      firsts.push(reached.day);
    }
    const day = firsts.at(-1);
    return { timesAwarded: firsts.length, ...(day !== undefined && { day }) };
  };
  return Object.fromEntries(milestones.map((milestone) => [milestone.id, awardOf(milestone)]));
}

const awards = (days: Months, rules: StreakRules, today: Day) =>
  Object.fromEntries(awardsOf(milestones, { days }, rules, { today }));

test(
  "with repairs, freezes, pauses and changes of the rules, awards are what the states of all days say",
  PATIENT,
  () => {
    fc.assert(
      fc.property(anyRepaired, ({ given, repairs }) => {
        const rules = repairedBy({ given, repairs });
        const days = monthsOf(given.days);
        const first = Math.min(given.today, ...given.days);
        fc.pre(given.today - first < 400);
        expect(awards(days, rules, given.today)).toEqual(naiveAwards(days, rules, first, given.today));
      }),
      { numRuns: 150 },
    );
  },
);

test("so are those of cumulative streaks, and of streaks without rules", PATIENT, () => {
  fc.assert(
    fc.property(anyGiven, fc.constantFrom("continuous", "cumulative"), (given, mode) => {
      const days = monthsOf(given.days);
      const first = Math.min(given.today, ...given.days);
      fc.pre(given.today - first < 400);
      const known = daysUpTo(days, given.today);
      const rules = lessonRules({ mode });
      expect(awards(days, rules, given.today)).toEqual(naiveAwards(known, rules, first, given.today));
    }),
    { numRuns: 100 },
  );
});
