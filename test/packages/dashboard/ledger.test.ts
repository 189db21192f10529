import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { LedgerEntryKind, LedgerEntrySchema } from "#gen/streak/v1/ledger_pb.ts";
import { ProjectSchema, StreakMode } from "#gen/streak/v1/project_pb.ts";
import { StreakUnit } from "#gen/streak/v1/streak_service_pb.ts";
import { UserSchema } from "#gen/streak/v1/user_pb.ts";
import {
  canBeEnded,
  daysOf,
  isOptOut,
  plannedDaysOf,
  readLedger,
  standingOf,
  type Topic,
} from "../../../packages/dashboard/src/pages/users/ledger/entries.ts";
import { freezeEvents, repairEvents } from "../../../packages/dashboard/src/pages/users/ledger/events.ts";
import {
  kindInWords,
  repairInWords,
  takingBackInWords,
} from "../../../packages/dashboard/src/pages/users/ledger/words.ts";

const TODAY = "2026-08-10";

type Fields = MessageInitShape<typeof LedgerEntrySchema>;

const pause = (entryId: string, from: string, to?: string): Fields => ({
  ...{ entryId, kind: LedgerEntryKind.PAUSE, from },
  ...(to !== undefined && { to }),
});
const unpause = (entryId: string, from: string, ...pauseIds: string[]): Fields => ({
  ...{ entryId, kind: LedgerEntryKind.UNPAUSE, from, pauseIds },
});
const takeBack = (entryId: string, takenBackId: string): Fields => ({
  ...{ entryId, kind: LedgerEntryKind.TAKE_BACK, takenBackId },
});

const grant = (entryId: string, from: string, to?: string): Fields => ({
  ...{ entryId, kind: LedgerEntryKind.GRANT_FREEZES, event: "read", count: 2, from },
  ...(to !== undefined && { to }),
});
const repair = (entryId: string, from: string): Fields => ({
  ...{ entryId, kind: LedgerEntryKind.REPAIR, event: "read", from, withinDays: 3 },
});
const opt = (kind: LedgerEntryKind, entryId: string, from: string): Fields => ({ entryId, kind, from });

/** What is shown of the first of some entries. */
function shown(...entries: Fields[]) {
  const read = readLedger(entries.map((fields) => create(LedgerEntrySchema, fields))).at(-1);
  return read && [daysOf(read), plannedDaysOf(read), standingOf(read, TODAY)?.text, canBeEnded(read, TODAY)];
}

/** Spaces are as Intl writes them. */
const AUGUST = "Aug 1\u2009–\u200912, 2026";

describe("a pause in the list", () => {
  test("is to come, holds now, or is over", () => {
    expect(shown(pause("a", "2026-08-11"))).toEqual(["from Aug 11, 2026 on", undefined, "To come", true]);
    expect(shown(pause("a", "2026-08-10"))).toEqual(["from Aug 10, 2026 on", undefined, "Paused now", true]);
    expect(shown(pause("a", "2026-08-01", "2026-08-12"))).toEqual([AUGUST, undefined, "Paused now", true]);
    expect(shown(pause("a", "2026-08-09", "2026-08-09"))).toEqual(["Aug 9, 2026", undefined, "Over", false]);
  });

  test("that was ended early shows the days that it held, and what it was made for", () => {
    const made = pause("a", "2026-08-01", "2026-08-12");
    const held = "Aug 1\u2009–\u20094, 2026";
    expect(shown(made, unpause("b", "2026-08-05", "a"))).toEqual([held, AUGUST, "Over", false]);
    expect(shown(made, unpause("b", "2026-08-07", "x", "a"), unpause("c", "2026-08-05", "a"))?.[0]).toBe(held);
    expect(shown(made, unpause("b", "2026-08-05", "x"))?.[0]).toBe(AUGUST);
    expect(shown(pause("a", "2026-08-01"), unpause("b", "2026-08-11", "a"))).toEqual([
      ...["Aug 1\u2009–\u200910, 2026", "from Aug 1, 2026 on"],
      ...["Paused now", true],
    ]);
  });

  test("that was ended before its first day shows the days that it was made for", () => {
    const entries = [pause("a", "2026-08-20", "2026-08-21"), unpause("b", "2026-08-20", "a")];
    expect(shown(...entries)).toEqual(["Aug 20\u2009–\u200921, 2026", undefined, "Ended before it began", false]);
  });

  test("holds again when its end is taken back, and counts no more when it is taken back itself", () => {
    const made = pause("a", "2026-08-01", "2026-08-12");
    const ended = unpause("b", "2026-08-05", "a");
    expect(shown(made, ended, takeBack("c", "b"))).toEqual([AUGUST, undefined, "Paused now", true]);
    expect(shown(made, takeBack("c", "a"))).toEqual([AUGUST, undefined, "Taken back", false]);
    expect(shown(ended, takeBack("c", "b"))).toEqual(["from Aug 5, 2026 on", undefined, "Taken back", false]);
  });
});

