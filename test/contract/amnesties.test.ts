import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { AmnestyOutcome, AmnestyService } from "#gen/streak/v1/amnesty_service_pb.ts";
import { amnestiesOf, createProject, declare, doneOn, takeBack } from "../support/amnesties.ts";
import { ADMIN_TOKEN, type State, useApp } from "../support/app.ts";
import { callAs, makeToken, outcomeOf } from "../support/tokens.ts";

// It is Friday, 2024-01-12, in UTC. Each test has a project of its own.

const running = useApp();

/** Wednesday and Thursday. */
const OUTAGE = { amnestyId: "outage", from: "2024-01-10", to: "2024-01-11" };
const BEFORE = ["2024-01-08", "2024-01-09"];

const stateOf = (siteKey: string, userHash: string, event = "visit", more: Record<string, string> = {}) =>
  running.app.state({ siteKey, userHash, event, ...more });

const statusesOf = ({ week }: State) => week.map((day) => (day as { status?: string }).status);

test("an amnesty lets the streak of a user go on who missed the days, and the state says so", async () => {
  const { app } = running;
  await createProject(app, "missed", [{ event: "visit" }]);
  await doneOn(app, "missed", "ann", BEFORE);
  expect((await stateOf("missed", "ann")).streak).toEqual({
    ...{ mode: "continuous", current: 0, best: 2, todayDone: false, pending: false },
  });

  const answer = await declare(app, "missed", { ...OUTAGE, reason: "Sign-in was down" });

  const amnesty = { ...OUTAGE, reason: "Sign-in was down", actor: "root", createTime: "2024-01-12T12:00:00.000Z" };
  expect([answer.status, answer.json]).toEqual([200, { outcome: "changed", amnesty }]);
  expect(await amnestiesOf(app, "missed")).toEqual([amnesty]);
  const state = await stateOf("missed", "ann");
  expect(state.streak).toEqual({
    ...{ mode: "continuous", current: 2, best: 2, todayDone: false, pending: true, unit: "day" },
    progress: {
      ...{ firstDate: "2024-01-12", lastDate: "2024-01-12" },
      ...{ done: 0, needed: 1, daysLeft: 1, canBeMet: true },
    },
  });
  expect(statusesOf(state)).toEqual(["done", "done", "amnesty", "amnesty", "open", "open", "open"]);
  const user = await app.admin("GET", "/admin/projects/missed/users/ann");
  const list = await app.admin("GET", "/admin/projects/missed/users");
  expect([user.json, list.json.users[0]].map(({ streaks }) => streaks[0].streak)).toEqual([state.streak, state.streak]);
});

test("what users do on the days of an amnesty counts, also later, and also for users who come later", async () => {
  const { app } = running;
  await createProject(app, "done", [{ event: "visit" }]);
  await declare(app, "done", OUTAGE);
  await doneOn(app, "done", "ann", [...BEFORE, "2024-01-10", "2024-01-11"]);
  const state = await stateOf("done", "ann");
  expect(state.streak).toMatchObject({ current: 4, best: 4, pending: true });
  expect(statusesOf(state)).toEqual(["done", "done", "done", "done", "open", "open", "open"]);
  await doneOn(app, "done", "bob", [...BEFORE, "2024-01-12"]);
  expect((await stateOf("done", "bob")).streak).toMatchObject({ current: 3, todayDone: true });
});

