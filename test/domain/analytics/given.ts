import fc from "fast-check";
import type { HistoryEvent, UserHistory } from "#src/domain/analytics/history.ts";
import type { CheckIns } from "#src/domain/check-ins.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { emptyMonths, runsOf, withDay } from "#src/domain/months.ts";
import type { Milestone, Project, Widget } from "#src/domain/project.ts";
import { type Cadence, EVERY_DAY, type HolidayList, type RulesVersion, type WidgetRules } from "#src/domain/rules.ts";
import { pausesOf } from "#src/domain/streaks/ledger/pauses.ts";
import { day } from "../given.ts";
import { naiveLocalDate } from "../oracle.ts";
import type { Given } from "./oracle.ts";

/** Zones of which it is three different days at the same time, and one that changes its clocks in this period. */
const ZONES = ["Pacific/Pago_Pago", "UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati"];

/** `other%2F` has what keys escape, and `__proto__` what objects have. No widget has `unknown`. */
const EVENTS = ["visit", "read/it", "other%2F", "__proto__", "unknown"];

/** The week in which Berlin puts its clocks back, and a month's end. */
const START = Date.parse("2024-10-10T00:00:00Z");
const END = Date.parse("2024-11-08T00:00:00Z");

const anyInstant = fc.integer({ min: START, max: END });
/** Mostly a few weeks in which streaks are made, sometimes a stray day. */
const anyAt = fc.oneof(
  { weight: 20, arbitrary: anyInstant },
  fc.constantFrom(Date.parse("2021-03-01T12:00:00Z"), Date.parse("1969-12-31T12:00:00Z")),
);

const anyMeta = fc.option(
  fc.dictionary(
    fc.constantFrom("plan", "a/b", "unasked"),
    fc.oneof(
      fc.constantFrom("free", "a/b", "", "1", "true", "é".repeat(100), "é".repeat(101), "😀".repeat(100), null),
      fc.constantFrom<unknown>(1, 0.5, 1e21, true, { of: 1 }, ["x"]),
    ),
  ),
  { nil: undefined },
);

const anyEvent = fc.record({
  event: fc.constantFrom(...EVENTS),
  type: fc.constantFrom("streak_interaction", "streak_interaction", "widget_impression", "widget_interaction"),
  at: anyAt,
  tz: fc.option(fc.constantFrom(...ZONES), { nil: undefined }),
  meta: anyMeta,
  sessionId: fc.option(fc.constantFrom("s1", "s2", "s3"), { nil: undefined }),
});

/** The counts of the actions that are kept, as a store returns them. */
function countsOf(counts: ReadonlyMap<number, number> = new Map()): Pick<CheckIns, "actions"> {
  const ofDays = new Map([...counts].filter(([, count]) => count > 1));
  const beyondFirst = [...ofDays.values()].reduce((sum, count) => sum + count - 1, 0);
  return beyondFirst === 0 ? {} : { actions: { beyondFirst, ofDays } };
}

/** A history as recording makes it: a day of an event is stored once, and what comes again is a repeat, and an action. */
const anyHistory = fc
  .record({
    zone: fc.option(fc.constantFrom(...ZONES), { nil: undefined }),
    events: fc.array(anyEvent, { maxLength: 25 }),
    runs: fc.array(fc.record({ event: fc.constantFrom(...EVENTS), at: anyInstant, length: fc.nat(12) }), {
      maxLength: 3,
    }),
  })
  .map(({ zone, events, runs }): UserHistory => {
    const inRuns = runs.flatMap(({ event, at, length }) =>
      Array.from({ length }, (_, index) => ({ event, type: "streak_interaction", at: at + index * 86_400_000 })),
    );
    const days = new Map<string, ReturnType<typeof withDay>>();
    const seen = new Set<string>();
    const actions = new Map<string, Map<number, number>>();
    const stored = [...events, ...inRuns].map((made): HistoryEvent => {
      const { event, type, at, tz, meta, sessionId } = {
        tz: undefined,
        meta: undefined,
        sessionId: undefined,
        ...made,
      };
      const localDay = day(naiveLocalDate(at, tz ?? zone ?? "UTC"));
      const isRepeat = type === "streak_interaction" && seen.has(`${localDay} ${event}`);
      if (type === "streak_interaction") {
        seen.add(`${localDay} ${event}`);
        days.set(event, withDay(days.get(event) ?? emptyMonths, localDay));
        const ofDays = actions.get(event) ?? new Map<number, number>();
        actions.set(event, ofDays.set(localDay, (ofDays.get(localDay) ?? 0) + 1));
      }
      return {
        ...{ event, type: type as HistoryEvent["type"], day: localDay, at },
        ...(tz !== undefined && { tz }),
        ...(meta !== undefined && { meta: JSON.stringify(meta) }),
        ...(sessionId !== undefined && { sessionId }),
        ...(isRepeat && { isRepeat }),
      };
    });
    const checkIns = new Map(
      [...days].map(([event, days]) => [event, { days, ...countsOf(actions.get(event)) }] as const),
    );
    return {
      userHash: "u",
      ...(zone !== undefined && { zone: { name: zone, at: 0 } }),
      days: checkIns,
      events: stored,
    };
  });

