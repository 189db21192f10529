import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { CadenceKind, RepairPrice, type Rules, RulesSchema, Weekday } from "#gen/streak/v1/rules_pb.ts";
import {
  EVERY_DAY,
  isSame,
  type RulesDraft,
  toRules,
  toRulesDraft,
} from "../../../packages/dashboard/src/rules/draft.ts";
import { graceEnd } from "../../../packages/dashboard/src/rules/grace.ts";
import { rulesProblems } from "../../../packages/dashboard/src/rules/problems.ts";
import { cumulativeInWords, datesInWords, rulesInWords } from "../../../packages/dashboard/src/rules/words.ts";

const { MONDAY, WEDNESDAY, SATURDAY, SUNDAY } = Weekday;

function draft(part: Partial<RulesDraft>): RulesDraft {
  return { ...EVERY_DAY, ...part };
}

/** What the server has after it was sent a draft. */
function sent(part: Partial<RulesDraft>): Rules {
  return create(RulesSchema, toRules(draft(part)));
}

test.each<[Partial<RulesDraft>, string]>([
  [{}, "Every done day counts"],
  [{ kind: "days_a_week", hasFreezes: true, dayStart: "04:00" }, "Every done day counts, the day begins at 04:00"],
  [{ counts: "actions", dayStart: "04:00" }, "Every action counts, the day begins at 04:00"],
])("the rules of a cumulative widget say what counts: %j", (part, words) => {
  expect(cumulativeInWords(draft(part))).toBe(words);
});

describe("rules in words", () => {
  test.each<[Partial<RulesDraft>, string]>([
    [{}, "Every day"],
    [{ kind: "weekdays", weekdays: [WEDNESDAY, MONDAY] }, "Monday and Wednesday"],
    [{ kind: "weekdays" }, "Monday to Friday"],
    [{ kind: "weekdays", weekdays: [MONDAY, SATURDAY, SUNDAY] }, "Monday, Saturday, and Sunday"],
    [{ kind: "days_a_week" }, "3 days a week"],
    [{ kind: "days_a_week", days: "1", weekStart: SUNDAY }, "1 day a week, weeks begin on Sunday"],
    [{ kind: "days_a_month", days: " 020 " }, "20 days a month"],
    [{ kind: "every_n_days", days: "2" }, "Every 2 days"],
    [{ kind: "days_in_any", days: "2", of: "4" }, "2 in any 4 days"],
    [
      { neverMissTwice: true, offWeekdays: [SATURDAY, SUNDAY] },
      "Every day, never miss twice, off: Saturday and Sunday",
    ],
    [{ offDates: "2026-12-24, 2026-12-31" }, "Every day, off: Dec 24, 2026, Dec 31, 2026"],
    [{ offDates: "2026-12-24 nonsense" }, "Every day, off: Dec 24, 2026, nonsense"],
    [{ holidays: ["Hessen", "Bavaria"] }, "Every day, off: holidays of Bavaria and Hessen"],
    [{ dayStart: "04:00", offWeekdays: [SUNDAY] }, "Every day, the day begins at 04:00, off: Sunday"],
    [{ hasFreezes: true }, "Every day, one freeze earned every 10 days, at most 2"],
    [
      { kind: "weekdays", hasFreezes: true, earnEvery: "1", maxEarned: "1", lengthenRun: true, neverMissTwice: true },
      "Monday to Friday, never miss twice, one freeze earned every day, at most 1",
    ],
    [
      { kind: "days_a_week", hasFreezes: true, earnEvery: " ", maxInARow: "01", dayStart: "04:00" },
      "3 days a week, freezes that are granted, at most 1 week covered in a row, the day begins at 04:00",
    ],
    [
      { kind: "days_a_month", hasFreezes: true, earnEvery: "2", maxEarned: "30", maxInARow: "2", lengthenRun: true },
      "3 days a month, one freeze earned every 2 months, at most 30, at most 2 months covered in a row, covered months count",
    ],
    [{ hasRepairs: true }, "Every day, repairs within 3 days"],
    [
      { hasRepairs: true, repairWithin: " 1", repairOnceIn: "1", repairPrice: "days", repairDays: "1" },
      "Every day, repairs within 1 day, once a day, for 1 done day",
    ],
    [
      { hasFreezes: true, hasRepairs: true, repairOnceIn: "030", repairPrice: "freeze", graceMinutes: "90" },
      "Every day, one freeze earned every 10 days, at most 2, repairs within 3 days, once in 30 days, for one freeze, 90 minutes of grace",
    ],
    [
      { kind: "days_a_week", hasRepairs: true, repairPrice: "days", repairDays: "2", dayStart: "04:00" },
      "3 days a week, repairs within 3 days, for 2 done days, the day begins at 04:00",
    ],
    [{ graceMinutes: "60", offWeekdays: [SUNDAY] }, "Every day, 1 hour of grace, off: Sunday"],
    [{ kind: "every_n_days", days: "3", graceMinutes: "1" }, "Every 3 days, 1 minute of grace"],
    [{ graceMinutes: "soon" }, "Every day, soon minutes of grace"],
    // They mean nothing there.
    [{ kind: "every_n_days", days: "3", neverMissTwice: true, hasFreezes: true, hasRepairs: true }, "Every 3 days"],
  ])("%j", (part, words) => {
    expect(rulesInWords(draft(part))).toBe(words);
  });

  test("many dates are counted, and a change of them is told by what was added and removed", () => {
    const dates = Array.from({ length: 7 }, (_, index) => `2026-12-0${index + 1}`);
    expect(rulesInWords(draft({ offDates: dates.join("\n") }))).toBe("Every day, off: 7 dates");
    expect(datesInWords(dates.join("\n"), [...dates.slice(1), "2027-01-01"].join("\n"))).toEqual({
      before: "7 dates",
      after: "7 dates, with Jan 1, 2027, without Dec 1, 2026",
    });
    expect(datesInWords("2026-12-01", "2026-12-02\n2026-12-01")).toEqual({
      before: "Dec 1, 2026",
      after: "Dec 1, 2026, Dec 2, 2026",
    });
    expect(datesInWords("2026-12-02 2026-12-01", "2026-12-01\n2026-12-02").after).toBe("Dec 1, 2026, Dec 2, 2026");
  });
});

