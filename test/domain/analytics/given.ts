import fc from "fast-check";
import type { HistoryEvent, UserHistory } from "#src/domain/analytics/history.ts";
import { emptyMonths, withDay } from "#src/domain/months.ts";
import type { Milestone, Project, Widget } from "#src/domain/project.ts";
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

/** A history as recording makes it: a day of an event is stored once, and what comes again is a repeat. */
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
      }
      return {
        ...{ event, type: type as HistoryEvent["type"], day: localDay, at },
        ...(tz !== undefined && { tz }),
        ...(meta !== undefined && { meta: JSON.stringify(meta) }),
        ...(sessionId !== undefined && { sessionId }),
        ...(isRepeat && { isRepeat }),
      };
    });
    return { userHash: "u", ...(zone !== undefined && { zone: { name: zone, at: 0 } }), days, events: stored };
  });

const anyWidget = (event: string): fc.Arbitrary<Widget> =>
  fc.record({
    event: fc.constant(event),
    rules: fc.record({ mode: fc.constantFrom("continuous", "cumulative") }),
    milestones: fc
      .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 })
      .map((targets) => targets.map(milestone)),
    settings: fc.constant({ theme: { name: "mono" }, position: "", mainMessage: "" }),
  });

function milestone(target: number): Milestone {
  return { id: `m${target}`, target, msg: "", rewardType: "" };
}

/** Some users of a project, with all that was recorded for them, and a present near the end of it or before. */
export const anyGiven: fc.Arbitrary<Given> = fc
  .record({
    histories: fc.array(anyHistory, { maxLength: 8 }),
    timeZone: fc.constantFrom(...ZONES),
    widgets: fc.tuple(...EVENTS.slice(0, -1).map(anyWidget)),
    now: fc.integer({ min: (START + END) / 2, max: END + 3 * 86_400_000 }),
  })
  .map(({ histories, timeZone, widgets, now }) => ({ histories, project: projectWith(timeZone, widgets), now }));

/** A project with these widgets. */
export function projectWith(timeZone: string, widgets: readonly Widget[]): Project {
  return {
    ...{ id: "p1", siteKey: "p1", name: "P", allowedOrigins: [], timeZone, live: true, widgets },
    ...{ signedUsers: "never", signingSecrets: [], analytics: { keepRepeats: true, metaKeys: ["plan", "a/b"] } },
  };
}

/** All events, each event, and one that nobody has sent. */
export const SCOPES = [undefined, ...EVENTS, "never sent"];
