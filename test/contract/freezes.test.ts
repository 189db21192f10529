import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { PeriodOutcome, RulesService } from "#gen/streak/v1/rules_service_pb.ts";
import { DayStatus, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { ADMIN_TOKEN, type State, useApp } from "../support/app.ts";
import { changed, doneOn, ledgerOf, outcomesOf } from "../support/ledgers.ts";

// It is Friday, 2024-01-12, in UTC and in Berlin. Each test has users of its own.

const running = useApp();
const DAY_MS = 86_400_000;

beforeAll(async () => {
  const { status, text } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    timeZone: "Europe/Berlin",
    widgets: [
      { event: "visit", rules: { freezes: {} } },
      { event: "earn", rules: { freezes: { earnEvery: 3, maxEarned: 2 } } },
      { event: "longer", rules: { freezes: { lengthenRun: true } } },
      { event: "one", rules: { freezes: { maxInARow: 1 } } },
      { event: "weekly", rules: { cadence: { kind: "days_a_week", days: 2 }, freezes: {} } },
      { event: "all", mode: "cumulative", rules: { freezes: { earnEvery: 1, maxEarned: 2 } } },
      { event: "plain" },
      { event: "night", rules: { dayStart: "04:00", freezes: {} } },
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

/** Grants a freeze for visits, unless said otherwise. */
const grant = (userHashes: readonly string[], entryId: string, fields: object = {}) =>
  changed(running.app, "grantFreezes", { userHashes, entryId, event: "visit", count: 1, ...fields });

/** Waits for a moment that is later, so that what was decided last is known. */
const later = () => {
  running.app.now += 1;
};

const MON_TO_WED = ["2024-01-08", "2024-01-09", "2024-01-10"];

describe("a granted freeze", () => {
  test("covers a day that was missed since it was granted, and the state shows it", async () => {
    const { app } = running;
    await doneOn(app, "saved", MON_TO_WED);
    expect((await stateOf("saved")).streak).toMatchObject({
      ...{ current: 0, best: 3, freezes: { left: 0, usedInWeek: 0, optedOut: false } },
    });

    const results = await grant(["saved"], "gift", { from: "2024-01-11" });

    expect(results).toEqual([
      {
        userHash: "saved",
        outcome: "added",
        changes: [
          {
            ...{ event: "visit", currentBefore: 0, currentAfter: 3, bestBefore: 3, bestAfter: 3 },
            ...{ freezesBefore: 0, freezesAfter: 0 },
          },
        ],
      },
    ]);
    const state = await stateOf("saved");
    expect(state.streak).toEqual({
      ...{ mode: "continuous", current: 3, best: 3, todayDone: false, pending: true, unit: "day" },
      progress: expect.objectContaining({ done: 0, needed: 1 }),
      freezes: { left: 0, usedInWeek: 1, optedOut: false },
    });
    expect(statusesOf(state)).toEqual(["done", "done", "done", "frozen", "open", "open", "open"]);
  });

  test("is there from today on where the request names no day, also for a user who is not known yet", async () => {
    const results = await grant(["newcomer"], "welcome", { count: 2 });
    const counts = { currentBefore: 0, currentAfter: 0, bestBefore: 0, bestAfter: 0 };
    expect(results[0]?.changes).toEqual([{ event: "visit", ...counts, freezesBefore: 0, freezesAfter: 2 }]);
    expect((await stateOf("newcomer")).streak).toMatchObject({ freezes: { left: 2 } });
    expect(await ledgerOf(running.app, "newcomer")).toMatchObject([{ from: "2024-01-12" }]);
  });

  test("covers the next miss when its day is over, and not before", async () => {
    const { app } = running;
    await doneOn(app, "tomorrow", ["2024-01-10", "2024-01-11"]);
    await grant(["tomorrow"], "gift");
    expect((await stateOf("tomorrow")).streak).toMatchObject({ current: 2, pending: true, freezes: { left: 1 } });
    app.now += DAY_MS;
    const nextDay = await stateOf("tomorrow");
    app.now += DAY_MS;
    const dayAfter = await stateOf("tomorrow");
    app.now -= 2 * DAY_MS;
    expect(nextDay.streak).toMatchObject({ current: 2, pending: true, freezes: { left: 0, usedInWeek: 1 } });
    // It can't cover both, so it covers neither, and the user has it back.
    expect(dayAfter.streak).toMatchObject({ current: 0, freezes: { left: 1, usedInWeek: 0 } });
  });

  test("finds no room where the user has as many as can be granted", async () => {
    await grant(["rich"], "first", { count: 30, to: "2024-02-01" });
    expect(await grant(["rich"], "second", { count: 30 })).toEqual([
      { userHash: "rich", outcome: "added", changes: [] },
    ]);
    expect((await stateOf("rich")).streak).toMatchObject({ freezes: { left: 30 } });
  });

  test("expires after its last day", async () => {
    const { app } = running;
    await grant(["short"], "gift", { to: "2024-01-13" });
    const left = async () => (await stateOf("short")).streak;
    expect(await left()).toMatchObject({ freezes: { left: 1 } });
    app.now += DAY_MS;
    expect(await left()).toMatchObject({ freezes: { left: 1 } });
    app.now += DAY_MS;
    expect(await left()).toMatchObject({ freezes: { left: 0 } });
    app.now -= 2 * DAY_MS;
  });

  test("is back when an event comes late for the day that it has covered", async () => {
    const { app } = running;
    await doneOn(app, "late", ["2024-01-08", "2024-01-09", "2024-01-11"]);
    await grant(["late"], "gift", { from: "2024-01-09" });
    expect((await stateOf("late")).streak).toMatchObject({ current: 3, freezes: { left: 0, usedInWeek: 1 } });
    await doneOn(app, "late", ["2024-01-10"]);
    expect((await stateOf("late")).streak).toMatchObject({ current: 4, freezes: { left: 1, usedInWeek: 0 } });
  });

  test("is back when the day that it has covered is paused", async () => {
    const { app } = running;
    await doneOn(app, "paused", ["2024-01-08", "2024-01-09", "2024-01-11"]);
    await grant(["paused"], "gift", { from: "2024-01-09" });
    const [result] = await changed(app, "pause", {
      ...{ userHashes: ["paused"], entryId: "ill", from: "2024-01-10", to: "2024-01-10" },
    });
    expect(result?.changes).toEqual([
      {
        ...{ event: "visit", currentBefore: 3, currentAfter: 3, bestBefore: 3, bestAfter: 3 },
        ...{ freezesBefore: 0, freezesAfter: 1 },
      },
    ]);
    expect(statusesOf(await stateOf("paused")).slice(0, 4)).toEqual(["done", "done", "paused", "done"]);
  });

  test("is shown by the lists of users and by the state of a past day as by the state", async () => {
    const { app } = running;
    await doneOn(app, "shown", ["2024-01-08", "2024-01-09", "2024-01-11"]);
    await grant(["shown"], "gift", { from: "2024-01-09" });
    const { streak } = await stateOf("shown");
    expect(streak).toMatchObject({ current: 3, freezes: { left: 0, usedInWeek: 1, optedOut: false } });
    const user = await app.admin("GET", "/admin/projects/shop/users/shown");
    const list = await app.admin("GET", "/admin/projects/shop/users?prefix=shown");
    expect([user.json, list.json.users[0]].map(({ streaks }) => streaks[0].streak)).toEqual([streak, streak]);

    const past = await stateOf("shown", "visit", "&asOf=2024-01-10");
    expect(past.streak).toMatchObject({ current: 2, pending: true, freezes: { left: 1, usedInWeek: 0 } });
    expect(statusesOf(past)).toEqual(["done", "done", "open", "open", "open", "open", "open"]);
  });

  test("is taken back as if it had never been granted", async () => {
    const { app } = running;
    await doneOn(app, "wrong", ["2024-01-08", "2024-01-09", "2024-01-11"]);
    await grant(["wrong"], "gift", { from: "2024-01-09" });
    const [result] = await changed(app, "takeBack", { userHashes: ["wrong"], entryId: "undo", takenBackId: "gift" });
    expect(result?.changes).toEqual([
      {
        ...{ event: "visit", currentBefore: 3, currentAfter: 1, bestBefore: 3, bestAfter: 2 },
        ...{ freezesBefore: 0, freezesAfter: 0 },
      },
    ]);
    await grant(["wrong"], "unused");
    const [unused] = await changed(app, "takeBack", { userHashes: ["wrong"], entryId: "t2", takenBackId: "unused" });
    expect(unused?.changes).toMatchObject([{ freezesBefore: 1, freezesAfter: 0 }]);
    expect(await explain("wrong")).toMatchObject({ streak: { freezes: { left: 0, usedInWeek: 0 } } });
  });

  test("comes along when a visitor becomes a user, and each counts", async () => {
    const { app } = running;
    await doneOn(app, "phone", ["2024-01-08"]);
    await doneOn(app, "linked", ["2024-01-11"]);
    await grant(["phone"], "of the visitor", { from: "2024-01-08" });
    await grant(["linked"], "of the user", { from: "2024-01-08" });
    await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "phone", userHash: "linked" });
    expect((await stateOf("linked")).streak).toMatchObject({ current: 2, freezes: { left: 0, usedInWeek: 2 } });

    // One request for both of them, before they are linked.
    await grant(["tablet", "owner"], "gift", { from: "2024-01-08" });
    await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "tablet", userHash: "owner" });
    expect((await stateOf("owner")).streak).toMatchObject({ freezes: { left: 1 } });
  });

  test("is explained by the entry that granted it", async () => {
    const { app } = running;
    await doneOn(app, "why", ["2024-01-08", "2024-01-09", "2024-01-11"]);
    await grant(["why"], "gift", { from: "2024-01-09", reason: "Thanks" });
    const explained = await explain("why");
    expect(explained.periods).toMatchObject([
      { outcome: "kept" },
      { outcome: "kept" },
      { outcome: "frozen", counted: 0, done: 0, needed: 1 },
      { outcome: "kept" },
      { outcome: "open" },
    ]);
    const [entry] = await ledgerOf(app, "why");
    expect(explained.periods[2].days).toEqual([{ isoDate: "2024-01-10", status: "frozen", entry }]);
    expect(explained.streak).toEqual((await stateOf("why")).streak);
  });
});

