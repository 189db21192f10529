import fc from "fast-check";
import { MAX_AMNESTY_DAYS } from "#src/domain/amnesties.ts";
import type { Day } from "#src/domain/day.ts";
import type { Cadence, DaysOff, FreezeRules, HolidayList, RepairRules, RulesVersion } from "#src/domain/rules.ts";
import type { NaiveMilestone } from "../awards.ts";
import { dayOf, weekdayOf } from "../calendar.ts";
import {
  FIRST_DAY,
  type Given,
  type GivenAction,
  type GivenAmnesty,
  type GivenEvents,
  type GivenGrant,
  type GivenOptOut,
  type GivenOthers,
  type GivenPause,
  type GivenRepair,
  LAST_DAY,
} from "./given.ts";

// Everything is generated as distances from a first day, so that what fails shrinks to few near days.

/** A Monday at first; then days near ends of months and years, and at both ends of what dates can say. */
const firstDay: fc.Arbitrary<Day> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 45 }).map((distance) => dayOf("2026-01-05") + distance) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("2023-12-28", "2024-02-26", "1969-12-20", "1900-02-20", "0001-01-01", "9999-12-01", "9999-12-31")
      .map(dayOf),
  },
);

/** Marks of days in order. */
const anyMarks = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.boolean(), { maxLength: 40 }) },
  { weight: 1, arbitrary: fc.array(fc.boolean(), { minLength: 60, maxLength: 150 }) },
);

/** Rows of done days with gaps between them. */
const rowsAndGaps = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 5 })), { maxLength: 10 })
  .map((rows) => rows.flatMap(([row, gap]) => [...Array(row).fill(true), ...Array(gap).fill(false)] as boolean[]));

/** Rows of done days with the short gaps that freezes cover. */
const rowsAndShortGaps = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 })), { minLength: 2, maxLength: 12 })
  .map((rows) => rows.flatMap(([row, gap]) => [...Array(row).fill(true), ...Array(gap).fill(false)] as boolean[]));

/** Weeks of which each is done as a whole, at its end, once or not at all. */
const weeksWithMisses = fc
  .array(fc.constantFrom("xxxxxxx", "xxxxxxx", "·····xx", "··x·x··", "·x·····", "·······"), {
    minLength: 2,
    maxLength: 12,
  })
  .map((weeks) => [...weeks.join("")].map((mark) => mark === "x"));

/** The same weekdays in each week, but for a few days. */
const weeklyHabit = fc
  .tuple(
    fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
    fc.integer({ min: 1, max: 10 }),
    fc.array(fc.nat(69), { maxLength: 6 }),
  )
  .map(([weekdays, weeks, exceptions]) =>
    Array.from(
      { length: weeks * 7 },
      (_, distance) => weekdays.includes(distance % 7) !== exceptions.includes(distance),
    ),
  );

const rareDays = fc
  .array(fc.nat(120), { maxLength: 5 })
  .map((days) => Array.from({ length: Math.max(0, ...days) + 1 }, (_, distance) => days.includes(distance)));

const nearlyAllDays = fc
  .tuple(fc.integer({ min: 10, max: 100 }), fc.array(fc.nat(99), { maxLength: 4 }))
  .map(([length, missing]) => Array.from({ length }, (_, distance) => !missing.includes(distance)));

const marks = fc.oneof(
  { weight: 4, arbitrary: anyMarks },
  { weight: 3, arbitrary: rowsAndGaps },
  { weight: 3, arbitrary: rowsAndShortGaps },
  { weight: 3, arbitrary: weeksWithMisses },
  { weight: 3, arbitrary: weeklyHabit },
  { weight: 1, arbitrary: rareDays },
  { weight: 1, arbitrary: nearlyAllDays },
);

const weekday = fc.integer({ min: 0, max: 6 });

/** Mostly small, since small numbers have the same corners as big ones, and more of them in the same history. */
function mostlySmall(min: number, max: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min, max: Math.min(min + 5, max) }) },
    { weight: 1, arbitrary: fc.integer({ min, max }) },
  );
}

