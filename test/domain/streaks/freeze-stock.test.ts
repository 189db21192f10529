import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FreezeRules } from "#src/domain/rules.ts";
import type { Phase } from "#src/domain/streaks/calendar/phases.ts";
import { EARLIEST, hasDayBit, LATEST } from "#src/domain/streaks/days/bits.ts";
import { FreezeDecisions, type GrantEntry } from "#src/domain/streaks/ledger/freezes.ts";
import { FreezeStock } from "#src/domain/streaks/walk/freeze-stock.ts";
import { MADE } from "./given.ts";

/** A grant with its days for its name: the one on which it comes, and the last one that it can cover. */
const grant = (from: number, count = 1, to?: number): GrantEntry => ({
  ...{ ...MADE, id: `of day ${from}${to === undefined ? "" : ` to ${to}`}`, kind: "grantFreezes", event: "lesson" },
  ...{ count, from },
  ...(to !== undefined && { to }),
});

const phase = (from: number, freezes?: Partial<FreezeRules>): Phase => ({
  ...{ from, until: LATEST, pace: { per: "day" }, neverMissTwice: false },
  ...(freezes && { freezes: { lengthenRun: false, ...freezes } }),
});

const earning = (every: number, max: number) => ({ earned: { every, max } });

/** The stock of a user on day 0, with rules that have freezes. */
function stock(freezes: Partial<FreezeRules>, ...grants: readonly GrantEntry[]): FreezeStock {
  const made = new FreezeStock(new FreezeDecisions(grants), EARLIEST);
  made.enter(phase(0, freezes));
  return made;
}

/** Covers a day, if it can, and returns by which grant: `earned`, if the freeze was earned. */
function cover(stock: FreezeStock, day: number): string | undefined {
  if (!stock.cover(day, day)) {
    return undefined;
  }
  return stock.coveredFrom(day)[0]?.grant?.id ?? "earned";
}

/** How many are left at the end of a day. */
function leftOn(stock: FreezeStock, day: number): number {
  stock.comeAndExpire(day);
  return stock.left;
}

/** How many are left after each number of kept periods. */
const leftAfter = (stock: FreezeStock, ...kept: readonly number[]) =>
  kept.map((count) => {
    stock.endGap();
    stock.earn(count);
    return stock.left;
  });

describe("granted freezes", () => {
  test("come on their day, and can cover this day", () => {
    const one = stock({}, grant(3));
    expect([leftOn(one, 2), cover(one, 2)]).toEqual([0, undefined]);
    expect([cover(one, 3), cover(one, 4)]).toEqual(["of day 3", undefined]);
  });

  test("cover their last day, and expire then", () => {
    expect(cover(stock({}, grant(1, 1, 3)), 3)).toBe("of day 1 to 3");
    const expired = stock({}, grant(1, 1, 3));
    expect([cover(expired, 4), expired.left]).toEqual([undefined, 0]);
  });

  test("cover a week if they reach to its last day", () => {
    expect(stock({}, grant(1, 1, 8)).cover(3, 9)).toBe(false);
    expect(stock({}, grant(1, 1, 9)).cover(3, 9)).toBe(true);
    expect(stock({}, grant(9)).cover(3, 9)).toBe(true);
  });

  test("cover in the order in which they expire, those that never do after the others, and earned ones last", () => {
    const some = stock(earning(5, 1), grant(1), grant(2, 1, 20), grant(3, 1, 10));
    some.earn(5);
    expect([10, 11, 12, 13, 14].map((day) => cover(some, day))).toEqual([
      ...["of day 3 to 10", "of day 2 to 20", "of day 1", "earned"],
      undefined,
    ]);
  });

  test("with the same last day cover in the order of their days, and then in that in which they were made", () => {
    const some = stock({}, grant(2, 1, 9), grant(1, 1, 9), { ...grant(1, 1, 9), id: "made later", at: 1 });
    expect([5, 6, 7].map((day) => cover(some, day))).toEqual(["of day 1 to 9", "made later", "of day 2 to 9"]);
  });

  test("cover in this order also after they were given back", () => {
    const some = stock({}, grant(1), grant(2));
    cover(some, 1);
    leftOn(some, 2);
    some.endRun();
    expect([cover(some, 3), cover(some, 4)]).toEqual(["of day 1", "of day 2"]);
  });

  test("of one grant are equal", () => {
    const three = stock({}, grant(1, 3));
    expect([2, 3, 4, 5].map((day) => cover(three, day))).toEqual([...Array(3).fill("of day 1"), undefined]);
  });
});

