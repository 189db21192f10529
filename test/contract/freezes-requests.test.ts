import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, useApp } from "../support/app.ts";
import { changed, changeLedgers, doneOn, type LedgerVerb, ledgerOf, outcomesOf } from "../support/ledgers.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC. Each test has users of its own.

const running = useApp();
const SHOP = "/admin/projects/shop";
const GRANT = { event: "visit", count: 1, from: "2024-01-09", to: "2024-01-31" };
const DAY_MS = 86_400_000;

beforeAll(async () => {
  const { app } = running;
  const { status, text } = await app.admin("POST", "/admin/projects", {
    siteKey: "shop",
    widgets: [
      { event: "visit", rules: { freezes: {} } },
      { event: "read", rules: { neverMissTwice: true } },
      { event: "plain" },
      { event: "all", mode: "cumulative", rules: { freezes: {} } },
      { event: "soon" },
      { event: "weekly", rules: { cadence: { kind: "days_a_week", days: 2 } } },
      { event: "once", rules: { freezes: {} } },
    ],
  });
  expect([status, text]).toEqual([201, expect.anything()]);
  const { json } = await app.admin("GET", SHOP);
  const widgets = json.widgets.map((widget: { readonly event: string; readonly rules?: object }) => {
    switch (widget.event) {
      case "soon":
        return { ...widget, rules: { freezes: {} } };
      case "weekly":
        return { ...widget, rules: { ...widget.rules, freezes: {} }, rulesFrom: "2024-01-12" };
      case "once":
        return { ...widget, rules: {} };
      default:
        return widget;
    }
  });
  const changes = await app.admin("PATCH", SHOP, { widgets });
  expect([changes.status, changes.text]).toEqual([200, expect.anything()]);
});

/** How an answer says what is wrong. */
const problemOf = (answer: Answer) => [outcomeOf(answer), answer.json.field, answer.json.message];

describe("a grant that is sent again", () => {
  test("gives nothing twice, and keeps the reason and the day that the entry has", async () => {
    const { app } = running;
    const userHashes = ["again"];
    const request = { userHashes, entryId: "g", event: "visit", count: 1 };
    const first = await changed(app, "grantFreezes", { ...request, reason: "Thanks" });
    const ledger = await ledgerOf(app, "again");
    app.now += DAY_MS;
    const second = await changed(app, "grantFreezes", { ...request, reason: "Many thanks" });
    app.now -= DAY_MS;
    expect([first, second].map(outcomesOf)).toEqual([["added"], ["known"]]);
    expect(second).toEqual([{ userHash: "again", outcome: "known", changes: [] }]);
    expect(await ledgerOf(app, "again")).toEqual(ledger);
    expect(outcomesOf(await changed(app, "grantFreezes", { ...request, from: "2024-01-12" }))).toEqual(["known"]);
  });

  test("is known also when the rules have no freezes any more, and when its last day is over", async () => {
    const { app } = running;
    const request = { userHashes: ["kept"], entryId: "g", event: "once", count: 1 };
    await changed(app, "grantFreezes", { ...request, to: "2024-01-12" });
    app.now += 2 * DAY_MS;
    const again = await changed(app, "grantFreezes", { ...request, to: "2024-01-12" });
    const other = await changeLedgers(app, "grantFreezes", { ...request, entryId: "h" });
    app.now -= 2 * DAY_MS;
    expect(outcomesOf(again)).toEqual(["known"]);
    expect(problemOf(other)).toEqual([
      ...["400 INVALID_BODY", "event"],
      'event "once" has a widget whose rules have no freezes on 2024-01-14. Add freezes to its rules first, or name an earlier day in from.',
    ]);
  });

  test("adds what a crash has left out, and each entry once when it comes several times at once", async () => {
    const { app } = running;
    await changed(app, "grantFreezes", { ...GRANT, userHashes: ["at once 1"], entryId: "g" });
    const userHashes = Array.from({ length: 20 }, (_, index) => `at once ${index}`);
    const request = { ...GRANT, userHashes, entryId: "g" };
    const all = await Promise.all(Array.from({ length: 3 }, () => changed(app, "grantFreezes", request)));
    for (const [index, user] of userHashes.entries()) {
      const outcomes = all.map((results) => results[index]?.outcome);
      expect(outcomes.filter((outcome) => outcome === "added")).toHaveLength(index === 1 ? 0 : 1);
      expect(await ledgerOf(app, user)).toHaveLength(1);
    }
  });
});