const cadence: fc.Arbitrary<Cadence> = fc.oneof(
  fc.constant<Cadence>({ kind: "every_day" }),
  fc.record({
    kind: fc.constant("weekdays" as const),
    weekdays: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant("days_a_week" as const),
    days: fc.integer({ min: 1, max: 7 }),
    weekStart: fc.oneof(fc.constant(0), weekday),
  }),
  fc.record({ kind: fc.constant("days_a_month" as const), days: fc.integer({ min: 1, max: 28 }) }),
  fc.record({ kind: fc.constant("every_n_days" as const), days: mostlySmall(2, 90) }),
  mostlySmall(2, 90).chain((of) =>
    fc.record({
      kind: fc.constant("days_in_any" as const),
      days: fc.integer({ min: 1, max: of }),
      of: fc.constant(of),
    }),
  ),
);

/** Distances of single days, and of rows of days that may be a whole week or month. */
const offDates = fc.oneof(
  { weight: 4, arbitrary: fc.constant<number[]>([]) },
  { weight: 3, arbitrary: fc.array(fc.integer({ min: -3, max: 60 }), { maxLength: 5 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.integer({ min: -3, max: 40 }),
        fc.oneof(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 62 })),
      )
      .map(([first, length]) => Array.from({ length }, (_, index) => first + index)),
  },
);

const offWeekdays = fc.oneof(
  { weight: 3, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.constant([5, 6]) },
  { weight: 1, arbitrary: fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 6 }) },
);

const daysOff: fc.Arbitrary<DaysOff> = fc.record({
  weekdays: offWeekdays,
  dates: offDates,
  holidays: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, fc.subarray(["A", "B"])),
});

/** Something, or half as often nothing. */
function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary });
}

const freezes: fc.Arbitrary<FreezeRules> = fc
  .record({
    earned: maybe(fc.record({ every: mostlySmall(1, 30), max: mostlySmall(1, 30) })),
    maxInARow: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 3 })),
    lengthenRun: fc.boolean(),
  })
  .map(({ earned, maxInARow, ...rules }) => ({
    ...rules,
    ...(earned !== undefined && { earned }),
    ...(maxInARow !== undefined && { maxInARow }),
  }));

const withinDays = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 2, arbitrary: fc.integer({ min: 5, max: 14 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 31 }) },
);

const repairRules: fc.Arbitrary<RepairRules> = fc
  .record({
    withinDays,
    onceInDays: fc.oneof(fc.constant(undefined), mostlySmall(1, 60)),
    price: fc.oneof(
      fc.constant<RepairRules["price"]>({ kind: "none" }),
      fc.constant<RepairRules["price"]>({ kind: "freeze" }),
      fc.record({ kind: fc.constant("days" as const), days: mostlySmall(1, 30) }),
    ),
  })
  .map(({ onceInDays, ...rules }) => ({ ...rules, ...(onceInDays !== undefined && { onceInDays }) }));

/** Any rules. Their dates are distances from a first day. */
export const anyVersion: fc.Arbitrary<Omit<RulesVersion, "from">> = fc
  .record({
    cadence,
    neverMissTwice: fc.boolean(),
    daysOff,
    freezes: maybe(freezes),
    repairs: maybe(repairRules),
    // Means nothing to a continuous streak, which may have counted actions when it was a cumulative one.
    counts: maybe(fc.constant("actions" as const)),
  })
  .map(({ freezes, repairs, counts, ...rules }) =>
    allowed({
      ...rules,
      ...(freezes !== undefined && { freezes }),
      ...(repairs !== undefined && { repairs }),
      ...(counts !== undefined && { counts }),
    }),
  );