test("a day with an amnesty is explained by the amnesty that was declared first, and a paused one by its entry", async () => {
  const { app } = running;
  await createProject(app, "told", [{ event: "visit" }]);
  await doneOn(app, "told", "ann", BEFORE);
  await declare(app, "told", { ...OUTAGE, amnestyId: "first" });
  await declare(app, "told", { ...OUTAGE, amnestyId: "second", from: "2024-01-09" });
  const pause = { userHashes: ["ann"], entryId: "p", reason: "Ill", from: "2024-01-11", to: "2024-01-12" };
  await app.admin("POST", "/admin/projects/told/ledger:pause", pause);

  const { json } = await app.admin("GET", "/admin/projects/told/users/ann/streaks/visit:explain?from=2024-01-09");
  const [first] = await amnestiesOf(app, "told");
  const days = json.periods.flatMap(({ outcome, days }: { outcome: string; days: object[] }) =>
    days.map((day) => ({ outcome, ...day })),
  );
  const entry = expect.objectContaining({ entryId: "p" });
  expect(days).toEqual([
    { isoDate: "2024-01-09", outcome: "kept", status: "done", checkIn: expect.anything() },
    { isoDate: "2024-01-10", outcome: "off", status: "amnesty", amnesty: first },
    { isoDate: "2024-01-11", outcome: "off", status: "paused", entry },
    { isoDate: "2024-01-12", outcome: "off", status: "paused", entry },
  ]);
  expect((await stateOf("told", "ann")).streak).toMatchObject({
    ...{ current: 2, pause: { from: "2024-01-11", to: "2024-01-12" } },
  });
});

test("an amnesty is about one widget where it names an event, and a cumulative one has none", async () => {
  const { app } = running;
  const widgets = [{ event: "visit" }, { event: "read" }, { event: "all", mode: "cumulative" }];
  await createProject(app, "many", widgets);
  for (const { event } of widgets) {
    await doneOn(app, "many", "ann", BEFORE, event);
  }
  const all = await stateOf("many", "ann", "all");
  await declare(app, "many", { ...OUTAGE, event: "read" });
  expect((await amnestiesOf(app, "many"))[0]).toMatchObject({ ...OUTAGE, event: "read" });
  expect((await stateOf("many", "ann", "read")).streak).toMatchObject({ current: 2, unit: "day" });
  expect((await stateOf("many", "ann")).streak).not.toHaveProperty("unit");
  await declare(app, "many", { ...OUTAGE, amnestyId: "of all" });
  expect((await stateOf("many", "ann")).streak).toMatchObject({ current: 2, unit: "day" });
  expect(await stateOf("many", "ann", "all")).toEqual(all);
});

test("an amnesty lowers what a week needs, and windows pass over its days", async () => {
  const { app } = running;
  await createProject(app, "ruled", [
    { event: "weekly", rules: { cadence: { kind: "days_a_week", days: 3 } } },
    { event: "often", rules: { cadence: { kind: "every_n_days", days: 2 } } },
  ]);
  for (const event of ["weekly", "often"]) {
    await doneOn(app, "ruled", "ann", BEFORE, event);
  }
  const before = await stateOf("ruled", "ann", "weekly");
  expect(before.streak).toMatchObject({ current: 0, progress: { done: 2, needed: 3 } });
  expect((await stateOf("ruled", "ann", "often")).streak).toMatchObject({ current: 0 });

  await declare(app, "ruled", OUTAGE);
  await declare(app, "ruled", { ...OUTAGE, amnestyId: "still to come", from: "2024-01-14", to: "2024-01-14" });
  expect((await stateOf("ruled", "ann", "weekly")).streak).toMatchObject({
    current: 1,
    progress: { done: 2, needed: 2 },
  });
  expect((await stateOf("ruled", "ann", "often")).streak).toMatchObject({
    ...{ current: 2, pending: false, progress: { firstDate: "2024-01-12", lastDate: "2024-01-13" } },
  });
});

test("an amnesty counts for past states and for histories that rules are tried on, and today is told by each zone", async () => {
  const { app } = running;
  await createProject(app, "past", [{ event: "visit" }]);
  await doneOn(app, "past", "ann", BEFORE);
  const asOf = { asOf: "2024-01-11" };
  expect((await stateOf("past", "ann", "visit", asOf)).streak.current).toBe(0);
  await declare(app, "past", { ...OUTAGE, to: "2024-01-12" });
  expect((await stateOf("past", "ann", "visit", asOf)).streak.current).toBe(2);
  const tried = { widget: { event: "visit" }, dates: BEFORE };
  const { json } = await app.admin("POST", "/admin/projects/past/rules:preview", tried);
  expect(json.streak).toMatchObject({ current: 2, unit: "day" });
  // At noon in UTC it is the 13th already on Kiritimati, and that day has no amnesty.
  expect((await stateOf("past", "ann", "visit", { tz: "Pacific/Kiritimati" })).streak.pending).toBe(true);
  expect((await stateOf("past", "ann")).streak.pending).toBe(false);
});

