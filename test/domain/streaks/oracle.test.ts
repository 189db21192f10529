import { describe, expect, test } from "vitest";
import { dayOf, isoOf } from "./calendar.ts";
import type { NaiveFreezeRules, NaiveGrant, NaiveOptOut } from "./freezes.ts";
import type { NaiveCadence, NaiveRules } from "./history.ts";
import { type NaiveCase, naiveExplanation, naiveRuleStreak, naiveWeek } from "./oracle.ts";
import type { NaiveAmnesty, NaivePause } from "./pauses.ts";

// The examples of docs/rules.md, and what its sentences say of a single case each. They show that the oracle reads the
// page as a person does; the comparison with the domain then shows that the domain does too.

const MONDAY = "2026-01-05";
const WEEKEND = [5, 6];
const EVERY_DAY: NaiveCadence = { kind: "every_day" };

function rules(
  cadence: NaiveCadence,
  more: Partial<NaiveRules & { off: number[]; offDates: string[] }> = {},
): NaiveRules {
  const { off = [], offDates = [], ...rest } = more;
  return { cadence, neverMissTwice: false, daysOff: { weekdays: off, dates: offDates }, ...rest };
}

/** The dates of a picture such as `x x · x`, whose first day is this one. Today is its last day. */
function drawn(picture: string, versions: NaiveRules | NaiveRules[], firstDate = MONDAY): NaiveCase {
  const marks = picture.split(/\s+/).filter((mark) => mark !== "");
  const first = dayOf(firstDate);
  return {
    dates: marks.flatMap((mark, index) => (mark === "x" ? [isoOf(first + index)] : [])),
    mode: "continuous",
    versions: Array.isArray(versions) ? versions : [versions],
    pauses: [],
    amnesties: [],
    grants: [],
    optOuts: [],
    today: isoOf(first + marks.length - 1),
  };
}

function streak(picture: string, versions: NaiveRules | NaiveRules[], firstDate?: string) {
  return naiveRuleStreak(drawn(picture, versions, firstDate));
}

/** The outcomes and counts of all periods since the first day of the picture, such as `kept 1`. */
function outcomes(picture: string, versions: NaiveRules | NaiveRules[], firstDate = MONDAY): string[] {
  const drawing = drawn(picture, versions, firstDate);
  const { periods } = naiveExplanation(drawing, firstDate, drawing.today);
  return periods.map(({ outcome, counted }) => `${outcome} ${counted}`);
}

function statuses(picture: string, versions: NaiveRules | NaiveRules[], firstDate = MONDAY): string[] {
  const drawing = drawn(picture, versions, firstDate);
  const { periods } = naiveExplanation(drawing, firstDate, drawing.today);
  return periods.flatMap(({ days }) => days.map(({ status }) => status));
}

describe("every day", () => {
  test("counts 3 up to Sunday while Monday is not done", () => {
    const picture = "x x x · x x x ·";
    expect(streak(picture, rules(EVERY_DAY))).toEqual({
      mode: "continuous",
      current: 3,
      best: 3,
      todayDone: false,
      pending: true,
      unit: "day",
      progress: {
        firstDate: "2026-01-12",
        lastDate: "2026-01-12",
        done: 0,
        needed: 1,
        daysLeft: 1,
        canBeMet: true,
      },
    });
    expect(outcomes(picture, rules(EVERY_DAY))).toEqual([
      ...["kept 1", "kept 1", "kept 1", "missed 0"],
      ...["kept 1", "kept 1", "kept 1", "open 0"],
    ]);
  });

  test("knows days after today in best alone", () => {
    const ahead = { ...drawn("x x x x", rules(EVERY_DAY)), today: "2026-01-06" };
    expect(naiveRuleStreak(ahead)).toMatchObject({ current: 2, best: 4, pending: false });
    const { periods } = naiveExplanation(ahead, "2026-01-06", "2026-01-07");
    expect(periods.map(({ outcome }) => outcome)).toEqual(["kept", "open"]);
    expect(periods[1]?.days).toEqual([{ isoDate: "2026-01-07", status: "open" }]);
    expect(naiveWeek(ahead).map(({ status }) => status)).toEqual([
      ...["done", "done", "done", "done", "open", "open", "open"],
    ]);
  });
});