describe("room for granted freezes", () => {
  test("is for 30", () => {
    expect(leftOn(stock({}, grant(1, 30), grant(2)), 2)).toBe(30);
    expect(leftOn(stock({}, grant(1, 29), grant(2), grant(3)), 3)).toBe(30);
  });

  test("is made by a freeze that expires first, if it expires before the one that comes", () => {
    const full = stock({}, grant(1, 1, 9), grant(2, 29, 12), grant(3, 1, 10));
    expect([leftOn(full, 4), cover(full, 5), cover(full, 6)]).toEqual([30, "of day 3 to 10", "of day 2 to 12"]);
  });

  test("is not made by freezes that expire no earlier than the one that comes", () => {
    const full = stock({}, grant(1, 1, 9), grant(2, 29, 10), grant(3, 1, 9));
    expect([leftOn(full, 4), cover(full, 5), cover(full, 6)]).toEqual([30, "of day 1 to 9", "of day 2 to 10"]);
  });

  test("is not taken by freezes that have expired", () => {
    expect(leftOn(stock({}, grant(1, 30, 3), grant(4, 2, 5)), 4)).toBe(2);
  });

  test("is made for a freeze that is given back in the same way, or it is lost", () => {
    for (const [to, covering] of [
      [20, "of day 3 to 15"],
      [12, "of day 3 to 14"],
    ] as const) {
      const some = stock({}, grant(1, 1, to), grant(3, 1, 14), grant(3, 29, 15));
      cover(some, 2);
      expect(leftOn(some, 5)).toBe(30);
      some.endRun();
      expect([some.left, cover(some, 6)]).toEqual([30, covering]);
    }
  });

  test("is not needed for earned ones", () => {
    const full = stock(earning(1, 2), grant(1, 30));
    full.earn(2);
    expect(leftOn(full, 1)).toBe(32);
  });
});

describe("earned freezes", () => {
  test("are earned for so many kept periods each, one by one or several at once", () => {
    expect(leftAfter(stock(earning(3, 9)), 2, 1, 2, 1, 7, 1, 1)).toEqual([0, 1, 1, 2, 4, 4, 5]);
  });

  test("are no more than the rules say, and while there are as many, nothing is counted", () => {
    const full = stock(earning(3, 2));
    expect(leftAfter(full, 8)).toEqual([2]);
    expect(cover(full, 5)).toBe("earned");
    expect(leftAfter(full, 2, 1)).toEqual([1, 2]);
  });

  test("are counted on while the run goes on, also after a miss that one of them covers", () => {
    const one = stock(earning(3, 2));
    expect(leftAfter(one, 5)).toEqual([1]);
    expect(cover(one, 5)).toBe("earned");
    expect(leftAfter(one, 1)).toEqual([1]);
  });

  test("stay when the run ends, and the next run counts from 0", () => {
    const some = stock(earning(3, 9));
    expect(leftAfter(some, 5)).toEqual([1]);
    some.endRun();
    expect(leftAfter(some, 2, 1)).toEqual([1, 2]);
  });

  test("are never earned where the rules don't say so", () => {
    expect(leftAfter(stock({}), 1000)).toEqual([0]);
  });

  test("are given back with the gap", () => {
    const some = stock(earning(3, 2));
    some.earn(6);
    expect([cover(some, 5), cover(some, 6), some.left]).toEqual(["earned", "earned", 0]);
    some.endRun();
    expect(some.left).toBe(2);
  });

  test("go where the rules leave less room for them, also those that are given back", () => {
    const some = stock(earning(3, 3));
    some.earn(9);
    cover(some, 3);
    some.enter(phase(4, earning(3, 1)));
    expect(some.left).toBe(1);
    some.endRun();
    expect(some.left).toBe(1);
  });

  test("are counted from 0 where another number earns one, or where none is earned", () => {
    const counting = () => {
      const some = stock(earning(3, 9));
      some.earn(2);
      return some;
    };
    const other = counting();
    other.enter(phase(5, earning(2, 9)));
    expect(leftAfter(other, 1, 1)).toEqual([0, 1]);
    const same = counting();
    same.enter(phase(5, { ...earning(3, 8), maxInARow: 1 }));
    expect(leftAfter(same, 1)).toEqual([1]);
    for (const between of [{}, undefined]) {
      const gone = counting();
      gone.enter(phase(5, between));
      gone.enter(phase(9, earning(3, 9)));
      expect(leftAfter(gone, 1, 1, 1)).toEqual([0, 0, 1]);
    }
  });
});