describe("taking an amnesty back", () => {
  test("makes it as if it had never been, but it stays in the list, and can be done once", async () => {
    const { app } = running;
    await createProject(app, "undone", [{ event: "visit" }]);
    await doneOn(app, "undone", "ann", BEFORE);
    await declare(app, "undone", OUTAGE);
    app.now += 1000;
    const answer = await takeBack(app, "undone", "outage", { reason: "It was another day" });
    const again = await takeBack(app, "undone", "outage", { reason: "Once more" });
    app.now -= 1000;

    const takenBack = { reason: "It was another day", actor: "root", createTime: "2024-01-12T12:00:01.000Z" };
    const amnesty = { ...OUTAGE, reason: "Test", actor: "root", createTime: "2024-01-12T12:00:00.000Z", takenBack };
    expect([answer.json, again.json]).toEqual([
      { outcome: "changed", amnesty },
      { outcome: "known", amnesty },
    ]);
    expect(await amnestiesOf(app, "undone")).toEqual([amnesty]);
    const state = await stateOf("undone", "ann");
    expect(state.streak).toMatchObject({ current: 0, best: 2, unit: "day" });
    expect(statusesOf(state)).toEqual(["done", "done", "missed", "missed", "open", "open", "open"]);
  });

  test("is final: the amnesty can't be declared again under its ID", async () => {
    const { app } = running;
    await createProject(app, "final", [{ event: "visit" }]);
    await declare(app, "final", OUTAGE);
    await takeBack(app, "final", "outage");
    const { json } = await declare(app, "final", OUTAGE);
    expect(json).toMatchObject({ outcome: "known", amnesty: { takenBack: { reason: "Test" } } });
    expect((await declare(app, "final", { ...OUTAGE, amnestyId: "again" })).json.outcome).toBe("changed");
  });
});

describe("the declaration of an amnesty that is there", () => {
  test("changes nothing, and tells the reason and the time that it has", async () => {
    const { app } = running;
    await createProject(app, "again", [{ event: "visit" }]);
    const first = await declare(app, "again", OUTAGE);
    app.now += 1000;
    const second = await declare(app, "again", { ...OUTAGE, reason: "Once more" });
    app.now -= 1000;
    expect(second.json).toEqual({ outcome: "known", amnesty: first.json.amnesty });
    expect(await amnestiesOf(app, "again")).toEqual([first.json.amnesty]);
  });

  test("is known also when the widget is gone", async () => {
    const { app } = running;
    await createProject(app, "gone", [{ event: "visit" }, { event: "read" }]);
    await declare(app, "gone", { ...OUTAGE, event: "read" });
    await app.admin("PATCH", "/admin/projects/gone", { widgets: [{ event: "visit" }] });
    expect((await declare(app, "gone", { ...OUTAGE, event: "read" })).json.outcome).toBe("known");
    expect(outcomeOf(await takeBack(app, "gone", "outage"))).toBe("200");
  });

  test.each([
    ["another first day", { from: "2024-01-09" }],
    ["another last day", { to: "2024-01-12" }],
    ["one event alone", { event: "visit" }],
  ])("is refused with %s", async (name, other) => {
    const { app } = running;
    const siteKey = name.replaceAll(" ", "_");
    await createProject(app, siteKey, [{ event: "visit" }]);
    await declare(app, siteKey, OUTAGE);
    const { status, json } = await declare(app, siteKey, { ...OUTAGE, ...other });
    expect([status, json]).toEqual([
      409,
      {
        ...{ error: "ALREADY_EXISTS", field: "amnestyId" },
        message: `The project "${siteKey}" has another amnesty with the amnestyId "outage": of other days, or of another event. Choose another amnestyId.`,
      },
    ]);
    expect(await amnestiesOf(app, siteKey)).toHaveLength(1);
  });
});

