import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Document } from "mongodb";
import { expect, it } from "vitest";
import type { AuditEntry } from "#src/store/audit.ts";
import { IDEMPOTENCY_WINDOW_MS } from "#src/store/events.ts";
import { databaseOf } from "#src/store/mongo/connection.ts";
import type { Stores } from "#src/store/stores.ts";
import { countAll, totalOf } from "../store/conformance/analytics/support.ts";
import {
  checkIn,
  DAY,
  DAY_MS,
  daysBetween,
  daysOf,
  impression,
  NOW,
  project,
  recordResolved,
  token,
} from "../store/conformance/fixture.ts";
import { entry, ODD_ENTRIES } from "../store/conformance/ledger/support.ts";
import { correct, datedBy } from "../store/conformance/zones/support.ts";
import { useMongo } from "../support/mongo.ts";
import { change, migrateHere, newFolder, openBoth } from "./support.ts";

const mongo = useMongo();

const PROJECTS = ["p1", "p2"];
/** Names that mean something to a database, or to what makes ids of them. */
const EVENTS = ["like", "a.b", "a%2Eb", "$set", "__proto__", "a|b", "🦊"];
const USERS = ["ann", "bob", "a|b", "a%7Cb", "p1|ann", "é", "只", "anon", "anon|2", "anon-of-anon", "looks"];
const ALL_USERS = [...USERS, "only a ledger", "late only"];
/** The days whose check-ins are compared. */
const CHECKED = [...daysBetween(DAY - 420, DAY - 380), ...daysBetween(DAY - 10, DAY + 20)];
const SETTINGS = ["admin_token_sha256", "demo_project"];

/** A history with some of everything that a folder can hold. */
async function fill(store: Stores): Promise<void> {
  await store.projects.createProject(project());
  await store.projects.createProject(project({ id: "p2", siteKey: "site_2", name: "Ünï", live: false }));
  await store.settings.claimSetting("admin_token_sha256", "hash");
  await store.settings.claimSetting("demo_project", "proj_demo");
  await store.tokens.createToken(token());
  await store.tokens.createToken(token({ id: "tok_2", project: undefined, expireTime: undefined }));
  await store.audit.appendAuditEntries([
    auditEntry("01", { projectId: "p1", siteKey: "site_1", before: "{}", after: '{"é":1}', clipped: ["widgets"] }),
    auditEntry("02", { projectId: "of a deleted project", siteKey: "site_1" }),
    auditEntry("03", { outcome: "refused", code: "UNAUTHORIZED", count: 2 }),
  ]);
  for (const projectId of PROJECTS) {
    for (const [index, userHash] of USERS.entries()) {
      const events = EVENTS.flatMap((event, offset) =>
        [0, 1, 40 + index, 400].map((ago) =>
          checkIn({
            projectId,
            userHash,
            event,
            day: DAY - ago - offset,
            ...(ago === 400 && { receivedAt: NOW + index }),
          }),
        ),
      );
      await store.events.record(userHash === "looks" ? [] : events, NOW);
      const seen = impression({ projectId, userHash, meta: '{"a":"é"}', sessionId: "s", receivedAt: NOW + 1 });
      await store.events.record([seen], NOW);
    }
    const given = { meta: '{"b":"ü"}', sessionId: "s", tz: "UTC", receivedAt: NOW + 2 };
    const repeats = ["ann", "anon"].map((userHash) =>
      checkIn({ projectId, userHash, day: DAY - 1, keepRepeat: true, ...given }),
    );
    await store.events.record(repeats, NOW);
    // Of a user, of an alias that brings some of them, and of an alias whose home zone is another one.
    const actions = ["ann", "anon", "anon|2", "a|b"].flatMap((userHash, index) =>
      EVENTS.flatMap((event) => [
        ...["a|%", "__proto__", `$${index}`].map((action) => checkIn({ projectId, userHash, event, action })),
        checkIn({ projectId, userHash, event, action: "a|%", day: DAY + 20, receivedAt: NOW + 5 }),
        checkIn({ projectId, userHash, event, action: "b", day: DAY + 20, dayZone: "Asia/Tokyo" }),
      ]),
    );
    await store.events.record(actions, NOW);
    const zones = ["Europe/Berlin", "Asia/Tokyo"].map((tz, index) =>
      checkIn({
        ...{ projectId, userHash: index === 0 ? "ann" : "anon" },
        ...{ tz, receivedAt: NOW + 3, idempotencyKey: `zone|${index}%` },
      }),
    );
    await store.events.record(zones, NOW);
    // Away from home, late, and both; of a user, of an alias whose home zone is another one, and under keys.
    const kinds = ["ann", "anon", "a|b", "é"].flatMap((userHash, index) =>
      EVENTS.flatMap((event) => [
        checkIn({ projectId, userHash, event, day: DAY + 10 + index, tz: "Asia/Tokyo" }),
        checkIn({ projectId, userHash, event, day: DAY + 10 + index, tz: "Europe/Berlin", late: true }),
        checkIn({ projectId, userHash, event, day: DAY + 14, tz: "UTC", late: true, meta: '{"c":1}' }),
        checkIn({ projectId, userHash, event, day: DAY + 15, dayZone: "Pacific/Apia", receivedAt: NOW + 4 }),
      ]),
    );
    await store.events.record(kinds, NOW);
    const keyed = { idempotencyKey: "kind", late: true as const, tz: "Pacific/Apia", day: DAY + 15 };
    await store.events.record([checkIn({ projectId, userHash: "late only", ...keyed })], NOW);
    const old = { day: DAY - 3, idempotencyKey: "expired" };
    await store.events.record([checkIn({ projectId, userHash: "bob", ...old })], NOW - IDEMPOTENCY_WINDOW_MS);
    for (const odd of ODD_ENTRIES) {
      await store.ledger.addLedgerEntry({ projectId, userHash: "ann" }, odd);
    }
    await store.ledger.addLedgerEntry({ projectId, userHash: "only a ledger" }, entry({ id: "a" }));
    await store.ledger.addLedgerEntry({ projectId, userHash: "anon" }, entry({ id: "of the alias", at: NOW + DAY_MS }));
    await store.streaks.linkUser(projectId, "anon-of-anon", "anon");
    await store.streaks.linkUser(projectId, "anon", "ann");
    await store.streaks.linkUser(projectId, "anon|2", "a|b");
  }
}

