import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, useApp } from "../support/app.ts";
import { changed, changeLedgers, doneOn, type LedgerVerb, ledgerOf, outcomesOf } from "../support/ledgers.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC. Each test has users of its own.

const running = useApp();
const DAY_MS = 86_400_000;
/** A run of two days, which ended on January 10. */
const BROKEN = ["2024-01-08", "2024-01-09"];

beforeAll(async () => {
  const { app } = running;
  const project = {
    siteKey: "shop",
    widgets: [
      { event: "visit", rules: { repairs: { withinDays: 3 } } },
      { event: "read", rules: { repairs: { withinDays: 3, onceInDays: 30 } } },
      { event: "narrow", rules: { repairs: { withinDays: 1 } } },
      { event: "paid", rules: { freezes: {}, repairs: { withinDays: 3, price: "freeze" } } },
      { event: "work", rules: { repairs: { withinDays: 31, price: "days", days: 2 } } },
      { event: "weekly", rules: { cadence: { kind: "days_a_week", days: 2 } } },
      { event: "plain" },
      { event: "all", mode: "cumulative", rules: { repairs: { withinDays: 3 } } },
      { event: "newly", rules: { repairs: { withinDays: 3 } } },
    ],
  };
  const created = await app.admin("POST", "/admin/projects", project);
  expect([created.status, created.text]).toEqual([201, expect.anything()]);
  const rules = { freezes: {}, repairs: { withinDays: 3, price: "freeze" } };
  const widgets = [...project.widgets.slice(0, -1), { event: "newly", rules, rulesFrom: "2024-01-12" }];
  const changedRules = await app.admin("PATCH", "/admin/projects/shop?updateMask=widgets", { widgets });
  expect([changedRules.status, changedRules.text]).toEqual([200, expect.anything()]);
});

/** How an answer says what is wrong. */
const problemOf = (answer: Answer) => [outcomeOf(answer), answer.json.field, answer.json.message];

describe("a request that is sent again", () => {
  test("finds its entry on another day too, when nothing could be repaired any more, and changes nothing", async () => {
    const { app } = running;
    await doneOn(app, "again", BROKEN);
    const request = { userHashes: ["again"], entryId: "r", event: "visit" };
    const first = await changed(app, "repair", { ...request, reason: "Asked" });
    const ledger = await ledgerOf(app, "again");
    app.now += 10 * DAY_MS;
    const second = await changed(app, "repair", { ...request, reason: "Asked again" });
    app.now -= 10 * DAY_MS;
    expect([first, second].map(outcomesOf)).toEqual([["added"], ["known"]]);
    expect(second).toEqual([{ userHash: "again", outcome: "known", changes: [] }]);
    expect(await ledgerOf(app, "again")).toEqual(ledger);
  });

  test("adds what a crash has left out", async () => {
    const { app } = running;
    const userHashes = ["left out", "had it", "left out too"];
    for (const user of userHashes) {
      await doneOn(app, user, BROKEN);
    }
    await changed(app, "repair", { userHashes: ["had it"], entryId: "r", event: "visit" });
    const results = await changed(app, "repair", { userHashes, entryId: "r", event: "visit" });
    expect(outcomesOf(results)).toEqual(["added", "known", "added"]);
  });

  test("at the same time adds each entry once", async () => {
    const { app } = running;
    const userHashes = Array.from({ length: 20 }, (_, index) => `at once ${index}`);
    await Promise.all(userHashes.map((user) => doneOn(app, user, BROKEN)));
    const request = { userHashes, entryId: "r", event: "visit" };
    const all = await Promise.all(Array.from({ length: 3 }, () => changed(app, "repair", request)));
    for (const [index, user] of userHashes.entries()) {
      const outcomes = all.map((results) => results[index]?.outcome);
      expect(outcomes.toSorted()).toEqual(["added", "known", "known"]);
      expect(await ledgerOf(app, user)).toHaveLength(1);
    }
  });
});

test("of two requests with two ids at the same time one repairs the streak, and the other is refused", async () => {
  const { app } = running;
  for (let round = 0; round < 5; round++) {
    const user = `twice ${round}`;
    await doneOn(app, user, BROKEN);
    const ask = (entryId: string) => changeLedgers(app, "repair", { userHashes: [user], entryId, event: "visit" });
    const answers = await Promise.all(["a", "b", "c"].map(ask));
    expect(answers.map(outcomeOf).toSorted()).toEqual(["200", "409 NOT_REPAIRABLE", "409 NOT_REPAIRABLE"]);
    expect(await ledgerOf(app, user)).toHaveLength(1);
  }
});

test("two names of one user in a request get a result each, and the streak is repaired once", async () => {
  const { app } = running;
  await doneOn(app, "one", BROKEN);
  await app.admin("POST", "/admin/alias", { siteKey: "shop", anonymousId: "alias of one", userHash: "one" });
  const userHashes = ["alias of one", "one"];
  const results = await changed(app, "repair", { userHashes, entryId: "r", event: "visit" });
  expect(results.map(({ userHash, outcome, changes }) => [userHash, outcome, changes.length])).toEqual([
    ["alias of one", "added", 1],
    ["one", "known", 0],
  ]);
  expect(await ledgerOf(app, "one")).toHaveLength(1);
});

