import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { LedgerEntryKind, LedgerEntrySchema } from "#gen/streak/v1/ledger_pb.ts";
import { ProjectSchema, StreakMode, type Widget, WidgetSchema } from "#gen/streak/v1/project_pb.ts";
import { CadenceKind, Counts, RepairPrice } from "#gen/streak/v1/rules_pb.ts";
import {
  ExplainedEventSchema,
  type ExplainedPeriod,
  ExplainedPeriodSchema,
  ExplanationSchema,
  PeriodOutcome,
} from "#gen/streak/v1/rules_service_pb.ts";
import {
  DayStatus,
  StreakFreezesSchema,
  StreakRepairSchema,
  StreakSchema,
  StreakUnit,
} from "#gen/streak/v1/streak_service_pb.ts";
import {
  commonUnit,
  inUnit,
  lengthInWords,
  unitTitle,
} from "../../../packages/dashboard/src/pages/overview/numbers/units.ts";
import { firstColumn, groupsOf } from "../../../packages/dashboard/src/pages/users/explain/groups.ts";
import { eventWords, offsetInWords, reasonOf } from "../../../packages/dashboard/src/pages/users/explain/reasons.ts";
import { sumOf } from "../../../packages/dashboard/src/pages/users/explain/sum.ts";
import {
  freezesStandingInWords,
  repairOfferInWords,
  standingOf,
} from "../../../packages/dashboard/src/rules/progress.ts";
import { countOf, daysSpanned, namesUnit, unitOf } from "../../../packages/dashboard/src/rules/units.ts";
import { rulesOn } from "../../../packages/dashboard/src/rules/versions.ts";

/** A day that is a period. */
function day(isoDate: string, outcome: PeriodOutcome, status: DayStatus, counted = 0): ExplainedPeriod {
  return create(ExplainedPeriodSchema, {
    ...{ firstDate: isoDate, lastDate: isoDate, outcome, counted, unit: StreakUnit.DAY },
    days: [{ isoDate, status }],
  });
}

/** A week from this day on, of which some days have a status. */
function week(
  firstDate: string,
  lastDate: string,
  outcome: PeriodOutcome,
  counted: number,
  status: DayStatus = DayStatus.MISSED,
): ExplainedPeriod {
  return create(ExplainedPeriodSchema, {
    ...{ firstDate, lastDate, outcome, counted, done: 3, needed: 3, unit: StreakUnit.WEEK },
    days: [{ isoDate: firstDate, status }],
  });
}

/** A month of 31 days, or its days from this one on, of which the first was missed. */
function month(firstDate: string, outcome: PeriodOutcome): ExplainedPeriod {
  return create(ExplainedPeriodSchema, {
    ...{ firstDate, lastDate: `${firstDate.slice(0, 7)}-31`, outcome, unit: StreakUnit.MONTH },
    days: [{ isoDate: firstDate, status: DayStatus.MISSED }],
  });
}

/** A day of a cumulative streak that has so many actions. */
function actions(isoDate: string, counted: number): ExplainedPeriod {
  return { ...day(isoDate, PeriodOutcome.KEPT, DayStatus.DONE, counted), unit: StreakUnit.ACTION };
}

/** A period whose days are covered by a freeze that an entry of the ledger gave. */
function frozen(period: ExplainedPeriod, entryId: string): ExplainedPeriod {
  const entry = create(LedgerEntrySchema, { entryId, kind: LedgerEntryKind.GRANT_FREEZES });
  return { ...period, days: period.days.map((each) => ({ ...each, entry })) };
}