describe("days off", () => {
  const workdays = rules(EVERY_DAY, { off: WEEKEND });

  test("count when they are done, as soon as the next needed day is done", () => {
    expect(streak("x x x x x x ·", workdays)).toMatchObject({ current: 5, best: 5, pending: false });
    expect(streak("x x x x x x · x", workdays)).toMatchObject({ current: 7, best: 7 });
    expect(outcomes("x x x x x x · x", workdays).slice(4)).toEqual(["kept 1", "off 1", "off 0", "kept 1"]);
    expect(statuses("x x x x x x · x", workdays).slice(4)).toEqual(["done", "done", "off", "done"]);
  });

  test("neither begin nor end a run", () => {
    expect(streak("· · · · · x x x", workdays)).toMatchObject({ current: 1, best: 1 });
    expect(streak("· · · · x x x · ·", workdays)).toMatchObject({ current: 0, best: 1 });
  });

  test("ask nothing of today", () => {
    expect(streak("x x x x x ·", workdays).progress).toMatchObject({ done: 0, needed: 0, daysLeft: 1 });
  });

  test("ask nothing of a week that has nothing else", () => {
    const off = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-10", "2026-01-11"];
    const once = rules({ kind: "days_a_week", days: 1, weekStart: 0 }, { offDates: off });
    expect(streak("x x ·", once)).toMatchObject({
      ...{ current: 0, pending: false },
      progress: { firstDate: "2026-01-07", lastDate: "2026-01-11", done: 0, needed: 0, daysLeft: 5, canBeMet: true },
    });
  });

  test("are all days that chosen weekdays leave out", () => {
    const chosen = rules({ kind: "weekdays", weekdays: [0, 2, 4] });
    expect(streak("x · x · x · · x", chosen)).toMatchObject({ current: 4 });
    expect(streak("x x x · x · · x", chosen)).toMatchObject({ current: 5 });
  });

  test("lower what a week needs, and count towards it when they are done", () => {
    const fiveAWeek = rules({ kind: "days_a_week", days: 5, weekStart: 0 }, { off: WEEKEND });
    // 5 × 5 ÷ 7 = 3.6, so 4 days.
    expect(streak("x x x · · x ·", fiveAWeek)).toMatchObject({ current: 1, progress: { needed: 4, done: 4 } });
    expect(streak("x x x · · · ·", fiveAWeek)).toMatchObject({ current: 0 });
  });

  test("skip a week that has nothing else, whatever is done in it", () => {
    const holidays = ["2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16", "2026-01-17", "2026-01-18"];
    const once = rules({ kind: "days_a_week", days: 1, weekStart: 0 }, { offDates: holidays });
    const picture = "x · · · · · ·   x x · · · · ·   x";
    expect(streak(picture, once)).toMatchObject({ current: 2 });
    expect(outcomes(picture, once)).toEqual(["kept 1", "off 0", "kept 1"]);
  });
});

describe("3 days a week", () => {
  const three = rules({ kind: "days_a_week", days: 3, weekStart: 0 });

  test("begin in the middle of a week, and begin anew after a miss", () => {
    expect(streak("· · · x · · x", three)).toMatchObject({ current: 1, unit: "week" });
    expect(streak("· · · x · · x   x · x · · · ·", three)).toMatchObject({ current: 1, best: 1, pending: true });
    expect(streak("· · · x · · x   x · x · · · ·   ·", three)).toMatchObject({ current: 0, best: 1 });
    const picture = "· · · x · · x   x · x · · · ·   · · · · · x ·";
    expect(streak(picture, three)).toMatchObject({ current: 1, best: 1, pending: false });
    expect(outcomes(picture, three)).toEqual(["started 1", "missed 0", "started 1"]);
    expect(naiveExplanation(drawn(picture, three), MONDAY, "2026-01-25").runFirstDate).toBe("2026-01-24");
  });

  test("count this week as soon as it is kept", () => {
    expect(streak("x x x · · · ·   x x x", three)).toMatchObject({ current: 2, pending: false });
    expect(streak("x x x · · · ·   x x ·", three)).toMatchObject({ current: 1, pending: true });
  });

  test("begin on the weekday that the rules name", () => {
    const fromSunday = rules({ kind: "days_a_week", days: 3, weekStart: 6 });
    expect(outcomes("x x x · · · x x x", fromSunday, "2026-01-04")).toEqual(["kept 1", "open 0"]);
    expect(outcomes("x x x · · · x x x", fromSunday, "2026-01-03")).toEqual(["started 1", "kept 1", "open 0"]);
  });

  test("ask a run for the whole week, and a new run for its share", () => {
    expect(streak("x x x · · · ·   · · x", three).progress).toEqual({
      firstDate: "2026-01-12",
      lastDate: "2026-01-18",
      done: 1,
      needed: 3,
      daysLeft: 4,
      canBeMet: true,
    });
    expect(streak("· · · x ·", three).progress).toEqual({
      firstDate: "2026-01-08",
      lastDate: "2026-01-11",
      done: 1,
      needed: 2,
      daysLeft: 3,
      canBeMet: true,
    });
    expect(streak("x · · · · · ·", three).progress).toMatchObject({ firstDate: "2026-01-11", done: 0, needed: 1 });
  });

  test("begin a run with a whole week, also when its first day is not done", () => {
    expect(outcomes("· x x x · · ·   x", three)).toEqual(["kept 1", "open 0"]);
    const { runFirstDate } = naiveExplanation(drawn("· x x x · · ·   x", three), "2026-01-12", "2026-01-12");
    expect(runFirstDate).toBe(MONDAY);
  });

  test("ask nothing more of a week in which the run begins", () => {
    const picture = "· · · x · x ·";
    expect(streak(picture, three)).toMatchObject({
      ...{ current: 1, pending: false },
      progress: { firstDate: "2026-01-08", done: 2, needed: 2, daysLeft: 1 },
    });
    const { periods } = naiveExplanation(drawn(picture, three), MONDAY, MONDAY);
    expect(periods).toMatchObject([{ firstDate: MONDAY, outcome: "started", counted: 1, done: 2, needed: 2 }]);
  });

  test("tell the status of each day", () => {
    expect(statuses("x · · · · · ·   x x x · ·", three)).toEqual([
      ...["done", "missed", "missed", "missed", "missed", "missed", "missed"],
      ...["done", "done", "done", "rest", "open", "open", "open"],
    ]);
  });
});