test("the newest entry is the first, and what takes an entry back is about no days", () => {
  const entries = [pause("a", TODAY), takeBack("b", "a")].map((fields) => create(LedgerEntrySchema, fields));
  const read = readLedger(entries);
  expect(read.map(({ entry }) => entry.entryId)).toEqual(["b", "a"]);
  expect(read.map(daysOf)).toEqual(["", "from Aug 10, 2026 on"]);
});

describe("freezes in the list", () => {
  test("are to come, or have expired, and nothing is said of others", () => {
    expect(shown(grant("a", "2026-08-11"))).toEqual(["from Aug 11, 2026 on", undefined, "To come", false]);
    expect(shown(grant("a", "2026-08-10"))).toEqual(["from Aug 10, 2026 on", undefined, undefined, false]);
    expect(shown(grant("a", "2026-08-01", "2026-08-12"))).toEqual([AUGUST, undefined, undefined, false]);
    expect(shown(grant("a", "2026-08-09", "2026-08-09"))).toEqual(["Aug 9, 2026", undefined, "Expired", false]);
    expect(shown(grant("a", "2026-08-01"), takeBack("b", "a"))?.[2]).toBe("Taken back");
  });

  test("can be opted in to again while the user has opted out", () => {
    const read = (...entries: Fields[]) => readLedger(entries.map((fields) => create(LedgerEntrySchema, fields)));
    const out = opt(LedgerEntryKind.OPT_OUT, "a", "2026-08-01");
    expect(shown(out)).toEqual(["from Aug 1, 2026 on", undefined, undefined, false]);
    expect(read(out).some(isOptOut)).toBe(true);
    expect(read(out, takeBack("b", "a")).some(isOptOut)).toBe(false);
    expect(read(opt(LedgerEntryKind.OPT_IN, "a", TODAY)).some(isOptOut)).toBe(false);
  });
});

describe("a repair in the list", () => {
  test("has the day on which it was made, until it is taken back", () => {
    expect(shown(repair("a", TODAY))).toEqual(["on Aug 10, 2026", undefined, undefined, false]);
    expect(shown(repair("a", TODAY), takeBack("b", "a"))?.[2]).toBe("Taken back");
  });

  test("tells which runs it has joined, and whether it takes a freeze", () => {
    const told = (fields: Fields) => repairInWords(create(LedgerEntrySchema, fields));
    expect(told(repair("a", TODAY))).toBe("Runs that ended at most 3 days before it go on.");
    expect(told({ ...repair("a", TODAY), withinDays: 1, takesFreeze: true })).toBe(
      "Runs that ended at most 1 day before it go on. It takes one freeze.",
    );
    expect(told(pause("a", TODAY))).toBeUndefined();
  });
});