describe("the periods of an explanation", () => {
  test("are shown by week or month, and days by calendar month", () => {
    const groups = groupsOf([
      day("2026-09-30", PeriodOutcome.KEPT, DayStatus.DONE, 1),
      day("2026-10-01", PeriodOutcome.OFF, DayStatus.OFF),
      day("2026-10-02", PeriodOutcome.KEPT, DayStatus.DONE, 1),
      week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1),
      week("2026-10-12", "2026-10-18", PeriodOutcome.OPEN, 0),
    ]);
    expect(
      groups.map(({ firstDate, lastDate, counted, days, period }) => [
        firstDate,
        lastDate,
        counted,
        days.length,
        period !== undefined,
      ]),
    ).toEqual([
      ["2026-09-30", "2026-09-30", 1, 1, false],
      ["2026-10-01", "2026-10-02", 1, 2, false],
      ["2026-10-05", "2026-10-11", 1, 1, true],
      ["2026-10-12", "2026-10-18", 0, 1, true],
    ]);
  });

  test("are days where actions count, which are shown by calendar month, beside days that count themselves", () => {
    const groups = groupsOf([
      day("2026-10-31", PeriodOutcome.KEPT, DayStatus.DONE, 1),
      day("2026-11-01", PeriodOutcome.KEPT, DayStatus.DONE, 1),
      actions("2026-11-02", 3),
      actions("2026-11-03", 12),
    ]);
    expect(groups.map(({ firstDate, lastDate, counted, period }) => [firstDate, lastDate, counted, period])).toEqual([
      ["2026-10-31", "2026-10-31", 1, undefined],
      ["2026-11-01", "2026-11-03", 16, undefined],
    ]);
  });

  test("stay in their order when weeks lie between days of one month", () => {
    const groups = groupsOf([
      day("2026-11-01", PeriodOutcome.KEPT, DayStatus.DONE, 1),
      week("2026-11-02", "2026-11-08", PeriodOutcome.KEPT, 1),
      day("2026-11-09", PeriodOutcome.KEPT, DayStatus.DONE, 1),
      day("2026-11-10", PeriodOutcome.KEPT, DayStatus.DONE, 1),
    ]);
    expect(groups.map(({ firstDate, lastDate, counted }) => [firstDate, lastDate, counted])).toEqual([
      ["2026-11-01", "2026-11-01", 1],
      ["2026-11-02", "2026-11-08", 1],
      ["2026-11-09", "2026-11-10", 2],
    ]);
    expect(new Set(groups.map(({ key }) => key)).size).toBe(3);
  });

  test.each([
    ["a week from Monday", week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1), 1],
    ["a week from Sunday", week("2026-10-04", "2026-10-10", PeriodOutcome.KEPT, 1), 1],
    ["the rest of a week from Wednesday", week("2026-10-07", "2026-10-11", PeriodOutcome.KEPT, 1), 3],
    ["a Sunday that is the rest of a week", week("2026-10-11", "2026-10-11", PeriodOutcome.KEPT, 1), 7],
    ["a month from Thursday", month("2026-10-01", PeriodOutcome.KEPT), 4],
    ["the last days of a month, from Tuesday", month("2026-10-27", PeriodOutcome.KEPT), 2],
    ["days from Tuesday", day("2026-10-06", PeriodOutcome.KEPT, DayStatus.DONE, 1), 2],
  ])("stand below their weekdays: %s", (_, period, column) => {
    expect(groupsOf([period]).map(firstColumn)).toEqual([column]);
  });

  test("add up to the current streak, with what counts before and after them", () => {
    const explanation = create(ExplanationSchema, {
      streak: { current: 12 },
      ...{ runFirstDate: "2026-10-07", countedBefore: 4 },
      periods: [
        // Of a run before.
        week("2026-09-28", "2026-10-04", PeriodOutcome.KEPT, 1),
        week("2026-10-05", "2026-10-11", PeriodOutcome.STARTED, 1),
        week("2026-10-12", "2026-10-18", PeriodOutcome.KEPT, 1),
      ],
    });
    expect(sumOf(explanation)).toEqual({ current: 12, before: 4, here: 2, after: 6 });
    expect(sumOf(create(ExplanationSchema, { streak: { current: 0 } }))).toBeUndefined();
  });
});