describe("10 days a month", () => {
  const ten = rules({ kind: "days_a_month", days: 10 });

  test("ask their share of a month in which a run begins", () => {
    // From 22 January on, 10 × 10 ÷ 31 = 3.2, so 4 days.
    expect(streak("x x x x · · · · · ·", ten, "2026-01-22")).toMatchObject({ current: 1, unit: "month" });
    // From 23 January on, 10 × 9 ÷ 31 = 2.9, so 3 days.
    expect(streak("x x · · · · · · ·", ten, "2026-01-23")).toMatchObject({ current: 0 });
  });
});

describe("every 3 days", () => {
  const everyThree = rules({ kind: "every_n_days", days: 3 });

  test("end when three days are over without a done day", () => {
    expect(streak("x · x · ·", everyThree)).toMatchObject({ current: 2, pending: false });
    expect(streak("x · x · · ·", everyThree)).toMatchObject({
      current: 2,
      pending: true,
      progress: { firstDate: "2026-01-08", lastDate: "2026-01-10", done: 0, needed: 1, daysLeft: 1, canBeMet: true },
    });
    expect(streak("x · x · · · ·", everyThree)).toMatchObject({ current: 0, best: 2, pending: false });
    expect(outcomes("x · x · · · ·", everyThree)).toEqual([
      ...["kept 1", "between 0", "kept 1", "missed 0", "missed 0", "missed 0", "open 0"],
    ]);
  });

  test("count a done day off between two done days, and leave out days off of the three", () => {
    const withoutFridays = rules({ kind: "every_n_days", days: 3 }, { off: [4] });
    expect(streak("· · · x x ·", withoutFridays)).toMatchObject({ current: 1 });
    expect(streak("· · · x x x", withoutFridays)).toMatchObject({ current: 3 });
    // The last three days that are not off begin with Thursday, so Friday is in the stretch.
    expect(streak("· · x · · · ·", withoutFridays)).toMatchObject({ current: 1, pending: true });
  });
});

describe("2 in any 4 days", () => {
  const two = rules({ kind: "days_in_any", days: 2, of: 4 });

  test("begin anew with the done days that are not too old", () => {
    expect(streak("x x · · x ·", two)).toMatchObject({
      current: 3,
      pending: true,
      progress: { firstDate: "2026-01-07", lastDate: "2026-01-10", done: 1, needed: 2, daysLeft: 1 },
    });
    expect(streak("x x · · x · ·", two)).toMatchObject({ current: 1, best: 3, pending: false });
    expect(outcomes("x x · · x · ·", two)).toEqual([
      ...["kept 1", "kept 1", "between 0", "between 0", "kept 1", "between 0", "open 0"],
    ]);
  });

  test("count a done day for the run that it ends", () => {
    // Days 1 to 4 have two done days: the run from day 1 ends with day 4 and counts 2. The next begins with day 4.
    const three = rules({ kind: "days_in_any", days: 3, of: 4 });
    expect(streak("x · · x", three)).toMatchObject({ current: 2, best: 2 });
    expect(streak("x · · x ·", three)).toMatchObject({ current: 1, best: 2 });
  });

  test("ask one day of who has no run", () => {
    expect(streak("· ·", two).progress).toEqual({
      firstDate: "2026-01-06",
      lastDate: "2026-01-06",
      done: 0,
      needed: 1,
      daysLeft: 1,
      canBeMet: true,
    });
  });
});

