import { describe, expect, test, vi } from "vitest";
import type { History } from "#src/domain/check-ins.ts";
import { isoDate } from "#src/domain/day.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { EVERY_DAY, type RulesVersion } from "#src/domain/rules.ts";
import type { Explanation } from "#src/domain/streaks/explain.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { ZoneDates } from "#src/domain/zone-dates.ts";
import { day } from "../given.ts";
import { explain, historyUpTo, presentOf, stateOf, streakOf } from "./by-history.ts";
import { lessonRules, MADE } from "./given.ts";
import { act, instantIn, recorded } from "./recorded.ts";

const plain = lessonRules({ mode: "continuous" });
const ruled = (...versions: readonly Partial<RulesVersion>[]) =>
  lessonRules({ mode: "continuous", versions: versions.map((version) => ({ ...EVERY_DAY, ...version })) });

const HONOLULU = "Pacific/Honolulu";
const AUCKLAND = "Pacific/Auckland";
const PAGO_PAGO = "Pacific/Pago_Pago";
const KIRITIMATI = "Pacific/Kiritimati";
const LONDON = "Europe/London";
const PARIS = "Europe/Paris";
const BERLIN = "Europe/Berlin";

/** A day of January 2026, whose 5th is a Monday, and the zone in which something was done on it, at noon. */
type Stop = readonly [date: string, zone: string];

const historyOf = (stops: readonly Stop[], home = stops[0]?.[1] ?? "UTC") =>
  recorded(
    stops.map(([date, zone]) => act(`2026-01-${date} 12:00`, zone)),
    home,
  );

/** What is shown on the last of the dates, in its zone. */
function streakAfter(stops: readonly Stop[], rules: StreakRules = plain) {
  const [date, zone] = stops.at(-1) as Stop;
  return streakOf(historyOf(stops), rules, { today: day(`2026-01-${date}`), zone });
}

describe("a missing day is bridged when the user has moved east over it", () => {
  test.each<[string, readonly Stop[], number]>([
    [
      "Honolulu to Auckland",
      [
        ["05", HONOLULU],
        ["07", AUCKLAND],
      ],
      2,
    ],
    [
      "London to Paris",
      [
        ["05", LONDON],
        ["07", PARIS],
      ],
      2,
    ],
    [
      "Paris to London: nothing was lost on the way west",
      [
        ["05", PARIS],
        ["07", LONDON],
      ],
      1,
    ],
    [
      "Paris to Berlin: both have the same time",
      [
        ["05", PARIS],
        ["07", BERLIN],
      ],
      1,
    ],
    [
      "no move",
      [
        ["05", PARIS],
        ["07", PARIS],
      ],
      1,
    ],
    [
      "Pago Pago to Kiritimati: 25 hours lie between the two",
      [
        ["05", PAGO_PAGO],
        ["08", KIRITIMATI],
      ],
      2,
    ],
    [
      "Honolulu to Kiritimati: two days are too many for 24 hours",
      [
        ["05", HONOLULU],
        ["08", KIRITIMATI],
      ],
      1,
    ],
    [
      "Pago Pago to Kiritimati: three days are too many",
      [
        ["05", PAGO_PAGO],
        ["09", KIRITIMATI],
      ],
      1,
    ],
  ])("%s", (_, stops, current) => {
    expect(streakAfter(stops)).toEqual({ mode: "continuous", current, best: current, todayDone: true, pending: false });
  });

  test("half an hour is enough, and a quarter", () => {
    expect(
      streakAfter([
        ["05", "Australia/Brisbane"],
        ["07", "Australia/Lord_Howe"],
      ]).current,
    ).toBe(2);
    expect(
      streakAfter([
        ["05", "Asia/Kolkata"],
        ["07", "Asia/Kathmandu"],
      ]).current,
    ).toBe(2);
    expect(
      streakAfter([
        ["05", "Asia/Kathmandu"],
        ["07", "Asia/Kolkata"],
      ]).current,
    ).toBe(1);
  });

  test("it is enough that one event of each day is so", () => {
    expect(
      streakAfter([
        ["05", PARIS],
        ["05", LONDON],
        ["07", LONDON],
        ["07", PARIS],
      ]).current,
    ).toBe(2);
  });

  test("the done days need not be the ones next to it", () => {
    // Wednesday in Pago Pago begins after Thursday in Kiritimati.
    const direct: readonly Stop[] = [
      ["05", PAGO_PAGO],
      ["08", KIRITIMATI],
    ];
    expect(streakAfter(direct).current).toBe(2);
    expect(
      streakAfter([
        ["05", PAGO_PAGO],
        ["07", PAGO_PAGO],
        ["08", KIRITIMATI],
      ]).current,
    ).toBe(3);
    expect(
      streakAfter([
        ["05", PAGO_PAGO],
        ["06", KIRITIMATI],
        ["08", KIRITIMATI],
      ]).current,
    ).toBe(3);
  });

  test("it does not matter which zone is home", () => {
    for (const home of [HONOLULU, AUCKLAND, PARIS]) {
      const history = historyOf(
        [
          ["05", HONOLULU],
          ["07", AUCKLAND],
        ],
        home,
      );
      expect(streakOf(history, plain, { today: day("2026-01-07"), zone: AUCKLAND }).current).toBe(2);
    }
  });

  test("where the home zone is not known, its days bridge nothing", () => {
    const { days, others = [] } = historyOf([
      ["05", LONDON],
      ["07", PARIS],
      ["09", KIRITIMATI],
    ]);
    const { current } = streakOf({ days, others }, plain, { today: day("2026-01-09"), zone: KIRITIMATI });
    expect(current).toBe(2);
  });
});