test.each([
  [day("2026-10-01", PeriodOutcome.KEPT, DayStatus.DONE, 1), true, "the run begins, counts 1"],
  [day("2026-10-01", PeriodOutcome.KEPT, DayStatus.DONE, 1), false, "counts 1"],
  [day("2026-10-01", PeriodOutcome.OFF, DayStatus.DONE, 1), false, "a day off that counts"],
  [actions("2026-10-01", 3), false, "3 actions"],
  [actions("2026-10-01", 1), true, "the run begins, 1 action"],
  [day("2026-10-01", PeriodOutcome.OFF, DayStatus.DONE, 0), false, "a day off counts only between done days"],
  [day("2026-10-01", PeriodOutcome.OFF, DayStatus.OFF), false, "not needed"],
  [day("2026-10-01", PeriodOutcome.MISSED, DayStatus.MISSED), false, "was needed"],
  [day("2026-10-01", PeriodOutcome.EXCUSED, DayStatus.EXCUSED), false, "a single miss"],
  [frozen(day("2026-10-01", PeriodOutcome.FROZEN, DayStatus.FROZEN), "grant"), false, "a granted freeze covers it"],
  [day("2026-10-01", PeriodOutcome.FROZEN, DayStatus.FROZEN), false, "an earned freeze covers it"],
  [day("2026-10-01", PeriodOutcome.FROZEN, DayStatus.FROZEN, 1), false, "an earned freeze covers it, counts 1"],
  [
    frozen(week("2026-10-05", "2026-10-11", PeriodOutcome.FROZEN, 0, DayStatus.FROZEN), "grant"),
    ...([false, "a granted freeze covers the week"] as const),
  ],
  [
    week("2026-10-05", "2026-10-11", PeriodOutcome.FROZEN, 1, DayStatus.FROZEN),
    ...([false, "an earned freeze covers the week"] as const),
  ],
  [day("2026-10-01", PeriodOutcome.BETWEEN, DayStatus.REST), false, "the run goes on"],
  [day("2026-10-01", PeriodOutcome.OPEN, DayStatus.OPEN), false, "can still be done"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.MISSED, 0), false, "the week was missed"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.EXCUSED, 0, DayStatus.EXCUSED), false, "a single missed week"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1, DayStatus.REST), false, "the week is kept"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.OPEN, 0, DayStatus.REST), false, "the week is not over"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.OPEN, 0, DayStatus.OPEN), false, "can still be done"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1, DayStatus.OFF), false, "the week needs less"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1, DayStatus.PAUSED), false, "the week needs less"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.OFF, 0, DayStatus.PAUSED), false, "the week is off"],
  [day("2026-10-01", PeriodOutcome.OFF, DayStatus.PAUSED), false, "nothing is asked"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.OFF, 0, DayStatus.DONE), false, "the week is off"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1, DayStatus.DONE), true, "the run begins"],
  // The rest of a week in which it became the unit.
  [week("2026-10-11", "2026-10-11", PeriodOutcome.MISSED, 0), false, "the week was missed"],
  [month("2026-10-01", PeriodOutcome.MISSED), false, "the month was missed"],
  [day("2026-10-01", PeriodOutcome.KEPT, DayStatus.LATE, 1), false, "in its grace, counts 1"],
  [day("2026-10-01", PeriodOutcome.KEPT, DayStatus.LATE, 1), true, "the run begins, in its grace, counts 1"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1, DayStatus.LATE), false, "in its grace"],
  [
    day("2026-10-01", PeriodOutcome.OFF, DayStatus.BRIDGED),
    ...([false, "nothing is asked: the user has moved east"] as const),
  ],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.KEPT, 1, DayStatus.BRIDGED), false, "the week needs less"],
  [week("2026-10-05", "2026-10-11", PeriodOutcome.OFF, 0, DayStatus.BRIDGED), false, "the week is off"],
  [day("2026-10-01", PeriodOutcome.REPAIRED, DayStatus.REPAIRED), false, "the repaired run goes over it"],
  [day("2026-10-01", PeriodOutcome.OFF, DayStatus.REPAIRED), false, "nothing is asked on the day of a repair"],
  [
    week("2026-10-05", "2026-10-11", PeriodOutcome.REPAIRED, 0, DayStatus.REPAIRED),
    ...([false, "the repaired run goes over the week"] as const),
  ],
])("the reason of a day is told by the unit of its period, case %#", (period, isRunStart, reason) => {
  const [first] = period.days;
  expect(first && reasonOf({ day: first, period }, isRunStart)).toBe(reason);
});

