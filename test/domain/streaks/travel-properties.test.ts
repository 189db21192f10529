import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { History } from "#src/domain/check-ins.ts";
import { dayOf, isoDate } from "#src/domain/day.ts";
import { countDays, daysUpTo, hasDay, lastDay, runsOf, withDay } from "#src/domain/months.ts";
import { EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import { settle } from "#src/domain/streaks/late-events.ts";
import type { Present } from "#src/domain/streaks/present.ts";
import type { StreakRules } from "#src/domain/streaks/rules-for.ts";
import { naiveLocalDate, nextDate, previousDate } from "../oracle.ts";
import { streakOf } from "./by-history.ts";
import { lessonRules } from "./given.ts";
import { type Act, recorded } from "./recorded.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const PATIENT = 60_000;

const plain = lessonRules({ mode: "continuous" });

/** Around the globe, some with odd midnights, at times at which these zones change their clocks. */
const ZONES = [
  ...["Pacific/Pago_Pago", "Pacific/Honolulu", "America/Havana", "America/Santiago", "America/St_Johns"],
  ...["Europe/London", "Europe/Paris", "Asia/Beirut", "Africa/Cairo", "Asia/Kathmandu"],
  ...["Australia/Brisbane", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Apia", "Pacific/Kiritimati"],
];
const anyZone = fc.constantFrom(...ZONES);
/** Samoa leaves a date out; St John's midnight comes twice; Havana, Beirut, Cairo and Santiago skip one; Lord Howe. */
const anyStart = fc
  .constantFrom("2011-12-20", "2010-10-30", "2026-03-01", "2026-03-20", "2026-04-15", "2026-08-30", "2026-03-29")
  .map((date) => Date.parse(date));

/** What somebody does who is everywhere: some acts in some weeks. */
const anyActs = fc
  .record({
    start: anyStart,
    acts: fc.array(fc.record({ hours: fc.integer({ min: 0, max: 16 * 24 }), zone: anyZone }), { maxLength: 16 }),
    home: anyZone,
    now: fc.record({ hours: fc.integer({ min: 0, max: 17 * 24 }), zone: anyZone }),
  })
  .map(({ start, acts, home, now }) => {
    const at = ({ hours, zone }: { hours: number; zone: string }): Act => ({ at: start + hours * HOUR_MS, zone });
    const present: Present = { today: dayOf(at(now).at, now.zone), zone: now.zone };
    return { acts: acts.map(at), home, present };
  });

describe("the naive rule", () => {
  const starts = new Map<string, number>();

  /** The first quarter of an hour in which a calendar in the zone shows the date or a later one. */
  function naiveStart(date: string, zone: string): number {
    const key = `${date} ${zone}`;
    let at = starts.get(key) ?? Date.parse(date) - 15 * HOUR_MS;
    while (naiveLocalDate(at, zone) < date) {
      at += 15 * MINUTE_MS;
    }
    starts.set(key, at);
    return at;
  }

  function dateAfter(date: string, zone: string): string {
    return naiveLocalDate(naiveStart(nextDate(date), zone), zone);
  }

  interface Visit {
    readonly date: string;
    readonly zone: string;
  }

  function bridges(one: Visit, other: Visit): boolean {
    const end = naiveStart(nextDate(dateAfter(one.date, one.zone)), one.zone);
    return naiveStart(other.date, other.zone) < end;
  }

  /** Returns the dates that are bridged, in order. */
  function naiveBridged(visits: readonly Visit[]): string[] {
    const dates = visits.map(({ date }) => date).sort();
    const bridged: string[] = [];
    for (let date = dates[0] ?? ""; date < (dates.at(-1) ?? ""); date = nextDate(date)) {
      const isBridged = visits.some(
        (one) => one.date < date && visits.some((other) => other.date > date && bridges(one, other)),
      );
      const lately = bridged.filter((other) => Date.parse(other) > Date.parse(date) - 30 * 86_400_000);
      if (isBridged && lately.length < 2 && !dates.includes(date)) {
        bridged.push(date);
      }
    }
    return bridged;
  }

  function naiveCurrent(visits: readonly Visit[], { today, zone = "" }: Present): number {
    const until = isoDate(today);
    const known = visits.filter(({ date }) => date <= until);
    const bridged = naiveBridged([...known, { date: until, zone }]);
    const done = new Set(known.map(({ date }) => date));
    let date = done.has(until) ? until : previousDate(until);
    let current = 0;
    for (; done.has(date) || bridged.includes(date); date = previousDate(date)) {
      current += done.has(date) ? 1 : 0;
    }
    return current;
  }

  test("goes from date to date, and over all pairs of visits, and says the same", { timeout: PATIENT }, () => {
    fc.assert(
      fc.property(anyActs, ({ acts, home, present }) => {
        const visits = acts.map(({ at, zone }) => ({ date: naiveLocalDate(at, zone), zone }));
        const { current } = streakOf(recorded(acts, home), plain, present);
        expect(current).toBe(naiveCurrent(visits, present));
      }),
      { numRuns: 400 },
    );
  });
});

test("neither the order of the events nor which of their zones is home makes a difference", () => {
  fc.assert(
    fc.property(anyActs, anyZone, ({ acts, home, present }, other) => {
      const streak = streakOf(recorded(acts, home), plain, present);
      expect(streakOf(recorded(acts.toReversed(), home), plain, present)).toEqual(streak);
      expect(streakOf(recorded([...acts, ...acts], other), plain, present)).toEqual(streak);
    }),
    { numRuns: 400 },
  );
});

test("with one zone that has left out no date, the rule is the ordinary one", () => {
  fc.assert(
    fc.property(anyActs, anyZone, ({ acts, present: { today } }, zone) => {
      fc.pre(zone !== "Pacific/Apia");
      const history = recorded(
        acts.map(({ at }) => ({ at, zone })),
        zone,
      );
      expect(streakOf(history, plain, { today, zone })).toEqual(streakOf({ days: history.days }, plain, { today }));
    }),
    { numRuns: 400 },
  );
});

/** Cadences for which one more done day never hurts; windows with days off that are done, and skipped weeks, are not. */
const anyVersion: fc.Arbitrary<RulesVersion> = fc
  .constantFrom<Partial<RulesVersion>>(
    {},
    { neverMissTwice: true },
    { daysOff: { weekdays: [5, 6], dates: [], holidays: [] } },
    { cadence: { kind: "weekdays", weekdays: [0, 2, 4] } },
    { cadence: { kind: "days_a_week", days: 4, weekStart: 0 } },
    { cadence: { kind: "days_a_week", days: 7, weekStart: 2 }, neverMissTwice: true },
    { cadence: { kind: "days_a_month", days: 12 } },
    { cadence: { kind: "every_n_days", days: 2 } },
    { cadence: { kind: "days_in_any", days: 2, of: 3 } },
  )
  .map((version) => ({ ...EVERY_DAY, ...version }));

/** Whether the bound may play a part: whether more than two missing days lie near enough to done days. */
function mayExceedBound(history: History, rules: StreakRules, { today }: Present): boolean {
  const days = withDay(settle(history, rules).days.months, today);
  const near = (day: number, ...after: readonly number[]) => after.some((each) => hasDay(days, day + each));
  const [first, last] = [runsOf(days)[0]?.first ?? today, lastDay(days)];
  const missing = Array.from({ length: last - first }, (_, index) => first + index).filter(
    (day) => !hasDay(days, day) && near(day, -2, -1) && near(day, 1, 2),
  );
  return missing.length > 2;
}

/** Compares the streaks of two histories, of which the second has one more event. */
function expectNoLoss(acts: readonly Act[], added: Act, home: string, rules: StreakRules, present: Present): void {
  const [one, other] = [recorded(acts, home, rules), recorded([...acts, added], home, rules)];
  fc.pre(!mayExceedBound(one, rules, present) && !mayExceedBound(other, rules, present));
  const [before, after] = [streakOf(one, rules, present), streakOf(other, rules, present)];
  expect(after.current).toBeGreaterThanOrEqual(before.current);
  expect(after.best).toBeGreaterThanOrEqual(before.best);
  expect(after.best).toBeGreaterThanOrEqual(after.current);
}

test("while the bound is not reached, one more event never makes a streak smaller", { timeout: PATIENT }, () => {
  fc.assert(
    fc.property(anyActs, anyVersion, fc.nat(16 * 24), anyZone, ({ acts, home, present }, version, hours, zone) => {
      const rules = lessonRules({ mode: "continuous", versions: [version] });
      const added = { at: (acts[0]?.at ?? 0) + (hours - 8 * 24) * HOUR_MS, zone };
      expectNoLoss(acts, added, home, rules, present);
    }),
    { numRuns: 1000 },
  );
});

/** Acts at noon, or in the grace after midnight, between two zones an hour apart. */
const anyLateAct = fc.record({
  date: fc.nat(9),
  isLate: fc.boolean(),
  zone: fc.constantFrom("Europe/London", "Europe/Paris"),
});

test("also with late events, which are settled anew by one more", { timeout: PATIENT }, () => {
  const rules = lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, grace: 120 }] });
  const start = Date.parse("2026-01-01");
  const at = ({ date, isLate, zone }: typeof anyLateAct extends fc.Arbitrary<infer T> ? T : never): Act => ({
    at: start + (date * 24 + (isLate ? 0.5 : 12)) * HOUR_MS,
    zone,
  });
  fc.assert(
    fc.property(
      fc.array(anyLateAct, { maxLength: 12 }),
      anyLateAct,
      fc.integer({ min: 5, max: 10 }),
      (acts, added, today) => {
        const present = { today: start / 86_400_000 + today, zone: "Europe/Paris" };
        expectNoLoss(acts.map(at), at(added), "Europe/London", rules, present);
      },
    ),
    { numRuns: 5000 },
  );
});