test("who was in many zones on each day costs in proportion to the zones, not to the pairs of them", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const lookups = (count: number) => {
    const days = ["05", "08", "11", "14", "17"];
    const stops = days.flatMap((date) => zones.slice(0, count).map((zone): Stop => [date, zone]));
    // So far apart that two days could be bridged, which no two of the other zones do.
    const history = historyOf([["01", PAGO_PAGO], ["01", KIRITIMATI], ...stops]);
    const startInDay = vi.spyOn(ZoneDates.prototype, "startInDay");
    streakOf(history, plain, { today: day("2026-01-17"), zone: PARIS });
    const { length } = startInDay.mock.calls;
    startInDay.mockRestore();
    return length;
  };
  lookups(80);
  expect(lookups(40)).toBeGreaterThan(40);
  expect(lookups(80)).toBeLessThan(2.5 * lookups(40));
});

describe("the date that a zone has left out is bridged there", () => {
  const APIA = "Pacific/Apia";
  const shown = (locals: readonly string[], today: string, home = APIA, rules = plain) => {
    const history = recorded(
      locals.map((local) => act(local, home)),
      home,
    );
    return streakOf(history, rules, { today: day(today), zone: home });
  };

  test("in Samoa, December 30, 2011", () => {
    expect(shown(["2011-12-28 12:00", "2011-12-29 12:00", "2011-12-31 12:00"], "2011-12-31").current).toBe(3);
    expect(shown(["2011-12-29 12:00", "2011-12-31 12:00"], "2012-01-01")).toMatchObject({ current: 2, pending: true });
    expect(shown(["2011-12-29 12:00"], "2011-12-31")).toMatchObject({ current: 1, pending: true });
  });

  test("also on Kiritimati and Kwajalein, by the same days", () => {
    expect(shown(["1994-12-30 12:00", "1995-01-01 12:00"], "1995-01-01", KIRITIMATI).current).toBe(2);
    const kwajalein = shown(["1993-08-20 12:00", "1993-08-22 12:00"], "1993-08-22", "Pacific/Kwajalein");
    expect(kwajalein.current).toBe(2);
  });

  test("no other day is", () => {
    expect(shown(["2011-12-28 12:00", "2011-12-31 12:00"], "2011-12-31").current).toBe(1);
    expect(shown(["2011-12-29 12:00", "2012-01-01 12:00"], "2012-01-01").current).toBe(1);
    expect(shown(["2011-12-29 12:00", "2011-12-31 12:00"], "2011-12-31", HONOLULU).current).toBe(1);
  });

  test("who has left Samoa before that has missed a day", () => {
    const moved = (first: string, last: string) =>
      streakOf(recorded([act(first, APIA), act(last, HONOLULU)], APIA), plain, {
        today: day(last.slice(0, 10)),
        zone: HONOLULU,
      }).current;
    expect(moved("2011-12-28 12:00", "2011-12-30 12:00")).toBe(1);
    // Honolulu had December 30. When its 31st began, so did January 1 in Samoa.
    expect(moved("2011-12-29 12:00", "2011-12-31 12:00")).toBe(1);
  });
});

