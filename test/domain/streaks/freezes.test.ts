import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import { type Cadence, EVERY_DAY, type FreezeRules, type RulesVersion } from "#src/domain/rules.ts";
import { freezeDecisionsOf } from "#src/domain/streaks/ledger/freezes.ts";
import { rulesOfUser, type StreakRules } from "#src/domain/streaks/rules-for.ts";
import { day, setOf } from "../given.ts";
import { explain, stateOf, streakOf } from "./by-days.ts";
import { lessonRules, MADE } from "./given.ts";

// 2026-03-02 is a Monday. Days are told by how many days after it they are.
const MONDAY = day("2026-03-02");

// What the numbers are is said by the examples of docs/rules.md, in vectors/examples.ts. Here is what those can't say.

const freezing = (freezes: Partial<FreezeRules> = {}) => ({ freezes: { lengthenRun: false, ...freezes } });

const earning = (every: number, max: number) => freezing({ earned: { every, max } });

const version = (more: Partial<RulesVersion> = {}): RulesVersion => ({ ...EVERY_DAY, ...freezing(), ...more });

const by = (more: Partial<RulesVersion>) => lessonRules({ mode: "continuous", versions: [version(more)] }, []);

const daily = by({});
const three: { cadence: Cadence } = { cadence: { kind: "days_a_week", days: 3, weekStart: 0 } };

let made = 0;

/** An entry with an ID of its own, which was made after all others. */
function entry(decision: object): LedgerEntry {
  made++;
  return { ...MADE, id: `entry ${made}`, at: made, ...decision } as LedgerEntry;
}

/** Freezes that come on a day. */
const grant = (from: number, count = 1) => entry({ kind: "grantFreezes", event: "lesson", count, from: MONDAY + from });
const optOut = (from: number, event?: string) =>
  entry({ kind: "optOut", from: MONDAY + from, ...(event !== undefined && { event }) });
const optIn = (from: number, event?: string) =>
  entry({ kind: "optIn", from: MONDAY + from, ...(event !== undefined && { event }) });
const pause = (from: number, to: number) => entry({ kind: "pause", from: MONDAY + from, to: MONDAY + to });
const takeBack = ({ id, user }: LedgerEntry) => entry({ kind: "takeBack", entry: { id, user } });

/** Days from Monday on: `x` is done. */
const doneIn = (marks: string) =>
  setOf([...marks.replaceAll(" ", "")].flatMap((mark, index) => (mark === "x" ? [MONDAY + index] : [])));

const lastOf = (marks: string) => MONDAY + marks.replaceAll(" ", "").length - 1;

/** The streak on the last of the marked days. */
function streak(marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) {
  return streakOf(doneIn(marks), rulesOfUser(rules, ledger, "lesson"), lastOf(marks));
}

/** The numbers of the streak, and how many freezes are left. */
function numbers(marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) {
  const { current, best, freezes } = streak(marks, rules, ...ledger);
  return { current, best, left: freezes?.left };
}

describe("the days around today", () => {
  test("the state of a past day is what was known of it, also amid a gap", () => {
    const rules = rulesOfUser(daily, [grant(0), grant(3)], "lesson");
    const days = doneIn("xx··xx");
    const asOf = (date: number) => streakOf(days, rules, MONDAY + date).freezes?.left;
    expect([0, 1, 2, 3, 4, 5].map(asOf)).toEqual([1, 1, 1, 1, 0, 0]);
    expect(streakOf(days, rules, MONDAY + 3)).toMatchObject({ current: 2, pending: true, best: 4 });
  });

  test("the days after today count for `best` with the freezes that cover the days before them", () => {
    const rules = rulesOfUser(daily, [grant(4)], "lesson");
    expect(streakOf(doneIn("xxxx·x"), rules, MONDAY + 1)).toMatchObject({ current: 2, best: 5, freezes: { left: 0 } });
  });
});