function auditEntry(id: string, fields: Partial<AuditEntry>): AuditEntry {
  return { id, at: NOW, series: "s", outcome: "done", actor: "root", method: "m", ...fields };
}

/** Adds what nobody can reach: a deletion that is cut short, and late events of a project that is gone. */
async function leaveOrphans(folder: string): Promise<void> {
  await change(folder, addOrphans);
  // What a deletion does first. A store would go on with it, and might even finish it before it is closed.
  const database = new DatabaseSync(join(folder, "streakd.db"));
  database.exec("INSERT INTO deleted_projects (id, site_key) SELECT id, site_key FROM projects WHERE id = 'p3'");
  database.exec("DELETE FROM projects WHERE id = 'p3'");
  database.close();
}

async function addOrphans(store: Stores): Promise<void> {
  await store.projects.createProject(project({ id: "p3", siteKey: "site_3" }));
  await store.tokens.createToken(token({ id: "tok_3", project: { id: "p3", siteKey: "site_3" } }));
  const users = Array.from({ length: 1500 }, (_, index) => `user_${index}`);
  await store.events.record(
    users.map((userHash) => checkIn({ projectId: "p3", userHash, idempotencyKey: userHash })),
    NOW,
  );
  await store.events.record([checkIn({ projectId: "p4", tz: "UTC", idempotencyKey: "k" })], NOW);
}

/** Returns everything that a store says about what `fill` has put there. */
async function answersOf(store: Stores): Promise<unknown> {
  const users = PROJECTS.flatMap((projectId) => ALL_USERS.map((userHash) => ({ projectId, userHash })));
  return {
    projects: await store.projects.listProjects("", 100),
    tokens: await store.tokens.listTokens(undefined, "", 100),
    audit: await store.audit.listAuditEntries({}, undefined, 100),
    settings: await Promise.all(SETTINGS.map((name) => store.settings.readSetting(name))),
    users: await store.events.resolveUsers(users.map((user) => ({ ...user, verify: true }))),
    streaks: await Promise.all(
      users.flatMap((user) => EVENTS.map((event) => store.streaks.readStreak(user, event, "of_days"))),
    ),
    ledgers: await Promise.all(users.map((user) => store.ledger.readLedger(user))),
    checkIns: await Promise.all(
      users.flatMap((user) => EVENTS.map((event) => store.users.readCheckIns(user, event, CHECKED))),
    ),
  };
}