describe("the event of a day", () => {
  const NEW_YEAR = Date.UTC(2026, 0, 1, 0, 30);
  const event = (
    receivedAfterMs: number,
    zone: { tz?: string; offsetMinutes?: number },
    { day = "2026-01-01" }: { day?: string } = {},
  ) =>
    eventWords(
      create(ExplainedEventSchema, {
        ...{ ts: timestampFromMs(NEW_YEAR), receiveTime: timestampFromMs(NEW_YEAR + receivedAfterMs) },
        ...zone,
      }),
      day,
    );

  test("is told in the local time of its zone", () => {
    const { time, ...words } = event(5_000, { tz: "Asia/Kolkata", offsetMinutes: 330 }) ?? { time: "" };
    expect(time.replace(/\s/u, " ")).toBe("6:00 AM");
    expect(words).toEqual({ zone: "Asia/Kolkata, UTC+5:30", received: "received at once" });
  });

  test("is told with the day on which it was received, when that was later", () => {
    const late = event(26 * 3_600_000, { tz: "America/St_Johns", offsetMinutes: -210 }, { day: "2025-12-31" });
    expect(late?.zone).toBe("America/St_Johns, UTC−3:30");
    expect(late?.received.replace(/\s/gu, " ")).toBe("received Jan 1, 2026, 11:00 PM");
  });

  test("is told in UTC when it named no zone", () => {
    expect(event(0, {})?.zone).toBe("UTC, no zone named");
    expect(eventWords(create(ExplainedEventSchema), "2026-01-01")).toBeUndefined();
  });

  test("is told with its date when it counts for the day before", () => {
    const timeOn = (day: string, zone: { tz?: string; offsetMinutes?: number }) =>
      event(0, zone, { day })?.time.replace(/\s/gu, " ");
    expect(timeOn("2025-12-31", { tz: "Europe/Berlin", offsetMinutes: 60 })).toBe("1:30 AM on Jan 1, 2026");
    expect(timeOn("2026-01-01", { tz: "Europe/Berlin", offsetMinutes: 60 })).toBe("1:30 AM");
    // Nobody knows what the clocks showed.
    expect(timeOn("2025-12-31", {})).toBe("12:30 AM");
  });

  test.each([
    [0, "UTC"],
    [60, "UTC+1"],
    [-570, "UTC−9:30"],
    [825, "UTC+13:45"],
  ])("an offset of %i minutes is %s", (minutes, words) => {
    expect(offsetInWords(minutes)).toBe(words);
  });
});

