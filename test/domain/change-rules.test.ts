import fc from "fast-check";
import { expect, test } from "vitest";
import { changeVersions, firstVersions, type UndatedRules, type Versions } from "#src/domain/change-rules.ts";
import type { Day } from "#src/domain/day.ts";
import { type Cadence, type DaysOff, EVERY_DAY } from "#src/domain/rules.ts";
import { day } from "./given.ts";

const TODAY = day("2026-03-10");
const TOMORROW = TODAY + 1;
const nothingOff: DaysOff = { weekdays: [], dates: [], holidays: [] };

function rules(cadence: Cadence, fields: Partial<UndatedRules> = {}): UndatedRules {
  return { cadence, neverMissTwice: false, daysOff: nothingOff, ...fields };
}

const daily = rules({ kind: "every_day" });
const weekly = rules({ kind: "days_a_week", days: 3, weekStart: 0 });
const monthly = rules({ kind: "days_a_month", days: 5 });
const stored: Versions = [weekly, { from: day("2026-02-01"), ...monthly }, { from: day("2026-04-01"), ...daily }];

test("the rules of a new widget hold from the beginning", () => {
  expect(firstVersions(weekly)).toEqual([weekly]);
});

test("rules that say every day leave a widget that never had others without versions", () => {
  expect(firstVersions(daily)).toBeUndefined();
  for (const from of [undefined, TODAY, TOMORROW, TODAY + 30]) {
    expect(changeVersions(undefined, { rules: daily, from }, TODAY)).toBeUndefined();
  }
});

test("before the first rules of a widget, every day counts", () => {
  expect(changeVersions(undefined, { rules: weekly, from: undefined }, TODAY)).toEqual([
    EVERY_DAY,
    { from: TOMORROW, ...weekly },
  ]);
});

test("a widget that has had rules keeps its versions when its rules become every day", () => {
  const versions = changeVersions([weekly], { rules: daily, from: TODAY }, TODAY);
  expect(versions).toEqual([weekly, { from: TODAY, ...daily }]);
});

test("a change takes the place of those that would begin on its day or later", () => {
  const changed = (from: Day) => changeVersions(stored, { rules: weekly, from }, TODAY)?.slice(2);
  expect(changed(day("2026-03-31"))).toEqual([{ from: day("2026-03-31"), ...weekly }]);
  expect(changed(day("2026-04-01"))).toEqual([{ from: day("2026-04-01"), ...weekly }]);
  expect(changed(day("2026-04-02"))).toEqual([stored[2], { from: day("2026-04-02"), ...weekly }]);
});

test("a change back to the rules that hold anyway takes away what was to come", () => {
  expect(changeVersions(stored, { rules: monthly, from: undefined }, TODAY)).toEqual(stored.slice(0, 2));
  const first = changeVersions(undefined, { rules: weekly, from: undefined }, TODAY) as Versions;
  expect(changeVersions(first, { rules: daily, from: undefined }, TODAY)).toEqual([EVERY_DAY]);
});

test("another start of the day is another version", () => {
  const late = { ...weekly, dayStart: 240 };
  expect(firstVersions({ ...daily, dayStart: 1 })).toEqual([{ ...daily, dayStart: 1 }]);
  expect(changeVersions([weekly], { rules: late, from: undefined }, TODAY)).toEqual([
    weekly,
    { from: TOMORROW, ...late },
  ]);
  expect(changeVersions([late], { rules: late, from: undefined }, TODAY)).toEqual([late]);
  expect(changeVersions([late], { rules: weekly, from: TODAY }, TODAY)).toEqual([late, { from: TODAY, ...weekly }]);
});

test("other freezes are another version", () => {
  const freezes = { lengthenRun: false, earned: { every: 10, max: 2 } };
  const frozen = { ...weekly, freezes };
  expect(firstVersions({ ...daily, freezes })).toEqual([{ ...daily, freezes }]);
  expect(changeVersions([frozen], { rules: { ...weekly, freezes: { ...freezes } }, from: undefined }, TODAY)).toEqual([
    frozen,
  ]);
  const others = [
    undefined,
    { ...freezes, lengthenRun: true },
    { ...freezes, maxInARow: 2 },
    { lengthenRun: false },
    { ...freezes, earned: { every: 10, max: 3 } },
    { ...freezes, earned: { every: 9, max: 2 } },
  ];
  for (const other of others) {
    const rules = { ...weekly, ...(other && { freezes: other }) };
    expect(changeVersions([frozen], { rules, from: TODAY }, TODAY)).toEqual([frozen, { from: TODAY, ...rules }]);
  }
});

test("the rules as they were read change nothing, whether their day is sent back or left out, or is over", () => {
  for (const versions of [stored, stored.slice(0, 2), stored.slice(0, 1)]) {
    const { from, ...newest } = { from: undefined, ...versions.at(-1) } as UndatedRules & { from: Day | undefined };
    expect(changeVersions(versions, { rules: newest, from }, TODAY)).toBe(versions);
    expect(changeVersions(versions, { rules: newest, from: undefined }, TODAY)).toBe(versions);
  }
});

