import { describe, expect, it } from "vitest";
import { gateOf, isSamePlan, type Plan } from "#src/domain/plans.ts";
import { countMonths, monthAfter, monthsBetween, UsageTally } from "#src/domain/usage.ts";

describe("a plan", () => {
  const plan: Plan = { name: "starter", activeStreakers: 500, overLimit: "reject", since: 7 };

  it("has a gate only where it rejects", () => {
    expect(gateOf(plan)).toEqual({ name: "starter", activeStreakers: 500, since: 7 });
    expect(gateOf({ ...plan, overLimit: "accept" })).toBeUndefined();
    expect(gateOf(undefined)).toBeUndefined();
  });

  it("is the same whenever it was set, and no other", () => {
    expect(isSamePlan(plan, { ...plan, since: 8 })).toBe(true);
    expect(isSamePlan(undefined, undefined)).toBe(true);
    expect(isSamePlan(plan, undefined)).toBe(false);
    expect(isSamePlan(plan, { ...plan, activeStreakers: 501 })).toBe(false);
    expect(isSamePlan(plan, { ...plan, overLimit: "accept" })).toBe(false);
  });
});

describe("months", () => {
  it("run from one to another, over years too", () => {
    expect(monthsBetween("2023-11", "2024-02")).toEqual(["2023-11", "2023-12", "2024-01", "2024-02"]);
    expect(monthsBetween("2024-01", "2024-01")).toEqual(["2024-01"]);
    expect(monthsBetween("2024-02", "2024-01")).toEqual([]);
    expect(monthsBetween("0000-12", "0001-01")).toEqual(["0000-12", "0001-01"]);
  });

  it("are counted with both ends", () => {
    expect(countMonths("2023-11", "2024-02")).toBe(4);
    expect(countMonths("2024-02", "2024-01")).toBe(0);
  });

  it("are followed by the next one", () => {
    expect(["2024-01", "2024-12", "9999-12"].map(monthAfter)).toEqual(["2024-02", "2025-01", "10000-01"]);
  });
});

describe("a tally of usage", () => {
  it("counts a user once a month, and each day of each event", () => {
    const tally = new UsageTally(["2024-01", "2024-02"]);
    tally.addDays("ann", "2024-01", 0b101);
    tally.addDays("ann", "2024-01", 0b100);
    tally.addDays("ann", "2024-02", 1 << 28);
    tally.addDays("bob", "2024-01", 2 ** 31 - 1);
    tally.addDays("bob", "2023-12", 1);
    tally.addDays("cat", "2024-01", 0);
    tally.addAnalytics("widget_impression", 19_737, 3);
    tally.addAnalytics("widget_interaction", 19_737);
    tally.addAnalytics("widget_interaction", 19_000);
    tally.addRejected("2024-02", 2);
    tally.addRejected("2025-02", 2);
    expect(tally.months).toEqual([
      { month: "2024-01", activeStreakers: 2, daysDone: 34, impressions: 3, interactions: 1, rejected: 0 },
      { month: "2024-02", activeStreakers: 1, daysDone: 1, impressions: 0, interactions: 0, rejected: 2 },
    ]);
  });
});
