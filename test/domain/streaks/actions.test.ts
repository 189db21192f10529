import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actionVersionsOf, doActionsCountOn } from "#src/domain/actions.ts";
import type { History } from "#src/domain/check-ins.ts";
import type { Day } from "#src/domain/day.ts";
import { emptyMonths, monthsOf } from "#src/domain/months.ts";
import { EVERY_DAY, type RulesVersion, type WidgetRules } from "#src/domain/rules.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day } from "../given.ts";
import { awardsOf, explain, historyUpTo, lastToExplain, stateOf, streakOf } from "./by-history.ts";
import { lessonRules } from "./given.ts";

/** Monday. */
const MONDAY = day("2024-01-08");
const DAYS: RulesVersion = EVERY_DAY;
const ACTIONS: RulesVersion = { ...EVERY_DAY, counts: "actions" };

const rulesWith = (versions: readonly RulesVersion[], mode: WidgetRules["mode"] = "cumulative") =>
  lessonRules({ mode, versions });
const counting = rulesWith([ACTIONS]);

/** A history with so many actions on each day from Monday on. */
function actionsOn(counts: readonly number[]): History {
  return historyOf(new Map(counts.map((count, index) => [MONDAY + index, count])));
}

/** A history with so many actions on each day, as a store returns it. */
function historyOf(counts: ReadonlyMap<Day, number>): History {
  const done = [...counts].filter(([, count]) => count > 0);
  const ofDays = new Map(done.filter(([, count]) => count > 1));
  const beyondFirst = [...ofDays.values()].reduce((sum, count) => sum + count - 1, 0);
  return {
    days: monthsOf(done.map(([each]) => each)),
    ...(ofDays.size > 0 && { actions: { beyondFirst, ofDays } }),
  };
}

const streak = (history: History, rules: StreakRules, today: Day) => streakOf(history, rules, { today });

describe("a cumulative streak that counts actions", () => {
  // The example of docs/rules.md.
  const likes = actionsOn([3, 0, 1, 2]);
  const thursday = MONDAY + 3;

  test("counts all of them, where days count one each", () => {
    expect(streak(likes, counting, thursday)).toEqual({
      ...{ mode: "cumulative", current: 6, best: 6, todayDone: true, pending: false },
      unit: "action",
    });
    expect(streak(likes, rulesWith([DAYS]), thursday)).toMatchObject({ current: 3, unit: "day" });
    expect(streak(likes, lessonRules({ mode: "cumulative" }), thursday)).toMatchObject({ current: 3 });
    expect(streak(likes, rulesWith([ACTIONS], "continuous"), thursday)).toMatchObject({ current: 2, unit: "day" });
  });

  test("needs no more than the sum of the actions for its state", () => {
    const { days, actions } = likes;
    const summed = { days, actions: { beyondFirst: actions?.beyondFirst ?? 0 } };
    expect(stateOf(summed, counting, { today: thursday })).toEqual(stateOf(likes, counting, { today: thursday }));
  });

  test("of nothing is 0, and of days alone is as many", () => {
    expect(streak({ days: emptyMonths }, counting, thursday)).toMatchObject({ current: 0, unit: "action" });
    expect(streak(actionsOn([1, 1, 0, 1]), counting, thursday)).toMatchObject({ current: 3 });
  });

  test("counts the day of a late event, and of one in another zone, like any other", () => {
    const others = [
      { late: true, days: monthsOf([MONDAY + 2]) },
      { late: false, zone: "Asia/Tokyo", days: monthsOf([MONDAY + 3, MONDAY + 4]) },
    ];
    const history = { ...actionsOn([3, 0, 0, 2]), others };
    const withGrace = rulesWith([{ ...ACTIONS, grace: 60 }]);
    expect(streak(history, withGrace, thursday)).toMatchObject({ current: 7 });
    expect(streak(historyUpTo(history, withGrace, MONDAY + 2), withGrace, MONDAY + 2)).toMatchObject({ current: 4 });
  });

  test("has the unit of the rules of today", () => {
    const rules = rulesWith([DAYS, { from: MONDAY + 2, ...ACTIONS }, { from: MONDAY + 4, ...DAYS }]);
    const units = [1, 2, 3, 4].map((index) => streak(likes, rules, MONDAY + index).unit);
    expect(units).toEqual(["day", "action", "action", "day"]);
  });

  test("keeps what was counted when its rules count days again", () => {
    const rules = rulesWith([ACTIONS, { from: MONDAY + 2, ...DAYS }]);
    expect(streak(actionsOn([3, 0, 1, 1]), rules, thursday)).toMatchObject({ current: 5, unit: "day" });
  });
});

