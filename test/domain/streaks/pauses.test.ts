import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LedgerDecision, LedgerEntry } from "#src/domain/ledger.ts";
import { MAX_LEDGER_ENTRIES } from "#src/domain/ledger.ts";
import { pausesOf, pausesToEnd } from "#src/domain/streaks/ledger/pauses.ts";
import { MADE } from "./given.ts";

/** An entry that was made so many milliseconds after the first one could be. */
function entry(id: string, decision: LedgerDecision, at = 0): LedgerEntry {
  return { ...MADE, id, at, ...decision };
}

/** Names an entry that was made in this ledger. */
const ofAnn = (id: string) => ({ id, user: "ann" });

const pause = (id: string, from: number, to?: number, at = 0) =>
  entry(id, { kind: "pause", from, ...(to !== undefined && { to }) }, at);
const unpause = (id: string, from: number, ...pauses: string[]) =>
  entry(id, { kind: "unpause", from, pauses: pauses.map(ofAnn) });
const takeBack = (id: string, of: string) => entry(id, { kind: "takeBack", entry: ofAnn(of) });

const united = (...ledger: readonly LedgerEntry[]) => pausesOf(ledger, "lesson")?.united;

test("a user whose ledger has no pause of the event never had one", () => {
  expect(pausesOf([], "lesson")).toBeUndefined();
  expect(united(entry("a", { kind: "pause", event: "other", from: 1 }), takeBack("b", "a"))).toBeUndefined();
});

test("a pause is of one event, or of all", () => {
  expect(united(entry("a", { kind: "pause", event: "lesson", from: 1, to: 2 }), pause("b", 7))).toEqual([
    { from: 1, to: 2 },
    { from: 7 },
  ]);
});

test.each([
  ["overlap", [pause("a", 3, 6), pause("b", 1, 4)], [{ from: 1, to: 6 }]],
  ["follow each other without a day between", [pause("a", 4, 6), pause("b", 1, 3)], [{ from: 1, to: 6 }]],
  ["are the same", [pause("a", 1, 3), pause("b", 1, 3)], [{ from: 1, to: 3 }]],
  ["hold each other", [pause("a", 1, 9), pause("b", 2, 3), pause("c", 5, 6)], [{ from: 1, to: 9 }]],
  ["are open", [pause("a", 4), pause("b", 1, 5), pause("c", 8)], [{ from: 1 }]],
])("pauses that %s are one", (_, ledger, expected) => {
  expect(united(...ledger)).toEqual(expected);
});

test("pauses with a day between them are two", () => {
  expect(united(pause("a", 1, 3), pause("b", 5, 6))).toHaveLength(2);
});

describe("a pause that is ended", () => {
  test("holds up to the day before", () => {
    expect(united(pause("a", 1), unpause("u", 5, "a"))).toEqual([{ from: 1, to: 4 }]);
  });

  test("never holds if it would begin on that day or later", () => {
    expect(united(pause("a", 5, 9), pause("b", 6), unpause("u", 5, "a", "b"))).toEqual([]);
  });

  test("ends no later if its end is after its last day", () => {
    expect(united(pause("a", 1, 3), unpause("u", 5, "a"))).toEqual([{ from: 1, to: 3 }]);
  });

  test("ends with the earliest of its ends", () => {
    expect(united(pause("a", 1), unpause("u", 7, "a"), unpause("v", 4, "a"))).toEqual([{ from: 1, to: 3 }]);
  });

  test("leaves others as they are", () => {
    expect(united(pause("a", 1), pause("b", 3, 6), unpause("u", 2, "a"))).toEqual([
      { from: 1, to: 1 },
      { from: 3, to: 6 },
    ]);
  });

  test("holds as before when its end is taken back", () => {
    const ledger = [pause("a", 1), unpause("u", 4, "a"), unpause("v", 7, "a"), takeBack("t", "u")];
    expect(united(...ledger)).toEqual([{ from: 1, to: 6 }]);
    expect(united(...ledger, takeBack("w", "v"))).toEqual([{ from: 1 }]);
  });
});

test("a pause that is taken back was never there, but the user had one", () => {
  expect(united(pause("a", 1, 3), pause("b", 7, 8), takeBack("t", "a"))).toEqual([{ from: 7, to: 8 }]);
  expect(united(pause("a", 1, 3), takeBack("t", "a"))).toEqual([]);
});

test("the entry that pauses a day is the one that was made first, of those that hold on it", () => {
  const ledger = [
    pause("late", 1, 9, 20),
    pause("b", 3, 5, 10),
    pause("a", 3, 4, 10),
    pause("taken back", 1, 9, 1),
    takeBack("t", "taken back"),
    pause("ended", 1, 9, 2),
    unpause("u", 3, "ended"),
  ];
  const pauses = pausesOf(ledger, "lesson");
  expect([1, 2, 3, 4, 5, 6, 9, 10].map((day) => pauses?.decisionOn(day)?.id)).toEqual([
    ...["ended", "ended", "a", "a", "b", "late", "late"],
    undefined,
  ]);
});

test("as many pauses as a ledger can have are told from each other", () => {
  const ledger = Array.from({ length: MAX_LEDGER_ENTRIES }, (_, index) =>
    pause(`pause ${index}`, 3 * index, 3 * index + 1),
  );
  const pauses = pausesOf(ledger.toReversed(), "lesson");
  expect(pauses?.united).toHaveLength(MAX_LEDGER_ENTRIES);
  for (const day of [-1, 0, 1, 2, 3, 1000, 1001, 1002, 3 * MAX_LEDGER_ENTRIES - 2, 3 * MAX_LEDGER_ENTRIES]) {
    const index = Math.floor(day / 3);
    const isPaused = day >= 0 && day % 3 < 2 && index < MAX_LEDGER_ENTRIES;
    expect(pauses?.on(day)).toEqual(isPaused ? { from: 3 * index, to: 3 * index + 1 } : undefined);
    expect(pauses?.decisionOn(day)?.id).toBe(isPaused ? `pause ${index}` : undefined);
  }
});

