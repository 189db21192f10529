import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, useApp } from "../support/app.ts";
import { changed, changeLedgers, doneOn, type LedgerVerb, ledgerOf, outcomesOf } from "../support/ledgers.ts";
import { outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC. Each test has users of its own.

const running = useApp();
const PAUSE = { from: "2024-01-04", to: "2024-01-11" };
const READ = { event: "read", rules: { repairs: { withinDays: 31 } } };

beforeAll(async () => {
  const { app } = running;
  await app.admin("POST", "/admin/projects", { siteKey: "shop", widgets: [{ event: "visit" }, READ] });
});

/** How an answer says what is wrong. */
const problemOf = (answer: Answer) => [outcomeOf(answer), answer.json.field, answer.json.message];

describe("a request that is sent again", () => {
  test("changes nothing, and keeps the reason and the time that the entry has", async () => {
    const { app } = running;
    const pause = { ...PAUSE, userHashes: ["again"], entryId: "p" };
    const first = await changed(app, "pause", { ...pause, reason: "Holiday" });
    const ledger = await ledgerOf(app, "again");
    app.now += 86_400_000;
    const second = await changed(app, "pause", { ...pause, reason: "On holiday" });
    app.now -= 86_400_000;
    expect([first, second].map(outcomesOf)).toEqual([["added"], ["known"]]);
    expect(second).toEqual([{ userHash: "again", outcome: "known", changes: [] }]);
    expect(await ledgerOf(app, "again")).toEqual(ledger);
  });

  test("adds what a crash has left out", async () => {
    const { app } = running;
    await changed(app, "pause", { ...PAUSE, userHashes: ["done before"], entryId: "p" });
    const userHashes = ["left out", "done before", "left out too"];
    const results = await changed(app, "pause", { ...PAUSE, userHashes, entryId: "p" });
    expect(outcomesOf(results)).toEqual(["added", "known", "added"]);
  });

  test("finds its entry on another day too, where it ends pauses from today on", async () => {
    const { app } = running;
    const userHashes = ["tomorrow"];
    await changed(app, "pause", { userHashes, entryId: "p", from: "2024-01-04" });
    await changed(app, "unpause", { userHashes, entryId: "u" });
    app.now += 86_400_000;
    const again = await changed(app, "unpause", { userHashes, entryId: "u" });
    app.now -= 86_400_000;
    expect(outcomesOf(again)).toEqual(["known"]);
  });

  test("at the same time adds each entry once", async () => {
    const { app } = running;
    const userHashes = Array.from({ length: 50 }, (_, index) => `at once ${index}`);
    const request = { ...PAUSE, userHashes, entryId: "p" };
    const all = (await Promise.all(Array.from({ length: 4 }, () => changed(app, "pause", request)))).map(outcomesOf);
    for (const [index, user] of userHashes.entries()) {
      const outcomes = all.map((results) => results[index]);
      expect(outcomes.toSorted()).toEqual(["added", "known", "known", "known"]);
      expect(await ledgerOf(app, user)).toHaveLength(1);
    }
  });
});

describe("an id that the ledger has for something else", () => {
  const others: [string, LedgerVerb, object][] = [
    ["another first day", "pause", { ...PAUSE, from: "2024-01-05" }],
    ["another last day", "pause", { ...PAUSE, to: "2024-01-12" }],
    ["no last day", "pause", { from: PAUSE.from }],
    ["one event alone", "pause", { ...PAUSE, event: "visit" }],
    ["the end of pauses", "unpause", {}],
    ["taking another entry back", "takeBack", { takenBackId: "q" }],
  ];

  test.each(others)("is refused before anything is added: %s", async (name, verb, body) => {
    const { app } = running;
    const user = `taken ${name}`;
    await changed(app, "pause", { ...PAUSE, userHashes: [user, "taken"], entryId: "p" });
    await changed(app, "pause", { from: "2024-01-01", userHashes: ["before", user], entryId: "q" });
    const before = await ledgerOf(app, "before");
    const answer = await changeLedgers(app, verb, { ...body, userHashes: ["before", user], entryId: "p" });
    expect(problemOf(answer)).toEqual([
      "409 ALREADY_EXISTS",
      "entryId",
      `The ledger of "${user}" has another entry with the entryId "p". Nothing was added, for any user. Choose another entryId, or leave the user out.`,
    ]);
    expect(await ledgerOf(app, "before")).toEqual(before);
  });

  test.each<[string, LedgerVerb, object, object]>([
    ["ends pauses from another day on", "unpause", { from: "2024-01-08" }, { from: "2024-01-09" }],
    ["takes another entry back", "takeBack", { takenBackId: "p" }, { takenBackId: "q" }],
  ])("is refused where the entry %s", async (name, verb, first, second) => {
    const { app } = running;
    const userHashes = [name];
    await changed(app, "pause", { userHashes, entryId: "p", from: "2024-01-04" });
    await changed(app, "pause", { userHashes, entryId: "q", from: "2024-01-05" });
    expect(outcomesOf(await changed(app, verb, { userHashes, entryId: "x", ...first }))).toEqual(["added"]);
    const answer = await changeLedgers(app, verb, { userHashes, entryId: "x", ...second });
    expect(outcomeOf(answer)).toBe("409 ALREADY_EXISTS");
  });
});

test.each<[string, "pause" | "unpause" | "takeBack", object, string, string]>([
  ["no users", "pause", { userHashes: [] }, "userHashes", "must name at least one user, and at most 1000"],
  ["no list of users", "unpause", { userHashes: undefined }, "userHashes", "must name at least one user"],
  ["an empty user", "takeBack", { userHashes: ["a", ""] }, "userHashes[1]", "must not be empty"],
  ["a long user", "pause", { userHashes: ["x".repeat(257)] }, "userHashes[0]", "must be at most 256 characters long"],
  ["many users", "pause", { userHashes: Array(1001).fill("u") }, "userHashes", "must hold at most 1000 entries"],
  ["no id", "pause", { entryId: "" }, "entryId", "is required"],
  ["a long id", "unpause", { entryId: "x".repeat(65) }, "entryId", "must be at most 64 characters long"],
  ["an id of two lines", "takeBack", { entryId: "a\nb" }, "entryId", "must not hold control characters"],
  ["no reason", "pause", { reason: "" }, "reason", "is required"],
  ["a long reason", "takeBack", { reason: "x".repeat(201) }, "reason", "must be at most 200 characters long"],
  ["no first day", "pause", { from: undefined }, "from", "is required"],
  ["what is no date", "pause", { from: "2024-02-30" }, "from", "must be a date from 0002-01-01 to 9998-12-31"],
  ["an early date", "pause", { from: "0001-12-31" }, "from", "must be a date from 0002-01-01 to 9998-12-31"],
  ["a late date", "pause", { to: "9999-01-01" }, "to", "must be a date from 0002-01-01 to 9998-12-31"],
  ["an end before the beginning", "pause", { to: "2024-01-03" }, "to", "must not be before from, 2024-01-04"],
  ["an empty date", "unpause", { from: "" }, "from", "must not be empty: leave it out"],
  ["an empty event", "pause", { event: "" }, "event", "must not be empty: leave it out"],
  ["nothing to take back", "takeBack", { takenBackId: "" }, "takenBackId", "is required"],
])("%s is INVALID_BODY, and says why", async (_, verb, fields, field, problem) => {
  const own = { pause: PAUSE, unpause: {}, takeBack: { takenBackId: "p" } }[verb];
  const answer = await changeLedgers(running.app, verb, { userHashes: ["u"], entryId: "e", ...own, ...fields });
  expect(problemOf(answer)).toEqual(["400 INVALID_BODY", field, expect.stringContaining(`${field} ${problem}`)]);
});

test("an event without a widget, and a project that is not there, are told apart", async () => {
  const { app } = running;
  const pause = { ...PAUSE, userHashes: ["u"], entryId: "e" };
  expect(problemOf(await changeLedgers(app, "pause", { ...pause, event: "vsit" }))).toEqual([
    ...["400 INVALID_WIDGET_KIND", "event"],
    'The project has no widget for the event "vsit". It has "visit", "read".',
  ]);
  const paths = ["ledger:pause", "ledger:unpause", "ledger:takeBack"].map((path) => `/admin/projects/none/${path}`);
  const bodies = [pause, { userHashes: ["u"], entryId: "e" }, { userHashes: ["u"], entryId: "e", takenBackId: "p" }];
  for (const [index, path] of paths.entries()) {
    const answer = await app.admin("POST", path, { reason: "Test", ...bodies[index] });
    expect(outcomeOf(answer)).toBe("404 NOT_FOUND");
  }
  expect(outcomeOf(await app.admin("GET", "/admin/projects/none/users/u/ledger"))).toBe("404 NOT_FOUND");
});

test("what takes an entry back can't be taken back", async () => {
  const { app } = running;
  await changed(app, "pause", { ...PAUSE, userHashes: ["undone", "fine"], entryId: "p" });
  await changed(app, "takeBack", { userHashes: ["undone"], entryId: "t", takenBackId: "p" });
  await changed(app, "pause", { ...PAUSE, userHashes: ["fine"], entryId: "t" });
  const answer = await changeLedgers(app, "takeBack", {
    ...{ userHashes: ["fine", "undone"], entryId: "t2", takenBackId: "t" },
  });
  expect(problemOf(answer)).toEqual([
    ...["400 INVALID_BODY", "takenBackId"],
    `takenBackId "t" takes an entry back itself in the ledger of "undone", and can't be taken back. Add what is missing again, with a new ID.`,
  ]);
  expect(await ledgerOf(app, "fine")).toHaveLength(2);
});

test("1,000 users are paused by one request, and others are served meanwhile", async () => {
  const { app } = running;
  const userHashes = Array.from({ length: 1000 }, (_, index) => `crowd ${index}`);
  await doneOn(app, "crowd 999", ["2024-01-02", "2024-01-03"]);
  const pausing = changed(app, "pause", { ...PAUSE, userHashes, entryId: "outage" });
  await app.state({ siteKey: "shop", userHash: "crowd 999" });
  const results = await pausing;

  expect(results.map(({ userHash }) => userHash)).toEqual(userHashes);
  expect(new Set(outcomesOf(results))).toEqual(new Set(["added"]));
  expect(results[999]?.changes).toMatchObject([{ currentBefore: 0, currentAfter: 2 }]);
  expect(await ledgerOf(app, "crowd 500")).toMatchObject([{ entryId: "outage" }]);
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop&pageSize=1")).json;
  expect(entries).toMatchObject([
    {
      ...{ method: "streak.v1.LedgerService/PauseStreaks", resource: "projects/shop/ledger/outage", clipped: [] },
      after: {
        ...PAUSE,
        entryId: "outage",
        kind: "pause",
        reason: "Test",
        users: 1000,
        userHashes: userHashes.slice(0, 10),
      },
    },
  ]);
});

test("each request that changes ledgers leaves one entry in the audit log, and others leave none", async () => {
  const { app } = running;
  const userHashes = ["audited", "audited too"];
  await changed(app, "pause", { ...PAUSE, userHashes, entryId: "a1", validateOnly: true });
  await changed(app, "pause", { ...PAUSE, userHashes: ["audited"], entryId: "a1", event: "visit" });
  await changed(app, "pause", { ...PAUSE, userHashes, entryId: "a1", event: "visit" });
  await changed(app, "pause", { ...PAUSE, userHashes, entryId: "a1", event: "visit" });
  await changed(app, "unpause", { userHashes, entryId: "a2", from: "2024-01-08" });
  await changed(app, "unpause", { userHashes, entryId: "a3", from: "2024-01-08" });
  await changed(app, "takeBack", { userHashes: ["audited too", "nobody"], entryId: "a4", takenBackId: "a2" });
  await changeLedgers(app, "pause", { ...PAUSE, userHashes, entryId: "a1" });

  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=shop&pageSize=200")).json;
  const own = entries.filter(({ resource }: { resource: string }) => /ledger.a\d$/.test(resource));
  expect(own.map(({ outcome, actor, after }: Record<string, unknown>) => ({ outcome, actor, after }))).toEqual(
    [
      { kind: "takeBack", entryId: "a4", takenBackId: "a2", users: 1, userHashes: ["audited too"] },
      { kind: "unpause", entryId: "a2", from: "2024-01-08", users: 2, userHashes },
      { kind: "pause", entryId: "a1", event: "visit", ...PAUSE, users: 1, userHashes: ["audited too"] },
      { kind: "pause", entryId: "a1", event: "visit", ...PAUSE, users: 1, userHashes: ["audited"] },
    ].map((after) => ({ outcome: "done", actor: "root", after: { ...after, reason: "Test" } })),
  );
});

describe("a request that only validates", () => {
  const USERS = ["one", "two", "three"];
  const dayUpTo = (max: number) =>
    fc.integer({ min: 1, max }).map((date) => `2024-01-${String(date).padStart(2, "0")}`);
  const [past, day] = [dayUpTo(12), dayUpTo(15)];
  const id = fc.constantFrom("a", "b", "c", "d", "e");
  const userHashes = fc.array(fc.constantFrom(...USERS, "alias of one"), { minLength: 1, maxLength: 4 });
  const event = fc.constantFrom(undefined, "visit", "read");
  const request = fc.oneof(
    fc.record({ verb: fc.constant("pause" as const), userHashes, entryId: id, event, from: day, to: fc.option(day) }),
    fc.record({ verb: fc.constant("unpause" as const), userHashes, entryId: id, from: fc.option(day) }),
    fc.record({ verb: fc.constant("takeBack" as const), userHashes, entryId: id, takenBackId: id }),
    fc.record({ verb: fc.constant("repair" as const), userHashes, entryId: id, event: fc.constant("read") }),
  );
  const dates = fc.uniqueArray(past, { minLength: 1, maxLength: 8 });

  test("answers what the request is then answered, which is how the streaks change, and changes nothing", async () => {
    const { app } = running;
    let round = 0;
    /** The current and best of each streak of each user, and all ledgers. */
    const everything = async (prefix: string) => {
      const users = USERS.map(async (user) => {
        const { json } = await app.admin("GET", `/admin/projects/shop/users/${prefix}${user}`);
        const streaks = (json.streaks ?? []).map(
          ({ event, streak }: { event: string; streak: { current: number; best: number } }) =>
            [event, streak.current, streak.best] as const,
        );
        return { streaks, ledger: await ledgerOf(app, `${prefix}${user}`) };
      });
      return Promise.all(users);
    };

    await fc.assert(
      fc.asyncProperty(
        dates,
        dates,
        fc.array(request, { minLength: 1, maxLength: 5 }),
        async (visits, reads, asked) => {
          const prefix = `round${round++}-`;
          const link = { siteKey: "shop", anonymousId: `${prefix}alias of one`, userHash: `${prefix}one` };
          await app.admin("POST", "/admin/alias", link);
          await doneOn(app, `${prefix}one`, visits);
          await doneOn(app, `${prefix}two`, reads, "read");
          for (const { verb, ...fields } of asked) {
            const named = fields.userHashes.map((user) => prefix + user);
            const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
            const body = { ...given, userHashes: named };
            const before = await everything(prefix);
            const validated = await changeLedgers(app, verb, { ...body, validateOnly: true });
            expect(await everything(prefix)).toEqual(before);
            const made = await changeLedgers(app, verb, body);
            expect([made.status, made.json]).toEqual([validated.status, validated.json]);
            const after = await everything(prefix);
            if (made.status !== 200) {
              expect(after).toEqual(before);
              continue;
            }
            for (const [index, user] of USERS.entries()) {
              const results = made.json.results.filter(({ userHash }: { userHash: string }) =>
                [user, `alias of ${user}`].includes(userHash.slice(prefix.length)),
              );
              const told = results.flatMap(({ changes }: { changes: object[] }) => changes);
              const [was, is] = [before[index], after[index]];
              const seen = (is?.streaks ?? []).flatMap(
                ([event, current, best]: [string, number, number], i: number) => {
                  const [, currentBefore, bestBefore] = was?.streaks[i] ?? [];
                  return currentBefore === current && bestBefore === best
                    ? []
                    : { event, currentBefore, currentAfter: current, bestBefore, bestAfter: best };
                },
              );
              expect(told).toEqual(seen);
            }
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
