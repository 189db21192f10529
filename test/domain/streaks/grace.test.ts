import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { History } from "#src/domain/check-ins.ts";
import { isoDate } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { emptyMonths, type Months, monthsOf, withDay } from "#src/domain/months.ts";
import { EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import { settle } from "#src/domain/streaks/late-events.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day } from "../given.ts";
import { endOfToday, explain, historyUpTo, presentOf, stateOf, streakOf } from "./by-history.ts";
import { lessonRules, MADE } from "./given.ts";
import { type Act, act, instantIn, recorded } from "./recorded.ts";

const ZONE = "Europe/Paris";

const withGrace = (more: Partial<RulesVersion> = {}, mode: StreakRules["mode"] = "continuous") =>
  lessonRules({ mode, versions: [{ ...EVERY_DAY, grace: 120, ...more }] });

const daily = withGrace();

/** January 2026, whose 5th is a Monday. */
const acts = (...locals: readonly string[]): Act[] => locals.map((local) => act(`2026-01-${local}`, ZONE));

/** What is shown at a time. */
function stateAt(local: string, done: readonly string[], rules: StreakRules = daily) {
  const history = recorded(acts(...done), ZONE, rules);
  const present = presentOf(history, rules, instantIn(`2026-01-${local}`, ZONE), ZONE);
  return { today: isoDate(present.today).slice(8), ...stateOf(history, rules, present) };
}

/** Which days are done, and which of them late events have filled. */
function settled(done: readonly string[], rules: StreakRules = daily): string {
  const { days, filled } = settle(recorded(acts(...done), ZONE, rules), rules);
  return Array.from({ length: 31 }, (_, index) => day("2026-01-01") + index)
    .filter((each) => days.has(each))
    .map((each) => `${isoDate(each).slice(8)}${filled?.has(each) ? " late" : ""}`)
    .join(", ");
}

/** A pause of these days of January. */
function pausedOn(from: string, to: string, rules: StreakRules = daily): StreakRules {
  const pause: LedgerEntry = {
    ...MADE,
    id: "p",
    kind: "pause",
    from: day(`2026-01-${from}`),
    to: day(`2026-01-${to}`),
  };
  return rulesOfUser(rules, [pause], "lesson");
}

describe("a late event fills the day before if that is empty; otherwise it counts for its own", () => {
  test.each([
    ["Tuesday was empty", ["05 20:00", "07 00:30"], "05, 06 late"],
    ["Tuesday is done", ["05 20:00", "06 21:00", "07 00:30"], "05, 06, 07"],
    ["Tuesday's event comes after Wednesday's", ["07 00:30", "05 20:00", "06 21:00"], "05, 06, 07"],
    ["late events of one day fill one day", ["05 20:00", "07 00:30", "07 00:31", "07 01:59"], "05, 06 late"],
    ["an event in time counts beside it", ["05 20:00", "07 00:30", "07 08:00"], "05, 06 late, 07"],
    ["the first event of all may be late", ["07 00:30"], "06 late"],
    ["each night's event fills the day before", ["06 00:30", "07 00:30", "08 00:30"], "05 late, 06 late, 07 late"],
    [
      "they move on together when the first day is done",
      ["05 12:00", "06 00:30", "07 00:30", "08 00:30"],
      "05, 06, 07, 08",
    ],
    ["up to the first day without a late event", ["05 12:00", "06 00:30", "08 00:30"], "05, 06, 07 late"],
  ])("%s", (_, done, expected) => {
    expect(settled(done)).toBe(expected);
  });
});

test("the first of a month can fill the last day of the month before", () => {
  const history = recorded([act("2026-02-01 00:30", ZONE)], ZONE, daily);
  expect(settle(history, daily).days.months).toEqual(monthsOf([day("2026-01-31")]));
  const both = recorded([act("2026-01-31 12:00", ZONE), act("2026-02-01 00:30", ZONE)], ZONE, daily);
  expect(settle(both, daily).days.months).toEqual(monthsOf([day("2026-01-31"), day("2026-02-01")]));
});

test.each([
  ["2024-03-01", "2024-02-29"],
  ["2026-03-01", "2026-02-28"],
  ["2100-03-01", "2100-02-28"],
  ["2000-03-01", "2000-02-29"],
  ["2026-01-01", "2025-12-31"],
  ["1899-05-01", "1899-04-30"],
])("a late event of %s fills %s", (late, filled) => {
  const history = { days: monthsOf([day("2026-01-20")]), others: [{ late: true, days: monthsOf([day(late)]) }] };
  expect(settle(history, daily).days.months).toEqual(monthsOf([day("2026-01-20"), day(filled)]));
});

describe("a day before that is off is not filled", () => {
  const weekdays = withGrace({ daysOff: { weekdays: [5, 6], dates: [], holidays: [] } });

  test("by the rules", () => {
    expect(settled(["09 20:00", "10 00:30"], weekdays)).toBe("09, 10"); // Saturday
    expect(settled(["09 20:00", "12 00:30"], weekdays)).toBe("09, 12"); // Monday
    expect(settled(["09 20:00", "12 00:30"], daily)).toBe("09, 11 late");
  });

  test("by a pause", () => {
    expect(settled(["05 20:00", "07 00:30"], pausedOn("06", "06"))).toBe("05, 07");
    expect(settled(["05 20:00", "08 00:30"], pausedOn("06", "06"))).toBe("05, 07 late");
  });

  test("by an amnesty", () => {
    const declared = { reason: "Down", actor: "root", at: 0 };
    const amnesty = { id: "a", from: day("2026-01-06"), to: day("2026-01-06"), declared };
    const rules = lessonRules({ mode: "continuous", versions: [{ ...EVERY_DAY, grace: 120 }] }, [], [amnesty]);
    expect(settled(["05 20:00", "07 00:30"], rules)).toBe("05, 07");
  });
});

test("a day filled is done: in the streak, in the week and in the explanation, where its status is `late`", () => {
  const { streak, week } = stateAt("07 12:00", ["05 20:00", "07 00:30"]);
  expect(streak).toMatchObject({ current: 2, best: 2, todayDone: false, pending: true });
  expect(week.slice(0, 3).map(({ isCheckedIn, status }) => [isCheckedIn, status])).toEqual([
    [true, "done"],
    [true, "late"],
    [false, "open"],
  ]);
  const history = recorded(acts("05 20:00", "07 00:30"), ZONE, daily);
  const { periods } = explain(history, daily, { today: day("2026-01-07") }, { last: day("2026-01-07") });
  expect(periods.map(({ outcome, counted, days: [only] }) => [outcome, counted, only?.status])).toEqual([
    ["kept", 1, "done"],
    ["kept", 1, "late"],
    ["open", 0, "open"],
  ]);
});

test("what is done in a week counts by the filled days", () => {
  const weekly = withGrace({ cadence: { kind: "days_a_week", days: 2, weekStart: 0 } });
  // Monday's late event fills Sunday, and with it the week before.
  expect(stateAt("12 12:00", ["08 12:00", "12 00:30"], weekly).streak).toMatchObject({ current: 1, unit: "week" });
  expect(stateAt("12 12:00", ["08 12:00", "11 12:00", "12 00:30"], weekly).streak.progress).toMatchObject({ done: 1 });
});

test("a cumulative streak has no grace: late events count for their own day", () => {
  const { today, streak, week } = stateAt("07 00:45", ["05 20:00", "07 00:30"], withGrace({}, "cumulative"));
  expect([today, streak.current, streak.todayDone]).toEqual(["07", 2, true]);
  expect(week.map(({ isCheckedIn }) => isCheckedIn).slice(0, 3)).toEqual([true, false, true]);
});

describe("today waits for the grace", () => {
  test("while the day before is empty, it is still today, and nothing is missed", () => {
    const evening = stateAt("06 23:59", ["04 12:00", "05 20:00"]);
    expect(stateAt("07 01:59", ["04 12:00", "05 20:00"])).toEqual(evening);
    expect(evening).toMatchObject({ today: "06", streak: { current: 2, pending: true, todayDone: false } });
    expect(stateAt("07 02:00", ["04 12:00", "05 20:00"])).toMatchObject({ today: "07", streak: { current: 0 } });
  });

  test("as soon as the day before is done or filled, it is the next day", () => {
    expect(stateAt("07 01:00", ["05 20:00", "06 20:00"])).toMatchObject({ today: "07", streak: { current: 2 } });
    expect(stateAt("07 01:00", ["05 20:00", "07 00:30"])).toMatchObject({
      ...{ today: "07", streak: { current: 2, todayDone: false, pending: true } },
    });
  });

  test("a day before that is off is over at its end", () => {
    const weekdays = withGrace({ daysOff: { weekdays: [5, 6], dates: [], holidays: [] } });
    expect(stateAt("12 00:30", ["09 20:00"], weekdays).today).toBe("12"); // Sunday is off
    expect(stateAt("10 00:30", ["08 20:00"], weekdays).today).toBe("09"); // Friday is not
    expect(stateAt("07 00:30", ["05 20:00"], pausedOn("06", "06")).today).toBe("07");
  });
});

describe("today ends with its grace while it is not done", () => {
  const endAt = (local: string, done: readonly string[], rules: StreakRules = daily) => {
    const history = recorded(acts(...done), ZONE, rules);
    const now = instantIn(`2026-01-${local}`, ZONE);
    return endOfToday(history, rules, presentOf(history, rules, now, ZONE), now);
  };
  const at = (local: string) => instantIn(`2026-01-${local}`, ZONE);

  test("and at its own end when it is done, off or filled", () => {
    expect(endAt("06 12:00", ["05 20:00"])).toBe(at("07 02:00"));
    expect(endAt("07 01:00", ["05 20:00"])).toBe(at("07 02:00"));
    expect(endAt("06 12:00", ["06 08:00"])).toBe(at("07 00:00"));
    expect(endAt("07 01:00", ["06 08:00"])).toBe(at("08 02:00"));
    expect(endAt("07 01:00", ["05 20:00", "07 00:30"])).toBe(at("08 02:00"));
    expect(endAt("06 12:00", [], pausedOn("06", "06"))).toBe(at("07 00:00"));
  });

  test("with a start of the day", () => {
    const nights = withGrace({ dayStart: 240 });
    expect(endAt("06 12:00", [], nights)).toBe(at("07 06:00"));
    expect(endAt("06 12:00", ["06 08:00"], nights)).toBe(at("07 04:00"));
  });

  test("without a grace and a start of the day nobody says it; a cumulative streak has no grace", () => {
    expect(endAt("06 12:00", [], lessonRules({ mode: "continuous" }))).toBeUndefined();
    expect(endAt("06 12:00", [], withGrace({}, "cumulative"))).toBe(at("07 00:00"));
  });
});

test("a past day has what fills it, also if it happened on the day after", () => {
  const history = recorded(acts("05 20:00", "07 00:30", "07 12:00", "09 00:30"), ZONE, daily);
  const asOf = (date: string) => streakOf(historyUpTo(history, daily, day(date)), daily, { today: day(date) });
  expect(asOf("2026-01-06")).toMatchObject({ current: 2, best: 2, todayDone: true });
  expect(asOf("2026-01-05")).toMatchObject({ current: 1, best: 1, todayDone: true });
  expect(asOf("2026-01-07")).toMatchObject({ current: 3, best: 3 });
  expect(asOf("2026-01-08")).toMatchObject({ current: 4, best: 4 });
});

test("a late event that counts for its own day is not there the day before", () => {
  const history = recorded(acts("05 20:00", "06 20:00", "07 00:30"), ZONE, daily);
  const past = historyUpTo(history, daily, day("2026-01-06"));
  expect(streakOf(past, daily, { today: day("2026-01-06") })).toMatchObject({ current: 2, best: 2 });
});

const FIRST = day("2026-01-20");

/** Days in time, and days with late events, over the end of a month. */
const anyDays = fc.array(fc.integer({ min: FIRST, max: FIRST + 24 }), { maxLength: 18 });
const anyGrace = fc.record({
  inTime: anyDays,
  late: anyDays,
  pause: fc.option(fc.record({ from: fc.integer({ min: FIRST, max: FIRST + 24 }), days: fc.nat(3) }), {
    nil: undefined,
  }),
  weekdays: fc.subarray([2, 5, 6]),
  neverMissTwice: fc.boolean(),
  today: fc.integer({ min: FIRST + 5, max: FIRST + 26 }),
});

function given({
  inTime,
  late,
  pause,
  weekdays,
  neverMissTwice,
}: Omit<typeof anyGrace extends fc.Arbitrary<infer T> ? T : never, "today">) {
  const bare = withGrace({ neverMissTwice, daysOff: { weekdays, dates: [], holidays: [] } });
  const ledger: LedgerEntry[] =
    pause === undefined ? [] : [{ ...MADE, id: "p", kind: "pause", from: pause.from, to: pause.from + pause.days }];
  const history: History = {
    days: monthsOf(inTime),
    ...(late.length > 0 && { others: [{ late: true, days: monthsOf(late) }] }),
  };
  return { history, rules: rulesOfUser(bare, ledger, "lesson") };
}

/** Goes through the days with late events in order, as the page says. */
function naiveDone(inTime: readonly number[], late: readonly number[], isOff: (day: number) => boolean): Months {
  const done = new Set(inTime);
  for (const each of [...new Set(late)].sort((a, b) => a - b)) {
    done.add(done.has(each - 1) || isOff(each - 1) ? each : each - 1);
  }
  return monthsOf(done);
}

test("late events are settled day by day in order", () => {
  fc.assert(
    fc.property(anyGrace, (drawn) => {
      const { history, rules } = given(drawn);
      const { pause, weekdays } = drawn;
      const isOff = (each: number) =>
        weekdays.includes((each + 3) % 7) ||
        (pause !== undefined && pause.from <= each && each <= pause.from + pause.days);
      expect(settle(history, rules).days.months).toEqual(naiveDone(drawn.inTime, drawn.late, isOff));
    }),
    { numRuns: 1000 },
  );
});

test("one more event, late or not, takes no done day away, and never makes a streak smaller", () => {
  fc.assert(
    fc.property(anyGrace, fc.integer({ min: FIRST, max: FIRST + 24 }), fc.boolean(), (drawn, added, isLate) => {
      const more = isLate ? { ...drawn, late: [...drawn.late, added] } : { ...drawn, inTime: [...drawn.inTime, added] };
      const [one, other] = [given(drawn), given(more)];
      const [before, after] = [settle(one.history, one.rules), settle(other.history, other.rules)];
      for (let each = FIRST - 1; each <= FIRST + 24; each++) {
        expect(after.days.has(each) || !before.days.has(each)).toBe(true);
      }
      const present = { today: drawn.today };
      const was = streakOf(one.history, one.rules, present);
      const is = streakOf(other.history, other.rules, present);
      expect(is.current).toBeGreaterThanOrEqual(was.current);
      expect(is.best).toBeGreaterThanOrEqual(was.best);
    }),
    { numRuns: 1000 },
  );
});

test("the past does not change with what comes after it, but for a late event that fills its last day", () => {
  fc.assert(
    fc.property(anyGrace, (drawn) => {
      const { history, rules } = given(drawn);
      const { today } = drawn;
      const whole = settle(history, rules).days;
      const past = settle(historyUpTo(history, rules, today), rules).days;
      for (let each = FIRST - 1; each <= FIRST + 25; each++) {
        expect(past.has(each)).toBe(each <= today && whole.has(each));
      }
    }),
    { numRuns: 1000 },
  );
});

test("without late events, a history is settled as it is", () => {
  const history = { days: withDay(emptyMonths, FIRST) };
  expect(settle(history, daily).days.months).toBe(history.days);
});