describe("the unit of a streak", () => {
  test("is said, and is days without rules", () => {
    expect(countOf(12, unitOf({ unit: StreakUnit.WEEK }))).toBe("12 weeks");
    expect(countOf(1, unitOf({ unit: StreakUnit.MONTH }))).toBe("1 month");
    expect(countOf(3, unitOf({ unit: StreakUnit.UNSPECIFIED }))).toBe("3 days");
    expect([1, 3].map((count) => countOf(count, unitOf({ unit: StreakUnit.ACTION })))).toEqual([
      "1 action",
      "3 actions",
    ]);
  });

  test("puts streaks in an order, in which a day with many actions is a day", () => {
    const weeks = daysSpanned({ unit: StreakUnit.WEEK, current: 3 }, 9);
    expect(weeks).toBeGreaterThan(daysSpanned({ unit: StreakUnit.DAY, current: 20 }, 20));
    expect(weeks).toBeGreaterThan(daysSpanned({ unit: StreakUnit.ACTION, current: 500 }, 20));
    expect(weeks).toBeLessThan(daysSpanned({ unit: StreakUnit.ACTION, current: 500 }, 30));
  });

  test("has to be said where the widget has rules, and only there", () => {
    expect(namesUnit(create(StreakSchema, { unit: StreakUnit.DAY }))).toBe(true);
    expect(namesUnit(create(StreakSchema))).toBe(false);
    expect(namesUnit({ unit: StreakUnit.UNSPECIFIED })).toBe(false);
  });

  test("of several widgets is the one that they share", () => {
    const weekly = { rules: { cadence: { kind: CadenceKind.DAYS_A_WEEK } } };
    const { widgets } = create(ProjectSchema, {
      widgets: [
        { event: "run", ...weekly },
        { event: "walk", ...weekly },
        { event: "read", ...weekly, mode: StreakMode.CUMULATIVE },
      ],
    });
    expect(commonUnit({ widgets }, "run", "2026-10-15")).toBe("week");
    expect(commonUnit({ widgets }, "read", "2026-10-15")).toBe("day");
    expect(commonUnit({ widgets }, "", "2026-10-15")).toBe("various");
    expect(commonUnit({ widgets: widgets.slice(0, 2) }, "", "2026-10-15")).toBe("week");
    expect(commonUnit({ widgets: [] }, "", "2026-10-15")).toBe("day");
    expect([lengthInWords(1200, "various"), lengthInWords(2, "month")]).toEqual(["1,200", "2 months"]);
  });

  test("is actions where a cumulative widget counts them, from the day of its change on", () => {
    const { widgets } = create(ProjectSchema, {
      widgets: [
        {
          ...{ event: "like", mode: StreakMode.CUMULATIVE, rulesFrom: "2026-10-15" },
          ...{ rules: { counts: Counts.ACTIONS }, earlierRules: [{ rules: {} }] },
        },
      ],
    });
    expect(commonUnit({ widgets }, "like", "2026-10-14")).toBe("day");
    expect(commonUnit({ widgets }, "like", "2026-10-15")).toBe("action");
    expect([unitTitle("action"), inUnit("action"), lengthInWords(7, "action")]).toEqual([
      "Actions",
      "in actions",
      "7 actions",
    ]);
  });
});

describe("the rules of a day", () => {
  const rules = (kind: CadenceKind) => ({ cadence: { kind } });
  const { widgets } = create(ProjectSchema, {
    widgets: [
      {
        event: "run",
        ...{ rules: rules(CadenceKind.DAYS_A_MONTH), rulesFrom: "2026-11-01" },
        earlierRules: [
          { rules: rules(CadenceKind.EVERY_DAY) },
          { rules: rules(CadenceKind.DAYS_A_WEEK), from: "2026-10-05" },
        ],
      },
    ],
  });
  const [changed] = widgets as [Widget];

  test.each([
    ["2026-10-04", CadenceKind.EVERY_DAY],
    ["2026-10-05", CadenceKind.DAYS_A_WEEK],
    ["2026-10-31", CadenceKind.DAYS_A_WEEK],
    ["2026-11-01", CadenceKind.DAYS_A_MONTH],
  ])("are the newest that have begun on %s", (date, kind) => {
    expect(rulesOn(changed, date)?.cadence?.kind).toBe(kind);
  });

  test("hold from the beginning where they never changed, and are none where a widget has none", () => {
    const always = create(WidgetSchema, { rules: rules(CadenceKind.DAYS_A_WEEK) });
    expect(rulesOn(always, "1970-01-01")?.cadence?.kind).toBe(CadenceKind.DAYS_A_WEEK);
    expect(rulesOn(create(WidgetSchema), "2026-10-05")).toBeUndefined();
  });

  test("decide the unit, so that a change to come changes it on its day", () => {
    expect(commonUnit({ widgets }, "run", "2026-10-31")).toBe("week");
    expect(commonUnit({ widgets }, "run", "2026-11-01")).toBe("month");
  });
});

