import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import { LedgerOutcome, LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { RepairPrice } from "#gen/streak/v1/rules_pb.ts";
import { PeriodOutcome, RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, type State, useApp } from "../support/app.ts";
import { changed, doneOn, ledgerOf } from "../support/ledgers.ts";

// It is Friday, 2024-01-12, in UTC and in Berlin. Each test has users of its own.

const running = useApp();
const DAY_MS = 86_400_000;
/** Three days, and then two that are missed: the run ends on January 10. */
const BROKEN = ["2024-01-07", "2024-01-08", "2024-01-09"];

beforeAll(async () => {
  const { status, text } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    timeZone: "Europe/Berlin",
    widgets: [
      { event: "visit", rules: { repairs: { withinDays: 3 } } },
      { event: "paid", rules: { freezes: {}, repairs: { withinDays: 3, price: "freeze" } } },
      { event: "work", rules: { repairs: { withinDays: 5, price: "days", days: 2 } } },
      { event: "weekly", rules: { cadence: { kind: "days_a_week", days: 2 }, repairs: { withinDays: 7 } } },
      { event: "twice", rules: { neverMissTwice: true, repairs: { withinDays: 1 } } },
      { event: "night", rules: { dayStart: "04:00", graceMinutes: 60, repairs: { withinDays: 3 } } },
      { event: "plain" },
      { event: "all", mode: "cumulative", rules: { repairs: { withinDays: 3 } } },
    ],
  });
  expect([status, text]).toEqual([201, expect.anything()]);
});

const textOf = async (userHash: string, event: string, query = "") =>
  (await running.app.get(`/v1/state?siteKey=shop&userHash=${encodeURIComponent(userHash)}&event=${event}${query}`))
    .text;

const stateOf = async (userHash: string, event = "visit", query = ""): Promise<State> =>
  JSON.parse(await textOf(userHash, event, query));

const statusesOf = ({ week }: State) => week.map((day) => (day as { status?: string }).status);

const explain = async (userHash: string, event = "visit", query = "") =>
  (await running.app.admin("GET", `/admin/projects/shop/users/${userHash}/streaks/${event}:explain${query}`)).json;

/** Repairs the streak of visits, unless said otherwise. */
const repair = (userHash: string, entryId = "r", fields: object = {}) =>
  changed(running.app, "repair", { userHashes: [userHash], entryId, event: "visit", ...fields });

/** What a change of the current streak alone looks like. */
const change = (currentBefore: number, currentAfter: number, best: number, event = "visit") => ({
  ...{ event, currentBefore, currentAfter, bestBefore: best, bestAfter: best },
});

/** The state so many days later. */
async function stateLater(days: number, userHash: string, event = "visit"): Promise<State> {
  running.app.now += days * DAY_MS;
  try {
    return await stateOf(userHash, event);
  } finally {
    running.app.now -= days * DAY_MS;
  }
}