test("a request that only validates answers the same and changes nothing", async () => {
  const { app } = running;
  await createProject(app, "checked", [{ event: "visit" }]);
  const project = await app.admin("GET", "/admin/projects/checked");
  const validated = await declare(app, "checked", { ...OUTAGE, validateOnly: true });
  expect(await amnestiesOf(app, "checked")).toEqual([]);
  expect((await declare(app, "checked", OUTAGE)).json).toEqual(validated.json);
  const before = await amnestiesOf(app, "checked");
  const taken = await takeBack(app, "checked", "outage", { validateOnly: true });
  expect(await amnestiesOf(app, "checked")).toEqual(before);
  expect((await takeBack(app, "checked", "outage")).json).toEqual(taken.json);
  expect(project.json).not.toHaveProperty("amnesties");
});

describe("of changes at the same time", () => {
  test("none is lost", async () => {
    const { app } = running;
    await createProject(app, "race", [{ event: "visit" }]);
    const ids = Array.from({ length: 12 }, (_, number) => `a${number}`);
    const changes = ids.flatMap((amnestyId) => [
      declare(app, "race", { ...OUTAGE, amnestyId }),
      declare(app, "race", { ...OUTAGE, amnestyId }),
    ]);
    const renamed = app.admin("PATCH", "/admin/projects/race", { name: "Renamed" });
    const outcomes = (await Promise.all(changes)).map(({ json }) => json.outcome);
    expect(outcomes.filter((outcome) => outcome === "changed")).toHaveLength(12);
    expect((await renamed).status).toBe(200);
    expect((await amnestiesOf(app, "race")).map(({ amnestyId }) => amnestyId).toSorted()).toEqual(ids.toSorted());
    await Promise.all(ids.map((id) => takeBack(app, "race", id)));
    expect((await amnestiesOf(app, "race")).every(({ takenBack }) => takenBack !== undefined)).toBe(true);
    expect((await app.admin("GET", "/admin/projects/race")).json.name).toBe("Renamed");
    const { entries } = (await app.admin("GET", "/admin/audit?siteKey=race&pageSize=200")).json;
    expect(entries.filter(({ method }: { method: string }) => method.includes("AmnestyService"))).toHaveLength(24);
  });

  test("one that sends the whole project back undoes no amnesty, and learns of it by the etag", async () => {
    const { app } = running;
    await createProject(app, "whole", [{ event: "visit" }]);
    const { json: read } = await app.admin("GET", "/admin/projects/whole");
    await declare(app, "whole", OUTAGE);
    expect(outcomeOf(await app.admin("PATCH", "/admin/projects/whole", read))).toBe("409 ETAG_MISMATCH");
    const { etag, ...others } = read;
    expect(outcomeOf(await app.admin("PATCH", "/admin/projects/whole", { ...others, name: "New" }))).toBe("200");
    expect(await amnestiesOf(app, "whole")).toHaveLength(1);
  });
});

test("amnesties outlive a restart, and a new project with the siteKey of a deleted one has none", async () => {
  const { app } = running;
  await createProject(app, "kept", [{ event: "visit" }]);
  await doneOn(app, "kept", "ann", BEFORE);
  await declare(app, "kept", OUTAGE);
  const amnesties = await amnestiesOf(app, "kept");
  await app.restart();
  expect(await amnestiesOf(app, "kept")).toEqual(amnesties);
  expect((await stateOf("kept", "ann")).streak.current).toBe(2);
  await app.admin("DELETE", "/admin/projects/kept");
  await createProject(app, "kept", [{ event: "visit" }]);
  expect(await amnestiesOf(app, "kept")).toEqual([]);
});