describe("never miss twice", () => {
  const lenient = rules(EVERY_DAY, { neverMissTwice: true });

  test("lets single misses pass, and ends a run at the second in a row", () => {
    expect(streak("x · x x · x", lenient)).toMatchObject({ current: 4 });
    expect(streak("x · x x · · x", lenient)).toMatchObject({ current: 1, best: 3 });
    expect(streak("x · x x · ·", lenient)).toMatchObject({ current: 3, pending: true });
    expect(streak("x · x x ·", lenient)).toMatchObject({ current: 3, pending: true });
    expect(outcomes("x · x x · · x", lenient)).toEqual([
      ...["kept 1", "excused 0", "kept 1", "kept 1", "missed 0", "missed 0", "kept 1"],
    ]);
    expect(outcomes("x · x x · ·", lenient).slice(3)).toEqual(["kept 1", "excused 0", "open 0"]);
  });

  test("goes on over days off", () => {
    const workdays = rules(EVERY_DAY, { neverMissTwice: true, off: WEEKEND });
    expect(streak("x x x x · · · x", workdays)).toMatchObject({ current: 5 });
    expect(streak("x x x x · · · · x", workdays)).toMatchObject({ current: 1 });
  });

  test("works with weeks", () => {
    const weekly = rules({ kind: "days_a_week", days: 7, weekStart: 0 }, { neverMissTwice: true });
    expect(outcomes("x x x x x x x   x · · · · · ·   x x x x x x x", weekly)).toEqual([
      "kept 1",
      "excused 0",
      "kept 1",
    ]);
  });

  test("takes the run that counts the most where an excused week is also the beginning of a run", () => {
    const weekly = rules({ kind: "days_a_week", days: 7, weekStart: 0 }, { neverMissTwice: true });
    const kept = "x x x x x x x";
    const ended = "· · · · · · x";
    const empty = "· · · · · · ·";
    expect(outcomes(`${kept} ${ended} ·`, weekly)).toEqual(["kept 1", "excused 0", "open 0"]);
    expect(outcomes(`${kept} ${ended} ${empty} ·`, weekly)).toEqual(["kept 1", "started 1", "excused 0", "open 0"]);
  });

  test("lets a run begin in a week that an older run did not go on over", () => {
    const weekly = rules({ kind: "days_a_week", days: 3, weekStart: 0 }, { neverMissTwice: true });
    const share = "· · · x · x ·";
    // Each week begins a run, and each run ends with the second week after it.
    expect(outcomes(`${share} ${share} ${share} ${share} ·`, weekly)).toEqual([
      ...["started 1", "started 1", "started 1", "excused 0", "open 0"],
    ]);
  });

  test("means nothing for every n days", () => {
    const twoDays = rules({ kind: "every_n_days", days: 2 }, { neverMissTwice: true });
    expect(streak("x · · ·", twoDays)).toMatchObject({ current: 0 });
  });
});

describe("freezes", () => {
  const GIFT: NaiveGrant = { from: MONDAY, count: 1 };
  const three: NaiveCadence = { kind: "days_a_week", days: 3, weekStart: 0 };

  function withFreezes(freezes: Partial<NaiveFreezeRules>, cadence = EVERY_DAY, more: Partial<NaiveRules> = {}) {
    return rules(cadence, { ...more, freezes: { lengthenRun: false, ...freezes } });
  }

  function frozen(
    picture: string,
    versions: NaiveRules | NaiveRules[],
    given: { grants?: NaiveGrant[]; optOuts?: NaiveOptOut[]; pauses?: NaivePause[] } = { grants: [GIFT] },
  ) {
    const drawing = { ...drawn(picture, versions), ...given };
    const { periods } = naiveExplanation(drawing, MONDAY, drawing.today);
    return { ...naiveRuleStreak(drawing), outcomes: periods.map(({ outcome, counted }) => `${outcome} ${counted}`) };
  }

  test("cover a miss, and are given back when the gap is too long", () => {
    const granted = withFreezes({});
    expect(frozen("x x · ·", granted)).toMatchObject({
      current: 2,
      pending: true,
      freezes: { left: 0, usedInWeek: 1 },
    });
    expect(frozen("x x · x", granted)).toMatchObject({
      current: 3,
      outcomes: ["kept 1", "kept 1", "frozen 0", "kept 1"],
    });
    const tooLong = frozen("x x · · ·", granted);
    expect(tooLong).toMatchObject({ current: 0, best: 2, freezes: { left: 1, usedInWeek: 0 } });
    expect(tooLong.outcomes.slice(2)).toEqual(["missed 0", "missed 0", "open 0"]);
  });

  test("are told by the days of the week, too", () => {
    const drawing = { ...drawn("x x · x", withFreezes({})), grants: [GIFT] };
    expect(naiveWeek(drawing).map(({ status }) => status)).toEqual([
      ...["done", "done", "frozen", "done", "open", "open", "open"],
    ]);
  });

  test("are earned by days that are kept, while there is room", () => {
    const earning = withFreezes({ earned: { every: 2, max: 1 } });
    expect(frozen("x x x · x", earning, {})).toMatchObject({ current: 4, freezes: { left: 0 } });
    expect(frozen("x x x · x x", earning, {})).toMatchObject({ current: 5, freezes: { left: 1 } });
    expect(frozen("x x x · x · x", earning, {})).toMatchObject({ current: 1, best: 4 });
  });

  test("expire, and cover in the order of their last days", () => {
    const short: NaiveGrant = { from: MONDAY, count: 1, to: "2026-01-07" };
    expect(frozen("x x x · x", withFreezes({}), { grants: [short] })).toMatchObject({ current: 1 });
    expect(frozen("x x · x · x", withFreezes({}), { grants: [GIFT, short] })).toMatchObject({ current: 4 });
  });

  test("lengthen the run if the rules say so, as soon as it goes on", () => {
    const lengthening = withFreezes({ lengthenRun: true });
    expect(frozen("x x · ·", lengthening)).toMatchObject({ current: 2 });
    expect(frozen("x x · x", lengthening).outcomes).toEqual(["kept 1", "kept 1", "frozen 1", "kept 1"]);
  });

  test("come after the miss that is excused, and no more than maxInARow cover a gap", () => {
    const lenient = withFreezes({ maxInARow: 1 }, EVERY_DAY, { neverMissTwice: true });
    const grants = [{ from: MONDAY, count: 3 }];
    expect(frozen("x · · x", lenient, { grants }).outcomes).toEqual(["kept 1", "excused 0", "frozen 0", "kept 1"]);
    expect(frozen("x · · · x", lenient, { grants })).toMatchObject({ current: 1, freezes: { left: 3 } });
  });

  test("pass over a week as a whole, so that no run begins in it", () => {
    const picture = "x x x · · · ·   · · · x · x ·   · · · · · · ·   ·";
    expect(frozen(picture, rules(three)).outcomes).toEqual(["kept 1", "started 1", "missed 0", "open 0"]);
    expect(frozen(picture, withFreezes({}, three)).outcomes).toEqual(["kept 1", "missed 0", "missed 0", "open 0"]);
    const lenient = withFreezes({}, three, { neverMissTwice: true });
    expect(frozen(picture, lenient).outcomes).toEqual(["kept 1", "excused 0", "frozen 0", "open 0"]);
  });

  test("cover nothing for who has opted out, or under rules without them", () => {
    const optOuts = [{ from: "2026-01-07", out: true }];
    expect(frozen("x x · x", withFreezes({}), { grants: [GIFT], optOuts })).toMatchObject({
      ...{ current: 1, freezes: { left: 1, optedOut: true } },
    });
    const versions = [withFreezes({}), rules(EVERY_DAY, { from: "2026-01-07" })];
    expect(frozen("x x · x", versions)).toMatchObject({ current: 1, best: 2 });
    expect(frozen("x x · x", versions).freezes).toBeUndefined();
  });

  test("are not needed on paused days", () => {
    const pauses = [{ from: "2026-01-07", to: "2026-01-07" }];
    expect(frozen("x x · x", withFreezes({}), { grants: [GIFT], pauses })).toMatchObject({ freezes: { left: 1 } });
  });
});