describe("a run that has ended", () => {
  test("can be repaired, as the state says, and then goes on", async () => {
    const { app } = running;
    await doneOn(app, "ann", BROKEN);
    expect((await stateOf("ann")).streak).toEqual({
      ...{ mode: "continuous", current: 0, best: 3, todayDone: false, pending: false, unit: "day" },
      progress: expect.objectContaining({ needed: 1 }),
      repair: { currentAfter: 3, lastDate: "2024-01-13", price: "none", canBePaid: true },
    });

    expect(await repair("ann")).toEqual([{ userHash: "ann", outcome: "added", changes: [change(0, 3, 3)] }]);

    const state = await stateOf("ann");
    expect(state.streak).toEqual({
      ...{ mode: "continuous", current: 3, best: 3, todayDone: false, pending: false, unit: "day" },
      progress: {
        ...{ firstDate: "2024-01-12", lastDate: "2024-01-12", done: 0, needed: 0, daysLeft: 1, canBeMet: true },
      },
    });
    expect(statusesOf(state)).toEqual(["done", "done", "repaired", "repaired", "repaired", "open", "open"]);
    expect((await stateLater(1, "ann")).streak).toMatchObject({ current: 3, pending: true });
    expect((await stateLater(2, "ann")).streak).toMatchObject({ current: 0, best: 3 });
    await doneOn(app, "ann", ["2024-01-12"]);
    expect((await stateOf("ann")).streak).toMatchObject({ current: 4, best: 4, todayDone: true });
  });

  test("is one run with the run up to today", async () => {
    await doneOn(running.app, "joined", [...BROKEN, "2024-01-11", "2024-01-12"]);
    expect((await stateOf("joined")).streak).toMatchObject({ current: 2, best: 3, repair: { currentAfter: 5 } });
    const [result] = await repair("joined");
    expect(result?.changes).toEqual([{ ...change(2, 5, 3), bestAfter: 5 }]);
    expect((await stateOf("joined")).streak).toMatchObject({ current: 5, best: 5 });
  });

  test("is in reach from the day after its end on, for so many days as the rules say", async () => {
    await doneOn(running.app, "reach", ["2024-01-10", "2024-01-11"]);
    // The run ends on January 12.
    for (const [days, lastDate] of [
      [0, undefined],
      [1, "2024-01-15"],
      [3, "2024-01-15"],
      [4, undefined],
    ] as const) {
      const { streak } = await stateLater(days, "reach");
      expect((streak as { repair?: { lastDate: string } }).repair?.lastDate).toBe(lastDate);
    }
  });

  test("is explained with the entry that repaired it, and its sum is the streak", async () => {
    await doneOn(running.app, "why", [...BROKEN, "2024-01-11"]);
    await repair("why", "4711", { reason: "Was ill" });
    const explained = await explain("why");
    const [entry] = await ledgerOf(running.app, "why");
    expect(explained.runFirstDate).toBe("2024-01-07");
    expect(
      explained.periods.map(({ outcome, counted }: { outcome: string; counted: number }) => [outcome, counted]),
    ).toEqual([...Array(3).fill(["kept", 1]), ["repaired", 0], ["kept", 1], ["off", 0]]);
    expect(explained.periods[3].days).toEqual([{ isoDate: "2024-01-10", status: "repaired", entry }]);
    expect(explained.periods[5].days).toEqual([{ isoDate: "2024-01-12", status: "repaired", entry }]);
    expect(explained.streak).toEqual((await stateOf("why")).streak);
    expect(explained.streak.current).toBe(4);
  });

  test("has ended all the same as of a day before the repair", async () => {
    await doneOn(running.app, "past", BROKEN);
    await repair("past");
    const past = await stateOf("past", "visit", "&asOf=2024-01-11");
    expect(past.streak).toMatchObject({ current: 0, best: 3 });
    expect(past.streak).not.toHaveProperty("repair");
    expect(statusesOf(past)).not.toContain("repaired");
    expect(JSON.stringify(await explain("past", "visit", "?asOf=2024-01-11"))).not.toContain("repaired");
  });

  test("is repaired for good: a delayed event adds to it, and one that makes the repair needless ends nothing", async () => {
    const { app } = running;
    await doneOn(app, "delayed", BROKEN);
    await repair("delayed");
    await doneOn(app, "delayed", ["2024-01-11"]);
    expect((await stateOf("delayed")).streak).toMatchObject({ current: 4 });
    await doneOn(app, "delayed", ["2024-01-10"]);
    expect((await stateLater(1, "delayed")).streak).toMatchObject({ current: 5, pending: true });
  });

  test("has ended again when the repair is taken back, and can be repaired anew", async () => {
    const { app } = running;
    await doneOn(app, "undone", BROKEN);
    await repair("undone");
    const [undone] = await changed(app, "takeBack", { userHashes: ["undone"], entryId: "t", takenBackId: "r" });
    expect(undone?.changes).toEqual([change(3, 0, 3)]);
    expect((await stateOf("undone")).streak).toMatchObject({ current: 0, repair: { currentAfter: 3 } });
    expect((await repair("undone", "r2"))[0]?.changes).toEqual([change(0, 3, 3)]);
  });

  test("comes along when a visitor becomes a user", async () => {
    const { app } = running;
    await doneOn(app, "phone", BROKEN);
    await repair("phone");
    await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "phone", userHash: "owner" });
    expect((await stateOf("owner")).streak).toMatchObject({ current: 3 });
    expect((await repair("phone"))[0]?.outcome).toBe("known");
  });

  test("is shown by the lists of users as by the state, also while it can be repaired", async () => {
    const { app } = running;
    const streaksOf = async () => {
      const user = await app.admin("GET", "/admin/projects/shop/users/shown");
      const list = await app.admin("GET", "/admin/projects/shop/users?prefix=shown");
      return [user.json, list.json.users[0]].map(({ streaks }) => streaks[0].streak);
    };
    await doneOn(app, "shown", BROKEN);
    const before = (await stateOf("shown")).streak;
    expect(before).toHaveProperty("repair");
    expect(await streaksOf()).toEqual([before, before]);
    await repair("shown");
    const after = (await stateOf("shown")).streak;
    expect(await streaksOf()).toEqual([after, after]);
  });
});