/** The rules without what can't be asked for: all weekdays that are needed off, and some rules of freezes and repairs. */
function allowed<R extends Omit<RulesVersion, "from">>({ freezes, repairs, ...rules }: R) {
  const { cadence, daysOff, neverMissTwice } = rules;
  const needed = cadence.kind === "weekdays" ? cadence.weekdays : [0, 1, 2, 3, 4, 5, 6];
  const isInWindows = cadence.kind === "every_n_days" || cadence.kind === "days_in_any";
  return {
    ...rules,
    daysOff: needed.every((day) => daysOff.weekdays.includes(day)) ? { ...daysOff, weekdays: [] } : daysOff,
    ...(freezes !== undefined &&
      !isInWindows && { freezes: { ...freezes, lengthenRun: freezes.lengthenRun && !neverMissTwice } }),
    ...(repairs !== undefined &&
      !isInWindows && {
        repairs: repairs.price.kind === "freeze" && freezes === undefined ? { ...repairs, price: FREE } : repairs,
      }),
  };
}

const FREE = { kind: "none" } as const;

/** A version, how many days after the one before it begins, and whether it keeps the cadence of that one. */
const laterVersion = fc.record({
  rules: anyVersion,
  days: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
  keepsCadence: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** The cadence in other words, where there are any. */
function reworded(cadence: Cadence): Cadence {
  return cadence.kind === "every_n_days" ? { kind: "days_in_any", days: 1, of: cadence.days } : cadence;
}

/** Versions, of which the first holds from the beginning. Dates are distances. */
const anyVersions = fc
  .tuple(
    anyVersion,
    fc.integer({ min: -4, max: 30 }),
    fc.oneof(
      { weight: 3, arbitrary: fc.array(laterVersion, { maxLength: 0 }) },
      { weight: 2, arbitrary: fc.array(laterVersion, { minLength: 1, maxLength: 3 }) },
    ),
  )
  .map(([first, start, later]) => {
    const versions: RulesVersion[] = [first];
    let from = start;
    for (const { rules, days, keepsCadence } of later) {
      const before = versions.at(-1) as RulesVersion;
      from += days;
      versions.push({ ...rules, from, ...(keepsCadence && { cadence: reworded(before.cadence) }) });
    }
    return versions.map(allowed);
  });

/** How far today is from the end of what was done: near it, or anywhere. */
const todayBack = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -4, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: -40, max: 150 }) },
);

/** How many days a pause has: a few, whole weeks, up to two months, or no end. */
const pausedDays = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 2, arbitrary: fc.constantFrom(7, 14, 21) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 62 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** Pauses that follow each other, overlap or touch. */
interface RowOfPauses {
  /** What `start` is a distance from. */
  near: "first" | "today";
  start: number;
  /** How many days each pause begins after the end of the one before, or before it, and how many days it has. */
  row: { gap: number; days: number | undefined }[];
}

/** They often begin whole weeks after the first day, which often is a Monday. */
const rowOfPauses: fc.Arbitrary<RowOfPauses> = fc.record({
  near: fc.constantFrom("first", "today"),
  start: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: -10, max: 10 }) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 7, 14, 28) },
  ),
  row: fc.array(fc.record({ gap: fc.integer({ min: -4, max: 3 }), days: pausedDays }), { minLength: 1, maxLength: 3 }),
});

const rowsOfPauses = fc.oneof(
  { weight: 2, arbitrary: fc.constant<RowOfPauses[]>([]) },
  { weight: 3, arbitrary: fc.array(rowOfPauses, { minLength: 1, maxLength: 2 }) },
);

/** The pauses of a row, the last one first. Their dates are distances from the first day, as today is. */
function pausesOf({ near, start, row }: RowOfPauses, today: number): GivenPause[] {
  const pauses: GivenPause[] = [];
  let from = near === "first" ? start : today + start;
  for (const { gap, days } of row) {
    from += pauses.length === 0 ? 0 : gap;
    pauses.unshift({ from, ...(days !== undefined && { to: from + days - 1 }) });
    from += days ?? 1;
  }
  return pauses;
}

/** A day near the first one or near today, as a distance from it. */
const somewhen = fc.record({
  near: fc.constantFrom("first", "today"),
  start: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: -5, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: -40, max: 40 }) },
  ),
});