test("each change is in the audit log, with who made it, and what changes nothing is not", async () => {
  const { app } = running;
  await createProject(app, "audited", [{ event: "visit" }]);
  const { secret, id } = await makeToken(app, { siteKey: "audited", scopes: ["users:manage"] });
  const path = "/admin/projects/audited/amnesties";
  const asked = { ...OUTAGE, event: "visit", reason: "Down" };
  const made = await callAs(app, secret, "POST", path, asked);
  await callAs(app, secret, "POST", path, asked);
  await declare(app, "audited", { ...asked, amnestyId: "checked", validateOnly: true });
  await declare(app, "audited", { ...asked, to: "2024-01-12" });
  const taken = await takeBack(app, "audited", "outage", { reason: "Wrong" });
  await takeBack(app, "audited", "outage", { reason: "Wrong" });

  expect(made.json.amnesty).toMatchObject({ actor: id, reason: "Down" });
  expect(taken.json.amnesty).toMatchObject({ actor: id, takenBack: { actor: "root" } });
  const { entries } = (await app.admin("GET", "/admin/audit?siteKey=audited&pageSize=2")).json;
  const resource = "projects/audited/amnesties/outage";
  expect(entries).toMatchObject([
    {
      ...{ method: "streak.v1.AmnestyService/TakeBackAmnesty", actor: "root", outcome: "done", resource },
      after: { takenBack: { reason: "Wrong", actor: "root" } },
    },
    {
      ...{ method: "streak.v1.AmnestyService/DeclareAmnesty", actor: id, outcome: "done", resource },
      after: { ...OUTAGE, event: "visit", reason: "Down", actor: id },
    },
  ]);
});

test("a project has at most 100 amnesties, those that were taken back among them", async () => {
  const { app } = running;
  await createProject(app, "full", [{ event: "visit" }]);
  for (let number = 1; number <= 100; number++) {
    const { status } = await declare(app, "full", { ...OUTAGE, amnestyId: `a${number}` });
    expect(status).toBe(200);
  }
  await takeBack(app, "full", "a1");
  const refused = await declare(app, "full", { ...OUTAGE, amnestyId: "one more" });
  expect([outcomeOf(refused), refused.json.message]).toEqual([
    "409 TOO_MANY_AMNESTIES",
    'The project "full" has 100 amnesties, which is as many as it may have; those that were taken back are among them. Pause the streaks of the users on these days instead, with ledger:pause.',
  ]);
  expect((await declare(app, "full", { ...OUTAGE, amnestyId: "a100" })).json.outcome).toBe("known");
});

test.each<[string, object, string, string]>([
  ["no ID", { amnestyId: "" }, "amnestyId", "is required"],
  ["a long ID", { amnestyId: "x".repeat(65) }, "amnestyId", "must be at most 64 characters long"],
  ["no reason", { reason: "" }, "reason", "is required"],
  ["a long reason", { reason: "x".repeat(201) }, "reason", "must be at most 200 characters long"],
  ["no first day", { from: undefined }, "from", "is required"],
  ["no last day", { to: undefined }, "to", "is required"],
  ["what is no date", { from: "2024-02-30" }, "from", "must be a date from 0002-01-01 to 9998-12-31"],
  ["an end before the beginning", { to: "2024-01-09" }, "to", "must not be before from, 2024-01-10"],
  [
    ...(["32 days", { to: "2024-02-10" }, "to"] as const),
    "must be 2024-02-09 or earlier: an amnesty has at most 31 days. Declare several, one after the other.",
  ],
  ["an empty event", { event: "" }, "event", "must not be empty: leave it out"],
])("%s is INVALID_BODY, and says why", async (_, fields, field, problem) => {
  const answer = await declare(running.app, "proj_demo", { ...OUTAGE, ...fields });
  expect([outcomeOf(answer), answer.json.field]).toEqual(["400 INVALID_BODY", field]);
  expect(answer.json.message).toContain(`${field} ${problem}`);
  expect(await amnestiesOf(running.app, "proj_demo")).toEqual([]);
});