test.each([
  [{ left: 2 }, "none used this week"],
  [{ left: 1, usedInWeek: 2 }, "2 used this week"],
  [{ left: 1, optedOut: true }, "opted out"],
  [{ left: 0, usedInWeek: 1, optedOut: true }, "opted out, 1 used this week"],
])("how a user’s freezes stand is said, case %#", (freezes, text) => {
  expect(freezesStandingInWords(create(StreakFreezesSchema, freezes))).toBe(text);
});

const OFFER = { currentAfter: 12, lastDate: "2026-10-18", canBePaid: true };

test.each([
  [OFFER, "A repair today makes it 12 weeks. It can be made until Oct 18, 2026."],
  [
    { ...OFFER, price: RepairPrice.FREEZE },
    "A repair today makes it 12 weeks. It costs one freeze. It can be made until Oct 18, 2026.",
  ],
  [
    { ...OFFER, price: RepairPrice.FREEZE, canBePaid: false },
    "A repair today makes it 12 weeks. It costs one freeze, and none is left. It can be made until Oct 18, 2026.",
  ],
  [
    { ...OFFER, price: RepairPrice.DAYS, canBePaid: false, daysMissing: 1 },
    "A repair today makes it 12 weeks. Before it, 1 more day has to be done. It can be made until Oct 18, 2026.",
  ],
  [
    { ...OFFER, price: RepairPrice.DAYS, daysMissing: 0 },
    "A repair today makes it 12 weeks. Its price is paid. It can be made until Oct 18, 2026.",
  ],
])("what a repair would do and what it costs is said, case %#", (repair, text) => {
  expect(repairOfferInWords(create(StreakRepairSchema, repair), "week")).toBe(text);
});

test.each([
  [{ current: 3, todayDone: true }, "Today is done"],
  [{ current: 3, pending: true }, "Pending: waits for today"],
  [{}, "No streak now"],
  [
    { current: 3, pending: true, progress: { done: 1, needed: 3, canBeMet: true, lastDate: "2026-10-18" } },
    "Pending: 1 of 3 days until Oct 18, 2026",
  ],
  [
    { current: 3, pending: true, progress: { done: 0, needed: 3, canBeMet: false, lastDate: "2026-10-18" } },
    "Can’t be met any more: 0 of 3 days until Oct 18, 2026",
  ],
  [{ current: 3, progress: { done: 3, needed: 3, lastDate: "2026-10-18" } }, "Nothing to do today"],
  [
    { current: 3, todayDone: true, unit: StreakUnit.WEEK, progress: { done: 3, needed: 3, lastDate: "2026-10-18" } },
    "This week is kept",
  ],
  [
    { current: 3, unit: StreakUnit.WEEK, progress: { done: 0, needed: 0, lastDate: "2026-10-18" } },
    "Nothing to do this week",
  ],
  [
    { current: 3, todayDone: true, unit: StreakUnit.MONTH, progress: { done: 1, needed: 0, lastDate: "2026-10-31" } },
    "Nothing to do this month",
  ],
  [
    { current: 3, unit: StreakUnit.DAY, progress: { done: 0, needed: 0, lastDate: "2026-10-18" } },
    "Nothing to do today",
  ],
  [{ current: 0, progress: { done: 0, needed: 3, lastDate: "2026-10-18" } }, "No streak now"],
  [{ current: 3, todayDone: true, pause: { from: "1999-08-01" } }, "Paused"],
  // Its year is said, since it is not the year of today.
  [{ current: 0, pause: { from: "1999-08-01", to: "1999-08-12" } }, "Paused until Aug 12, 1999"],
])("how a streak stands is said, case %#", (streak, text) => {
  expect(standingOf(create(StreakSchema, streak)).text).toBe(text);
});
