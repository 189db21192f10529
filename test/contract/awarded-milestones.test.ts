import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { useApp } from "../support/app.ts";
import { changed } from "../support/ledgers.ts";

// It is Friday, 2024-01-12, in UTC. Each test has users of its own.

const running = useApp();
const DAY_MS = 86_400_000;
const NOON = Date.parse("2024-01-12T12:00:00Z");
const FIELDS = { msg: "", rewardType: "message" };

const MILESTONES = [
  { id: "run", target: 3, scope: "run" },
  { id: "ever", target: 3, scope: "ever" },
  { id: "each", target: 2, scope: "ever", repeats: true },
  { id: "each in the run", target: 2, scope: "run", repeats: true },
  { id: "never", target: 1000, scope: "ever" },
  { id: "plain", target: 3 },
];

beforeAll(async () => {
  const { status, text } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [
      { event: "visit", milestones: MILESTONES, rules: { repairs: { withinDays: 3 } } },
      { event: "simple", milestones: MILESTONES },
      { event: "all", mode: "cumulative", milestones: MILESTONES },
      { event: "night", milestones: MILESTONES, rules: { graceMinutes: 120 } },
      { event: "mended", milestones: MILESTONES, rules: { graceMinutes: 120, repairs: { withinDays: 3 } } },
      { event: "weekly", milestones: MILESTONES, rules: { cadence: { kind: "days_a_week", days: 1 } } },
      { event: "plain", milestones: [{ id: "plain", target: 3 }] },
    ],
  });
  expect([status, text]).toEqual([201, expect.anything()]);
});

/** A date of January 2024, or of December before it for numbers below 1. */
const date = (day: number) => new Date(Date.UTC(2024, 0, day)).toISOString().slice(0, 10);

/** Records an event at noon of each day, received on its day unless `received` says when. */
async function doneOn(userHash: string, days: readonly number[], event = "simple", received?: number): Promise<void> {
  const { app } = running;
  for (const day of days) {
    app.now = received ?? Date.parse(`${date(day)}T12:00:00Z`);
    await app.record({ siteKey: "shop", userHash, event, ts: `${date(day)}T09:00:00Z` });
  }
  app.now = NOON;
}

/** A milestone of a state, as far as tests look into it. */
interface MilestoneState {
  readonly target: number;
  readonly timesAwarded?: number;
}