describe("grants", () => {
  test("are for one streak", () => {
    const ofOther = { ...grant(0), event: "other" } as LedgerEntry;
    expect(rulesOfUser(daily, [ofOther], "lesson")).toBe(daily);
  });

  test("that are taken back never were", () => {
    const given = grant(0);
    expect(numbers("xx·x", daily, takeBack(given), given)).toEqual({ current: 1, best: 2, left: 0 });
  });
});

describe("opting out", () => {
  test("a decision about all streaks and one about this streak count alike", () => {
    expect(streak("x", daily, optOut(0, "lesson"), optIn(0)).freezes?.optedOut).toBe(false);
    expect(streak("x", daily, optOut(0), optIn(0, "lesson")).freezes?.optedOut).toBe(false);
    expect(streak("x", daily, optOut(0), optIn(0, "other")).freezes?.optedOut).toBe(true);
    expect(streak("x", daily, optOut(0, "other")).freezes?.optedOut).toBe(false);
  });

  test("a decision that is taken back never was", () => {
    const out = optOut(0);
    expect(streak("x", daily, out, takeBack(out)).freezes?.optedOut).toBe(false);
  });

  test("a week is judged by the decision of its last day", () => {
    const week = "xxx···· ······· xxx";
    expect(numbers(week, by(three), grant(0), optOut(13))).toMatchObject({ current: 1, left: 1 });
    expect(numbers(week, by(three), grant(0), optOut(7), optIn(13))).toMatchObject({ current: 2, left: 0 });
  });
});

describe("a gap", () => {
  test("that windows end gives back what it took", () => {
    const everyTwo: Cadence = { kind: "every_n_days", days: 2 };
    const rules = lessonRules(
      {
        mode: "continuous",
        versions: [
          version(),
          { ...EVERY_DAY, cadence: everyTwo, from: MONDAY + 3 },
          { ...version(), from: MONDAY + 10 },
        ],
      },
      [],
    );
    expect(numbers("xx····· ···x·", rules, grant(0))).toEqual({ current: 1, best: 2, left: 1 });
    expect(numbers("xx··xxx xxxx·", rules, grant(0))).toEqual({ current: 9, best: 9, left: 0 });
  });
});

describe("the state", () => {
  test("tells the covered days of its week", () => {
    const rules = rulesOfUser(daily, [grant(0, 2)], "lesson");
    const { streak, week } = stateOf(doneIn("xx··x"), rules, MONDAY + 4);
    expect(streak.freezes).toEqual({ left: 0, usedInWeek: 2, optedOut: false });
    expect(week.map(({ status }) => status)).toEqual([
      ...["done", "done", "frozen", "frozen", "done"],
      ...["open", "open"],
    ]);
  });

  test("counts the periods that end in its week", () => {
    const used = (marks: string, rules: StreakRules, ...ledger: readonly LedgerEntry[]) =>
      streak(marks, rules, ...ledger).freezes?.usedInWeek;
    expect([used("xxxxx·· ", daily, grant(0, 2)), used("xxxxx·· ·", daily, grant(0, 2))]).toEqual([1, 0]);
    // The covered week ends on Sunday, the day before the week of today.
    expect(used("xxx···· ······· x", by(three), grant(0))).toBe(0);
    // Weeks of the cadence begin on Thursday, and so does the week that is shown.
    const fromThursday = by({ cadence: { kind: "days_a_week", days: 7, weekStart: 3 } });
    expect(used("···xxxx xxx···· ···x", fromThursday, grant(0))).toBe(0);
    // February ends on the Saturday before Monday, and January on a Saturday too.
    const monthly = by({ cadence: { kind: "days_a_month", days: 2 } });
    const rules = rulesOfUser(monthly, [grant(-90)], "lesson");
    const days = setOf([day("2026-01-05"), day("2026-01-06")]);
    const usedOn = (date: string) => streakOf(days, rules, day(date)).freezes?.usedInWeek;
    expect([usedOn("2026-02-28"), usedOn("2026-03-01"), usedOn("2026-03-02")]).toEqual([0, 1, 0]);
  });

  test("tells nothing of freezes where the rules of today have none, or the mode is cumulative", () => {
    const versions = [version(), { ...EVERY_DAY, from: MONDAY + 3 }];
    expect(streak("xxx", lessonRules({ mode: "continuous", versions }, []), grant(0)).freezes?.left).toBe(1);
    expect(streak("xxxx", lessonRules({ mode: "continuous", versions }, []), grant(0))).not.toHaveProperty("freezes");
    const cumulative = lessonRules({ mode: "cumulative", versions }, []);
    expect(rulesOfUser(cumulative, [grant(0)], "lesson")).toBe(cumulative);
    expect(streak("x·x", cumulative, grant(0))).toMatchObject({ current: 2 });
    expect(streak("x·x", cumulative, grant(0))).not.toHaveProperty("freezes");
  });

  test("without `freezes` in the rules, a grant changes nothing", () => {
    for (const rules of [
      lessonRules({ mode: "continuous" }, []),
      lessonRules({ mode: "continuous", versions: [EVERY_DAY] }, []),
    ]) {
      expect(rulesOfUser(rules, [grant(0), optOut(0)], "lesson")).toBe(rules);
    }
    const withPause = streak("xx·x", lessonRules({ mode: "continuous" }, []), grant(0), pause(2, 2));
    expect(withPause).toMatchObject({ current: 3 });
    expect(withPause).not.toHaveProperty("freezes");
  });
});