test("the order in which lists of holidays are named is no change", () => {
  const naming = (...holidays: string[]) => rules(daily.cadence, { daysOff: { ...nothingOff, holidays } });
  const versions = firstVersions(naming("a", "b"));
  expect(changeVersions(versions, { rules: naming("b", "a"), from: undefined }, TODAY)).toBe(versions);
});

test("other rules with the day of the rules before them begin tomorrow if that day is over, else on that day", () => {
  const over = stored.slice(0, 2);
  const from = over[1]?.from;
  expect(changeVersions(over, { rules: daily, from }, TODAY)).toEqual([...over, { from: TOMORROW, ...daily }]);
  const coming = changeVersions(stored, { rules: weekly, from: stored[2]?.from }, TODAY);
  expect(coming).toEqual([...stored.slice(0, 2), { from: stored[2]?.from, ...weekly }]);
});

test("a change that is still to come can be moved, later as well as earlier", () => {
  for (const from of [TODAY, TOMORROW, day("2026-03-31"), day("2026-05-01")]) {
    const moved = changeVersions(stored, { rules: daily, from }, TODAY);
    expect(moved).toEqual([...stored.slice(0, 2), { from, ...daily }]);
  }
});

test("rules that hold already are not begun again on a later day", () => {
  const versions = stored.slice(0, 2);
  expect(changeVersions(versions, { rules: monthly, from: day("2026-05-01") }, TODAY)).toEqual(versions);
});

test("a change can't begin before today, unless it changes nothing", () => {
  expect(changeVersions(stored, { rules: weekly, from: TODAY - 1 }, TODAY)).toBe("past");
  expect(changeVersions(stored, { rules: daily, from: TODAY - 1 }, TODAY)).toBe("past");
  expect(changeVersions(undefined, { rules: daily, from: TODAY - 1 }, TODAY)).toBe("past");
  expect(changeVersions(stored, { rules: weekly, from: TODAY }, TODAY)).not.toBe("past");
});

test("whatever changes come, versions are in order, no two neighbours are the same, and what was stays", () => {
  const change = fc.record({
    rules: fc.constantFrom(daily, weekly, monthly),
    from: fc.option(fc.integer({ min: -5, max: 20 }), { nil: undefined }),
    later: fc.nat({ max: 10 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      let today = TODAY;
      let versions: Versions;
      for (const { rules, from, later } of changes) {
        today += later;
        const asked = { rules, from: from === undefined ? undefined : today + from };
        const after = changeVersions(versions, asked, today);
        if (after === "past") {
          continue;
        }
        const past = Array.from({ length: today - TODAY + 1 }, (_, i) => TODAY - 1 + i);
        expect(past.map((each) => rulesOn(after, each).cadence.kind)).toEqual(
          past.map((each) => rulesOn(versions, each).cadence.kind),
        );
        for (const [i, version] of (after ?? []).entries()) {
          const { from: begins, ...said } = version;
          expect(begins === undefined).toBe(i === 0);
          if (i > 0) {
            const { from: before = Number.NEGATIVE_INFINITY, ...saidBefore } = after?.[i - 1] ?? EVERY_DAY;
            expect(begins).toBeGreaterThan(before);
            expect(said).not.toEqual(saidBefore);
          }
        }
        versions = after;
      }
    }),
  );
});

/** The rules that hold on a day. */
function rulesOn(versions: Versions, on: Day): UndatedRules {
  const { from, ...said } = versions?.findLast(({ from: first }) => first === undefined || first <= on) ?? EVERY_DAY;
  return said;
}

test("rules that differ in nothing but their repairs or their grace are other rules", () => {
  const repairs = { withinDays: 3, price: { kind: "none" } as const };
  const repairing = rules({ kind: "every_day" }, { repairs });
  const others: UndatedRules[] = [
    rules({ kind: "every_day" }),
    rules({ kind: "every_day" }, { repairs: { ...repairs, withinDays: 4 } }),
    rules({ kind: "every_day" }, { repairs: { ...repairs, onceInDays: 3 } }),
    rules({ kind: "every_day" }, { repairs: { ...repairs, price: { kind: "freeze" } } }),
    rules({ kind: "every_day" }, { repairs: { ...repairs, price: { kind: "days", days: 2 } } }),
    rules({ kind: "every_day" }, { repairs, grace: 60 }),
  ];
  for (const other of others) {
    const versions = [repairing, { from: TOMORROW, ...other }];
    expect(changeVersions([repairing], { rules: other, from: TOMORROW }, TODAY)).toEqual(versions);
  }
  const same = rules({ kind: "every_day" }, { repairs: { ...repairs } });
  expect(changeVersions([repairing], { rules: same, from: TOMORROW }, TODAY)).toEqual([repairing]);
  expect(firstVersions(repairing)).toEqual([repairing]);
});