describe("by its rules a widget", () => {
  test("gives users freezes that they earn, of which the explanation names no entry", async () => {
    const { app } = running;
    const first = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06"];
    // Two for six days. They cover the 7th and the 8th; another one comes with the ninth day.
    await doneOn(app, "keen", [...first, "2024-01-09", "2024-01-10", "2024-01-11"], "earn");
    const state = await stateOf("keen", "earn");
    expect(state.streak).toMatchObject({ current: 9, best: 9, freezes: { left: 1, usedInWeek: 1 } });
    expect(statusesOf(state)[0]).toBe("frozen");
    const { periods } = await explain("keen", "earn");
    expect(periods.slice(6, 8)).toMatchObject([
      { outcome: "frozen", days: [{ isoDate: "2024-01-07", status: "frozen" }] },
      { outcome: "frozen", days: [{ isoDate: "2024-01-08", status: "frozen" }] },
    ]);
    expect(JSON.stringify(periods)).not.toContain("entry");
  });

  test("counts covered days where they lengthen the run", async () => {
    await doneOn(running.app, "long", ["2024-01-08", "2024-01-09", "2024-01-11"], "longer");
    await grant(["long"], "gift", { event: "longer", from: "2024-01-09" });
    expect((await stateOf("long", "longer")).streak).toMatchObject({ current: 4, best: 4 });
    expect((await explain("long", "longer")).periods[2]).toMatchObject({ outcome: "frozen", counted: 1 });
  });

  test("lets freezes cover so many days in a row at most", async () => {
    await doneOn(running.app, "in a row", ["2024-01-08", "2024-01-11"], "one");
    await grant(["in a row"], "gift", { event: "one", count: 2, from: "2024-01-08" });
    expect((await stateOf("in a row", "one")).streak).toMatchObject({ current: 1, freezes: { left: 2 } });
    await doneOn(running.app, "in a row", ["2024-01-10"], "one");
    expect((await stateOf("in a row", "one")).streak).toMatchObject({ current: 3, freezes: { left: 1 } });
  });

  test("lets a freeze cover a week", async () => {
    await doneOn(running.app, "weeks", ["2023-12-27", "2023-12-28", "2024-01-03"], "weekly");
    await grant(["weeks"], "gift", { event: "weekly", from: "2024-01-01" });
    expect((await stateOf("weeks", "weekly")).streak).toMatchObject({
      ...{ current: 1, unit: "week", freezes: { left: 0, usedInWeek: 0, optedOut: false } },
    });
    const { periods } = await explain("weeks", "weekly", "?from=2024-01-01&to=2024-01-07");
    expect(periods).toMatchObject([{ outcome: "frozen", done: 1, needed: 2 }]);
    const statuses = periods[0].days.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(["frozen", "frozen", "done", "frozen", "frozen", "frozen", "frozen"]);
  });

  test("has none where it is cumulative, whatever its rules say", async () => {
    await doneOn(running.app, "sum", MON_TO_WED, "all");
    expect((await stateOf("sum", "all")).streak).toEqual({
      ...{ mode: "cumulative", current: 3, best: 3, todayDone: false, pending: true, unit: "day" },
    });
  });

  test("has none without freezes in its rules: the answer keeps every byte, whatever the ledger says", async () => {
    const { app } = running;
    await doneOn(app, "plain", MON_TO_WED, "plain");
    const users = async () => (await app.admin("GET", "/admin/projects/shop/users?prefix=plain")).text;
    const before = [await textOf("plain", "plain"), await users()];
    expect(before.join()).not.toMatch(/freezes|unit|status/);
    for (const kind of ["optOut", "optIn"] as const) {
      const [result] = await changed(app, kind, { userHashes: ["plain"], entryId: kind });
      expect(result?.changes).toEqual([]);
    }
    await grant(["plain"], "of another streak");
    expect([await textOf("plain", "plain"), await users()]).toEqual(before);
  });
});