/** Zones that never change their clocks, by how many hours they are ahead of UTC: 24 hours lie between the outermost. */
const OFFSETS = [-11, -10, -7, -3, 0, 1, 5, 8, 12, 13];
const fixed = (offset: number) => `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`;

/** Somebody who acts at least once in 24 hours, and moves to another zone at most twice in 30 days. */
const anyJourney = fc
  .record({
    start: fc.nat(24 * 60).map((minutes) => Date.parse("2026-01-01") + minutes * MINUTE_MS),
    // Most of those who travel act late on one day, and late on the next.
    waits: fc.array(
      fc.oneof(fc.constant(24 * 60), fc.integer({ min: 22 * 60, max: 24 * 60 }), fc.integer({ min: 1, max: 24 * 60 })),
      { minLength: 5, maxLength: 60 },
    ),
    stays: fc.array(fc.record({ acts: fc.integer({ min: 1, max: 25 }), offset: fc.constantFrom(...OFFSETS) }), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ start, waits, stays }) => {
    const plan = stays.flatMap(({ acts, offset }) => Array.from({ length: acts }, () => fixed(offset)));
    const acts: Act[] = [];
    const crossings: number[] = [];
    let at = start;
    let zone = plan[0] as string;
    for (const [index, minutes] of waits.entries()) {
      const next = plan[index] ?? zone;
      if (next !== zone && crossings.filter((other) => other > at - 32 * 24 * HOUR_MS).length < 2) {
        crossings.push(at);
        zone = next;
      }
      acts.push({ at, zone });
      at += minutes * MINUTE_MS;
    }
    // Now is when the next act would have been.
    return { acts: acts.slice(0, -1), now: acts.at(-1) as Act };
  });