describe("an id that the ledger has for something else is refused", () => {
  test.each<[string, LedgerVerb, object]>([
    ["more freezes", "grantFreezes", { ...GRANT, count: 2 }],
    ["another first day", "grantFreezes", { ...GRANT, from: "2024-01-10" }],
    ["another last day", "grantFreezes", { ...GRANT, to: "2024-02-01" }],
    ["no last day", "grantFreezes", { event: "visit", count: 1 }],
    ["another event", "grantFreezes", { ...GRANT, event: "weekly", from: "2024-01-15" }],
    ["opting out", "optOut", { event: "visit" }],
    ["a pause", "pause", { event: "visit", from: "2024-01-09", to: "2024-01-31" }],
  ])("%s", async (name, verb, body) => {
    const { app } = running;
    const user = `taken ${name}`;
    await changed(app, "grantFreezes", { ...GRANT, userHashes: [user], entryId: "g" });
    const answer = await changeLedgers(app, verb, { ...body, userHashes: ["before", user], entryId: "g" });
    expect(problemOf(answer)).toEqual([
      "409 ALREADY_EXISTS",
      "entryId",
      `The ledger of "${user}" has another entry with the entryId "g". Nothing was added, for any user. Choose another entryId, or leave the user out.`,
    ]);
    expect(await ledgerOf(app, "before")).toEqual([]);
  });

  test.each<[string, LedgerVerb, object]>([
    ["opting in", "optIn", {}],
    ["opting out of one streak", "optOut", { event: "visit" }],
    ["opting out from another day on", "optOut", { from: "2024-01-11" }],
  ])("%s, where it is opting out", async (name, verb, body) => {
    const { app } = running;
    const request = { userHashes: [name], entryId: "o" };
    await changed(app, "optOut", request);
    expect(outcomesOf(await changed(app, "optOut", { ...request, from: "2024-01-12" }))).toEqual(["known"]);
    expect(outcomeOf(await changeLedgers(app, verb, { ...request, ...body }))).toBe("409 ALREADY_EXISTS");
  });
});

test("opting out and in are known on another day too, where the request names none", async () => {
  const { app } = running;
  for (const verb of ["optOut", "optIn"] as const) {
    const request = { userHashes: ["another day"], entryId: verb };
    await changed(app, verb, request);
    app.now += DAY_MS;
    const again = await changed(app, verb, request);
    app.now -= DAY_MS;
    expect(outcomesOf(again)).toEqual(["known"]);
  }
});

const NO_FREEZES = "has a widget whose rules have no freezes";