describe("who opts out", () => {
  test("has days covered no more, keeps the freezes, and can opt in again", async () => {
    const { app } = running;
    const userHashes = ["strict"];
    await doneOn(app, "strict", ["2024-01-08", "2024-01-09", "2024-01-11"]);
    await grant(userHashes, "gift", { from: "2024-01-09" });
    const [out] = await changed(app, "optOut", { userHashes, entryId: "out", from: "2024-01-10" });
    expect(out?.changes).toEqual([
      {
        ...{ event: "visit", currentBefore: 3, currentAfter: 1, bestBefore: 3, bestAfter: 2 },
        ...{ freezesBefore: 0, freezesAfter: 1 },
      },
    ]);
    expect((await stateOf("strict")).streak).toMatchObject({ freezes: { left: 1, usedInWeek: 0, optedOut: true } });

    later();
    const [back] = await changed(app, "optIn", { userHashes, entryId: "in", event: "visit", from: "2024-01-10" });
    expect(back?.changes).toMatchObject([{ currentBefore: 1, currentAfter: 3, freezesBefore: 1, freezesAfter: 0 }]);
    expect((await stateOf("strict")).streak).toMatchObject({ freezes: { left: 0, usedInWeek: 1, optedOut: false } });
  });

  test("keeps what was covered before, and opts out of one streak where the request names an event", async () => {
    const { app } = running;
    for (const event of ["visit", "one"]) {
      await doneOn(app, "partly", ["2024-01-08", "2024-01-09", "2024-01-11"], event);
      await grant(["partly"], `gift ${event}`, { event, from: "2024-01-09" });
    }
    const [result] = await changed(app, "optOut", { userHashes: ["partly"], entryId: "out", event: "visit" });
    expect(result).toEqual({ userHash: "partly", outcome: "added", changes: [] });
    expect((await stateOf("partly")).streak).toMatchObject({ current: 3, freezes: { usedInWeek: 1, optedOut: true } });
    expect((await stateOf("partly", "one")).streak).toMatchObject({ current: 3, freezes: { optedOut: false } });
  });

  test("gets an entry each time, also without having any freeze, and for an event that has none", async () => {
    const { app } = running;
    const userHashes = ["sure"];
    for (const [entryId, fields] of [
      ["1", {}],
      ["2", {}],
      ["3", { event: "plain" }],
      ["4", { event: "all" }],
    ] as const) {
      expect(outcomesOf(await changed(app, "optOut", { userHashes, entryId, ...fields }))).toEqual(["added"]);
      expect(outcomesOf(await changed(app, "optIn", { userHashes, entryId: `in ${entryId}`, ...fields }))).toEqual([
        "added",
      ]);
    }
    expect(await ledgerOf(app, "sure")).toHaveLength(8);
  });

  test("does so from today on in the zone of the user, by the start of the day of the one streak it is about", async () => {
    const { app } = running;
    const noon = app.now;
    // It is 02:00 in Berlin, and the day of `night` begins at 04:00.
    app.now = Date.parse("2024-01-12T01:00:00Z");
    const userHashes = ["owl"];
    await changed(app, "grantFreezes", { userHashes, entryId: "1", event: "night", count: 1 });
    await changed(app, "optOut", { userHashes, entryId: "2", event: "night" });
    await changed(app, "optIn", { userHashes, entryId: "3", event: "visit" });
    await changed(app, "optOut", { userHashes, entryId: "4" });
    app.now = noon;
    const days = (await ledgerOf(app, "owl")).map(({ from }: { from: string }) => from);
    expect(days).toEqual(["2024-01-11", "2024-01-11", "2024-01-12", "2024-01-12"]);

    // At noon in UTC it is the next day already on Kiritimati.
    await app.record({ siteKey: "shop", userHash: "far", event: "visit", tz: "Pacific/Kiritimati" });
    await grant(["far"], "gift");
    expect(await ledgerOf(app, "far")).toMatchObject([{ from: "2024-01-13" }]);
  });
});