describe("the price of a repair", () => {
  test("is a freeze, which is back when the repair is taken back", async () => {
    const { app } = running;
    const fields = { event: "paid" };
    await doneOn(app, "payer", BROKEN, "paid");
    expect((await stateOf("payer", "paid")).streak).toMatchObject({
      repair: { currentAfter: 3, price: "freeze", canBePaid: false },
    });
    await changed(app, "grantFreezes", {
      userHashes: ["payer"],
      entryId: "g",
      count: 1,
      from: "2024-01-11",
      ...fields,
    });
    expect((await stateOf("payer", "paid")).streak).toMatchObject({
      repair: { canBePaid: true },
      freezes: { left: 1 },
    });

    const [paid] = await repair("payer", "r", fields);

    expect(paid?.changes).toEqual([{ ...change(0, 3, 3, "paid"), freezesBefore: 1, freezesAfter: 0 }]);
    expect((await stateOf("payer", "paid")).streak).toMatchObject({
      ...{ current: 3, freezes: { left: 0, usedInWeek: 0, optedOut: false } },
    });
    const [back] = await changed(app, "takeBack", { userHashes: ["payer"], entryId: "t", takenBackId: "r" });
    expect(back?.changes).toEqual([{ ...change(3, 0, 3, "paid"), freezesBefore: 0, freezesAfter: 1 }]);
  });

  test("is days that are done first, of which the state says how many are missing", async () => {
    const { app } = running;
    await doneOn(app, "worker", ["2024-01-05", "2024-01-06", "2024-01-07", "2024-01-11"], "work");
    expect((await stateOf("worker", "work")).streak).toMatchObject({
      ...{ current: 1, repair: { currentAfter: 4, lastDate: "2024-01-13", price: "days", canBePaid: false } },
    });
    expect((await stateOf("worker", "work")).streak).toMatchObject({ repair: { daysMissing: 1 } });
    await doneOn(app, "worker", ["2024-01-12"], "work");
    expect((await stateOf("worker", "work")).streak).toMatchObject({
      ...{ current: 2, repair: { currentAfter: 5, canBePaid: true, daysMissing: 0 } },
    });
    const [result] = await repair("worker", "r", { event: "work" });
    expect(result?.changes).toEqual([{ ...change(2, 5, 3, "work"), bestAfter: 5 }]);
  });
});

describe("by its rules a widget", () => {
  test("has runs of weeks that are repaired, and asks for the week of the repair", async () => {
    const { app } = running;
    await doneOn(app, "weeks", ["2023-12-26", "2023-12-28", "2024-01-03"], "weekly");
    expect((await stateOf("weeks", "weekly")).streak).toMatchObject({ repair: { lastDate: "2024-01-14" } });
    await repair("weeks", "r", { event: "weekly" });
    expect((await stateOf("weeks", "weekly")).streak).toMatchObject({
      ...{ current: 1, unit: "week", pending: true, progress: { firstDate: "2024-01-08", done: 0, needed: 2 } },
    });
    const { periods } = await explain("weeks", "weekly", "?from=2024-01-01&to=2024-01-07");
    expect(periods).toMatchObject([{ outcome: "repaired", counted: 0, done: 1, needed: 2 }]);
    expect(periods[0].days.map(({ status }: { status: string }) => status)).toEqual([
      ...["repaired", "repaired", "done", "repaired", "repaired", "repaired", "repaired"],
    ]);
  });

  test("ends a run with the second miss, and allows a single miss again after the repair", async () => {
    const { app } = running;
    await doneOn(app, "single", ["2024-01-08", "2024-01-09"], "twice");
    await repair("single", "r", { event: "twice" });
    expect((await stateOf("single", "twice")).streak).toMatchObject({ current: 2 });
    expect((await stateLater(2, "single", "twice")).streak).toMatchObject({ current: 2, pending: true });
    expect((await stateLater(3, "single", "twice")).streak).toMatchObject({ current: 0 });
  });

  test("has none where it is cumulative, and none without repairs in its rules: the answer keeps every byte", async () => {
    await doneOn(running.app, "sum", BROKEN, "all");
    expect((await stateOf("sum", "all")).streak).not.toHaveProperty("repair");
    await doneOn(running.app, "plain", BROKEN, "plain");
    const before = await textOf("plain", "plain");
    expect(before).not.toMatch(/repair|unit|status/);
    await doneOn(running.app, "plain", BROKEN);
    await repair("plain");
    expect(await textOf("plain", "plain")).toBe(before);
  });
});

