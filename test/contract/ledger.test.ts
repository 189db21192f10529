import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { beforeAll, describe, expect, test } from "vitest";
import { LedgerEntryKind } from "#gen/streak/v1/ledger_pb.ts";
import { LedgerOutcome, LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { ADMIN_TOKEN, useApp } from "../support/app.ts";
import { changed, doneOn, ledgerOf, outcomesOf } from "../support/ledgers.ts";
import { callAs, makeToken } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC and in Berlin. Each test has users of its own.

const running = useApp();
const FIRST_DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"];

beforeAll(async () => {
  const { status } = await running.app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    timeZone: "Europe/Berlin",
    widgets: [
      { event: "visit" },
      { event: "read" },
      { event: "all", mode: "cumulative" },
      { event: "weekly", rules: { cadence: { kind: "days_a_week", days: 3 } } },
    ],
  });
  expect(status).toBe(201);
});

const stateOf = (userHash: string, event = "visit", more: Record<string, string> = {}) =>
  running.app.state({ siteKey: "shop", userHash, event, ...more });

describe("a pause", () => {
  test("lets a broken run go on, and the state shows it", async () => {
    const { app } = running;
    await doneOn(app, "away", FIRST_DAYS);
    expect((await stateOf("away")).streak).toEqual({
      ...{ mode: "continuous", current: 0, best: 3, todayDone: false, pending: false },
    });

    const results = await changed(app, "pause", {
      ...{ userHashes: ["away"], entryId: "ill", from: "2024-01-04", to: "2024-01-14" },
    });

    expect(results).toEqual([
      {
        userHash: "away",
        outcome: "added",
        changes: [{ event: "visit", currentBefore: 0, currentAfter: 3, bestBefore: 3, bestAfter: 3 }],
      },
    ]);
    const { streak, week } = await stateOf("away");
    expect(streak).toMatchObject({
      ...{ current: 3, best: 3, todayDone: false, pending: false, unit: "day" },
      progress: { done: 0, needed: 0 },
      pause: { from: "2024-01-04", to: "2024-01-14" },
    });
    expect(week.map((day) => (day as { status?: string }).status)).toEqual(Array(7).fill("paused"));
  });

  test("is explained by its entry, and shown by the lists of users", async () => {
    const { app } = running;
    await doneOn(app, "ill", FIRST_DAYS);
    await changed(app, "pause", { userHashes: ["ill"], entryId: "flu", reason: "Flu", from: "2024-01-04" });

    const explained = await app.admin("GET", "/admin/projects/shop/users/ill/streaks/visit:explain");
    const days = explained.json.periods.flatMap(({ days }: { days: object[] }) => days);
    expect(days.slice(2, 4)).toEqual([
      { isoDate: "2024-01-03", status: "done", checkIn: expect.anything() },
      { isoDate: "2024-01-04", status: "paused", entry: (await ledgerOf(app, "ill"))[0] },
    ]);
    expect(days.slice(3).every(({ entry }: { entry?: { entryId: string } }) => entry?.entryId === "flu")).toBe(true);

    const { streak } = await stateOf("ill");
    expect(streak).toMatchObject({ current: 3, pause: { from: "2024-01-04" } });
    expect(explained.json.streak).toEqual(streak);
    const user = await app.admin("GET", "/admin/projects/shop/users/ill");
    const list = await app.admin("GET", "/admin/projects/shop/users?prefix=ill");
    expect([user.json, list.json.users[0]].map(({ streaks }) => streaks[0].streak)).toEqual([streak, streak]);
  });

  test("is about one streak where it names an event, and a cumulative one has none", async () => {
    const { app } = running;
    for (const event of ["visit", "read", "all", "weekly"]) {
      await doneOn(app, "many", FIRST_DAYS, event);
    }
    const days = { userHashes: ["many"], from: "2024-01-04", to: "2024-01-11" };
    const [one] = await changed(app, "pause", { ...days, entryId: "read alone", event: "read" });
    expect(one?.changes.map(({ event }) => event)).toEqual(["read"]);
    expect((await stateOf("many", "read")).streak.current).toBe(3);
    expect((await stateOf("many")).streak).not.toHaveProperty("unit");

    const [all] = await changed(app, "pause", { ...days, entryId: "everything" });
    expect(all?.changes.map(({ event }) => event)).toEqual(["visit"]);
    expect((await stateOf("many", "all")).streak).not.toHaveProperty("unit");
  });

  test("stays as it is when a visitor's pause with the same id was taken back before a link", async () => {
    const { app } = running;
    await doneOn(app, "own pause", FIRST_DAYS);
    const both = ["own pause", "visitor"];
    await changed(app, "pause", { userHashes: both, entryId: "outage", from: "2024-01-04" });
    await changed(app, "takeBack", { userHashes: ["visitor"], entryId: "undo", takenBackId: "outage" });
    const link = { siteKey: "shop", anonymousId: "visitor", userHash: "own pause" };
    expect((await app.admin("POST", "/admin/alias", link)).status).toBe(204);
    expect((await stateOf("own pause")).streak).toMatchObject({ current: 3, pause: { from: "2024-01-04" } });
    const again = await changed(app, "takeBack", { userHashes: both, entryId: "own", takenBackId: "outage" });
    expect(outcomesOf(again)).toEqual(["added", "known"]);
    expect((await stateOf("own pause")).streak).toMatchObject({ current: 0 });
  });

  test("can be made for a user who is not known yet, and for an alias", async () => {
    const { app } = running;
    const pause = { from: "2024-01-04", to: "2024-01-11" };
    expect(outcomesOf(await changed(app, "pause", { ...pause, userHashes: ["newcomer"], entryId: "1" }))).toEqual([
      "added",
    ]);
    await doneOn(app, "newcomer", FIRST_DAYS);
    expect((await stateOf("newcomer")).streak.current).toBe(3);

    await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "anon", userHash: "named" });
    await doneOn(app, "anon", FIRST_DAYS);
    const results = await changed(app, "pause", { ...pause, userHashes: ["anon", "named"], entryId: "2" });
    expect(results).toMatchObject([
      { userHash: "anon", outcome: "added", changes: [{ currentAfter: 3 }] },
      { userHash: "named", outcome: "known", changes: [] },
    ]);
    expect(await ledgerOf(app, "anon")).toEqual(await ledgerOf(app, "named"));
    expect(await ledgerOf(app, "named")).toHaveLength(1);
  });

  test("counts for the state of a past day as soon as it is known", async () => {
    const { app } = running;
    await doneOn(app, "past", FIRST_DAYS);
    const asOf = { asOf: "2024-01-08" };
    expect((await stateOf("past", "visit", asOf)).streak.current).toBe(0);
    await changed(app, "pause", { userHashes: ["past"], entryId: "late", from: "2024-01-04", to: "2024-01-09" });
    expect((await stateOf("past", "visit", asOf)).streak).toMatchObject({
      ...{ current: 3, pause: { from: "2024-01-04", to: "2024-01-09" } },
    });
  });
});