describe("rules in the form", () => {
  test("are sent with the fields of their cadence and no others", () => {
    expect(toRules(EVERY_DAY)).toEqual({ cadence: { kind: CadenceKind.EVERY_DAY }, neverMissTwice: false });
    expect(toRules(draft({ kind: "weekdays", weekdays: [WEDNESDAY, MONDAY] }))).toMatchObject({
      cadence: { kind: CadenceKind.WEEKDAYS, weekdays: [MONDAY, WEDNESDAY] },
    });
    expect(toRules(draft({ kind: "days_a_week", days: " 5 ", weekStart: SUNDAY })).cadence).toEqual({
      ...{ kind: CadenceKind.DAYS_A_WEEK, days: 5, weekStart: SUNDAY },
    });
    expect(toRules(draft({ kind: "days_in_any", days: "2", of: "9" })).cadence).toEqual({
      ...{ kind: CadenceKind.DAYS_IN_ANY, days: 2, of: 9 },
    });
    expect(toRules(draft({ hasFreezes: true })).freezes).toEqual({ earnEvery: 10, maxEarned: 2, lengthenRun: false });
    expect(
      toRules(draft({ hasFreezes: true, earnEvery: " ", maxEarned: "3", maxInARow: " 1", lengthenRun: true })).freezes,
    ).toEqual({ maxInARow: 1, lengthenRun: true });
    // The server refuses both together.
    expect(toRules(draft({ hasFreezes: true, lengthenRun: true, neverMissTwice: true })).freezes).toMatchObject({
      lengthenRun: false,
    });
    expect(toRules(draft({ kind: "days_in_any", hasFreezes: true }))).not.toHaveProperty("freezes");
    expect(toRules(draft({ hasRepairs: true, repairOnceIn: " ", repairDays: "5" })).repairs).toEqual({
      ...{ withinDays: 3, price: RepairPrice.NONE },
    });
    expect(
      toRules(draft({ hasRepairs: true, repairOnceIn: "7 ", repairPrice: "days", repairDays: " 2" })).repairs,
    ).toEqual({ withinDays: 3, onceInDays: 7, price: RepairPrice.DAYS, days: 2 });
    expect(toRules(draft({ kind: "days_in_any", hasRepairs: true }))).not.toHaveProperty("repairs");
    expect(toRules(draft({ kind: "days_in_any", graceMinutes: " 45 " })).graceMinutes).toBe(45);
    expect(toRules(EVERY_DAY)).not.toHaveProperty("graceMinutes");
    expect(toRules(draft({ offDates: "2026-12-31;2026-12-24\n2026-12-24", holidays: ["b", "a"] })).daysOff).toEqual({
      ...{ weekdays: [], dates: ["2026-12-24", "2026-12-31"], holidays: ["a", "b"] },
    });
  });

  test.each<Partial<RulesDraft>>([
    {},
    { neverMissTwice: true, offWeekdays: [SUNDAY] },
    { kind: "weekdays", weekdays: [MONDAY] },
    { kind: "days_a_week", days: "7", weekStart: SATURDAY },
    { kind: "days_a_month", days: "28", offDates: "2026-12-24\n2026-12-25" },
    { kind: "every_n_days", days: "90" },
    { dayStart: "06:00" },
    { hasFreezes: true },
    { kind: "days_a_week", hasFreezes: true, earnEvery: "", maxInARow: "2", lengthenRun: true },
    { hasFreezes: true, earnEvery: "366", maxEarned: "30", neverMissTwice: true },
    { hasRepairs: true, repairWithin: "31", repairOnceIn: "366" },
    { hasFreezes: true, hasRepairs: true, repairPrice: "freeze" },
    { hasRepairs: true, repairPrice: "days", repairDays: "3" },
    { graceMinutes: "360" },
    { kind: "days_in_any", days: "1", of: "2", holidays: ["Bavaria"] },
  ])("%j are the same when they come back", (part) => {
    expect(toRulesDraft(sent(part))).toEqual(draft(part));
  });

  test("are every day when a widget has none, or when nothing is said in them", () => {
    expect(toRulesDraft(undefined)).toEqual(EVERY_DAY);
    expect(toRulesDraft(create(RulesSchema))).toEqual(EVERY_DAY);
  });

  test("have not changed by what another kind of cadence would use", () => {
    expect(isSame(EVERY_DAY, draft({ days: "9", of: "", weekdays: [], weekStart: SUNDAY }))).toBe(true);
    expect(isSame(draft({ offDates: "2026-12-24" }), draft({ offDates: " 2026-12-24\n" }))).toBe(true);
    expect(isSame(EVERY_DAY, draft({ earnEvery: "", maxEarned: "x", maxInARow: "9", lengthenRun: true }))).toBe(true);
    expect(
      isSame(EVERY_DAY, draft({ repairWithin: "", repairOnceIn: "9", repairPrice: "days", repairDays: "x" })),
    ).toBe(true);
    expect(isSame(EVERY_DAY, draft({ hasRepairs: true }))).toBe(false);
    expect(isSame(EVERY_DAY, draft({ graceMinutes: "1" }))).toBe(false);
    expect(isSame(EVERY_DAY, draft({ neverMissTwice: true }))).toBe(false);
    expect(isSame(draft({ hasFreezes: true }), draft({ hasFreezes: true, earnEvery: "" }))).toBe(false);
    expect(isSame(draft({ kind: "days_a_week", days: "3" }), draft({ kind: "days_a_week", days: "x" }))).toBe(false);
  });
});