test("who acts once in each 24 hours and crosses zones twice in 30 days never loses a day", () => {
  fc.assert(
    fc.property(anyJourney, anyZone, ({ acts, now: { at, zone } }, home) => {
      const history = recorded(acts, home);
      const { months: days } = settle(history, plain).days;
      const present = { today: dayOf(at, zone), zone };
      const { current, best } = streakOf(history, plain, present);
      expect(current).toBe(countDays(daysUpTo(days, present.today)));
      expect(best).toBeGreaterThanOrEqual(current);
    }),
    { numRuns: 1000 },
  );
});

/** Mostly where dates are left out, by a zone or on the way. */
const anyFarZone = fc.oneof(fc.constantFrom("Pacific/Pago_Pago", "Pacific/Kiritimati", "Pacific/Apia"), anyZone);

/** Somebody who does something on each date that the calendar shows, in each place where they are, and moves twice. */
const anyDatedJourney = fc.record({
  start: fc.oneof(fc.constant(Date.parse("2011-12-26")), anyStart),
  stays: fc.array(fc.record({ zone: anyFarZone, hours: fc.integer({ min: 1, max: 160 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  hour: fc.nat(23),
  isEager: fc.boolean(),
});

test("who acts on each date of the calendar, in each place where they are, never loses a day", {
  timeout: PATIENT,
}, () => {
  fc.assert(
    fc.property(anyDatedJourney, anyZone, ({ start, stays, hour, isEager }, home) => {
      const acts: Act[] = [];
      let at = start + hour * HOUR_MS;
      for (const { zone, hours } of stays) {
        const shown = new Map<number, number>();
        for (const end = at + hours * HOUR_MS; at < end; at += 30 * MINUTE_MS) {
          const date = dayOf(at, zone);
          // With the first half hour of a date, or the last one.
          shown.set(date, isEager ? (shown.get(date) ?? at) : at);
        }
        acts.push(...[...shown.values()].map((instant) => ({ at: instant, zone })));
      }
      const { zone } = stays.at(-1) as { zone: string };
      const history = recorded(acts, home);
      const { months: days } = settle(history, plain).days;
      const present = { today: dayOf(at - 30 * MINUTE_MS, zone), zone };
      const { current, best } = streakOf(history, plain, present);
      expect(current).toBe(countDays(daysUpTo(days, present.today)));
      expect(best).toBe(Math.max(current, lastDay(days) > present.today ? countDays(days) : 0));
    }),
    { numRuns: 150 },
  );
});

test("who hops between zones has at most two more dates than days", () => {
  fc.assert(
    fc.property(anyActs, fc.constantFrom(undefined, 120, 360), ({ acts, home, present }, grace) => {
      fc.pre(acts.length > 0);
      const rules =
        grace === undefined
          ? plain
          : lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, grace, dayStart: 360 }] });
      const utcDays = acts.map(({ at }) => Math.floor(at / 86_400_000));
      const days = Math.max(...utcDays) - Math.min(...utcDays) + 1;
      const { current, best } = streakOf(recorded(acts, home, rules), rules, present);
      expect(Math.max(current, best)).toBeLessThanOrEqual(days + 2);
    }),
    { numRuns: 400 },
  );
});