describe("the end of a pause", () => {
  test("ends all pauses that would hold on the day or later, and no others", async () => {
    const { app } = running;
    const pause = (entryId: string, from: string, to?: string) =>
      changed(app, "pause", { userHashes: ["back"], entryId, from, ...(to !== undefined && { to }) });
    await doneOn(app, "back", FIRST_DAYS);
    await pause("over", "2024-01-01", "2024-01-09");
    await pause("until its first day", "2024-01-02", "2024-01-10");
    await pause("open", "2024-01-04");
    await pause("later", "2024-02-01", "2024-02-10");
    await pause("taken back", "2024-01-04");
    await changed(app, "takeBack", { userHashes: ["back"], entryId: "undo", takenBackId: "taken back" });

    app.now += 1;
    const [result] = await changed(app, "unpause", { userHashes: ["back"], entryId: "end", from: "2024-01-10" });
    app.now -= 1;

    expect(result).toMatchObject({
      outcome: "added",
      changes: [{ currentBefore: 3, currentAfter: 0, bestBefore: 3, bestAfter: 3 }],
    });
    expect((await ledgerOf(app, "back")).at(-1)).toMatchObject({
      kind: "unpause",
      from: "2024-01-10",
      pauseIds: expect.toSatisfy((ids: string[]) => ids.toSorted().join() === "later,open,until its first day"),
    });
    expect((await stateOf("back")).streak).not.toHaveProperty("pause");
    const again = { userHashes: ["back"], entryId: "end again", from: "2024-01-10" };
    expect(outcomesOf(await changed(app, "unpause", again))).toEqual(["nothing"]);
    expect(outcomesOf(await changed(app, "unpause", { ...again, from: "2024-01-09" }))).toEqual(["added"]);
  });

  test("is today in the zone of the user, where the request names no day", async () => {
    const { app } = running;
    // At noon in UTC it is the next day already on Kiritimati.
    await app.record({ siteKey: "shop", userHash: "far", event: "visit", tz: "Pacific/Kiritimati" });
    await app.record({ siteKey: "shop", userHash: "near", event: "visit" });
    const userHashes = ["far", "near"];
    await changed(app, "pause", { userHashes, entryId: "p", from: "2024-01-04" });
    await changed(app, "unpause", { userHashes, entryId: "u" });
    const days = await Promise.all(userHashes.map(async (user) => (await ledgerOf(app, user))[1].from));
    expect(days).toEqual(["2024-01-13", "2024-01-12"]);
  });

  test("is nothing for a user without pauses", async () => {
    const { app } = running;
    const results = await changed(app, "unpause", { userHashes: ["nobody"], entryId: "u" });
    expect(results).toEqual([{ userHash: "nobody", outcome: "nothing", changes: [] }]);
    expect(await ledgerOf(app, "nobody")).toEqual([]);
  });
});