describe("pauses", () => {
  const WEDNESDAY_TO_SATURDAY = [{ from: "2026-01-07", to: "2026-01-10" }];
  const three = rules({ kind: "days_a_week", days: 3, weekStart: 0 });

  function paused(picture: string, version: NaiveRules, pauses: NaivePause[] = WEDNESDAY_TO_SATURDAY) {
    return { ...drawn(picture, version), pauses };
  }

  test("ask nothing, and what is done in them counts at once", () => {
    const current = (picture: string) => naiveRuleStreak(paused(picture, rules(EVERY_DAY)));
    expect(current("x x · · · ·")).toMatchObject({ current: 2, pending: false, progress: { done: 0, needed: 0 } });
    expect(current("x x · x · ·")).toMatchObject({ current: 3, pending: false, pause: WEDNESDAY_TO_SATURDAY[0] });
    expect(current("x x · · · · x")).toMatchObject({ current: 3 });
    expect(current("x x · · · · ·")).toMatchObject({ current: 2, pending: true });
    expect(current("x x · · · · · ·")).toMatchObject({ current: 0, best: 2 });
    expect(current("x x · · · · x").pause).toBeUndefined();
  });

  test("leave a done day off as it is", () => {
    const workdays = rules(EVERY_DAY, { off: WEEKEND });
    const fridayToMonday = [{ from: "2026-01-09", to: "2026-01-12" }];
    expect(naiveRuleStreak(paused("x x x x · x ·", workdays, fridayToMonday))).toMatchObject({ current: 4 });
    expect(naiveRuleStreak(paused("x x x x · x · x", workdays, fridayToMonday))).toMatchObject({ current: 6 });
    expect(naiveWeek(paused("x x x x · x ·", workdays, fridayToMonday)).map(({ status }) => status)).toEqual([
      ...["done", "done", "done", "done", "paused", "done", "paused"],
    ]);
  });

  test("lower what a week needs by the days that are not done", () => {
    const mondayToThursday = [{ from: MONDAY, to: "2026-01-08" }];
    const progress = (picture: string) => naiveRuleStreak(paused(picture, three, mondayToThursday)).progress;
    expect(progress("· · · · x · x")).toMatchObject({ firstDate: MONDAY, done: 2, needed: 2 });
    expect(progress("· · x · ·")).toMatchObject({ firstDate: "2026-01-07", done: 1, needed: 2 });
  });

  test("skip a week that they have as a whole, unless a day is done that is not off", () => {
    const nextWeek = [{ from: "2026-01-12", to: "2026-01-18" }];
    const offWeekend = { ...three, daysOff: { weekdays: WEEKEND, dates: [] } };
    const outcomesOf = (picture: string, version: NaiveRules) =>
      naiveExplanation(paused(picture, version, nextWeek), MONDAY, "2026-01-18").periods.map(({ outcome }) => outcome);
    expect(outcomesOf("x x x · · · ·   · · · · · · ·   ·", three)).toEqual(["kept", "off"]);
    expect(outcomesOf("x x x · · · ·   · · · x · · ·   ·", three)).toEqual(["kept", "kept"]);
    expect(outcomesOf("x x x · · · ·   · · · · · x ·   ·", offWeekend)).toEqual(["kept", "off"]);
  });

  test("are no misses, and wipe none out", () => {
    const lenient = rules(EVERY_DAY, { neverMissTwice: true });
    const thursdayToSaturday = [{ from: "2026-01-08", to: "2026-01-10" }];
    const current = (picture: string) => naiveRuleStreak(paused(picture, lenient, thursdayToSaturday)).current;
    expect(current("x x · · · · x")).toBe(3);
    expect(current("x x · · · · · x")).toBe(1);
    expect(current("x x · · x · · x")).toBe(4);
  });

  test("are not among the days of every n days, done or not", () => {
    const everyThree = rules({ kind: "every_n_days", days: 3 });
    const wednesdayToFriday = [{ from: "2026-01-07", to: "2026-01-09" }];
    expect(naiveRuleStreak(paused("x · · · · · ·", everyThree, wednesdayToFriday))).toMatchObject({
      ...{ current: 1, pending: true },
      progress: { firstDate: "2026-01-06", lastDate: "2026-01-11" },
    });
    expect(naiveRuleStreak(paused("x · · x · · ·", everyThree, wednesdayToFriday))).toMatchObject({
      ...{ current: 2, pending: false },
      progress: { firstDate: "2026-01-10", lastDate: "2026-01-12", done: 0, needed: 1 },
    });
    expect(naiveRuleStreak(paused("· · · x · · ·", everyThree, wednesdayToFriday))).toMatchObject({
      ...{ current: 1, pending: false },
      progress: { firstDate: "2026-01-10", lastDate: "2026-01-12", done: 0, needed: 1 },
    });
    expect(naiveRuleStreak(paused("x ·", everyThree, [{ from: "2026-01-07" }]))).toMatchObject({
      ...{ current: 1, pending: false },
      progress: { firstDate: "2026-01-06", lastDate: "2026-01-06", done: 0, needed: 0 },
    });
  });

  test("that overlap or touch are one, which has no end if one of them has none", () => {
    const some = [
      { from: "2026-01-10", to: "2026-01-11" },
      { from: "2026-01-07", to: "2026-01-08" },
      { from: "2026-01-08", to: "2026-01-09" },
    ];
    const pauseOf = (pauses: NaivePause[]) => naiveRuleStreak(paused("x x · ·", rules(EVERY_DAY), pauses)).pause;
    expect(pauseOf(some)).toEqual({ from: "2026-01-07", to: "2026-01-11" });
    expect(pauseOf([...some, { from: "2026-01-13" }])).toEqual({ from: "2026-01-07", to: "2026-01-11" });
    expect(pauseOf([...some, { from: "2026-01-12" }])).toEqual({ from: "2026-01-07" });
  });

  test("after today count as they are, and what is done in them is not done yet", () => {
    const ahead = { ...paused("x x · x", rules(EVERY_DAY)), today: "2026-01-07" };
    expect(naiveRuleStreak(ahead)).toMatchObject({ current: 2, best: 3, pending: false });
    const { periods } = naiveExplanation(ahead, "2026-01-08", "2026-01-08");
    expect(periods).toMatchObject([{ outcome: "off", days: [{ status: "paused" }] }]);
    const coming = { ...paused("x x ·", three, [{ from: "2026-01-08", to: "2026-01-11" }]) };
    expect(naiveRuleStreak(coming)).toMatchObject({ current: 1, progress: { done: 2, needed: 2 } });
  });

  test("mean nothing to a cumulative streak", () => {
    const given: NaiveCase = { ...paused("x x · ·", rules(EVERY_DAY)), mode: "cumulative" };
    expect(naiveRuleStreak(given)).toEqual(naiveRuleStreak({ ...given, pauses: [] }));
    expect(naiveWeek(given)).toEqual(naiveWeek({ ...given, pauses: [] }));
  });
});