/** Pauses of one event or of all, from near the days on which something is done; some are ended or taken back. */
const anyLedger: fc.Arbitrary<readonly LedgerEntry[]> = fc
  .array(
    fc.record({
      event: fc.option(fc.constantFrom(...EVENTS), { nil: undefined }),
      from: fc.integer({ min: START / 86_400_000 - 5, max: END / 86_400_000 + 8 }),
      length: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      change: fc.constantFrom("none", "none", "none", "none", "ended", "taken back"),
    }),
    { maxLength: 3 },
  )
  .map((drawn) =>
    drawn.flatMap(({ event, from, length, change }, index): LedgerEntry[] => {
      const made = { user: "ann", reason: "Ill", actor: "root", at: 0 };
      const id = `pause ${index}`;
      return [
        {
          ...{ ...made, id, kind: "pause", from },
          ...(event !== undefined && { event }),
          ...(length !== undefined && { to: from + length - 1 }),
        },
        ...(change === "ended"
          ? [{ ...made, id: `end ${index}`, kind: "unpause", from: from + 3, pauses: [{ id, user: "ann" }] } as const]
          : []),
        ...(change === "taken back"
          ? [{ ...made, id: `back ${index}`, kind: "takeBack", entry: { id, user: "ann" } } as const]
          : []),
      ];
    }),
  );

const anyHistoryWithPauses = fc
  .tuple(anyHistory, anyLedger)
  .map(([history, ledger]): UserHistory => (ledger.length === 0 ? history : { ...history, ledger }));

const anyNumber = (min: number, max: number) => fc.integer({ min, max });

const anyCadence: fc.Arbitrary<Cadence> = fc.oneof(
  fc.constant<Cadence>({ kind: "every_day" }),
  fc
    .subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 })
    .map((weekdays): Cadence => ({ kind: "weekdays", weekdays: [...new Set([0, ...weekdays])] })),
  fc.record({ kind: fc.constant("days_a_week"), days: anyNumber(1, 7), weekStart: anyNumber(0, 6) }),
  fc.record({ kind: fc.constant("days_a_month"), days: anyNumber(1, 12) }),
  fc.record({ kind: fc.constant("every_n_days"), days: anyNumber(2, 9) }),
  fc
    .tuple(anyNumber(1, 6), anyNumber(2, 9))
    .map(([days, of]): Cadence => ({ kind: "days_in_any", days: Math.min(days, of), of })),
);

/** Days near those on which something is done, and near the present. */
const anyNearDay = fc.integer({ min: START / 86_400_000, max: END / 86_400_000 + 40 });

const HOLIDAYS = ["Bavaria", "Goa"];

/** Monday is needed in all of them. */
const anyVersion: fc.Arbitrary<RulesVersion> = fc.record(
  {
    cadence: anyCadence,
    neverMissTwice: fc.boolean(),
    daysOff: fc.record({
      weekdays: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([1, 2, 3, 4, 5, 6])),
      dates: fc.uniqueArray(anyNearDay, { maxLength: 4 }),
      holidays: fc.subarray(HOLIDAYS),
    }),
    dayStart: anyNumber(1, 360),
  },
  { requiredKeys: ["cadence", "neverMissTwice", "daysOff"] },
);

const anyVersions: fc.Arbitrary<readonly RulesVersion[]> = fc
  .record({
    made: fc.array(anyVersion, { minLength: 1, maxLength: 3 }),
    froms: fc.uniqueArray(anyNearDay, { minLength: 2, maxLength: 2 }),
    keepsCadence: fc.boolean(),
  })
  .map(({ made, froms, keepsCadence }) => {
    const inOrder = froms.toSorted((a, b) => a - b);
    const versions = keepsCadence
      ? made.map((version) => ({ ...version, ...made[0], daysOff: version.daysOff }))
      : made;
    return versions.map((version, index) =>
      index === 0 ? version : { from: inOrder[index - 1] as number, ...version },
    );
  });