describe("actions count", () => {
  test.each<[string, WidgetRules, boolean]>([
    ["never of a continuous streak", { mode: "continuous", versions: [ACTIONS] }, false],
    ["never without rules", { mode: "cumulative" }, false],
    ["never by rules that say nothing of them", { mode: "cumulative", versions: [DAYS] }, false],
    ["where an earlier version says so", { mode: "cumulative", versions: [ACTIONS, { from: MONDAY, ...DAYS }] }, true],
  ])("%s", (_, rules, counted) => {
    expect(actionVersionsOf(rules) !== undefined).toBe(counted);
    expect(lessonRules(rules).actions !== undefined).toBe(counted);
  });

  test("from the day on from which a version holds, whatever its cadence is", () => {
    const weekly = { kind: "days_a_week", days: 3, weekStart: 0 } as const;
    const versions = [
      { ...DAYS, cadence: weekly },
      { from: MONDAY + 2, ...ACTIONS },
    ];
    expect([1, 2, 3].map((index) => doActionsCountOn(MONDAY + index, versions))).toEqual([false, true, true]);
  });
});

test("an explanation tells what each day adds, in the unit of its own rules", () => {
  const rules = rulesWith([DAYS, { from: MONDAY + 3, ...ACTIONS }]);
  const range = { first: MONDAY + 1, last: MONDAY + 4 };
  const { periods, countedBefore, runFirst } = explain(actionsOn([1, 1, 0, 4]), rules, { today: MONDAY + 4 }, range);
  expect([countedBefore, runFirst]).toEqual([1, MONDAY]);
  expect(periods.map(({ counted, done, unit, outcome }) => [counted, done, unit, outcome])).toEqual([
    [1, 1, "day", "kept"],
    [0, 0, "day", "between"],
    [4, 1, "action", "kept"],
    [0, 0, "action", "open"],
  ]);
});

describe("an award of actions", () => {
  const awardedOn = (counts: readonly number[], target: number, today = 6, repeats?: true) => {
    const milestone = { id: "m", target, scope: "ever" as const, ...(repeats && { repeats }) };
    const { timesAwarded, day: on } = awardsOf([milestone], actionsOn(counts), counting, { today: MONDAY + today }).get(
      "m",
    ) ?? { timesAwarded: -1 };
    return [timesAwarded, on === undefined ? undefined : on - MONDAY];
  };

  test("is of the first day up to which they are enough", () => {
    const days = [1, 2, 3, 4, 5, 6, 7, 8].map((target) => awardedOn([1, 3, 0, 1, 2], target)[1]);
    expect(days).toEqual([0, 1, 1, 1, 3, 4, 4, undefined]);
  });

  test("leaves out what is done after today", () => {
    expect(awardedOn([2, 0, 5], 3, 1)).toEqual([0, undefined]);
    expect(awardedOn([2, 0, 5], 3, 2)).toEqual([1, 2]);
  });

  test("is one for each multiple, also of those that one day reaches together", () => {
    expect(awardedOn([2, 7, 0, 1], 3, 6, true)).toEqual([3, 1]);
    expect(awardedOn([2, 7, 0, 1], 5, 6, true)).toEqual([2, 3]);
  });
});