describe("amnesties", () => {
  const THURSDAY = [{ from: "2026-01-08", to: "2026-01-08" }];
  const three = rules({ kind: "days_a_week", days: 3, weekStart: 0 });

  function forgiven(picture: string, version: NaiveRules, amnesties: NaiveAmnesty[] = THURSDAY): NaiveCase {
    return { ...drawn(picture, version), amnesties };
  }

  test("ask nothing, and what is done in them counts at once", () => {
    expect(naiveRuleStreak(forgiven("x x x · x", rules(EVERY_DAY)))).toMatchObject({ current: 4 });
    expect(naiveRuleStreak(forgiven("x x x x x", rules(EVERY_DAY)))).toMatchObject({ current: 5 });
    expect(naiveRuleStreak(forgiven("x x x ·", rules(EVERY_DAY)))).toMatchObject({
      ...{ current: 3, pending: false },
      progress: { done: 0, needed: 0 },
    });
  });

  test("lower what a week needs, and skip a week that they have as a whole", () => {
    const mondayToThursday = [{ from: MONDAY, to: "2026-01-08" }];
    expect(naiveRuleStreak(forgiven("· · · · x · x", three, mondayToThursday)).progress).toMatchObject({ needed: 2 });
    const nextWeek = [{ from: "2026-01-12", to: "2026-01-18" }];
    const given = forgiven("x x x · · · ·   · · · · · · ·   x x x", three, nextWeek);
    const { periods } = naiveExplanation(given, MONDAY, given.today);
    expect(periods.map(({ outcome }) => outcome)).toEqual(["kept", "off", "kept"]);
  });

  test("are not among the days of every n days, done or not", () => {
    const everyThree = rules({ kind: "every_n_days", days: 3 });
    const wednesdayToFriday = [{ from: "2026-01-07", to: "2026-01-09" }];
    const progress = (picture: string) => naiveRuleStreak(forgiven(picture, everyThree, wednesdayToFriday)).progress;
    expect(progress("x · · · · · ·")).toMatchObject({ firstDate: "2026-01-06", lastDate: "2026-01-11" });
    expect(progress("x · · x · · ·")).toMatchObject({ firstDate: "2026-01-10", lastDate: "2026-01-12" });
  });

  test("are told of days that are neither done nor paused, also of days off", () => {
    const workdays = rules(EVERY_DAY, { off: WEEKEND });
    const given = {
      ...forgiven("x x · · x · ·", workdays, [{ from: "2026-01-07", to: "2026-01-10" }]),
      pauses: [{ from: "2026-01-07", to: "2026-01-07" }],
    };
    expect(naiveWeek(given).map(({ status }) => status)).toEqual([
      ...["done", "done", "paused", "amnesty", "done", "amnesty", "off"],
    ]);
  });

  test("are not in the pause that holds today", () => {
    expect(naiveRuleStreak(forgiven("x x x ·", rules(EVERY_DAY))).pause).toBeUndefined();
    const paused = { ...forgiven("x x x · ·", rules(EVERY_DAY)), pauses: [{ from: "2026-01-09", to: "2026-01-09" }] };
    expect(naiveRuleStreak(paused).pause).toEqual({ from: "2026-01-09", to: "2026-01-09" });
  });

  test("mean nothing to a cumulative streak", () => {
    const given: NaiveCase = { ...forgiven("x x · ·", rules(EVERY_DAY)), mode: "cumulative" };
    expect(naiveRuleStreak(given)).toEqual(naiveRuleStreak({ ...given, amnesties: [] }));
    expect(naiveWeek(given)).toEqual(naiveWeek({ ...given, amnesties: [] }));
  });
});

