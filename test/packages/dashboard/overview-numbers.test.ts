import { describe, expect, test } from "vitest";
import { errorCatalogue } from "#src/error-catalogue.ts";
import { meaningOf, remedyOf, splitCalls } from "../../../packages/dashboard/src/pages/overview/numbers/refusals.ts";
import { groupStreaks } from "../../../packages/dashboard/src/pages/overview/numbers/streak-groups.ts";
import { medianDays, survivalCurve } from "../../../packages/dashboard/src/pages/overview/numbers/survival-curve.ts";

describe("groups of streaks", () => {
  test("each length is in one group, and the numbers of all groups are those of all lengths", () => {
    const lengths = Array.from({ length: 800 }, (_, index) => ({ days: index + 1, streaks: 1 }));
    const groups = groupStreaks(lengths);
    expect(groups.map(({ label, streaks }) => `${label}: ${streaks}`)).toEqual([
      "1: 1",
      "2: 1",
      "3: 1",
      "4–6: 3",
      "7–13: 7",
      "14–29: 16",
      "30–59: 30",
      "60–99: 40",
      "100–199: 100",
      "200–364: 165",
      "365+: 436",
    ]);
    expect(groups.map(({ shortLabel }) => shortLabel)).toEqual("1 2 3 4+ 7+ 14+ 30+ 60+ 100+ 200+ 365+".split(" "));
  });

  test("without streaks, each group has none", () => {
    expect(groupStreaks([]).every(({ streaks }) => streaks === 0)).toBe(true);
  });
});

describe("the survival of runs", () => {
  // 100 runs begin, 50 of the 100 that are settled go on; of 40 settled at two days 30 do; none at three.
  const curve = survivalCurve([
    { days: 1, reached: 100, wentOn: 50 },
    { days: 2, reached: 40, wentOn: 30 },
    { days: 3, reached: 30, wentOn: 0 },
    { days: 4, reached: 0, wentOn: 0 },
  ]);

  test("is the product of what went on, day by day", () => {
    expect(curve.map(({ part }) => part)).toEqual([1, 0.5, 0.375, 0]);
    expect(curve[1]).toEqual({ days: 2, part: 0.5, reached: 40, wentOn: 30 });
  });

  test("has as its median the last day that half of the runs get to", () => {
    expect(medianDays(curve)).toBe(2);
    expect(medianDays([])).toBeUndefined();
  });
});

describe("the calls of a project", () => {
  const calls = [
    ["getState", "OK", 5],
    ["recordEvent", "FORBIDDEN_ORIGIN", 1],
    ["recordEvent", "OK", 3],
    ["recordEvent", "RATE_LIMITED", 2],
  ].map(([method, code, calls]) => ({ method, code, calls })) as unknown as Parameters<typeof splitCalls>[0];

  test("are split into all and the refused, the most frequent first", () => {
    const { all, refused, refusedCalls } = splitCalls(calls);
    expect([all, refusedCalls]).toEqual([11, 3]);
    expect(refused.map(({ code }) => code)).toEqual(["RATE_LIMITED", "FORBIDDEN_ORIGIN"]);
  });

  test("have the meaning of the catalogue, and some say where they are mended", () => {
    expect(meaningOf("FORBIDDEN_ORIGIN")).toBe(errorCatalogue.FORBIDDEN_ORIGIN.meaning);
    expect(remedyOf("FORBIDDEN_ORIGIN")?.page).toBe("settings");
    expect(remedyOf("INTERNAL")).toBe(undefined);
  });

  test("have a meaning also when they have no code, or that of a newer server", () => {
    expect(meaningOf("OTHER")).toContain("client left");
    expect(meaningOf("SOMETHING_NEW")).toContain("newer server");
    expect([meaningOf("constructor"), remedyOf("constructor")]).toEqual([meaningOf("SOMETHING_NEW"), undefined]);
  });
});