describe("the explanation", () => {
  test("names the grant whose freeze covers a day, and none where it was earned", () => {
    const given = grant(0);
    const rules = rulesOfUser(by(earning(3, 2)), [given], "lesson");
    const { periods } = explain(doneIn("xxx··x"), rules, MONDAY + 5, { last: MONDAY + 5 });
    expect(periods.map(({ days: [day] }) => [day?.status, day?.entry?.id])).toEqual([
      ...Array(3).fill(["done", undefined]),
      ["frozen", given.id],
      ["frozen", undefined],
      ["done", undefined],
    ]);
  });

  test("tells all days of a covered week that are not done as frozen, but for days off", () => {
    const rules = rulesOfUser(by({ ...three, daysOff: { ...EVERY_DAY.daysOff, weekdays: [6] } }), [grant(0)], "lesson");
    const { periods } = explain(doneIn("xxx···· x······ ·"), rules, MONDAY + 14, {
      first: MONDAY + 7,
      last: MONDAY + 13,
    });
    expect(periods).toMatchObject([{ outcome: "frozen", done: 1, needed: 3, counted: 0 }]);
    expect(periods[0]?.days.map(({ status }) => status)).toEqual(["done", ...Array(5).fill("frozen"), "off"]);
  });
});

test("a user of whose freezes nothing was ever decided has the same rules", () => {
  expect(freezeDecisionsOf([pause(0, 1)], "lesson")).toBeUndefined();
  expect(rulesOfUser(daily, [], "lesson")).toBe(daily);
  expect(streak("x", daily).freezes).toEqual({ left: 0, usedInWeek: 0, optedOut: false });
});

test("grants are in the order of their days, and then in that in which they were made", () => {
  const [late, early, second] = [grant(5), grant(1), grant(5, 2)];
  expect(freezeDecisionsOf([second, late, early], "lesson")?.grants).toEqual([early, late, second]);
});

test("entries of two users who were linked, with one id and one time, have one order", () => {
  const made = { ...MADE, id: "choice", event: "lesson", from: MONDAY };
  const ofAnn: LedgerEntry = { ...made, user: "ann", kind: "optOut" };
  const ofBob: LedgerEntry = { ...made, user: "bob", kind: "optIn" };
  const isOptedOut = (...ledger: readonly LedgerEntry[]) => freezeDecisionsOf(ledger, "lesson")?.isOptedOut(MONDAY);
  expect(isOptedOut(ofAnn, ofBob)).toBe(isOptedOut(ofBob, ofAnn));
});