test.each([
  ["00:00", "120", "02:00"],
  ["04:00", "90", "05:30"],
  ["06:00", "360", "12:00"],
  ["00:00", "361", undefined],
  ["00:00", "", undefined],
])("on days that begin at %s, a grace of %s minutes lasts until %s", (dayStart, graceMinutes, end) => {
  expect(graceEnd(draft({ dayStart, graceMinutes }))).toBe(end);
});

describe("what is wrong with rules", () => {
  const many = Array.from({ length: 401 }, (_, index) => new Date(index * 86_400_000).toISOString().slice(0, 10));

  test.each<[Partial<RulesDraft>, Record<string, string>]>([
    [{}, {}],
    [{ days: "0", of: "" }, {}],
    [{ kind: "days_a_week", days: "8" }, { days: "A whole number from 1 to 7." }],
    [{ kind: "days_a_week", days: "" }, { days: "A whole number from 1 to 7." }],
    [{ kind: "days_a_month", days: "29" }, { days: "A whole number from 1 to 28." }],
    [{ kind: "every_n_days", days: "1" }, { days: "A whole number from 2 to 90." }],
    [{ kind: "days_in_any", days: "5", of: "4" }, { of: "A whole number from 5 to 90." }],
    [
      { kind: "days_in_any", days: "1.5", of: "91" },
      { days: "A whole number from 1 to 90.", of: "A whole number from 2 to 90." },
    ],
    [{ kind: "days_in_any", days: "90", of: "90" }, {}],
    [{ kind: "weekdays", weekdays: [] }, { weekdays: "Choose at least one weekday." }],
    [
      { kind: "weekdays", weekdays: [MONDAY], offWeekdays: [MONDAY, SUNDAY] },
      { offWeekdays: "One weekday that is needed has to be left." },
    ],
    [{ kind: "weekdays", weekdays: [MONDAY, SUNDAY], offWeekdays: [MONDAY] }, {}],
    [{ offDates: "2026-02-30" }, { offDates: "“2026-02-30” is no date such as 2026-12-25." }],
    [{ offDates: "25.12.2026" }, { offDates: "“25.12.2026” is no date such as 2026-12-25." }],
    [{ offDates: "2026-12-24 2026-12-24" }, { offDates: "2026-12-24 is there twice." }],
    [
      { hasFreezes: true, earnEvery: "367", maxEarned: "31", maxInARow: "0" },
      {
        earnEvery: "A whole number from 1 to 366.",
        maxEarned: "A whole number from 1 to 30.",
        maxInARow: "A whole number from 1 to 30.",
      },
    ],
    [{ hasFreezes: true, maxEarned: "" }, { maxEarned: "A whole number from 1 to 30." }],
    [{ hasFreezes: true, earnEvery: "", maxEarned: "" }, {}],
    [{ hasFreezes: true, earnEvery: "366", maxEarned: "30", maxInARow: "30" }, {}],
    [{ kind: "every_n_days", hasFreezes: true, maxEarned: "x" }, {}],
    [{ earnEvery: "x" }, {}],
    [
      { hasRepairs: true, repairWithin: "32", repairOnceIn: "367" },
      { repairWithin: "A whole number from 1 to 31.", repairOnceIn: "A whole number from 1 to 366." },
    ],
    [{ hasRepairs: true, repairWithin: "" }, { repairWithin: "A whole number from 1 to 31." }],
    [{ hasRepairs: true, repairOnceIn: "0" }, { repairOnceIn: "A whole number from 1 to 366." }],
    [{ hasRepairs: true, repairWithin: "31", repairPrice: "days", repairDays: "30" }, {}],
    [
      { hasRepairs: true, repairWithin: "31", repairPrice: "days", repairDays: "31" },
      { repairDays: "A whole number from 1 to 30." },
    ],
    // There are no more days in which the run can be repaired.
    [{ hasRepairs: true, repairPrice: "days", repairDays: "4" }, { repairDays: "A whole number from 1 to 3." }],
    [{ hasRepairs: true, repairPrice: "days", repairDays: "0" }, { repairDays: "A whole number from 1 to 3." }],
    [{ hasRepairs: true, repairDays: "x" }, {}],
    [
      { hasRepairs: true, repairPrice: "freeze" },
      { repairPrice: "A repair can cost a freeze only where the rules have freezes." },
    ],
    [{ hasRepairs: true, hasFreezes: true, repairPrice: "freeze" }, {}],
    [{ kind: "every_n_days", hasRepairs: true, repairPrice: "freeze", repairWithin: "x" }, {}],
    [{ repairWithin: "x" }, {}],
    [{ graceMinutes: "0" }, { graceMinutes: "A whole number from 1 to 360." }],
    [{ graceMinutes: "361" }, { graceMinutes: "A whole number from 1 to 360." }],
    [{ graceMinutes: "360" }, {}],
    [{ graceMinutes: " " }, {}],
    [{ dayStart: "" }, { dayStart: "A time from 00:00 to 06:00." }],
    [{ dayStart: "06:01" }, { dayStart: "A time from 00:00 to 06:00." }],
    [{ dayStart: "06:00" }, {}],
    [{ offDates: many.join(" ") }, { offDates: "At most 400 dates." }],
    [{ offDates: many.slice(1).join(" ") }, {}],
  ])("%j", (part, problems) => {
    expect(Object.fromEntries(rulesProblems(draft(part)))).toEqual(problems);
  });
});