/** Often the days of one outage, which may be done, off or paused too; sometimes whole weeks, or a month. */
const anyAmnesty = fc.record({
  day: somewhen,
  days: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(7, 14, MAX_AMNESTY_DAYS) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX_AMNESTY_DAYS }) },
  ),
});

const anyAmnesties = fc.oneof(
  { weight: 2, arbitrary: fc.array(anyAmnesty, { maxLength: 0 }) },
  { weight: 3, arbitrary: fc.array(anyAmnesty, { minLength: 1, maxLength: 4 }) },
);

const anyGrant = fc.record({
  day: somewhen,
  count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 })),
  lasts: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
  ),
});

const anyGrants = fc.oneof(
  { weight: 1, arbitrary: fc.array(anyGrant, { maxLength: 0 }) },
  { weight: 4, arbitrary: fc.array(anyGrant, { minLength: 1, maxLength: 5 }) },
);

const anyOptOuts = fc.oneof(
  { weight: 2, arbitrary: fc.array(fc.record({ day: somewhen, out: fc.boolean() }), { maxLength: 0 }) },
  { weight: 1, arbitrary: fc.array(fc.record({ day: somewhen, out: fc.boolean() }), { minLength: 1, maxLength: 3 }) },
);

/** On a day near the first one or near today, or on any day between. */
const anyRepair = fc.record({
  day: fc.oneof(somewhen, fc.record({ near: fc.constant("first" as const), start: fc.integer({ min: 0, max: 60 }) })),
  withinDays,
  takesFreeze: fc.boolean(),
});

const anyRepairs = fc.oneof(
  { weight: 1, arbitrary: fc.array(anyRepair, { maxLength: 0 }) },
  { weight: 2, arbitrary: fc.array(anyRepair, { minLength: 1, maxLength: 5 }) },
);

/** Zones that are far from each other, and those whose clocks and calendars are odd. */
export const ZONES = [
  ...["Pacific/Honolulu", "Pacific/Auckland", "Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Tokyo"],
  ...["Europe/London", "Europe/Paris", "Pacific/Apia", "America/St_Johns", "Asia/Beirut", "Africa/Cairo"],
  ...["America/Havana", "America/Santiago", "Australia/Lord_Howe"],
];

const zone = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ZONES.slice(0, 5)) },
  { weight: 1, arbitrary: fc.constantFrom(...ZONES) },
);

/** Days near which a clock or a calendar does something odd. */
const oddDay: fc.Arbitrary<Day> = fc
  .constantFrom(
    ...["2011-12-30", "2010-11-07", "2024-03-31", "2024-04-26", "2024-11-01", "2024-03-10", "2024-11-03"],
    ...["2024-09-08", "2024-04-07", "2026-06-10"],
  )
  .map(dayOf);

/** How the marks from a distance on are recorded: in a zone, late or in time, beside what is recorded or instead of it. */
const stay = fc.record({
  start: fc.integer({ min: 0, max: 40 }),
  length: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 })),
  late: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  isInHomeZone: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  zone,
  isBeside: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** Where the user was. Half of the histories know nothing of zones, and some of these have late events. */
const anyStays = fc.record({
  homeZone: fc.oneof(fc.constant(undefined), zone),
  zone: fc.oneof(fc.constant(undefined), zone),
  stays: fc.oneof(
    { weight: 1, arbitrary: fc.array(stay, { maxLength: 0 }) },
    { weight: 2, arbitrary: fc.array(stay, { minLength: 1, maxLength: 5 }) },
  ),
  oddDay: fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: oddDay }),
});

