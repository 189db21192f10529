import { describe, expect, test } from "vitest";
import { MAX_DAYS } from "#src/domain/analytics/bounds.ts";
import { addDays, daysBetween } from "../../../packages/dashboard/src/dates.ts";
import { isCurrent } from "../../../packages/dashboard/src/pages/overview/numbers/periods.ts";
import {
  daysOf,
  problemOfRange,
  type Range,
  readRange,
  writeRange,
} from "../../../packages/dashboard/src/pages/overview/range/range.ts";

const read = (search: string): Range => readRange(new URLSearchParams(search));
const DEFAULT: Range = { span: "30d", from: "", to: "", step: "day", event: "" };

describe("the range of an address", () => {
  test("is the last 30 days, by day, of all events, when the address says nothing or nonsense", () => {
    expect(read("")).toEqual(DEFAULT);
    expect(read("range=3d&by=hour&from=yesterday&to=2024-99-99")).toEqual(DEFAULT);
  });

  test.each([
    ["range=7d", { span: "7d", step: "day" }],
    ["range=1y", { span: "1y", step: "week" }],
    ["range=1y&by=month", { span: "1y", step: "month" }],
    ["range=90d&by=week&event=a+b", { span: "90d", step: "week", event: "a b" }],
    ["range=own&from=2024-01-01&to=2024-02-29", { span: "own", from: "2024-01-01", to: "2024-02-29" }],
  ])("%s is read, and written again as it was", (search, expected) => {
    expect(read(search)).toMatchObject(expected);
    expect(`${new URLSearchParams(writeRange(read(search)))}`).toBe(search);
  });

  test("is written without defaults, and without the days of a range of one's own that is not chosen", () => {
    expect(writeRange(DEFAULT)).toEqual({});
    expect(writeRange({ ...DEFAULT, from: "2024-01-01", to: "2024-01-02" })).toEqual({});
  });
});

describe("the days to ask for", () => {
  test.each([
    ["7d", { from: "2024-02-24", to: "2024-03-01" }],
    ["90d", { from: "2023-12-03", to: "2024-03-01" }],
    ["1y", { from: "2023-03-03", to: "2024-03-01" }],
  ] as const)("are those of %s, of which today is the last", (span, expected) => {
    expect(daysOf({ ...DEFAULT, span }, "2024-03-01")).toEqual(expected);
  });

  test("are the server's own 30 without a need to know today", () => {
    expect(daysOf(DEFAULT, undefined)).toEqual({});
  });

  test("are not known without today, nor before one's own range is chosen, nor while it is wrong", () => {
    expect(daysOf({ ...DEFAULT, span: "7d" }, undefined)).toBeUndefined();
    const own = { ...DEFAULT, span: "own" } as const;
    expect(daysOf({ ...own, from: "2024-01-01" }, "2024-03-01")).toBeUndefined();
    expect(daysOf({ ...own, from: "2024-01-02", to: "2024-01-01" }, "2024-03-01")).toBeUndefined();
    expect(daysOf({ ...own, from: "2024-01-01", to: "2024-01-01" }, undefined)).toEqual({
      from: "2024-01-01",
      to: "2024-01-01",
    });
  });
});

test("a range of one's own is wrong when it ends before it begins, or is longer than the server allows", () => {
  const own = { ...DEFAULT, span: "own", from: "2024-01-01" } as const;
  expect(problemOfRange({ ...own, to: "2023-12-31" })).toContain("not be before");
  expect(problemOfRange({ ...own, to: addDays(own.from, MAX_DAYS) })).toBeUndefined();
  expect(problemOfRange({ ...own, to: addDays(own.from, MAX_DAYS + 1) })).toContain("At most");
  expect(problemOfRange({ ...own, to: "" })).toBeUndefined();
  expect(problemOfRange({ ...own, span: "7d", to: "2023-12-31" })).toBeUndefined();
});

test("days are counted across leap days and the changes of clocks", () => {
  expect(addDays("2024-02-28", 2)).toBe("2024-03-01");
  expect(addDays("2024-01-01", -1)).toBe("2023-12-31");
  expect(daysBetween("2024-03-30", "2024-04-01")).toBe(2);
  expect(daysBetween("2024-04-01", "2024-03-30")).toBe(-2);
});

test.each([
  ["day", "2024-03-15", true],
  ["day", "2024-03-14", false],
  ["week", "2024-03-11", true],
  ["week", "2024-03-04", false],
  ["week", "2024-03-18", false],
  ["month", "2024-03-01", true],
  ["month", "2024-02-01", false],
] as const)("a %s that begins on %s is not over on 2024-03-15: %s", (step, isoDate, expected) => {
  expect(isCurrent(isoDate, step, "2024-03-15")).toBe(expected);
});