test("31 days are an amnesty", async () => {
  const days = { amnestyId: "long", from: "2024-01-10", to: "2024-02-09", validateOnly: true };
  expect(outcomeOf(await declare(running.app, "proj_demo", days))).toBe("200");
});

test("an event without a widget, an amnesty that is not there, and a project that is not, are told apart", async () => {
  const { app } = running;
  const unknown = await declare(app, "proj_demo", { ...OUTAGE, event: "vsit" });
  expect([outcomeOf(unknown), unknown.json.field]).toEqual(["400 INVALID_WIDGET_KIND", "event"]);
  const missing = await takeBack(app, "proj_demo", "none");
  expect([outcomeOf(missing), missing.json.message]).toEqual([
    "404 NOT_FOUND",
    'The project "proj_demo" has no amnesty with the ID "none".',
  ]);
  const answers = [
    await declare(app, "none", OUTAGE),
    await takeBack(app, "none", "outage"),
    await app.admin("GET", "/admin/projects/none/amnesties"),
    await app.admin("POST", "/admin/projects/none/amnesties:preview", { from: "2024-01-10", to: "2024-01-10" }),
  ];
  expect(answers.map(outcomeOf)).toEqual(Array(4).fill("404 NOT_FOUND"));
});

test("a widget that no amnesty was ever about answers byte for byte what it does in a project without amnesties", async () => {
  const { app } = running;
  const widgets = [{ event: "visit" }, { event: "read" }];
  const texts: string[][] = [];
  for (const siteKey of ["site_a", "site_b"]) {
    await createProject(app, siteKey, widgets);
    await doneOn(app, siteKey, "ann", [...BEFORE, "2024-01-12"]);
    await (siteKey === "site_a" ? undefined : declare(app, siteKey, { ...OUTAGE, event: "read" }));
    const paths = ["users", "users/ann/streaks/visit:explain"].map((path) => `/admin/projects/${siteKey}/${path}`);
    const state = await app.get(`/v1/state?siteKey=${siteKey}&userHash=ann&event=visit`);
    texts.push([state.text, ...(await Promise.all(paths.map(async (path) => (await app.admin("GET", path)).text)))]);
  }
  expect(texts[1]).toEqual(texts[0]);
  expect(JSON.parse(texts[0]?.[0] ?? "").streak).toEqual({
    ...{ mode: "continuous", current: 1, best: 2, todayDone: true, pending: false },
  });
});

test.each([
  ["Connect", createConnectTransport],
  ["gRPC", createGrpcTransport],
])("over %s amnesties are declared, previewed, taken back and listed in the same words", async (name, transport) => {
  const { app } = running;
  await createProject(app, name, [{ event: "visit" }]);
  await doneOn(app, name, "ann", BEFORE);
  const client = createClient(AmnestyService, transport({ baseUrl: app.url, httpVersion: "2" }));
  const headers = { "X-Admin-Token": ADMIN_TOKEN };
  const [siteKey, { amnestyId, ...days }] = [name, OUTAGE];

  const preview = await client.previewAmnesty({ siteKey, ...days }, { headers });
  const changes = [{ event: "visit", currentBefore: 0, currentAfter: 2, bestBefore: 2, bestAfter: 2 }];
  expect(preview).toMatchObject({ lookedAt: 1, nextPageToken: "", users: [{ userHash: "ann", changes }] });
  const declared = await client.declareAmnesty({ siteKey, amnestyId, ...days, reason: "Down" }, { headers });
  expect(declared).toMatchObject({ outcome: AmnestyOutcome.CHANGED, amnesty: { amnestyId, ...days, reason: "Down" } });
  const taken = await client.takeBackAmnesty({ siteKey, amnestyId, reason: "Wrong" }, { headers });
  expect(taken).toMatchObject({ outcome: AmnestyOutcome.CHANGED, amnesty: { takenBack: { reason: "Wrong" } } });
  const { amnesties } = await client.listAmnesties({ siteKey }, { headers });
  expect(amnesties).toEqual([taken.amnesty]);
});
