import fc from "fast-check";
import { expect, test } from "vitest";
import { activityOf } from "#src/domain/analytics/activity.ts";
import { countByRules, firstDaysByRules } from "#src/domain/analytics/by-rules.ts";
import type { UserHistory } from "#src/domain/analytics/history.ts";
import { streaksToday } from "#src/domain/analytics/streaks.ts";
import type { History } from "#src/domain/check-ins.ts";
import { type Day, dayOf } from "#src/domain/day.ts";
import { lastDay } from "#src/domain/months.ts";
import { EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import { settle } from "#src/domain/streaks/late-events.ts";
import { day } from "../given.ts";
import { historyUpTo, streakOf } from "../streaks/by-history.ts";
import { lessonRules } from "../streaks/given.ts";
import { type Act, act, instantIn, recorded } from "../streaks/recorded.ts";
import { countAll } from "./answers.ts";
import { projectWith } from "./given.ts";

const LONDON = "Europe/London";
const PARIS = "Europe/Paris";

const widget = (version?: Partial<RulesVersion>) => ({
  event: "visit",
  rules: { mode: "continuous" as const, ...(version && { versions: [{ ...EVERY_DAY, ...version }] }) },
  milestones: [{ id: "m", target: 2, msg: "", rewardType: "" }],
  settings: { theme: { name: "mono" }, position: "", mainMessage: "" },
});

/** A user whose zone is now Paris. */
const userWith = ({ home, ...checkIns }: History): UserHistory => ({
  ...{ userHash: "u", zone: { name: PARIS, at: 0 }, days: new Map([["visit", checkIns]]), events: [] },
  ...(home !== undefined && { home }),
});

/** The streaks of today, and the check-ins of the days from January 5 to 7, 2026. */
function countedAt(local: string, acts: readonly Act[], version?: Partial<RulesVersion>) {
  const visit = widget(version);
  const { dayStarts } = lessonRules(visit.rules);
  const given = { project: projectWith("UTC", [visit]), now: instantIn(local, PARIS) };
  const tallies = countAll(
    [userWith(recorded(acts, acts[0]?.zone ?? PARIS, { ...(dayStarts && { dayStarts }) }))],
    given,
  );
  const { lengths, doneToday, pending } = streaksToday(tallies, [visit], "UTC", given.now);
  const activity = activityOf(tallies, "visit", "day", day("2026-01-05"), day("2026-01-07"));
  return { lengths, doneToday, pending, checkIns: activity.map(({ checkIns }) => checkIns) };
}

const MOVE = [act("2026-01-05 12:00", LONDON), act("2026-01-07 12:00", PARIS)];

test("a streak without rules goes on over a bridged day, which no activity shows", () => {
  expect(countedAt("2026-01-07 13:00", MOVE)).toEqual({
    ...{ lengths: [{ days: 2, streaks: 1 }], doneToday: 1, pending: 0 },
    checkIns: [1, 0, 1],
  });
  expect(countedAt("2026-01-09 13:00", MOVE).lengths).toEqual([]);
});

test("today counts as done in the user's zone, until it is over", () => {
  const away = MOVE.slice(0, 1);
  expect(countedAt("2026-01-07 08:00", away)).toMatchObject({ lengths: [{ days: 1, streaks: 1 }], pending: 1 });
  expect(countedAt("2026-01-08 08:00", away)).toMatchObject({ lengths: [], pending: 0 });
});

test("a late event counts for the day that it fills in streaks, and for its own in activity", () => {
  const acts = [act("2026-01-05 12:00", PARIS), act("2026-01-07 00:30", PARIS)];
  const night = countedAt("2026-01-07 12:00", acts, { grace: 120 });
  expect(night).toEqual({ lengths: [{ days: 2, streaks: 1 }], doneToday: 0, pending: 1, checkIns: [1, 0, 1] });
  // Analytics do not wait for the grace.
  const early = countedAt("2026-01-07 00:30", acts.slice(0, 1), { grace: 120 });
  expect(early.lengths).toEqual([]);
});

const VERSIONS: readonly Partial<RulesVersion>[] = [
  {},
  { neverMissTwice: true },
  { daysOff: { weekdays: [5, 6], dates: [], holidays: [] } },
  { cadence: { kind: "days_a_week", days: 3, weekStart: 0 } },
  { cadence: { kind: "days_a_week", days: 6, weekStart: 2 } },
  { cadence: { kind: "days_a_month", days: 20 } },
  { cadence: { kind: "every_n_days", days: 2 } },
  { cadence: { kind: "days_in_any", days: 2, of: 4 } },
];

const ZONES = ["Pacific/Pago_Pago", LONDON, PARIS, "Pacific/Auckland", "Pacific/Kiritimati"];
const HOUR_MS = 3_600_000;
const START = Date.parse("2026-01-05");

const anyGiven = fc
  .record({
    version: fc.constantFrom(...VERSIONS),
    acts: fc.array(fc.record({ hours: fc.nat(20 * 24), zone: fc.constantFrom(...ZONES) }), {
      minLength: 1,
      maxLength: 18,
    }),
    home: fc.constantFrom(...ZONES),
    zone: fc.constantFrom(...ZONES),
    after: fc.nat(22),
  })
  .map(({ version, acts, home, zone, after }) => {
    const rules = lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, grace: 300, ...version }] });
    const history = recorded(
      acts.map(({ hours, zone }) => ({ at: START + hours * HOUR_MS, zone })),
      home,
      rules,
    );
    return { rules, history, zone, from: dayOf(START, zone) + after };
  });

test("the steps are what `streakOf` says of each day, with journeys and late events", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(anyGiven, ({ rules, history, zone, from }) => {
      const { steps } = countByRules(settle(history, rules), rules, { today: from, zone });
      const last = lastDay(settle(history, rules).days.months);
      for (let today = from; today < from + 45; today++) {
        // Up to the last done day, the zones of the events count alone.
        const present = { today, ...(today > last && { zone }) };
        const { current, pending } = streakOf(historyUpTo(history, rules, today), rules, present);
        const step = steps.findLast((each) => each.day <= today);
        expect([step?.current ?? 0, step?.pending ?? false]).toEqual([current, pending]);
      }
    }),
    { numRuns: 300 },
  );
});

test("a length is reached on the first day on which the done days up to it make it", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(anyGiven, ({ rules, history, zone, from }) => {
      const firsts: Day[] = [];
      for (let today = dayOf(START, zone) - 3; today < dayOf(START, zone) + 30; today++) {
        const { current } = streakOf(historyUpTo(history, rules, today), rules, { today });
        firsts.push(...Array.from({ length: Math.max(0, current - firsts.length) }, () => today));
      }
      const counted = countByRules(settle(history, rules), rules, { today: from, zone });
      const targets = [...firsts.keys(), firsts.length].map((index) => index + 1);
      expect([...firstDaysByRules(counted, targets)]).toEqual(firsts.map((day, index) => [index + 1, day]));
    }),
    { numRuns: 200 },
  );
});