test.each<[string, LedgerVerb, object, string, string]>([
  ["no users", "grantFreezes", { userHashes: [] }, "userHashes", "must name at least one user, and at most 1000"],
  ["an empty user", "optOut", { userHashes: ["a", ""] }, "userHashes[1]", "must not be empty"],
  ["many users", "optIn", { userHashes: Array(1001).fill("u") }, "userHashes", "must hold at most 1000 entries"],
  ["no id", "grantFreezes", { entryId: "" }, "entryId", "is required"],
  ["no reason", "optIn", { reason: "" }, "reason", "is required"],
  ["no event", "grantFreezes", { event: undefined }, "event", "is required"],
  ["an empty event", "optOut", { event: "" }, "event", "must not be empty: leave it out"],
  ["no count", "grantFreezes", { count: undefined }, "count", "must be between 1 and 30"],
  ["a count of 0", "grantFreezes", { count: 0 }, "count", "must be between 1 and 30"],
  ["a count of 1.5", "grantFreezes", { count: 1.5 }, "count", "must be an integer, without a fraction"],
  ["a negative count", "grantFreezes", { count: -1 }, "count", "must be between 1 and 30"],
  ["a large count", "grantFreezes", { count: 31 }, "count", "must be between 1 and 30"],
  ["what is no date", "grantFreezes", { from: "2024-02-30" }, "from", "must be a date from 0002-01-01 to 9998-12-31"],
  ["a late date", "grantFreezes", { to: "9999-01-01" }, "to", "must be a date from 0002-01-01 to 9998-12-31"],
  ["an early date", "optOut", { from: "0001-12-31" }, "from", "must be a date from 0002-01-01 to 9998-12-31"],
  ["an empty date", "optIn", { from: "" }, "from", "must not be empty: leave it out"],
  [
    "a last day before the first",
    "grantFreezes",
    { to: "2024-01-08" },
    "to",
    'must not be before the day on which "u" gets the freezes, 2024-01-09.',
  ],
  [
    "a last day before today",
    "grantFreezes",
    { from: undefined, to: "2024-01-11" },
    "to",
    'must not be before the day on which "u" gets the freezes, 2024-01-12.',
  ],
  [
    "a first day more than 366 days after today",
    "grantFreezes",
    { from: "2025-01-13", to: "2025-01-31" },
    "from",
    'must be 2025-01-12 or earlier for "u": freezes can be granted 366 days ahead at most. Grant them later.',
  ],
  [
    "a cumulative widget",
    "grantFreezes",
    { event: "all" },
    "event",
    '"all" has a cumulative widget, which has no freezes. Grant them for a widget whose mode is continuous.',
  ],
  ["a widget without rules", "grantFreezes", { event: "plain" }, "event", `"plain" ${NO_FREEZES}. Add freezes to`],
  ["rules without freezes", "grantFreezes", { event: "read" }, "event", `"read" ${NO_FREEZES}. Add freezes to its`],
  [
    "a day before the rules have freezes",
    "grantFreezes",
    { event: "soon", from: undefined },
    "event",
    `"soon" ${NO_FREEZES} on 2024-01-12. They have from 2024-01-13 on: name that day in from, or a later one.`,
  ],
  [
    "a week that goes to its end under rules without freezes",
    "grantFreezes",
    { event: "weekly", from: "2024-01-14" },
    "event",
    `"weekly" ${NO_FREEZES} on 2024-01-14. They have from 2024-01-15 on: name that day in from, or a later one.`,
  ],
  [
    "a day since which the rules have no freezes",
    "grantFreezes",
    { event: "once", from: "2024-01-13" },
    "event",
    `"once" ${NO_FREEZES} on 2024-01-13. Add freezes to its rules first, or name an earlier day in from.`,
  ],
])("%s is INVALID_BODY, and says why", async (_, verb, fields, field, problem) => {
  const own = verb === "grantFreezes" ? GRANT : {};
  const body = { userHashes: ["u"], entryId: "e", ...own, ...fields };
  const answer = await changeLedgers(running.app, verb, body);
  expect(problemOf(answer)).toEqual(["400 INVALID_BODY", field, expect.stringContaining(`${field} ${problem}`)]);
  const validated = await changeLedgers(running.app, verb, { ...body, validateOnly: true });
  expect(validated.json).toEqual(answer.json);
  expect(await ledgerOf(running.app, "u")).toEqual([]);
});