test("what is only validated is told as it would be, and nothing is added", async () => {
  const { app } = running;
  await doneOn(app, "asked", BROKEN);
  const request = { userHashes: ["asked"], entryId: "r", event: "visit" };
  const told = await changed(app, "repair", { ...request, validateOnly: true });
  expect(told).toMatchObject([{ outcome: "added", changes: [{ currentBefore: 0, currentAfter: 2 }] }]);
  expect(await ledgerOf(app, "asked")).toEqual([]);
  expect(await changed(app, "repair", request)).toEqual(told);
  const refused = await changeLedgers(app, "repair", { ...request, entryId: "other", validateOnly: true });
  expect(outcomeOf(refused)).toBe("409 NOT_REPAIRABLE");
});

describe("an id that the ledger has for something else is refused", () => {
  test.each<[string, LedgerVerb, object]>([
    ["a repair of another streak", "repair", { event: "read" }],
    ["a pause", "pause", { event: "visit", from: "2024-01-12" }],
    ["taking an entry back", "takeBack", { takenBackId: "x" }],
  ])("%s", async (name, verb, body) => {
    const { app } = running;
    const user = `taken ${name}`;
    await doneOn(app, user, BROKEN);
    await changed(app, "repair", { userHashes: [user], entryId: "r", event: "visit" });
    const answer = await changeLedgers(app, verb, { ...body, userHashes: [user], entryId: "r" });
    expect(problemOf(answer)).toEqual([
      "409 ALREADY_EXISTS",
      "entryId",
      `The ledger of "${user}" has another entry with the entryId "r". Nothing was added, for any user. Choose another entryId, or leave the user out.`,
    ]);
  });
});

describe("a streak that can't be repaired is refused, and the message says why", () => {
  test.each<[string, string, readonly string[], string, string, string]>([
    [
      "without a run that has ended",
      ...(["visit", ["2024-01-11"], "userHashes"] as const),
      "there is nothing to repair, as no run that is not repaired yet has ended in the 3 days before",
      " Repair it when its state has streak.repair.",
    ],
    [
      "whose run has ended too long ago",
      ...(["narrow", BROKEN, "userHashes"] as const),
      "there is nothing to repair, as no run that is not repaired yet has ended in the day before",
      " Repair it when its state has streak.repair.",
    ],
    [
      "of a user who is not known",
      ...(["visit", [], "userHashes"] as const),
      "there is nothing to repair, as no run that is not repaired yet has ended in the 3 days before",
      " Repair it when its state has streak.repair.",
    ],
    [
      "whose price is a freeze that is not there",
      ...(["paid", BROKEN, "userHashes"] as const),
      "a repair takes a freeze, and none is left",
      " Grant a freeze that comes on 2024-01-11 or earlier first.",
    ],
    [
      "whose price is a freeze, and whose rules have freezes from today on",
      ...(["newly", BROKEN, "userHashes"] as const),
      "a repair takes a freeze, and none is left",
      " Grant a freeze that comes on 2024-01-12, from when on the rules have freezes, and repair the streak on the day after.",
    ],
    [
      "whose price is days that are missing",
      ...(["work", BROKEN, "userHashes"] as const),
      "2 more days must be done first",
      " Repair it when they are done.",
    ],
    [
      "of a widget whose rules have no repairs",
      ...(["weekly", BROKEN, "event"] as const),
      'the rules of the widget "weekly" have no repairs on that day',
      " Add repairs to them first; a week or month that has begun keeps its old rules.",
    ],
    [
      "of a widget without rules",
      ...(["plain", BROKEN, "event"] as const),
      'the rules of the widget "plain" have no repairs on that day',
      " Add repairs to them first; a week or month that has begun keeps its old rules.",
    ],
    [
      "of a cumulative widget",
      ...(["all", BROKEN, "event"] as const),
      '"all" has a cumulative widget, whose streaks never end',
      " Repair streaks of a widget whose mode is continuous.",
    ],
  ])("one %s", async (name, event, done, field, why, mend) => {
    const { app } = running;
    await doneOn(app, name, done, event);
    const answer = await changeLedgers(app, "repair", { userHashes: [name], entryId: "r", event });
    expect(problemOf(answer)).toEqual([
      ...["409 NOT_REPAIRABLE", field],
      `The streak of "${name}" can't be repaired on 2024-01-12: ${why}.${mend}`,
    ]);
    expect(await ledgerOf(app, name)).toEqual([]);
  });

  test.each(["visit", "read"])(
    "one that was repaired today, whatever the rules say of the next repair: %s",
    async (event) => {
      const { app } = running;
      await doneOn(app, "mended", BROKEN, event);
      await changed(app, "repair", { userHashes: ["mended"], entryId: event, event });
      const again = await changeLedgers(app, "repair", { userHashes: ["mended"], entryId: "again", event });
      expect(problemOf(again)).toEqual([
        ...["409 NOT_REPAIRABLE", "userHashes"],
        `The streak of "mended" can't be repaired on 2024-01-12: it was repaired on that day already. Repair it when its state has streak.repair.`,
      ]);
    },
  );

  test("one that was repaired too short a time ago, until it may be again", async () => {
    const { app } = running;
    await doneOn(app, "often", BROKEN, "read");
    await changed(app, "repair", { userHashes: ["often"], entryId: "r", event: "read" });
    const again = { userHashes: ["often"], entryId: "again", event: "read" };
    app.now += 3 * DAY_MS;
    await doneOn(app, "often", ["2024-01-12", "2024-01-13"], "read");
    const refused = await changeLedgers(app, "repair", again);
    app.now -= 3 * DAY_MS;
    expect(problemOf(refused)).toEqual([
      ...["409 NOT_REPAIRABLE", "userHashes"],
      `The streak of "often" can't be repaired on 2024-01-15: the last repair was too short a time ago. Repair it from 2024-02-11 on.`,
    ]);
    app.now += 30 * DAY_MS;
    await doneOn(app, "often", ["2024-02-09"], "read");
    const allowed = await changed(app, "repair", again);
    app.now -= 30 * DAY_MS;
    expect(outcomesOf(allowed)).toEqual(["added"]);
  });

  test("for all users of the request, of whom the message names the first that can't", async () => {
    const { app } = running;
    await doneOn(app, "could", BROKEN);
    const answer = await changeLedgers(app, "repair", {
      ...{ userHashes: ["could", "could not"], entryId: "r", event: "visit" },
    });
    expect(problemOf(answer)).toEqual([
      ...["409 NOT_REPAIRABLE", "userHashes"],
      `The streak of "could not" can't be repaired on 2024-01-12: there is nothing to repair, as no run that is not repaired yet has ended in the 3 days before. Nothing was added, for any user. Repair it when its state has streak.repair, or leave the user out.`,
    ]);
    expect(await ledgerOf(app, "could")).toEqual([]);
    const paid = await changeLedgers(app, "repair", { userHashes: ["could", "x"], entryId: "r", event: "plain" });
    expect(paid.json.message).toMatch(/Nothing was added, for any user\. Add repairs to them first;/);
  });
});

