import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ExplanationSchema, PeriodOutcome } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus } from "#gen/streak/v1/streak_service_pb.ts";
import { daysFrom } from "../../../packages/dashboard/src/dates.ts";
import {
  dateAfterKey,
  looksOf,
  periodsEndingIn,
} from "../../../packages/dashboard/src/pages/widgets/trial/calendar.ts";
import { historyOf } from "../../../packages/dashboard/src/pages/widgets/trial/histories.ts";
import { spanOf } from "../../../packages/dashboard/src/pages/widgets/trial/span.ts";
import { EVERY_DAY } from "../../../packages/dashboard/src/rules/draft.ts";

/** A Friday. */
const TODAY = "2026-10-16";

test.each([
  ["daily", ["12", "13", "14", "15", "16"]],
  ["weekdays", ["12", "13", "14", "15", "16"]],
  ["three", ["12", "14"]],
  ["gap", ["12", "13", "14", "15", "16"]],
] as const)("the history %s does what it says, up to today", (name, days) => {
  expect(historyOf(name, "2026-10-12", TODAY)).toEqual(days.map((day) => `2026-10-${day}`));
});

test("the history with a gap has a single miss and a double one", () => {
  const done = historyOf("gap", "2026-09-28", TODAY);
  const missed = daysFrom("2026-09-28", TODAY).filter((date) => !done.includes(date));
  expect(missed).toEqual(["2026-09-29", "2026-09-30", "2026-10-07"]);
});

test.each([
  [{}, "2026-09-07", "2026-10-18"],
  [{ kind: "days_a_week", weekStart: 7 }, "2026-09-06", "2026-10-17"],
  [{ kind: "days_a_month" }, "2026-07-27", "2026-10-18"],
  [{ kind: "every_n_days", days: "60" }, "2026-08-03", "2026-10-18"],
  [{ kind: "days_in_any", days: "2", of: "90" }, "2026-07-13", "2026-10-18"],
  [{ kind: "days_in_any", days: "2", of: "x" }, "2026-09-07", "2026-10-18"],
] as const)("the calendar of %j reaches from %s to %s, in whole weeks", (rules, first, last) => {
  expect(spanOf({ ...EVERY_DAY, ...rules }, TODAY)).toMatchObject({ first, last, today: TODAY });
});

test("arrow keys go from day to day and stay within the history", () => {
  const span = spanOf(EVERY_DAY, TODAY);
  const go = (date: string, key: string) => dateAfterKey(span, date, key);
  expect(go(TODAY, "ArrowLeft")).toBe("2026-10-15");
  expect(go(TODAY, "ArrowUp")).toBe("2026-10-09");
  expect(go(TODAY, "ArrowRight")).toBe(TODAY);
  expect(go(TODAY, "ArrowDown")).toBe(TODAY);
  expect(go("2026-10-09", "ArrowDown")).toBe(TODAY);
  expect(go(span.first, "ArrowUp")).toBe(span.first);
  expect(go(TODAY, "Home")).toBe(span.first);
  expect(go(span.first, "End")).toBe(TODAY);
  expect(go(TODAY, "a")).toBeUndefined();
});

const explanation = create(ExplanationSchema, {
  periods: [
    {
      ...{ firstDate: "2026-10-05", lastDate: "2026-10-11", outcome: PeriodOutcome.KEPT, counted: 1 },
      days: [
        { isoDate: "2026-10-05", status: DayStatus.DONE },
        { isoDate: "2026-10-06", status: DayStatus.REST },
      ],
    },
    {
      ...{ firstDate: "2026-10-12", lastDate: "2026-10-12", outcome: PeriodOutcome.OFF, counted: 0 },
      days: [{ isoDate: "2026-10-12", status: DayStatus.DONE }],
    },
    {
      ...{ firstDate: "2026-10-13", lastDate: "2026-10-13", outcome: PeriodOutcome.OFF, counted: 1 },
      days: [{ isoDate: "2026-10-13", status: DayStatus.DONE }],
    },
  ],
});

test("a day looks as the server has said, and a day that was toggled since then as done or open", () => {
  const span = { first: "2026-10-05", last: "2026-10-18", today: TODAY, weekStart: 1 };
  const looks = (dates: readonly string[]) =>
    ["2026-10-05", "2026-10-06", "2026-10-12", "2026-10-13", "2026-10-16"].map((date) =>
      looksOf(explanation, dates, span).get(date),
    );
  expect(looks(["2026-10-05", "2026-10-12", "2026-10-13"])).toEqual(["done", "rest", "extra", "done", "open"]);
  expect(looks(["2026-10-06", "2026-10-16"])).toEqual(["open", "done", "open", "open", "done"]);
  expect(looksOf(undefined, [TODAY], span).get(TODAY)).toBe("done");
});

test("a week is told at the row in which it ends", () => {
  const ending = (week: string) => periodsEndingIn(explanation.periods, week).map(({ firstDate }) => firstDate);
  expect(ending("2026-10-05")).toEqual(["2026-10-05"]);
  expect(ending("2026-10-12")).toEqual(["2026-10-12", "2026-10-13"]);
});