/** Returns every row of a folder, by table. */
function rowsOf(folder: string): Record<string, object[]> {
  const database = new DatabaseSync(join(folder, "streakd.db"), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const rows = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM ${name}`).all()]);
  database.close();
  return Object.fromEntries(rows);
}

/** Returns every document of a database, except idempotency keys: they change when they are found. */
async function documentsOf(uri: string): Promise<Record<string, Document[]>> {
  const database = mongo.server.client.db(databaseOf(uri));
  const names = ["projects", "settings", "tokens", "streaks", "events", "deletions"];
  // Not the notes of changes, which are kept among the events.
  const records = { ranges: { $exists: false } };
  const found = names.map(async (name) => {
    return [name, await database.collection(name).find(records).sort({ _id: 1 }).toArray()];
  });
  return Object.fromEntries(await Promise.all(found));
}

it("answers everything from MongoDB as it was answered from the folder", async () => {
  const folder = await newFolder(fill);
  await leaveOrphans(folder);
  const uri = mongo.server.uri();

  expect(await migrateHere(folder, uri)).toMatchObject({ complete: true });

  const [embedded, migrated] = await openBoth(folder, uri);
  expect(await answersOf(migrated)).toEqual(await answersOf(embedded));
  expect(
    (await migrated.events.resolveUsers([{ projectId: "p1", userHash: "anon-of-anon", verify: true }]))[0],
  ).toEqual({
    userHash: "ann",
    zone: { name: "UTC", at: NOW + 14 * DAY_MS },
    home: "UTC",
  });
  const kinds = await migrated.streaks.readStreak({ projectId: "p2", userHash: "anon" }, "$set");
  const labels = kinds.others?.map(({ late, zone }) => `${late} ${zone}`);
  expect(labels).toEqual(["false Asia/Tokyo", "false Pacific/Apia", "true undefined", "true Europe/Berlin"]);
  const { actions } = await migrated.streaks.readStreak({ projectId: "p2", userHash: "anon" }, "a.b", "of_days");
  const counts = [
    [DAY, 4],
    [DAY + 20, 2],
  ] as const;
  expect(actions).toEqual({ beyondFirst: 4, ofDays: new Map(counts) });
  expect(Object.keys(await daysOf(migrated, "anon", "__proto__")).length).toBeGreaterThan(0);
  expect(await migrated.ledger.readLedger({ projectId: "p1", userHash: "anon" })).toEqual([
    ...ODD_ENTRIES,
    entry({ id: "of the alias", at: NOW + DAY_MS }),
  ]);
  expect(await migrated.ledger.readLedger({ projectId: "p2", userHash: "only a ledger" })).toHaveLength(1);
});

it("has all of it counted anew for analytics, whatever was counted before, and counts the same", async () => {
  const folder = await newFolder(async (store) => {
    await fill(store);
    await countAll(store, "p1", 2);
  });
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);
  const [embedded, migrated] = await openBoth(folder, uri);
  for (const projectId of PROJECTS) {
    expect(await migrated.analytics.listSegments(projectId)).toMatchObject([{ first: "", counted: undefined }]);
    await countAll(embedded, projectId);
    await countAll(migrated, projectId, 3);
    expect(await totalOf(migrated, projectId)).toEqual(await totalOf(embedded, projectId));
  }
});

it("keeps the events, and leaves nothing else behind", async () => {
  const folder = await newFolder(fill);
  await leaveOrphans(folder);
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);

  const { events, streaks } = await documentsOf(uri);
  expect(new Set([...(events ?? []), ...(streaks ?? [])].map(({ p }) => p))).toEqual(new Set(PROJECTS));
  expect(events?.filter(({ u }) => u === "anon")).toEqual([]);
  const repeats = events?.filter(({ type, analyticsId }) => type === "streak_interaction" && analyticsId !== undefined);
  const given = { meta: '{"b":"ü"}', sessionId: "s", tz: "UTC", receivedAt: new Date(NOW + 2) };
  const came = { u: "ann", day: DAY - 1, ...given };
  expect(repeats).toMatchObject([...PROJECTS, ...PROJECTS].toSorted().map((p) => ({ p, ...came })));
  const look = events?.find(({ p, u }) => p === "p1" && u === "looks");
  expect(look).toMatchObject({ type: "widget_impression", day: DAY, meta: '{"a":"é"}', sessionId: "s" });
  expect(look?.receivedAt).toEqual(new Date(NOW + 1));
  const old = events?.find(
    ({ p, u, day, event }) => p === "p1" && u === "bob" && event === "like" && day === DAY - 400,
  );
  expect(old?.receivedAt).toEqual(new Date(NOW + USERS.indexOf("bob")));
});

it("finishes the deletions that were under way, and otherwise leaves the folder as it was", async () => {
  const folder = await newFolder(fill);
  await leaveOrphans(folder);
  const before = rowsOf(folder);
  expect(before.deleted_projects).toHaveLength(1);
  await migrateHere(folder, mongo.server.uri());

  const isLeft = (row: object) => !("project_id" in row && row.project_id === "p3");
  const expected = Object.entries(before).map(([table, rows]) => [table, rows.filter(isLeft)]);
  // Whoever opens a folder finds out what was not folded when it was closed.
  const found = { deleted_projects: [], unfolded_changes: [] };
  expect(rowsOf(folder)).toEqual({ ...Object.fromEntries(expected), ...found });
});

it("makes the documents that the same history would have made in MongoDB", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);
  const lived = mongo.server.uri();
  const [, store] = await openBoth(folder, lived);
  await fill(store);

  const [migrated, made] = [await documentsOf(uri), await documentsOf(lived)];
  const days = (documents: Document[] | undefined) =>
    documents?.map(({ at, analyticsId, _id, ...rest }) => (analyticsId === undefined ? { _id, ...rest } : rest));
  // A folder that is migrated has no running writes, so the moment of a link is not noted.
  const settled = made.streaks?.map(({ linkedAt, ...rest }) => rest);
  expect(days(migrated.streaks)).toEqual(days(settled));
  expect(migrated.projects).toEqual(made.projects);
  expect(migrated.tokens).toEqual(made.tokens);
  expect(migrated.settings?.filter(({ _id }) => _id !== "move")).toEqual(made.settings);
  const interactions = (documents: Document[] | undefined) => documents?.filter(({ analyticsId }) => !analyticsId);
  expect(days(interactions(migrated.events))).toEqual(days(interactions(made.events)));
});

it("still knows repeats of days, of analytics events and of idempotency keys", async () => {
  const folder = await newFolder(fill);
  const seen = impression({ projectId: "p2", userHash: "bob" });
  await change(folder, (store) => store.events.record([seen], NOW));
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);
  const [, migrated] = await openBoth(folder, uri);
  const before = await documentsOf(uri);

  expect(await migrated.events.record([checkIn({ userHash: "bob" }), seen], NOW)).toEqual(["repeat", "repeat"]);
  await recordResolved(migrated, [checkIn({ userHash: "anon" }), checkIn({ userHash: "anon-of-anon" })]);
  const other = { day: DAY + 1, tz: "Asia/Tokyo" };
  const keyed = ["zone|0%", "zone|1%"].map((idempotencyKey) => checkIn({ ...other, idempotencyKey }));
  expect(await migrated.events.record(keyed, NOW)).toEqual(["replayed", "replayed"]);
  expect(await documentsOf(uri)).toEqual(before);

  expect(
    await migrated.events.record([checkIn({ ...other, userHash: "bob", idempotencyKey: "expired" })], NOW),
  ).toEqual(["stored"]);
  const [free] = keyed;
  expect(free && (await migrated.events.record([{ ...free, event: "a.b" }], NOW + IDEMPOTENCY_WINDOW_MS))).toEqual([
    "stored",
  ]);
});

it("lets a key mean the same when the user whose event it was given becomes an alias", async () => {
  const folder = await newFolder(async (store) => {
    await store.projects.createProject(project());
    await store.events.record([checkIn({ userHash: "anon", idempotencyKey: "k" })], NOW);
  });
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);
  const [, migrated] = await openBoth(folder, uri);
  await migrated.streaks.linkUser("p1", "anon", "ann");
  const before = await documentsOf(uri);
  expect(await migrated.events.record([checkIn({ userHash: "ann", day: DAY + 1, idempotencyKey: "k" })], NOW)).toEqual([
    "replayed",
  ]);
  expect(await documentsOf(uri)).toEqual(before);
});

it("changes nothing when it is run again", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);
  const before = await documentsOf(uri);
  const again = await migrateHere(folder, uri);
  expect(again).toMatchObject({ complete: true });
  expect(again.output).not.toContain("Copied");
  expect(await documentsOf(uri)).toEqual(before);
});

it("migrates an installation in which nothing has happened", async () => {
  const folder = await newFolder(async () => undefined);
  expect(await migrateHere(folder, mongo.server.uri())).toMatchObject({ complete: true });
});

it("dates no event as it was dated before its zone was corrected", async () => {
  const users = PROJECTS.flatMap((projectId) => ["ann", "a|b"].map((userHash) => ({ projectId, userHash })));
  const folder = await newFolder(async (store) => {
    await fill(store);
    for (const user of users) {
      expect(await correct(store, { wrong: "Asia/Tokyo", right: "America/New_York" }, user)).toBe(true);
    }
  });
  const uri = mongo.server.uri();
  expect(await migrateHere(folder, uri)).toMatchObject({ complete: true });
  const [embedded, migrated] = await openBoth(folder, uri);
  expect(await answersOf(migrated)).toEqual(await answersOf(embedded));
  const resolved = await migrated.events.resolveUsers(users.map((user) => ({ ...user, verify: true })));
  expect(resolved.map(({ isRedated }) => isRedated)).toEqual(users.map(() => true));
  for (const user of users) {
    const [held, arrived] = [embedded, migrated].map((store) => datedBy(store, "America/New_York", {}, user));
    const dated = [...((await held) ?? [])];
    expect(dated.length).toBeGreaterThan(0);
    expect(await arrived).toHaveLength(dated.length);
    expect(await arrived).toEqual(expect.arrayContaining(dated));
  }
});

it("copies what has changed in the folder since a run that was cut short, all once more", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  await migrateHere(folder, uri);
  // As if that run had been cut short at its very end.
  const settings = mongo.server.client.db(databaseOf(uri)).collection<{ _id: string; value: string }>("settings");
  const { completedAt, ...state } = JSON.parse((await settings.findOne({ _id: "move" }))?.value ?? "");
  expect(completedAt).toBe(new Date(NOW).toISOString());
  const progress = { kind: "keys", after: ["p2", "ann", "zone|1%"], copied: 6 };
  await settings.updateOne({ _id: "move" }, { $set: { value: JSON.stringify({ ...state, progress }) } });
  await change(folder, async (store) => {
    await store.ledger.addLedgerEntry({ projectId: "p1", userHash: "bob" }, entry({ id: "since" }));
    await store.ledger.addLedgerEntry({ projectId: "p1", userHash: "ann" }, entry({ id: "since" }));
    await correct(store, { wrong: "Asia/Tokyo", right: "Europe/Paris" }, { projectId: "p1", userHash: "é" });
    await store.streaks.linkUser("p1", "looks", "bob");
    await store.streaks.linkUser("p1", "ann", "bob");
    await store.events.record(
      [checkIn({ userHash: "bob", day: DAY + 9, tz: "Asia/Tokyo", idempotencyKey: "expired" })],
      NOW,
    );
    await store.projects.updateProject(project(), { name: "Another" });
    await store.tokens.deleteToken("tok_1");
    await store.tokens.noteTokenUses([{ id: "tok_2", at: NOW + DAY_MS }]);
  });

  const again = await migrateHere(folder, uri);
  expect(again.output).toContain("The folder has changed since the last run");
  expect(again).toMatchObject({ complete: true });
  const [embedded, migrated] = await openBoth(folder, uri);
  expect(await answersOf(migrated)).toEqual(await answersOf(embedded));
  expect(await daysOf(migrated, "anon")).not.toEqual({});
});
