import { describe, expect, test } from "vitest";
import { type Drawing, draw } from "./vectors/draw.ts";
import { resultOf } from "./vectors/vector.ts";

// What docs/rules.md draws under "Repairs", "Grace", "Travel" and "Milestones", with what stands beside the pictures. So
// these results are a person's, while those of rules.json are the oracle's own.

function result(picture: string, drawing: Drawing) {
  return resultOf(draw("", "", picture, drawing));
}

function statuses(picture: string, drawing: Drawing): string[] {
  return result(picture, drawing).periods.flatMap(({ days }) => days);
}

describe("a run that has ended is repaired", () => {
  const rules = { repairs: { withinDays: 3 } };

  test.each([
    ["x x x · · x", 1, 3, false],
    ["x x x · · xr", 4, 4, false],
    ["x x x · · xr ·", 4, 4, true],
    ["x x x · · xr · ·", 0, 4, false],
  ])("%s: current %i, best %i, pending %s", (picture, current, best, pending) => {
    expect(result(picture, { rules }).streak).toMatchObject({ current, best, pending });
  });

  test("the days between are repaired, and the day of the repair asks nothing", () => {
    expect(statuses("x x x · · ·r", { rules })).toEqual(["done", "done", "done", "repaired", "repaired", "repaired"]);
    expect(result("x x x · · ·r", { rules }).streak).toMatchObject({ current: 3, pending: false });
  });

  test("the state tells what a repair would do, and up to which day", () => {
    expect(result("x x x · · x", { rules }).streak.repair).toEqual({
      currentAfter: 4,
      lastDate: "2026-01-11",
      price: "none",
      canBePaid: true,
    });
    expect(result("x x x · · · · x", { rules }).streak.repair).toBeUndefined();
  });

  test("one more event that makes it needless does not shorten the run", () => {
    const lenient = { ...rules, neverMissTwice: true };
    expect(result("x · · · ·r · x", { rules: lenient }).streak.current).toBe(2);
    expect(result("x · x · ·r · x", { rules: lenient }).streak.current).toBe(3);
  });
});

describe("a late event fills the day before, if that is empty", () => {
  const rules = { graceMinutes: 120 };

  test("Tuesday was empty: the event of Wednesday fills it", () => {
    expect(statuses("x · l", { rules })).toEqual(["done", "late", "open"]);
  });

  test("Tuesday is done: the event counts for Wednesday, whichever came first", () => {
    expect(statuses("x x l", { rules })).toEqual(["done", "done", "done"]);
    expect(statuses("x x l", { rules, isBackwards: true })).toEqual(["done", "done", "done"]);
  });

  test("today waits for the grace, while yesterday is empty and not off", () => {
    expect(result("x · |·", { rules, inGrace: true })).toMatchObject({
      waitingToday: "2026-01-06",
      streak: { current: 1, pending: true },
    });
    expect(result("x x |·", { rules, inGrace: true }).waitingToday).toBeUndefined();
    const paused = { rules, inGrace: true, pauses: [{ from: "2026-01-06", to: "2026-01-06" }] } as const;
    expect(result("x · |·", paused).waitingToday).toBeUndefined();
  });
});

describe("whoever moves east over a missing day does not miss it", () => {
  test.each([
    ["from Honolulu to Auckland", "xH · xA", ["done", "bridged", "done"]],
    ["from London to Paris", "xL · xQ", ["done", "bridged", "done"]],
    ["not from Paris to London", "xQ · xL", ["done", "missed", "done"]],
    ["not from Paris to Berlin", "xQ · xB", ["done", "missed", "done"]],
    ["from Pago Pago to Kiritimati, over two days", "xP · · xK", ["done", "bridged", "bridged", "done"]],
  ])("%s", (_, picture, expected) => {
    expect(statuses(picture, { homeZone: "UTC" })).toEqual(expected);
  });

  test("over a date that Samoa has left out, without a journey", () => {
    const drawing = { homeZone: "Pacific/Apia", first: "2011-12-29" };
    expect(statuses("x · x", drawing)).toEqual(["done", "bridged", "done"]);
  });

  test("at most two days in 30", () => {
    expect(statuses("xH · xL · xT · xA", { homeZone: "UTC" })[5]).toBe("missed");
    expect(result(`xH · xL · xT ${"xT ".repeat(26)} · xA`, { homeZone: "UTC" }).streak.current).toBe(30);
    expect(result(`xH · xL · xT ${"xT ".repeat(25)} · xA`, { homeZone: "UTC" }).streak.current).toBe(1);
  });

  test("today counts as done in the zone that decides which day is today", () => {
    const drawing = { homeZone: "Pacific/Honolulu" };
    expect(result("x · |·", { ...drawing, zone: "Pacific/Auckland" }).streak.current).toBe(1);
    expect(result("x · |·", drawing).streak.current).toBe(0);
  });
});

describe("milestones are awarded", () => {
  const milestones = [
    { target: 2, scope: "run", repeats: true },
    { target: 2, scope: "ever", repeats: true },
  ] as const;

  test("by each run, and once for ever, on the day on which a multiple is reached", () => {
    expect(result("x x x x x · x x", { milestones }).awards).toEqual([
      { timesAwarded: 1, awardedDate: "2026-01-12" },
      { timesAwarded: 2, awardedDate: "2026-01-08" },
    ]);
  });

  test("a run that is repaired keeps the days of its awards", () => {
    expect(result("x x · xr", { rules: { repairs: { withinDays: 3 } }, milestones }).awards).toEqual([
      { timesAwarded: 1, awardedDate: "2026-01-06" },
      { timesAwarded: 1, awardedDate: "2026-01-06" },
    ]);
  });
});

describe("a cumulative streak counts each time that somebody does it", () => {
  const likes = "x3 · x x2";

  test.each([
    ["days", 3, "day", [1, 0, 1, 1]],
    ["actions", 6, "action", [3, 0, 1, 2]],
  ] as const)("%s: current %i", (counts, current, unit, counted) => {
    const { streak, periods } = result(likes, { mode: "cumulative", rules: { counts } });
    expect(streak).toMatchObject({ current, best: current, unit });
    expect(periods.map((period) => period.counted)).toEqual(counted);
  });

  test("a milestone is awarded on the first day up to which enough was done", () => {
    const milestones = [3, 4, 5, 7].map((target) => ({ target, scope: "ever" as const }));
    const { awards } = result(likes, { mode: "cumulative", rules: { counts: "actions" }, milestones });
    expect(awards?.map(({ awardedDate }) => awardedDate)).toEqual([
      "2026-01-05",
      "2026-01-07",
      "2026-01-08",
      undefined,
    ]);
  });
});