describe("zones whose days begin at odd times", () => {
  test("where midnight is skipped, the day begins when the clock is put forward", () => {
    const cairo = "Africa/Cairo";
    const moves = (from: string, to: string, first: string, last: string) =>
      streakOf(recorded([act(`${first} 12:00`, from), act(`${last} 12:00`, to)], from), plain, {
        today: day(last),
        zone: to,
      }).current;
    expect(moves(cairo, "Asia/Riyadh", "2026-04-21", "2026-04-23")).toBe(2);
    expect(moves("Asia/Riyadh", cairo, "2026-04-21", "2026-04-23")).toBe(1);
    // Cairo has no 00:00 on April 24: the day begins at 01:00, an hour after that of Riyadh. Then both have the same time.
    expect(moves(cairo, "Asia/Riyadh", "2026-04-22", "2026-04-24")).toBe(2);
    expect(moves(cairo, "Asia/Riyadh", "2026-04-23", "2026-04-25")).toBe(1);
  });

  test("where midnight comes twice, the day begins with the first one", () => {
    const [halifax, stJohns] = ["America/Halifax", "America/St_Johns"];
    const history = recorded([act("2010-11-05 12:00", halifax), act("2010-11-07 12:00", stJohns)], halifax);
    expect(streakOf(history, plain, { today: day("2010-11-07"), zone: stJohns }).current).toBe(2);
    const back = recorded([act("2010-11-05 12:00", stJohns), act("2010-11-07 12:00", halifax)], stJohns);
    expect(streakOf(back, plain, { today: day("2010-11-07"), zone: halifax }).current).toBe(1);
  });
});

describe("at most two days in 30 are bridged", () => {
  /** Each day from January 1 to February 3 is done in London but for these; the day after each is done in Paris, too. */
  function streakWithout(...missing: readonly string[]) {
    const dates = Array.from({ length: 34 }, (_, index) => isoDate(day("2026-01-01") + index));
    const acts = dates.flatMap((date) => {
      const isAfter = missing.includes(isoDate(day(date) - 1));
      return missing.includes(date)
        ? []
        : [LONDON, ...(isAfter ? [PARIS] : [])].map((zone) => act(`${date} 12:00`, zone));
    });
    return streakOf(recorded(acts, LONDON), plain, { today: day("2026-02-03"), zone: LONDON });
  }

  test("the third one is missed", () => {
    expect(streakWithout("2026-01-02", "2026-01-10")).toMatchObject({ current: 32 });
    expect(streakWithout("2026-01-02", "2026-01-10", "2026-01-31")).toMatchObject({ current: 3, best: 28 });
    expect(streakWithout("2026-01-30", "2026-01-31")).toMatchObject({ current: 3 }); // nobody was between them
  });

  test("30 days after the first, there is room for the next", () => {
    expect(streakWithout("2026-01-02", "2026-01-10", "2026-02-01")).toMatchObject({ current: 31 });
  });

  test("a missed day takes nothing of it", () => {
    expect(streakWithout("2026-01-02", "2026-01-10", "2026-01-20", "2026-02-01")).toMatchObject({ current: 13 });
  });
});