test("a ledger lists what was decided about freezes, with every field that it has", async () => {
  const { app } = running;
  const userHashes = ["listed"];
  await grant(userHashes, "a", { count: 2, from: "2024-01-01", to: "2024-01-31" });
  await grant(userHashes, "b");
  await changed(app, "optOut", { userHashes, entryId: "c" });
  await changed(app, "optIn", { userHashes, entryId: "d", event: "visit", from: "2024-02-01" });
  const facts = { reason: "Test", actor: "root", createTime: new Date(app.now).toISOString(), pauseIds: [] };
  expect(await ledgerOf(app, "listed")).toEqual([
    {
      ...{ entryId: "a", kind: "grantFreezes", event: "visit", count: 2, ...facts },
      ...{ from: "2024-01-01", to: "2024-01-31" },
    },
    { entryId: "b", kind: "grantFreezes", event: "visit", count: 1, from: "2024-01-12", ...facts },
    { entryId: "c", kind: "optOut", from: "2024-01-12", ...facts },
    { entryId: "d", kind: "optIn", event: "visit", from: "2024-02-01", ...facts },
  ]);
});

test.each([
  ["Connect", createConnectTransport],
  ["gRPC", createGrpcTransport],
])("over %s freezes are granted, shown and explained in the same words", async (name, createTransport) => {
  const { app } = running;
  await doneOn(app, name, ["2024-01-08", "2024-01-09", "2024-01-11"]);
  const transport = createTransport({ baseUrl: app.url, httpVersion: "2" });
  const ledger = createClient(LedgerService, transport);
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const asked = { siteKey: "shop", userHashes: [name], reason: "Test" };

  const granted = await ledger.grantFreezes(
    { ...asked, entryId: "g", event: "visit", count: 1, from: "2024-01-09", to: "2024-01-10" },
    { headers },
  );
  expect(granted.results[0]?.changes).toMatchObject([{ currentAfter: 3, freezesBefore: 0, freezesAfter: 0 }]);
  await ledger.optOutOfFreezes({ ...asked, entryId: "o", event: "visit" }, { headers });
  await ledger.optInToFreezes({ ...asked, entryId: "p" }, { headers });
  const { entries } = await ledger.listLedgerEntries({ siteKey: "shop", userHash: name }, { headers });
  expect(entries).toMatchObject([
    { kind: LedgerEntryKind.GRANT_FREEZES, event: "visit", count: 1, from: "2024-01-09", to: "2024-01-10" },
    { kind: LedgerEntryKind.OPT_OUT, event: "visit", from: "2024-01-12" },
    { kind: LedgerEntryKind.OPT_IN, from: "2024-01-12" },
  ]);

  const user = { siteKey: "shop", userHash: name, event: "visit" };
  const { streak, week } = await createClient(StreakService, transport).getState(user);
  expect(streak?.freezes).toMatchObject({ left: 0, usedInWeek: 1, optedOut: false });
  expect(week[2]?.status).toBe(DayStatus.FROZEN);
  const { explanation } = await createClient(RulesService, transport).explainStreak(user, { headers });
  expect(explanation?.periods[2]).toMatchObject({
    outcome: PeriodOutcome.FROZEN,
    days: [{ status: DayStatus.FROZEN, entry: { entryId: "g", count: 1 } }],
  });
});