describe("taking an entry back", () => {
  test("makes it as if it had never been, and it can be done once", async () => {
    const { app } = running;
    await doneOn(app, "wrong", FIRST_DAYS);
    const userHashes = ["wrong", "other"];
    await changed(app, "pause", { userHashes: ["wrong"], entryId: "p", from: "2024-01-04" });
    const results = await changed(app, "takeBack", { userHashes, entryId: "t", takenBackId: "p" });
    expect(results).toMatchObject([
      { outcome: "added", changes: [{ event: "visit", currentBefore: 3, currentAfter: 0 }] },
      { outcome: "nothing", changes: [] },
    ]);
    expect((await stateOf("wrong")).streak).toMatchObject({ current: 0, unit: "day" });
    const again = await changed(app, "takeBack", { userHashes, entryId: "t2", takenBackId: "p" });
    expect(outcomesOf(again)).toEqual(["nothing", "nothing"]);
  });

  test("makes a pause hold again whose end is taken back", async () => {
    const { app } = running;
    const userHashes = ["stays"];
    await doneOn(app, "stays", FIRST_DAYS);
    await changed(app, "pause", { userHashes, entryId: "p", from: "2024-01-04" });
    await changed(app, "unpause", { userHashes, entryId: "u", from: "2024-01-08" });
    expect((await stateOf("stays")).streak.current).toBe(0);
    const [result] = await changed(app, "takeBack", { userHashes, entryId: "t", takenBackId: "u" });
    expect(result?.changes).toMatchObject([{ currentBefore: 0, currentAfter: 3 }]);
    expect((await stateOf("stays")).streak).toMatchObject({ pause: { from: "2024-01-04" } });
  });
});

test("a ledger lists its entries in the order in which they were made, with who made them", async () => {
  const { app } = running;
  const { secret, id } = await makeToken(app, { siteKey: "shop", scopes: ["users:manage"] });
  const ask = (verb: string, body: object) =>
    callAs(app, secret, "POST", `/admin/projects/shop/ledger:${verb}`, { userHashes: ["listed"], ...body });
  await ask("pause", { entryId: "z", reason: "ill", event: "visit", from: "2024-01-01", to: "2024-01-02" });
  app.now += 1;
  await ask("pause", { entryId: "y", reason: "away", from: "2024-01-04" });
  app.now += 1;
  await ask("unpause", { entryId: "x", reason: "back", from: "2024-01-08" });
  app.now += 1;
  await changed(app, "takeBack", { userHashes: ["listed"], entryId: "w", reason: "wrong", takenBackId: "z" });
  app.now -= 3;

  const time = (ms: number) => `2024-01-12T12:00:00.00${ms}Z`;
  expect(await ledgerOf(app, "listed")).toEqual([
    {
      ...{ entryId: "z", reason: "ill", actor: id, createTime: time(0), kind: "pause" },
      ...{ event: "visit", from: "2024-01-01", to: "2024-01-02", pauseIds: [] },
    },
    {
      ...{ entryId: "y", reason: "away", actor: id, createTime: time(1), kind: "pause" },
      ...{ from: "2024-01-04", pauseIds: [] },
    },
    {
      ...{ entryId: "x", reason: "back", actor: id, createTime: time(2), kind: "unpause" },
      ...{ from: "2024-01-08", pauseIds: ["y"] },
    },
    {
      ...{ entryId: "w", reason: "wrong", actor: "root", createTime: time(3), kind: "takeBack" },
      ...{ pauseIds: [], takenBackId: "z" },
    },
  ]);
});

test.each([
  ["Connect", createConnectTransport],
  ["gRPC", createGrpcTransport],
])("over %s a ledger is changed and listed in the same words", async (name, createTransport) => {
  const { app } = running;
  await doneOn(app, name, FIRST_DAYS);
  const client = createClient(LedgerService, createTransport({ baseUrl: app.url, httpVersion: "2" }));
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const asked = { siteKey: "shop", userHashes: [name], reason: "Test" };

  const paused = await client.pauseStreaks({ ...asked, entryId: "p", from: "2024-01-04" }, { headers });
  expect(paused.results).toMatchObject([
    { userHash: name, outcome: LedgerOutcome.ADDED, changes: [{ event: "visit", currentBefore: 0, currentAfter: 3 }] },
  ]);
  const ended = await client.unpauseStreaks({ ...asked, entryId: "u", from: "2024-01-08" }, { headers });
  expect(ended.results).toMatchObject([{ outcome: LedgerOutcome.ADDED, changes: [{ currentAfter: 0 }] }]);
  const taken = await client.takeBackEntry({ ...asked, entryId: "t", takenBackId: "u" }, { headers });
  expect(taken.results).toMatchObject([{ outcome: LedgerOutcome.ADDED, changes: [{ currentAfter: 3 }] }]);
  const { entries } = await client.listLedgerEntries({ siteKey: "shop", userHash: name }, { headers });
  expect(entries).toMatchObject([
    { kind: LedgerEntryKind.PAUSE, entryId: "p", from: "2024-01-04" },
    { kind: LedgerEntryKind.TAKE_BACK, entryId: "t", takenBackId: "u" },
    { kind: LedgerEntryKind.UNPAUSE, entryId: "u", pauseIds: ["p"] },
  ]);
});