test("a repair is made on today in the zone of the user, by the start of the day and the grace", async () => {
  const { app } = running;
  await doneOn(app, "owl", ["2024-01-07", "2024-01-08"], "night");
  const noon = app.now;
  // In Berlin it is 04:30. The day has begun, but the day before is not done, and is today for half an hour more.
  app.now = Date.parse("2024-01-12T03:30:00Z");
  await repair("owl", "grace", { event: "night" });
  app.now = noon;
  expect(await ledgerOf(app, "owl")).toMatchObject([{ kind: "repair", from: "2024-01-11" }]);

  await app.record({
    siteKey: "shop",
    userHash: "far",
    event: "visit",
    tz: "Pacific/Kiritimati",
    ts: "2024-01-09T12:00:00Z",
  });
  await repair("far");
  expect(await ledgerOf(app, "far")).toMatchObject([{ from: "2024-01-13" }]);
});

test("a ledger lists a repair with every field that it has", async () => {
  const { app } = running;
  await doneOn(app, "listed", BROKEN);
  await repair("listed", "a");
  await doneOn(app, "listed", BROKEN, "paid");
  await changed(app, "grantFreezes", {
    ...{ userHashes: ["listed"], entryId: "b", event: "paid", count: 1, from: "2024-01-11" },
  });
  await repair("listed", "c", { event: "paid" });
  const facts = { reason: "Test", actor: "root", createTime: new Date(app.now).toISOString(), pauseIds: [] };
  const mended = { ...facts, kind: "repair", from: "2024-01-12", withinDays: 3 };
  expect(await ledgerOf(app, "listed")).toEqual([
    { ...mended, entryId: "a", event: "visit", takesFreeze: false },
    expect.objectContaining({ entryId: "b" }),
    { ...mended, entryId: "c", event: "paid", takesFreeze: true },
  ]);
});

test("the changes of other entries are those of the repaired streak", async () => {
  const { app } = running;
  await doneOn(app, "both", BROKEN);
  await repair("both");
  // The pause makes the repair needless; without the pause it is needed again.
  const pause = { userHashes: ["both"], from: "2024-01-10", to: "2024-01-11" };
  expect((await changed(app, "pause", { ...pause, entryId: "p" }))[0]?.changes).toEqual([]);
  const undo = (entryId: string, takenBackId: string) =>
    changed(app, "takeBack", { userHashes: ["both"], entryId, takenBackId });
  expect((await undo("t1", "r"))[0]?.changes).toEqual([]);
  expect((await undo("t2", "p"))[0]?.changes).toEqual([change(3, 0, 3)]);
});

test.each([
  ["Connect", createConnectTransport],
  ["gRPC", createGrpcTransport],
])("over %s a streak is repaired, shown and explained in the same words", async (name, createTransport) => {
  const { app } = running;
  await doneOn(app, name, BROKEN);
  const transport = createTransport({ baseUrl: app.url, httpVersion: "2" });
  const ledger = createClient(LedgerService, transport);
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const user = { siteKey: "shop", userHash: name, event: "visit" };
  const states = createClient(StreakService, transport);
  expect((await states.getState(user)).streak?.repair).toMatchObject({
    ...{ currentAfter: 3, lastDate: "2024-01-13", price: RepairPrice.NONE, canBePaid: true },
  });

  const { results } = await ledger.repairStreaks(
    { siteKey: "shop", userHashes: [name], reason: "Test", entryId: "r", event: "visit" },
    { headers },
  );

  expect(results).toMatchObject([{ outcome: LedgerOutcome.ADDED, changes: [{ currentBefore: 0, currentAfter: 3 }] }]);
  const { entries } = await ledger.listLedgerEntries({ siteKey: "shop", userHash: name }, { headers });
  expect(entries).toMatchObject([
    { kind: LedgerEntryKind.REPAIR, event: "visit", from: "2024-01-12", withinDays: 3, takesFreeze: false },
  ]);
  const { streak, week } = await states.getState(user);
  expect(streak?.repair).toBeUndefined();
  expect(week[2]?.status).toBe(DayStatus.REPAIRED);
  const { explanation } = await createClient(RulesService, transport).explainStreak(user, { headers });
  expect(explanation?.periods[3]).toMatchObject({
    outcome: PeriodOutcome.REPAIRED,
    days: [{ status: DayStatus.REPAIRED, entry: { entryId: "r" } }],
  });
});