test("pauses, freezes and repairs have lists of their own, each with what was taken back of it", () => {
  const entries = [
    ...[pause("a", TODAY), grant("b", TODAY), opt(LedgerEntryKind.OPT_OUT, "c", TODAY)],
    ...[opt(LedgerEntryKind.OPT_IN, "d", TODAY), unpause("e", TODAY, "a"), takeBack("f", "c"), takeBack("g", "e")],
    ...[repair("h", TODAY), takeBack("i", "h")],
  ].map((fields) => create(LedgerEntrySchema, fields));
  const idsOf = (topic: Topic) =>
    readLedger(entries)
      .filter((read) => read.topic === topic)
      .map(({ entry }) => entry.entryId);
  expect(idsOf("pauses")).toEqual(["g", "e", "a"]);
  expect(idsOf("freezes")).toEqual(["f", "d", "c", "b"]);
  expect(idsOf("repairs")).toEqual(["i", "h"]);
});

test.each([
  [pause("a", TODAY), "Pause", "this pause"],
  [unpause("a", TODAY, "b"), "End of a pause", "this end of a pause"],
  [takeBack("a", "b"), "Taken back", undefined],
  [grant("a", TODAY), "2 freezes", "these freezes"],
  [{ ...grant("a", TODAY), count: 1 }, "1 freeze", "these freezes"],
  [opt(LedgerEntryKind.OPT_OUT, "a", TODAY), "Opted out", "this opt-out"],
  [opt(LedgerEntryKind.OPT_IN, "a", TODAY), "Opted in", "this opt-in"],
  [repair("a", TODAY), "Repair", "this repair"],
])("an entry is named by what it says, case %#", (fields, label, what) => {
  const entry = create(LedgerEntrySchema, fields);
  expect(kindInWords(entry)).toBe(label);
  if (what !== undefined) {
    expect(takingBackInWords(entry).what).toBe(what);
  }
});

test("freezes can be granted for streaks whose rules have them, had them or will have them", () => {
  const freezes = { rules: { freezes: {} } };
  const { widgets } = create(ProjectSchema, {
    widgets: [
      { event: "has", ...freezes },
      { event: "none", rules: {} },
      { event: "had", rules: {}, rulesFrom: TODAY, earlierRules: [freezes] },
      { event: "total", ...freezes, mode: StreakMode.CUMULATIVE },
    ],
  });
  const { streaks } = create(UserSchema, {
    streaks: [{ event: "own", streak: { freezes: { left: 1 } } }, { event: "has", streak: {} }, { event: "none" }],
  });
  expect(freezeEvents({ streaks }, { widgets })).toEqual(["own", "has", "had"]);
  expect(freezeEvents({ streaks }, undefined)).toEqual(["own"]);
});

test("streaks of the user can be repaired whose rules have repairs, had them or will have them", () => {
  const repairs = { rules: { repairs: { withinDays: 3 } } };
  const { widgets } = create(ProjectSchema, {
    widgets: [
      { event: "has", ...repairs },
      { event: "other", ...repairs },
      { event: "none", rules: {} },
      { event: "had", rules: {}, rulesFrom: TODAY, earlierRules: [repairs] },
      { event: "total", ...repairs, mode: StreakMode.CUMULATIVE },
    ],
  });
  const { streaks } = create(UserSchema, {
    streaks: [
      { event: "had", streak: { unit: StreakUnit.DAY } },
      { event: "has", streak: { unit: StreakUnit.WEEK } },
      { event: "none", streak: { unit: StreakUnit.DAY } },
      { event: "total", streak: { unit: StreakUnit.DAY, mode: StreakMode.CUMULATIVE } },
      { event: "plain", streak: {} },
      { event: "gone" },
    ],
  });
  expect(repairEvents({ streaks }, { widgets })).toEqual(["had", "has"]);
  // Nobody who may not see the widgets knows their rules.
  expect(repairEvents({ streaks }, undefined)).toEqual(["had", "has", "none"]);
});