const COUNTING_ACTIONS: WidgetRules = { mode: "cumulative", versions: [{ ...EVERY_DAY, counts: "actions" }] };

const anyWidget = (event: string): fc.Arbitrary<Widget> =>
  fc.record({
    event: fc.constant(event),
    rules: fc.constantFrom<WidgetRules>({ mode: "continuous" }, { mode: "cumulative" }, COUNTING_ACTIONS),
    milestones: fc
      .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 })
      .map((targets) => targets.map(milestone)),
    settings: fc.constant({ theme: { name: "mono" }, position: "", mainMessage: "" }),
  });

/** Most of them have rules. */
const anyWidgetWithRules = (event: string): fc.Arbitrary<Widget> =>
  fc
    .tuple(anyWidget(event), fc.option(anyVersions, { freq: 4, nil: undefined }))
    .map(([widget, versions]) => ({ ...widget, rules: { ...widget.rules, ...(versions && { versions }) } }));

/** Whole weeks, and perhaps a month. */
const anyLongHoliday = fc
  .tuple(anyNearDay, anyNumber(7, 40))
  .map(([first, length]) => Array.from({ length }, (_, index) => first + index));

const anyHolidays: fc.Arbitrary<readonly HolidayList[]> = fc.tuple(
  ...HOLIDAYS.map((name) =>
    fc
      .oneof(fc.uniqueArray(anyNearDay, { maxLength: 20 }), anyLongHoliday)
      .map((dates): HolidayList => ({ name, dates })),
  ),
);

function milestone(target: number): Milestone {
  return { id: `m${target}`, target, msg: "", rewardType: "" };
}

const anyGivenWith = (
  widget: (event: string) => fc.Arbitrary<Widget>,
  history: fc.Arbitrary<UserHistory> = anyHistory,
): fc.Arbitrary<Given> =>
  fc
    .record({
      histories: fc.array(history, { maxLength: 8 }),
      timeZone: fc.constantFrom(...ZONES),
      widgets: fc.tuple(...EVENTS.slice(0, -1).map(widget)),
      holidays: anyHolidays,
      now: fc.integer({ min: (START + END) / 2, max: END + 3 * 86_400_000 }),
    })
    .map(({ histories, timeZone, widgets, holidays, now }) => ({
      ...{ histories, now },
      project: { ...projectWith(timeZone, widgets), holidays },
    }));

/** Some users of a project, with all that was recorded for them, and a present near the end of it or before. */
export const anyGiven = anyGivenWith(anyWidget);

/** The same of a project whose widgets have rules. */
export const anyGivenWithRules = anyGivenWith(anyWidgetWithRules);

/**
 * The same of users with pauses. The naive count of runs is told of paused days as of days off, which differ from them
 * in windows, where something is done in a pause: such users have no pauses.
 */
export const anyGivenWithPauses = anyGivenWith(anyWidgetWithRules, anyHistoryWithPauses).map(
  ({ histories, project, now }): Given => ({
    ...{ project, now },
    histories: histories.map((history) => {
      const { ledger, ...others } = history;
      return project.widgets.some((widget) => hasWindows(widget) && hasDoneInPause(history, widget)) ? others : history;
    }),
  }),
);

function hasWindows({ rules }: Widget): boolean {
  return rules.versions?.some(({ cadence: { kind } }) => kind === "every_n_days" || kind === "days_in_any") ?? false;
}

function hasDoneInPause({ days, ledger = [] }: UserHistory, { event }: Widget): boolean {
  const pauses = pausesOf(ledger, event);
  const runs = runsOf(days.get(event)?.days ?? emptyMonths);
  return runs.some(({ first, length }) => Array.from({ length }).some((_, index) => pauses?.on(first + index)));
}

/** A project with these widgets. */
export function projectWith(timeZone: string, widgets: readonly Widget[]): Project {
  return {
    ...{
      id: "p1",
      siteKey: "p1",
      name: "P",
      allowedOrigins: [],
      timeZone,
      live: true,
      widgets,
      holidays: [],
      amnesties: [],
    },
    ...{ signedUsers: "never", signingSecrets: [], analytics: { keepRepeats: true, metaKeys: ["plan", "a/b"] } },
  };
}

/** All events, each event, and one that nobody has sent. */
export const SCOPES = [undefined, ...EVENTS, "never sent"];