describe("today counts as done, in the zone that decides which day is today", () => {
  const history = historyOf([
    ["04", HONOLULU],
    ["05", HONOLULU],
  ]);
  const shownAt = (local: string, zone: string) => {
    const present = presentOf(history, plain, instantIn(`2026-01-${local}`, zone), zone);
    return streakOf(history, plain, present);
  };

  test("so on the morning in Auckland nothing is lost yet", () => {
    expect(shownAt("07 08:00", AUCKLAND)).toMatchObject({ current: 2, todayDone: false, pending: true });
    expect(shownAt("07 08:00", HONOLULU)).toMatchObject({ current: 0, pending: false });
    expect(shownAt("07 23:59", AUCKLAND)).toMatchObject({ current: 2, pending: true });
    expect(shownAt("08 00:00", AUCKLAND)).toMatchObject({ current: 0, best: 2 });
  });

  test("a past day is today in that zone", () => {
    const later = historyOf([
      ["04", HONOLULU],
      ["05", HONOLULU],
      ["09", AUCKLAND],
    ]);
    const asOf = (date: string, zone: string) =>
      streakOf(historyUpTo(later, plain, day(date)), plain, { today: day(date), zone }).current;
    expect(asOf("2026-01-07", AUCKLAND)).toBe(2);
    expect(asOf("2026-01-07", HONOLULU)).toBe(0);
    expect(asOf("2026-01-06", HONOLULU)).toBe(2);
  });

  test("where zones don't matter, nobody travels", () => {
    expect(streakOf({ days: history.days }, plain, { today: day("2026-01-07") }).current).toBe(0);
    expect(streakOf({ days: history.days }, plain, { today: day("2026-01-07"), zone: AUCKLAND }).current).toBe(0);
  });

  test("also when days after today count for the best", () => {
    const ahead = historyOf([
      ["05", HONOLULU],
      ["08", AUCKLAND],
    ]);
    const lenient = ruled({ neverMissTwice: true });
    // The 7th is today, and not done: the only miss, since the 6th is bridged while the 7th counts as done in Auckland.
    expect(streakOf(ahead, lenient, { today: day("2026-01-07"), zone: AUCKLAND })).toMatchObject({
      current: 1,
      best: 2,
    });
    expect(streakOf(ahead, lenient, { today: day("2026-01-07"), zone: HONOLULU })).toMatchObject({
      current: 1,
      best: 1,
    });
  });
});

test("flying west needs no rule: a date that comes twice is done once, and days after today wait", () => {
  const history = historyOf(
    [
      ["05", AUCKLAND],
      ["06", AUCKLAND],
      ["07", AUCKLAND],
      ["07", HONOLULU],
    ],
    AUCKLAND,
  );
  const on = (date: string) => streakOf(history, plain, { today: day(date), zone: HONOLULU });
  expect(on("2026-01-06")).toMatchObject({ current: 2, best: 3, todayDone: true });
  expect(on("2026-01-07")).toMatchObject({ current: 3, best: 3 });
  expect(on("2026-01-08")).toMatchObject({ current: 3, pending: true });
});

test("the state of a widget without rules has no further field, and the right numbers", () => {
  const history = historyOf([
    ["05", LONDON],
    ["07", PARIS],
  ]);
  const { streak, week } = stateOf(history, plain, { today: day("2026-01-07"), zone: PARIS });
  expect(streak).toEqual({ mode: "continuous", current: 2, best: 2, todayDone: true, pending: false });
  expect(week.slice(0, 3).map(({ isCheckedIn }) => isCheckedIn)).toEqual([true, false, true]);
  expect(week.every((each) => !("status" in each))).toBe(true);
});

test("a cumulative streak counts each date once, whatever the zones", () => {
  const cumulative = lessonRules({ mode: "cumulative" });
  const { current } = streakAfter(
    [
      ["05", LONDON],
      ["05", PARIS],
      ["07", PARIS],
    ],
    cumulative,
  );
  expect(current).toBe(2);
});

test("with grace, a late event dates the day before, also when that is done by another event", () => {
  const rules = ruled({ grace: 120 });
  const acts = (late: string) => [
    act("2026-01-05 12:00", LONDON),
    act("2026-01-08 01:00", late), // fills the 7th
    act("2026-01-08 12:00", late),
  ];
  const current = (late: string, ...more: readonly ReturnType<typeof act>[]) =>
    streakOf(recorded([...acts(late), ...more], LONDON, rules), rules, { today: day("2026-01-08"), zone: late })
      .current;
  expect(current(PARIS)).toBe(3);
  expect(current(LONDON)).toBe(2);
  expect(current(PARIS, act("2026-01-07 12:00", LONDON))).toBe(3);
});

test("a late event fills the day before also where that could be bridged", () => {
  const rules = ruled({ grace: 120 });
  const history = recorded([act("2026-01-05 12:00", LONDON), act("2026-01-07 01:00", PARIS)], LONDON, rules);
  expect(streakOf(history, rules, { today: day("2026-01-07"), zone: PARIS })).toMatchObject({
    ...{ current: 2, todayDone: false, pending: true },
  });
});