/** Divides what was done among the zones in which it was. */
function eventsOf(days: readonly Day[], first: Day, where: ArbitraryValue<typeof anyStays>): GivenEvents {
  let home = days;
  const others: GivenOthers[] = [];
  for (const { start, length, late, isInHomeZone, zone, isBeside } of where.stays) {
    const isKnown = where.homeZone !== undefined && !isInHomeZone && zone !== where.homeZone;
    const isStay = (day: Day) => first + start <= day && day < first + start + length;
    const there = home.filter(isStay);
    if (there.length > 0 && (late || isKnown)) {
      others.push({ days: [...new Set(there)], late, ...(isKnown && { zone }) });
      home = isBeside ? home : home.filter((day) => !isStay(day));
    }
  }
  const { homeZone, zone } = where;
  return {
    days: home,
    others,
    ...(homeZone !== undefined && { homeZone, ...(zone !== undefined && zone !== homeZone && { zone }) }),
  };
}

/** Several actions of a day that is done: of the first one, the second one and so on, or from the last one on. */
const anyActions = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  {
    weight: 3,
    arbitrary: fc.array(
      fc.record({ at: fc.integer({ min: -5, max: 20 }), ids: fc.subarray([..."abcde"], { minLength: 1 }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    ),
  },
);

/** The actions of these days. */
function actionsOf(days: readonly Day[], actions: ArbitraryValue<typeof anyActions>): GivenAction[] {
  return actions.flatMap(({ at, ids }) => {
    const day = days.at(at % Math.max(days.length, 1));
    return day === undefined ? [] : ids.map((id) => ({ day, id }));
  });
}

/** The first day of which actions can be known: later days may count days again. Any, where actions count on none. */
function firstOfActions(versions: readonly RulesVersion[], first: Day): Day {
  const { from } = versions.find(({ counts }) => counts === "actions") ?? {};
  return from === undefined ? FIRST_DAY : first + from;
}

type ArbitraryValue<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** The most days of a history with milestones. */
const MAX_AWARDED_DAYS = 25;

const milestone: fc.Arbitrary<NaiveMilestone> = fc
  .record({
    target: mostlySmall(1, 40),
    scope: fc.constantFrom("run" as const, "ever" as const),
    repeats: fc.boolean(),
  })
  .map(({ repeats, ...milestone }) => ({ ...milestone, ...(repeats && { repeats }) }));

/** What a history is made of. */
const parts = {
  first: firstDay,
  marks,
  order: fc.constantFrom("forth", "back", "twice"),
  mode: fc.oneof(
    { weight: 9, arbitrary: fc.constant("continuous" as const) },
    { weight: 1, arbitrary: fc.constant("cumulative" as const) },
  ),
  versions: anyVersions,
  holidays: fc.record({ A: offDates, B: offDates }),
  amnesties: anyAmnesties,
  pauses: rowsOfPauses,
  grants: anyGrants,
  optOuts: anyOptOuts,
  repairs: anyRepairs,
  where: anyStays,
  actions: anyActions,
  milestones: fc.oneof(
    { weight: 4, arbitrary: fc.array(milestone, { maxLength: 0 }) },
    { weight: 1, arbitrary: fc.array(milestone, { minLength: 1, maxLength: 3 }) },
  ),
  todayBack,
  other: fc.integer({ min: -20, max: 120 }),
  fromBack: fc.integer({ min: -5, max: 90 }),
  toBack: fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 20 })),
  added: anyVersion,
};

/** Weeks that allow a single miss, and later don't. */
const lenientThenStrict: fc.Arbitrary<RulesVersion[]> = fc
  .record({
    rules: anyVersion,
    days: fc.integer({ min: 2, max: 7 }),
    weeks: fc.integer({ min: 1, max: 5 }),
    later: anyVersion,
    repairs: repairRules,
  })
  .map(({ rules, days, weeks, later, repairs }) => {
    const cadence: Cadence = { kind: "days_a_week", days, weekStart: 0 };
    return [
      { ...rules, cadence, neverMissTwice: true },
      { ...later, cadence, neverMissTwice: false, repairs, from: weeks * 7 },
    ].map(allowed);
  });

/**
 * What is otherwise rare: a run begins in an excused week, is never shown, ends together with the run that is, and lies
 * in it when that one is repaired.
 */