test("freezes can be granted from the day on which the rules have them", async () => {
  const { app } = running;
  const request = { userHashes: ["early bird"], count: 1 };
  const soon = await changed(app, "grantFreezes", { ...request, entryId: "1", event: "soon", from: "2024-01-13" });
  const weekly = await changed(app, "grantFreezes", { ...request, entryId: "2", event: "weekly", from: "2024-01-15" });
  // Today's rules have none, so nothing is told of freezes yet.
  expect([soon, weekly]).toMatchObject([[{ changes: [] }], [{ changes: [] }]]);
  const freezes = async (event: string) =>
    (await app.state({ siteKey: "shop", userHash: "early bird", event })).streak as { freezes?: object };
  expect(await freezes("soon")).not.toHaveProperty("freezes");
  app.now += 3 * DAY_MS;
  const later = [await freezes("soon"), await freezes("weekly")];
  app.now -= 3 * DAY_MS;
  expect(later).toMatchObject([{ freezes: { left: 1 } }, { freezes: { left: 1 } }]);
});

test("a grant that one user can't have is given to none", async () => {
  const { app } = running;
  // At noon in UTC it is the next day already on Kiritimati.
  await app.record({ siteKey: "shop", userHash: "far", event: "visit", tz: "Pacific/Kiritimati" });
  const request = { userHashes: ["near", "far"], entryId: "g", event: "visit", count: 1, to: "2024-01-12" };
  expect(problemOf(await changeLedgers(app, "grantFreezes", request))).toEqual([
    ...["400 INVALID_BODY", "to"],
    'to must not be before the day on which "far" gets the freezes, 2024-01-13.',
  ]);
  expect(await ledgerOf(app, "near")).toEqual([]);
});

test("an event without a widget, and a project that is not there, are told apart", async () => {
  const { app } = running;
  for (const verb of ["grantFreezes", "optOut", "optIn"] as const) {
    const body = { ...(verb === "grantFreezes" && GRANT), userHashes: ["u"], entryId: "e" };
    expect(problemOf(await changeLedgers(app, verb, { ...body, event: "vsit" }))).toEqual([
      ...["400 INVALID_WIDGET_KIND", "event"],
      expect.stringMatching(/^The project has no widget for the event "vsit"\. It has "visit", /),
    ]);
    const path = `/admin/projects/none/ledger:${verb}`;
    expect(outcomeOf(await app.admin("POST", path, { reason: "Test", ...body }))).toBe("404 NOT_FOUND");
  }
});

test("1,000 users get a freeze by one request, and the audit log has one entry of it", async () => {
  const { app } = running;
  const userHashes = Array.from({ length: 1000 }, (_, index) => `crowd ${index}`);
  await doneOn(app, "crowd 999", ["2024-01-09", "2024-01-11"]);
  const results = await changed(app, "grantFreezes", { ...GRANT, userHashes, entryId: "gift" });
  expect(results.map(({ userHash }) => userHash)).toEqual(userHashes);
  expect(new Set(outcomesOf(results))).toEqual(new Set(["added"]));
  expect(results[500]?.changes).toMatchObject([{ freezesBefore: 0, freezesAfter: 1 }]);
  expect(results[999]?.changes).toMatchObject([{ currentBefore: 1, currentAfter: 2, freezesAfter: 0 }]);
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop&pageSize=1")).json;
  expect(entries).toMatchObject([
    {
      ...{ method: "streak.v1.LedgerService/GrantFreezes", resource: "projects/shop/ledger/gift", clipped: [] },
      after: {
        ...{ entryId: "gift", kind: "grantFreezes", ...GRANT, reason: "Test", users: 1000 },
        userHashes: userHashes.slice(0, 10),
      },
    },
  ]);
});