describe("a cumulative streak", () => {
  test("counts every done day, and its rules decide nothing", () => {
    const workdays = rules({ kind: "days_a_week", days: 5, weekStart: 0 }, { off: WEEKEND });
    const given: NaiveCase = { ...drawn("x · · · · x ·", workdays), mode: "cumulative" };
    expect(naiveRuleStreak(given)).toEqual({
      mode: "cumulative",
      current: 2,
      best: 2,
      todayDone: false,
      pending: true,
      unit: "day",
    });
    const { periods, countedBefore } = naiveExplanation(given, "2026-01-09", "2026-01-12");
    expect(countedBefore).toBe(1);
    expect(periods.map(({ outcome, needed }) => [outcome, needed])).toEqual([
      ...[["between", 0] as const, ["kept", 0] as const, ["open", 0] as const, ["open", 0] as const],
    ]);
  });

  test("counts days after today", () => {
    const ahead: NaiveCase = { ...drawn("x x x", rules(EVERY_DAY)), mode: "cumulative", today: "2026-01-05" };
    expect(naiveRuleStreak(ahead)).toMatchObject({ current: 3, best: 3 });
    expect(naiveExplanation(ahead, "2026-01-07", "2026-01-07").periods).toMatchObject([{ outcome: "kept" }]);
  });
});