describe("a bridged day is a day off", () => {
  const stops: readonly Stop[] = [
    ["05", LONDON],
    ["06", LONDON],
    ["08", PARIS],
    ["09", PARIS],
    ["10", PARIS],
  ];
  const toPresent = { today: day("2026-01-10"), zone: PARIS };

  test("it needs no freeze, and no allowance", () => {
    const grant: LedgerEntry = {
      ...MADE,
      id: "g",
      kind: "grantFreezes",
      event: "lesson",
      count: 1,
      from: day("2026-01-01"),
    };
    const frozen = rulesOfUser(ruled({ freezes: { lengthenRun: false } }), [grant], "lesson");
    expect(streakOf(historyOf(stops), frozen, toPresent)).toMatchObject({
      current: 5,
      freezes: { left: 1, usedInWeek: 0 },
    });
    const leave: readonly Stop[] = [
      ["05", LONDON],
      ["07", PARIS],
      ["09", PARIS],
    ];
    expect(
      streakOf(historyOf(leave), ruled({ neverMissTwice: true }), { ...toPresent, today: day("2026-01-09") }),
    ).toMatchObject({
      current: 3,
    });
  });

  test("it lowers what a week needs", () => {
    const weekly = ruled({ cadence: { kind: "days_a_week", days: 7, weekStart: 0 } });
    const week: readonly Stop[] = [...stops, ["11", PARIS]];
    const { progress, current } = streakOf(historyOf(week), weekly, { today: day("2026-01-11"), zone: PARIS });
    expect(progress).toMatchObject({ done: 6, needed: 6 });
    expect(current).toBe(1);
  });

  test("windows pass over it", () => {
    const often = ruled({ cadence: { kind: "days_in_any", days: 3, of: 3 } });
    expect(streakOf(historyOf(stops), often, toPresent).current).toBe(5);
  });
});

describe("an explanation says which journey has bridged a day", () => {
  const told = (history: History, rules: StreakRules, from: string, to: string, zone = PARIS): Explanation =>
    explain(history, rules, { today: day(to), zone }, { first: day(from), last: day(to) });
  const statuses = ({ periods }: Explanation) =>
    periods.flatMap(({ outcome, days }) => days.map(({ status }) => [outcome, status]));

  test("from one zone to the other", () => {
    const explained = told(
      historyOf([
        ["05", LONDON],
        ["07", PARIS],
      ]),
      plain,
      "2026-01-05",
      "2026-01-07",
    );
    expect(statuses(explained)).toEqual([
      ["kept", "done"],
      ["off", "bridged"],
      ["kept", "done"],
    ]);
    expect(explained.periods[1]?.days[0]?.journey).toEqual({ from: LONDON, to: PARIS });
    expect(explained.periods[0]?.days[0]).not.toHaveProperty("journey");
    expect(explained.streak).toEqual({ mode: "continuous", current: 2, best: 2, todayDone: true, pending: false });
  });

  test("while that is today, to the zone that decides which day is today", () => {
    const explained = told(historyOf([["05", LONDON]]), plain, "2026-01-05", "2026-01-07");
    expect(explained.periods[1]?.days[0]).toMatchObject({ status: "bridged", journey: { from: LONDON, to: PARIS } });
  });

  test("both days of a long one", () => {
    const history = historyOf([
      ["05", PAGO_PAGO],
      ["08", KIRITIMATI],
    ]);
    const { periods } = told(history, plain, "2026-01-05", "2026-01-08", KIRITIMATI);
    expect(periods.flatMap(({ days }) => days.map(({ journey }) => journey?.to))).toEqual([
      ...[undefined, KIRITIMATI, KIRITIMATI, undefined],
    ]);
  });

  test("a pause comes first, and days off by the rules", () => {
    const history = historyOf([
      ["05", LONDON],
      ["07", PARIS],
    ]);
    const pause: LedgerEntry = { ...MADE, id: "p", kind: "pause", from: day("2026-01-06"), to: day("2026-01-06") };
    const day6 = (rules: StreakRules) => told(history, rules, "2026-01-06", "2026-01-06").periods[0]?.days[0];
    expect(day6(rulesOfUser(plain, [pause], "lesson"))).toMatchObject({ status: "paused", entry: pause });
    const tuesdays = ruled({ daysOff: { weekdays: [1], dates: [], holidays: [] } });
    expect(day6(tuesdays)).toEqual({ day: day("2026-01-06"), status: "off" });
  });
});