describe("a gap", () => {
  test("has no more covered periods than the rules say", () => {
    const some = stock({ maxInARow: 2 }, grant(1, 5));
    expect([2, 3, 4].map((day) => cover(some, day))).toEqual(["of day 1", "of day 1", undefined]);
    some.endGap();
    expect(cover(some, 6)).toBe("of day 1");
  });

  test("gives back what it took, and no more", () => {
    const some = stock({}, grant(1, 3));
    cover(some, 2);
    some.endGap();
    cover(some, 4);
    cover(some, 5);
    expect(some.coveredFrom(0).map(({ first }) => first)).toEqual([2, 4, 5]);
    some.endRun();
    expect(some.coveredFrom(0).map(({ first }) => first)).toEqual([2]);
    expect(some.left).toBe(2);
    some.endRun();
    expect(some.left).toBe(2);
  });

  test("gives back nothing that has expired", () => {
    const some = stock({}, grant(1, 1, 3));
    cover(some, 3);
    some.endRun();
    expect(leftOn(some, 4)).toBe(0);
  });

  test("has covered periods that count where they lengthen the run, once it has ended", () => {
    const long = stock({ lengthenRun: true }, grant(1, 2));
    const counted = () => long.coveredFrom(0).map(({ counted }) => counted);
    expect([long.cover(2, 2), long.countedIfCovered]).toEqual([true, 1]);
    long.enter(phase(3, { lengthenRun: false }));
    expect([long.cover(3, 3), long.countedIfCovered]).toEqual([true, 0]);
    expect(counted()).toEqual([0, 0]);
    long.endGap();
    expect(counted()).toEqual([1, 0]);
    expect(long.coveredFrom(3)).toEqual([{ first: 3, last: 3, counted: 0, grant: grant(1, 2) }]);
  });
});

describe("a repair", () => {
  test("takes the freeze that covers first, and none where none is there", () => {
    const some = stock(earning(1, 1), grant(1), grant(1, 1, 9));
    some.earn(1);
    some.comeAndExpire(2);
    some.takeForRepair();
    expect([some.left, cover(some, 2), cover(some, 3), some.left]).toEqual([2, "of day 1", "earned", 0]);
    some.takeForRepair();
    expect(some.left).toBe(0);
    some.endRun();
    expect(some.left).toBe(2);
  });

  test("begins a new gap: what is covered before it is not given back, and counts if the run goes on", () => {
    const lengthening = () => {
      const some = stock({ lengthenRun: true, maxInARow: 1 }, grant(1, 3));
      expect([cover(some, 2), cover(some, 3)]).toEqual(["of day 1", undefined]);
      some.beginGap();
      expect(cover(some, 4)).toBe("of day 1");
      return some;
    };
    const counted = (some: FreezeStock) => some.coveredFrom(0).map(({ first, counted }) => [first, counted]);
    const going = lengthening();
    expect(counted(going)).toEqual([
      [2, 0],
      [4, 0],
    ]);
    going.endGap();
    expect(counted(going)).toEqual([
      [2, 1],
      [4, 1],
    ]);
    const ended = lengthening();
    ended.endRun();
    ended.endGap();
    expect([ended.left, counted(ended)]).toEqual([2, [[2, 0]]]);
  });
});

test("without freezes in the rules nothing comes, is earned or covered, and what is there stays until it expires", () => {
  const some = stock(earning(1, 1), grant(1), grant(2, 1, 9), grant(6));
  some.enter(phase(5));
  some.earn(10);
  expect([cover(some, 6), leftOn(some, 6), leftOn(some, 9), leftOn(some, 10)]).toEqual([undefined, 2, 2, 1]);
  some.enter(phase(11, {}));
  expect([cover(some, 11), cover(some, 12)]).toEqual(["of day 1", undefined]);
});

test("without freezes in the rules, what a gap took is given back, as far as there is room", () => {
  const some = stock(earning(1, 1), grant(1));
  some.earn(1);
  expect([cover(some, 2), cover(some, 3)]).toEqual(["of day 1", "earned"]);
  some.enter(phase(5));
  some.endRun();
  expect(some.left).toBe(2);
});

test("gaps of a word that are covered at once are covered as day by day", () => {
  const anyStock = fc.record({
    every: fc.integer({ min: 1, max: 3 }),
    max: fc.integer({ min: 1, max: 5 }),
    maxInARow: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    earned: fc.nat(9),
    grants: fc.array(fc.nat(60), { maxLength: 2 }),
  });
  let covered = 0;
  fc.assert(
    fc.property(
      anyStock,
      fc.integer(),
      fc.integer(),
      ({ every, max, maxInARow, earned, grants }, done, missedOrOff) => {
        const missed = missedOrOff & ~done;
        const make = () => {
          const made = new FreezeStock(new FreezeDecisions(grants.map((day) => grant(day))), LATEST);
          made.enter(phase(0, { ...earning(every, max), ...(maxInARow && { maxInARow }) }));
          made.earn(earned);
          return made;
        };
        const [atOnce, byDays] = [make(), make()];
        const passed = atOnce.coverGaps(0, done, missed);
        for (let day = 0; day < passed; day++) {
          if (hasDayBit(done, day)) {
            byDays.endGap();
            byDays.earn(1);
          } else if (hasDayBit(missed, day)) {
            expect(byDays.cover(day, day)).toBe(true);
            covered++;
          }
        }
        // Each of these gaps ends with a kept day, which comes next.
        byDays.endGap();
        for (const some of [atOnce, byDays]) {
          some.earn(7);
        }
        expect([atOnce.left, leftOn(atOnce, 99)]).toEqual([byDays.left, leftOn(byDays, 99)]);
      },
    ),
  );
  expect(covered).toBeGreaterThan(0);
});