test.each<[string, object, string, string]>([
  ["no users", { userHashes: [] }, "userHashes", "must name at least one user, and at most 1000"],
  ["an empty user", { userHashes: ["a", ""] }, "userHashes[1]", "must not be empty"],
  ["many users", { userHashes: Array(1001).fill("u") }, "userHashes", "must hold at most 1000 entries"],
  ["no id", { entryId: "" }, "entryId", "is required"],
  ["no reason", { reason: "" }, "reason", "is required"],
  ["no event", { event: undefined }, "event", "is required"],
])("a repair with %s is INVALID_BODY, and says why", async (_, fields, field, problem) => {
  const answer = await changeLedgers(running.app, "repair", {
    ...{ userHashes: ["u"], entryId: "e", event: "visit", ...fields },
  });
  expect(problemOf(answer)).toEqual(["400 INVALID_BODY", field, expect.stringContaining(`${field} ${problem}`)]);
});

test("an event without a widget, and a project that is not there, are told apart", async () => {
  const { app } = running;
  const request = { userHashes: ["u"], entryId: "e", event: "vsit" };
  expect(problemOf(await changeLedgers(app, "repair", request))).toEqual([
    ...["400 INVALID_WIDGET_KIND", "event", expect.stringContaining('no widget for the event "vsit"')],
  ]);
  const none = await app.admin("POST", "/admin/projects/none/ledger:repair", { ...request, reason: "Test" });
  expect(outcomeOf(none)).toBe("404 NOT_FOUND");
});

test("1,000 users are repaired by one request, which leaves one entry in the audit log", async () => {
  const { app } = running;
  const userHashes = Array.from({ length: 1000 }, (_, index) => `crowd ${index}`);
  // Not all at once: that would be 2,000 connections, more than can wait to be accepted.
  for (let first = 0; first < userHashes.length; first += 100) {
    await Promise.all(userHashes.slice(first, first + 100).map((user) => doneOn(app, user, BROKEN)));
  }
  const results = await changed(app, "repair", { userHashes, entryId: "outage", event: "visit" });
  expect(new Set(outcomesOf(results))).toEqual(new Set(["added"]));
  expect(results[999]?.changes).toMatchObject([{ currentBefore: 0, currentAfter: 2 }]);
  await changeLedgers(app, "repair", { userHashes: ["crowd 0"], entryId: "refused", event: "visit" });
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop&pageSize=1")).json;
  const after = { entryId: "outage", kind: "repair", event: "visit", reason: "Test", users: 1000 };
  expect(entries).toMatchObject([
    {
      ...{ method: "streak.v1.LedgerService/RepairStreaks", resource: "projects/shop/ledger/outage" },
      after: { ...after, userHashes: userHashes.slice(0, 10) },
    },
  ]);
}, 60_000);