test("each request that adds an entry leaves one entry in the audit log, and others leave none", async () => {
  const { app } = running;
  const userHashes = ["audited"];
  const grant = { event: "visit", count: 2 };
  await changed(app, "grantFreezes", { ...grant, userHashes, entryId: "f1", validateOnly: true });
  await changed(app, "grantFreezes", { ...grant, userHashes, entryId: "f1" });
  await changed(app, "grantFreezes", { ...grant, userHashes, entryId: "f1" });
  await changed(app, "optOut", { userHashes, entryId: "f2" });
  await changed(app, "optIn", { userHashes, entryId: "f3", event: "visit", from: "2024-02-01" });
  await changeLedgers(app, "grantFreezes", { ...grant, userHashes, entryId: "f4", event: "plain" });

  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop&pageSize=200")).json;
  const own = entries.filter(({ resource }: { resource: string }) => /ledger.f\d$/.test(resource));
  const facts = { reason: "Test", users: 1, userHashes };
  expect(own.map(({ outcome, after }: Record<string, unknown>) => ({ outcome, after }))).toEqual(
    [
      { entryId: "f3", kind: "optIn", event: "visit", from: "2024-02-01", ...facts },
      { entryId: "f2", kind: "optOut", ...facts },
      { entryId: "f1", kind: "grantFreezes", ...grant, ...facts },
    ].map((after) => ({ outcome: "done", after })),
  );
});

/** A streak as the page of a user shows it, where its rules have freezes. */
interface ListedStreak {
  readonly event: string;
  readonly streak: { readonly current: number; readonly best: number; readonly freezes: { readonly left: number } };
}

describe("a request that only validates", () => {
  const date = (max: number) => fc.integer({ min: 1, max }).map((day) => `2024-01-${String(day).padStart(2, "0")}`);
  const from = fc.option(date(13), { nil: undefined });
  const entryId = fc.constantFrom("a", "b", "c", "d", "e");
  const event = fc.constantFrom(undefined, "visit", "once");
  const request = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        verb: fc.constant("grantFreezes" as const),
        ...{ entryId, event: fc.constantFrom("visit", "once"), count: fc.integer({ min: 1, max: 3 }), from },
        to: fc.option(date(20), { nil: undefined }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ verb: fc.constantFrom("optOut" as const, "optIn"), entryId, event, from }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant("pause" as const), entryId, event, from: date(13) }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant("takeBack" as const), entryId, takenBackId: entryId }) },
  );
  const visits = fc.uniqueArray(date(12), { minLength: 3, maxLength: 11 });

  test("answers what the request is then answered, which is how the streaks change, and changes nothing", async () => {
    const { app } = running;
    let round = 0;
    await fc.assert(
      fc.asyncProperty(visits, fc.array(request, { minLength: 1, maxLength: 5 }), async (dates, asked) => {
        const user = `round ${round++}`;
        await doneOn(app, user, dates);
        await doneOn(app, user, dates.slice(2), "once");
        const everything = async () => {
          const { json } = await app.admin("GET", `${SHOP}/users/${encodeURIComponent(user)}`);
          const states = (json.streaks as readonly ListedStreak[]).map(({ event, streak }) => {
            const { current, best, freezes } = streak;
            return { event, current, best, left: freezes.left };
          });
          return { states, ledger: await ledgerOf(app, user) };
        };
        for (const { verb, ...fields } of asked) {
          const body = { ...fields, userHashes: [user] };
          const before = await everything();
          const validated = await changeLedgers(app, verb, { ...body, validateOnly: true });
          expect(await everything()).toEqual(before);
          const made = await changeLedgers(app, verb, body);
          app.now += 1;
          expect([made.status, made.json]).toEqual([validated.status, validated.json]);
          const after = await everything();
          const seen = after.states.flatMap(({ event, current, best, left }, index) => {
            const was = before.states[index] as (typeof after.states)[number];
            const change = {
              ...{ event, currentBefore: was.current, currentAfter: current, bestBefore: was.best, bestAfter: best },
              ...{ freezesBefore: was.left, freezesAfter: left },
            };
            return was.current === current && was.best === best && was.left === left ? [] : change;
          });
          expect(made.status === 200 ? made.json.results[0].changes : []).toEqual(seen);
        }
      }),
      { numRuns: 8 },
    );
  });
});