describe("a change of rules", () => {
  const three = { kind: "days_a_week", days: 3, weekStart: 0 } as const;

  test("adds 2 weeks to 20 days", () => {
    // 20 days from 6 to 25 January; 26 January is a Monday.
    const versions = [rules(EVERY_DAY), rules(three, { from: "2026-01-26" })];
    const days = "x ".repeat(20);
    const picture = `${days} x x x · · · · x x x`;
    expect(streak(picture, versions, "2026-01-06")).toMatchObject({ current: 22, best: 22, unit: "week" });
  });

  test("lets the week that has begun go to its end by its old rules", () => {
    const versions = [rules(three), rules(EVERY_DAY, { from: "2026-01-08" })];
    expect(streak("x x x · · · ·   x x", versions)).toMatchObject({ current: 3, unit: "day" });
    expect(streak("x x x · · · ·", versions)).toMatchObject({ current: 1, unit: "week" });
    expect(streak("x x x · · · ·   x · x", versions)).toMatchObject({ current: 1, best: 2 });
  });

  test("asks its share of the rest of a week", () => {
    const versions = [rules(EVERY_DAY), rules(three, { from: "2026-01-08" })];
    // From Thursday on, 3 × 4 ÷ 7 = 1.7, so 2 days.
    expect(streak("x x x · x x ·", versions)).toMatchObject({
      current: 4,
      progress: { firstDate: "2026-01-08", needed: 2 },
    });
    expect(streak("x x x · · · x", versions)).toMatchObject({ current: 3, pending: true });
    expect(streak("x x x · · · x ·", versions)).toMatchObject({ current: 1, best: 3 });
  });

  test("gives days in any days only days after it", () => {
    const versions = [rules(EVERY_DAY), rules({ kind: "days_in_any", days: 2, of: 3 }, { from: "2026-01-08" })];
    expect(streak("x x x · · ·", versions)).toMatchObject({ current: 3, pending: true });
    expect(streak("x x x · · · ·", versions)).toMatchObject({ current: 0, best: 3 });
  });

  test("leaves days in any days as they are while the cadence stays the same", () => {
    const twoInThree = { kind: "days_in_any", days: 2, of: 3 } as const;
    const versions = [rules(twoInThree), rules(twoInThree, { from: "2026-01-08", off: [6] })];
    expect(streak("x x x · ·", versions)).toMatchObject({ current: 3, pending: true });
    expect(streak("x x x · · ·", versions)).toMatchObject({ current: 0, best: 3 });
    const everyThree = [
      rules({ kind: "every_n_days", days: 3 }),
      rules({ ...twoInThree, days: 1 }, { from: "2026-01-08" }),
    ];
    expect(streak("x x x · · ·", everyThree)).toMatchObject({ current: 3, pending: true });
    expect(streak("x x x · · · ·", everyThree)).toMatchObject({ current: 0 });
  });

  test("plays no part in progress while it is still to come", () => {
    const versions = [rules({ kind: "every_n_days", days: 3 }), rules(EVERY_DAY, { from: "2026-01-07", off: [2] })];
    expect(streak("x ·", versions).progress).toMatchObject({ firstDate: "2026-01-06", lastDate: "2026-01-08" });
  });

  test("brings its days off on the day after the week that has begun", () => {
    const versions = [rules(three), rules(three, { from: "2026-01-08", off: [3, 4, 5, 6] })];
    expect(streak("x x · · · · ·", versions)).toMatchObject({ current: 0, progress: { done: 2, needed: 3 } });
    expect(statuses("x x · · · · ·", versions).slice(3)).toEqual(["rest", "rest", "rest", "open"]);
    // 3 × 3 ÷ 7 = 1.3, so 2 days.
    expect(streak("x x x · · · ·   x x", versions)).toMatchObject({ current: 2, progress: { needed: 2 } });
  });

  test("leaves the week that has begun its old days off", () => {
    const versions = [rules(three, { off: [3, 4, 5, 6] }), rules(three, { from: "2026-01-08" })];
    expect(streak("x x · · · · ·", versions)).toMatchObject({ current: 1, progress: { needed: 2 } });
    expect(statuses("x x · · · · ·", versions).slice(2)).toEqual(["rest", "off", "off", "off", "off"]);
    expect(streak("x x · · · · ·   x x", versions)).toMatchObject({ current: 1, progress: { needed: 3 } });
  });

  test("leaves out weekdays from the day after the week that has begun", () => {
    const versions = [rules(three), rules({ kind: "weekdays", weekdays: [0] }, { from: "2026-01-07" })];
    expect(streak("x x x · · · ·   x · ·", versions)).toMatchObject({ current: 2, progress: { needed: 0 } });
    expect(streak("x x · · · · ·   x", versions)).toMatchObject({ current: 1 });
  });

  test("brings its days off on its day where days are counted", () => {
    const versions = [rules(EVERY_DAY, { off: [2] }), rules(EVERY_DAY, { from: "2026-01-08", off: [3] })];
    expect(streak("x x · · x", versions)).toMatchObject({ current: 3 });
    expect(streak("x x · · x · · x x · ·", versions)).toMatchObject({ current: 0, best: 3 });
  });

  test("tells of each period what the streak counts in it", () => {
    const versions = [rules(three), rules(EVERY_DAY, { from: "2026-01-08" })];
    const drawing = drawn("x x x · · · ·   x x", versions);
    const { periods } = naiveExplanation(drawing, MONDAY, drawing.today);
    expect(periods.map(({ unit }) => unit)).toEqual(["week", "day", "day"]);
  });

  test("leaves a single miss allowed that was allowed", () => {
    const versions = [rules(EVERY_DAY, { neverMissTwice: true }), rules(EVERY_DAY, { from: "2026-01-08" })];
    expect(streak("x x · x", versions)).toMatchObject({ current: 3 });
    expect(streak("x x · · x", versions)).toMatchObject({ current: 1 });
  });
});