describe("of any actions and any rules", () => {
  /** Events, each an action by its id, on days from Monday on, as they come. */
  const anyEvents = fc.array(fc.record({ on: fc.integer({ min: -70, max: 70 }), id: fc.nat(5) }), { maxLength: 80 });
  const anyVersions = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: -70, max: 70 }), { maxLength: 3 }),
      fc.array(fc.boolean(), { minLength: 3 }),
    )
    .map(([froms, which]): readonly RulesVersion[] => [
      ACTIONS,
      ...froms
        .toSorted((one, other) => one - other)
        .map((from, index) => ({ from: MONDAY + from, ...(which[index] ? DAYS : ACTIONS) })),
    ]);
  const anyToday = fc.integer({ min: -80, max: 80 }).map((index) => MONDAY + index);

  type Events = readonly { readonly on: number; readonly id: number }[];

  function recorded(events: Events): ReadonlyMap<Day, number> {
    const ids = new Map<Day, Set<number>>();
    for (const { on, id } of events) {
      ids.set(MONDAY + on, (ids.get(MONDAY + on) ?? new Set()).add(id));
    }
    return new Map([...ids].map(([each, ofDay]) => [each, ofDay.size]));
  }

  const sumUpTo = (counts: ReadonlyMap<Day, number>, last: Day) =>
    [...counts].reduce((sum, [each, count]) => (each <= last ? sum + count : sum), 0);

  test("the state counts each action once, and the state of a past day those up to it", () => {
    fc.assert(
      fc.property(anyEvents, anyVersions, anyToday, (events, versions, today) => {
        const [counts, rules] = [recorded(events), rulesWith(versions)];
        const history = historyOf(counts);
        expect(streak(history, rules, today).current).toBe(sumUpTo(counts, Number.POSITIVE_INFINITY));
        for (const asOf of [today - 30, today - 1, today]) {
          const past = historyUpTo(history, rules, asOf);
          expect(past.days).toEqual(historyOf(new Map([...counts].filter(([each]) => each <= asOf))).days);
          expect(streak(past, rules, asOf).current).toBe(sumUpTo(counts, asOf));
        }
      }),
    );
  });

  test("an event that is sent again changes nothing, one more adds 1 at most, and the order decides nothing", () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, anyVersions, anyToday, (events, more, versions, today) => {
        const stateBy = (some: Events) => stateOf(historyOf(recorded(some)), rulesWith(versions), { today });
        expect(stateBy([...events, ...events.toReversed()])).toEqual(stateBy(events));
        expect(stateBy([...more, ...events])).toEqual(stateBy([...events, ...more]));
        const currents = more.map((_, index) => stateBy([...events, ...more.slice(0, index)]).streak.current);
        expect(currents.slice(1).every((current, index) => [0, 1].includes(current - (currents[index] ?? 0)))).toBe(
          true,
        );
      }),
    );
  });

  test("what is explained adds up to `current`, wherever the explanation begins", () => {
    fc.assert(
      fc.property(anyEvents, anyVersions, anyToday, fc.nat(200), (events, versions, today, length) => {
        const [history, rules] = [historyOf(recorded(events)), rulesWith(versions)];
        const last = lastToExplain(history, rules, { today });
        const first = last - length;
        const { streak, periods, countedBefore } = explain(history, rules, { today }, { first, last });
        expect(countedBefore + periods.reduce((sum, { counted }) => sum + counted, 0)).toBe(streak.current);
      }),
    );
  });

  test("awards are of the first days that have as many", () => {
    const milestones = [1, 2, 3, 7, 20].flatMap((target) => [
      { id: `${target}`, target, scope: "run" as const },
      { id: `each ${target}`, target, scope: "ever" as const, repeats: true as const },
    ]);
    fc.assert(
      fc.property(anyEvents, anyVersions, anyToday, (events, versions, today) => {
        const counts = recorded(events);
        const awards = awardsOf(milestones, historyOf(counts), rulesWith(versions), { today });
        const firstWith = (target: number) => {
          const found = Array.from({ length: 200 }, (_, index) => MONDAY - 80 + index).find(
            (each) => each <= today && sumUpTo(counts, each) >= target,
          );
          return found === undefined ? {} : { day: found };
        };
        for (const { id, target, repeats } of milestones as readonly { id: string; target: number; repeats?: true }[]) {
          const times = Math.floor(sumUpTo(counts, today) / target);
          const timesAwarded = repeats ? times : Math.min(times, 1);
          const expected = { timesAwarded, ...(timesAwarded > 0 && firstWith(timesAwarded * target)) };
          expect([id, awards.get(id)]).toEqual([id, expected]);
        }
      }),
    );
  });
});