const partsWithHiddenRuns = {
  ...parts,
  first: fc.constant(dayOf("2026-01-05")),
  marks: weeksWithMisses,
  mode: fc.constant("continuous" as const),
  versions: lenientThenStrict,
  pauses: fc.constant<RowOfPauses[]>([]),
  repairs: fc.array(
    fc.record({
      day: fc.record({ near: fc.constant("today" as const), start: fc.integer({ min: -10, max: 0 }) }),
      withinDays: fc.integer({ min: 7, max: 31 }),
      takesFreeze: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  ),
};

/** Any history that the claims are about. */
export const anyGiven: fc.Arbitrary<Given> = fc
  .oneof({ weight: 15, arbitrary: fc.record(parts) }, { weight: 1, arbitrary: fc.record(partsWithHiddenRuns) })
  .map(
    ({
      first: ordinaryFirst,
      where,
      marks,
      order,
      mode,
      versions,
      holidays,
      amnesties,
      todayBack,
      other,
      fromBack,
      toBack,
      added,
      milestones,
      actions,
      ...decisions
    }): Given => {
      const { homeZone, oddDay } = where;
      const isOdd = homeZone !== undefined && oddDay !== undefined;
      const first = isOdd ? oddDay - Math.min(9, Math.floor(marks.length / 2)) : ordinaryFirst;
      const at = (distance: number): Day => Math.min(Math.max(first + distance, FIRST_DAY), LAST_DAY);
      const dated = ({ daysOff, ...rules }: Omit<RulesVersion, "from">) => ({
        ...rules,
        daysOff: { ...daysOff, dates: daysOff.dates.map(at) },
      });
      const todayAt = marks.length - 1 - todayBack;
      const today = at(todayAt);
      const to = Math.min(today - toBack, LAST_DAY);
      const done = marks.flatMap((isDone, distance) => (isDone ? [at(distance)] : []));
      return {
        mode,
        versions: versions.map(({ from, ...rules }) =>
          from === undefined ? dated(rules) : { from: first + from, ...dated(rules) },
        ),
        holidays: Object.entries(holidays).map(([name, dates]): HolidayList => ({ name, dates: dates.map(at) })),
        amnesties: amnesties.map(({ day: { near, start }, days }): GivenAmnesty => {
          const from = near === "first" ? start : todayAt + start;
          return { from: at(from), to: at(from + days - 1) };
        }),
        pauses: decisions.pauses
          .flatMap((row) => pausesOf(row, todayAt))
          .map(({ from, to }) => ({ from: at(from), ...(to !== undefined && { to: at(to) }) })),
        grants: decisions.grants.map(({ day: { near, start }, count, lasts }): GivenGrant => {
          const from = at(near === "first" ? start : todayAt + start);
          return { from, count, ...(lasts !== undefined && { to: Math.min(from + lasts, LAST_DAY) }) };
        }),
        optOuts: decisions.optOuts.map(
          ({ day: { near, start }, out }): GivenOptOut => ({
            from: at(near === "first" ? start : todayAt + start),
            out,
          }),
        ),
        repairs: decisions.repairs.map(({ day: { near, start }, ...repair }): GivenRepair => {
          const on = at(near === "first" ? start : todayAt + start);
          return { on, ...repair };
        }),
        ...eventsOf(ordered(done, order), first, where),
        actions: actionsOf(
          done.filter((day) => day >= firstOfActions(versions, first)),
          actions,
        ),
        today,
        other: at(other),
        from: Math.max(Math.min(today - fromBack, to), FIRST_DAY),
        to: Math.max(to, FIRST_DAY),
        added: dated(added),
        // The oracle walks once for each day.
        milestones: marks.length <= MAX_AWARDED_DAYS && todayBack > -MAX_AWARDED_DAYS ? milestones : [],
      };
    },
  );

function ordered(days: readonly Day[], order: string): readonly Day[] {
  switch (order) {
    case "back":
      return days.toReversed();
    case "twice":
      return [...days, ...days.toSorted((one, other) => weekdayOf(one) - weekdayOf(other))];
    default:
      return days;
  }
}