const DAYS = Array.from({ length: 200 }, (_, index) => index - 40);

/** Ledgers whose entries are about each other, on days from 0 to 99. */
const anyLedger: fc.Arbitrary<readonly LedgerEntry[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom("pause" as const, "pause" as const, "unpause" as const, "takeBack" as const),
      event: fc.constantFrom(undefined, "lesson", "other"),
      from: fc.nat(80),
      length: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      others: fc.array(fc.nat(9), { maxLength: 3 }),
      at: fc.nat(3),
    }),
    { maxLength: 10 },
  )
  .map((drawn) => {
    const isTakeBack = (index: number | undefined) => drawn[index ?? -1]?.kind === "takeBack";
    return drawn.flatMap(({ kind, event, from, length, others, at }, index): LedgerEntry[] => {
      const id = `entry ${index}`;
      if (kind === "pause") {
        const to = length === undefined ? {} : { to: from + length - 1 };
        return [entry(id, { kind, from, ...to, ...(event !== undefined && { event }) }, at)];
      }
      if (kind === "unpause") {
        return [entry(id, { kind, from, pauses: others.map((other) => ofAnn(`entry ${other}`)) }, at)];
      }
      return isTakeBack(others[0]) ? [] : [entry(id, { kind, entry: ofAnn(`entry ${others[0]}`) }, at)];
    });
  });

/** The entries that pause a day, from what docs/rules.md says. */
function pausing(ledger: readonly LedgerEntry[], day: number): LedgerEntry[] {
  const counts = ({ id }: LedgerEntry) => !ledger.some((other) => other.kind === "takeBack" && other.entry.id === id);
  return ledger.filter(
    (one) =>
      one.kind === "pause" &&
      counts(one) &&
      one.event !== "other" &&
      one.from <= day &&
      day <= (one.to ?? day) &&
      !ledger.some(
        (end) => end.kind === "unpause" && counts(end) && end.pauses.some(({ id }) => id === one.id) && end.from <= day,
      ),
  );
}

test("what was decided about another user's entry with the same id changes nothing", () => {
  // A link has brought them into the ledger, where the user's own pause has stayed.
  const ofVisitor = { id: "a", user: "visitor" };
  const takenBack = entry("b", { kind: "takeBack", entry: ofVisitor });
  const ended = entry("c", { kind: "unpause", from: 1, pauses: [ofVisitor] });
  expect(united(pause("a", 1, 5), takenBack, ended)).toEqual([{ from: 1, to: 5 }]);
  expect(pausesToEnd([{ ...pause("d", 1), user: "visitor" }], 1)).toEqual([{ id: "d", user: "visitor" }]);
});

describe("of any ledger", () => {
  test("a day is paused when at least one pause has it", () => {
    fc.assert(
      fc.property(anyLedger, (ledger) => {
        const pauses = pausesOf(ledger, "lesson");
        const entries = DAYS.map((day) =>
          pausing(ledger, day).toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)),
        );
        const paused = entries.map(({ length }) => length > 0);
        expect(DAYS.map((day) => pauses?.decisionOn(day))).toEqual(entries.map(([first]) => first));
        expect(DAYS.map((day) => pauses?.on(day) !== undefined)).toEqual(paused);
        expect(DAYS.map((day) => (((pauses?.word(day >> 5) ?? 0) >>> (day & 31)) & 1) === 1)).toEqual(paused);
      }),
    );
  });

  test("pauses are in order, with a day between them", () => {
    fc.assert(
      fc.property(anyLedger, (ledger) => {
        const all = pausesOf(ledger, "lesson")?.united ?? [];
        for (const [index, { from, to = Number.POSITIVE_INFINITY }] of all.entries()) {
          expect(from).toBeLessThanOrEqual(to);
          expect(all[index + 1]?.from ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(to + 2);
        }
      }),
    );
  });

  test("the order of the entries does not matter", () => {
    fc.assert(
      fc.property(
        anyLedger.chain((ledger) =>
          fc.tuple(fc.constant(ledger), fc.shuffledSubarray([...ledger], { minLength: ledger.length })),
        ),
        ([ledger, shuffled]) => {
          const [pauses, others] = [pausesOf(ledger, "lesson"), pausesOf(shuffled, "lesson")];
          expect(others?.united).toEqual(pauses?.united);
          expect(DAYS.map((day) => others?.decisionOn(day))).toEqual(DAYS.map((day) => pauses?.decisionOn(day)));
        },
      ),
    );
  });
});

describe("the pauses that an end on a day would change", () => {
  test("are those that hold on the day or later, of all events, in the order in which they were made", () => {
    const ledger = [
      pause("later", 8, 9, 3),
      entry("other event", { kind: "pause", event: "other", from: 1 }, 2),
      pause("on the day alone", 5, 5, 1),
      pause("over", 1, 4),
    ];
    expect(pausesToEnd(ledger, 5)).toEqual(["on the day alone", "other event", "later"].map(ofAnn));
  });

  test("are neither taken back nor ended by then, unless the end was taken back", () => {
    const ledger = [
      ...[pause("taken back", 1), pause("ended", 1), pause("ended later", 1), pause("not ended", 1)],
      takeBack("t1", "taken back"),
      ...[unpause("u1", 5, "ended"), unpause("u2", 6, "ended later"), unpause("u3", 2, "not ended")],
      takeBack("t2", "u3"),
    ];
    expect(pausesToEnd(ledger, 5)).toEqual(["ended later", "not ended"].map(ofAnn));
  });
});