/** The milestones of a state, by their ids. */
async function milestonesOf(userHash: string, event = "simple", query: Record<string, string> = {}) {
  const { milestones } = await running.app.state({ siteKey: "shop", userHash, event, ...query });
  return Object.fromEntries(milestones.map(({ id, ...milestone }): [string, MilestoneState] => [id, milestone]));
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a milestone with a scope", () => {
  test("tells how often and when it was awarded, beside what every milestone tells", async () => {
    await doneOn("five", upTo(8, 12));
    const awardedAt = (day: number) => ({ awardedDate: date(day), awardedAt: `${date(day)}T09:00:00.000Z` });
    expect(await milestonesOf("five")).toEqual({
      run: { ...FIELDS, target: 3, achieved: true, timesAwarded: 1, ...awardedAt(10), backfilled: false },
      ever: { ...FIELDS, target: 3, achieved: true, timesAwarded: 1, ...awardedAt(10), backfilled: false },
      each: {
        ...FIELDS,
        target: 2,
        achieved: true,
        timesAwarded: 2,
        ...awardedAt(11),
        backfilled: false,
        repeats: true,
      },
      "each in the run": {
        ...{
          ...FIELDS,
          target: 2,
          achieved: true,
          timesAwarded: 2,
          ...awardedAt(11),
          backfilled: false,
          repeats: true,
        },
      },
      never: { ...FIELDS, target: 1000, achieved: false, timesAwarded: 0 },
      plain: { ...FIELDS, target: 3, achieved: true },
    });
  });

  test("keeps what was awarded for ever when a run breaks, and loses what the run had", async () => {
    await doneOn("broken", [...upTo(3, 7), 11]);
    const { run, ever, each, "each in the run": eachInRun } = await milestonesOf("broken");
    expect([run, ever]).toMatchObject([
      { achieved: false, timesAwarded: 0 },
      { achieved: false, timesAwarded: 1, awardedDate: date(5) },
    ]);
    expect(run).not.toHaveProperty("awardedDate");
    expect([each?.timesAwarded, eachInRun?.timesAwarded]).toEqual([2, 0]);
  });

  test("is awarded again by the next run for `run`, and for ever by the first one alone", async () => {
    await doneOn("again", [...upTo(3, 5), ...upTo(8, 12)]);
    const { run, ever, each } = await milestonesOf("again");
    expect([run, ever, each]).toMatchObject([
      { timesAwarded: 1, awardedDate: date(10) },
      { timesAwarded: 1, awardedDate: date(5) },
      { timesAwarded: 2, awardedDate: date(11) },
    ]);
  });

  test("is awarded on the same days in any order of arrival, and when events are sent again", async () => {
    await doneOn("in order", upTo(6, 12), "simple", NOON);
    await doneOn("backwards", upTo(6, 12).reverse(), "simple", NOON);
    await doneOn("backwards", upTo(6, 12), "simple", NOON);
    expect(await milestonesOf("backwards")).toEqual(await milestonesOf("in order"));
  });

  test("says that its event was received after its day was over", async () => {
    await doneOn("delayed", [8, 9, 10], "simple", Date.parse("2024-01-10T23:59:59Z"));
    expect((await milestonesOf("delayed")).ever).toMatchObject({ awardedDate: date(10), backfilled: false });
    await doneOn("too late", [8, 9, 10], "simple", Date.parse("2024-01-11T00:00:00Z"));
    expect((await milestonesOf("too late")).ever).toMatchObject({ awardedDate: date(10), backfilled: true });
  });

  test("says so by the zone that has decided the day", async () => {
    const { app } = running;
    for (const [userHash, received] of [
      ["honolulu", "2024-01-11T09:59:59Z"],
      ["honolulu, after its midnight", "2024-01-11T10:00:00Z"],
    ] as const) {
      for (const day of [8, 9, 10]) {
        app.now = Date.parse(received);
        await app.record({
          ...{ siteKey: "shop", userHash, event: "simple", ts: `${date(day)}T20:00:00Z`, tz: "Pacific/Honolulu" },
        });
      }
    }
    app.now = NOON;
    expect((await milestonesOf("honolulu")).ever).toMatchObject({ backfilled: false });
    expect((await milestonesOf("honolulu, after its midnight")).ever).toMatchObject({ backfilled: true });
  });

  test("is awarded by what a merged visitor has done before, and nothing twice", async () => {
    await doneOn("phone", [8, 9]);
    await doneOn("owner", [10, 11]);
    expect((await milestonesOf("owner")).each?.timesAwarded).toBe(1);
    await running.app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "phone", userHash: "owner" });
    const { each, run } = await milestonesOf("owner");
    expect([each, run]).toMatchObject([
      { timesAwarded: 2, awardedDate: date(11) },
      { timesAwarded: 1, awardedDate: date(10) },
    ]);
    expect(await milestonesOf("phone")).toEqual(await milestonesOf("owner"));
  });

  test("is not awarded again by a run that is repaired", async () => {
    await doneOn("repaired", upTo(6, 9), "visit");
    const before = await milestonesOf("repaired", "visit");
    await changed(running.app, "repair", { userHashes: ["repaired"], entryId: "r", event: "visit" });
    const { run, ever, each } = await milestonesOf("repaired", "visit");
    expect(run).toMatchObject({ achieved: true, timesAwarded: 1, awardedDate: date(8) });
    expect([ever, each]).toEqual([
      { ...before.ever, achieved: true },
      { ...before.each, achieved: true },
    ]);
  });

  test("is not awarded in the state of a day before", async () => {
    await doneOn("past", upTo(8, 12));
    const { run, each } = await milestonesOf("past", "simple", { asOf: date(9) });
    expect([run, each]).toMatchObject([{ timesAwarded: 0 }, { timesAwarded: 1, awardedDate: date(9) }]);
  });

  test("has the event in the grace that did the day", async () => {
    const { app } = running;
    await doneOn("late", [8, 9], "night");
    app.now = Date.parse("2024-01-11T01:00:00Z");
    await app.record({ siteKey: "shop", userHash: "late", event: "night", ts: "2024-01-11T00:30:00Z" });
    app.now = NOON;
    expect((await milestonesOf("late", "night")).ever).toMatchObject({
      ...{ awardedDate: date(10), awardedAt: "2024-01-11T00:30:00.000Z", backfilled: false },
    });
  });

  test("has no event where a repair has awarded it, although that day has a late event, which did the day before", async () => {
    const { app } = running;
    const night = { siteKey: "shop", userHash: "mended", event: "mended", ts: "2024-01-12T00:30:00Z" };
    await doneOn("mended", [8, 9], "mended");
    await app.record(night);
    await changed(app, "repair", { userHashes: ["mended"], entryId: "r", event: "mended" });
    const { ever } = await milestonesOf("mended", "mended");
    expect(ever).toEqual({ ...FIELDS, target: 3, achieved: true, timesAwarded: 1, awardedDate: date(12) });

    await app.record({ ...night, ts: "2024-01-12T10:00:00Z" });
    const { ever: done } = await milestonesOf("mended", "mended");
    expect(done).toMatchObject({ awardedDate: date(12), awardedAt: "2024-01-12T10:00:00.000Z", backfilled: false });
  });

  test("counts what the rules count", async () => {
    await doneOn("weeks", [-12, -5, 2, 11], "weekly");
    expect((await milestonesOf("weeks", "weekly")).run).toMatchObject({ achieved: true, awardedDate: date(2) });
  });

  test("counts all done days where the streak is cumulative", async () => {
    await doneOn("sum", [1, 3, 5, 9], "all");
    const { run, ever, each } = await milestonesOf("sum", "all");
    expect([run, ever, each]).toMatchObject([
      { timesAwarded: 1, awardedDate: date(5) },
      { timesAwarded: 1, awardedDate: date(5) },
      { timesAwarded: 2, awardedDate: date(9) },
    ]);
  });

  test("was awarded years apart, and one state tells it", async () => {
    const start = Date.UTC(2021, 0, 1) / DAY_MS - Date.UTC(2023, 11, 31) / DAY_MS;
    await doneOn("years", [...upTo(start, start + 2), ...upTo(9, 12)]);
    const { run, ever } = await milestonesOf("years");
    expect([run, ever]).toMatchObject([
      { awardedDate: date(11), awardedAt: "2024-01-11T09:00:00.000Z" },
      { awardedDate: "2021-01-03", awardedAt: "2021-01-03T09:00:00.000Z" },
    ]);
  });
});

test("a widget whose milestones have no scope answers as before, and users who are not known have no awards", async () => {
  await doneOn("plain", upTo(8, 12), "plain");
  expect(await milestonesOf("plain", "plain")).toEqual({ plain: { ...FIELDS, target: 3, achieved: true } });
  expect((await milestonesOf("nobody")).each).toEqual({
    ...{ ...FIELDS, target: 2, achieved: false, timesAwarded: 0, repeats: true },
  });
});

test("over RPC awards are told in the same words", async () => {
  const { app } = running;
  await doneOn("rpc", upTo(8, 12));
  const streaks = createClient(StreakService, createConnectTransport({ baseUrl: app.url, httpVersion: "1.1" }));
  const { milestones } = await streaks.getState({ siteKey: "shop", userHash: "rpc", event: "simple" });
  expect(milestones[2]).toMatchObject({
    ...{ id: "each", timesAwarded: 2, awardedDate: date(11), backfilled: false, repeats: true },
    awardedAt: { seconds: BigInt(Date.parse("2024-01-11T09:00:00Z") / 1000) },
  });
  expect(milestones[5]?.timesAwarded).toBeUndefined();
});
