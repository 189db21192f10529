import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Document } from "mongodb";
import { expect, it } from "vitest";
import { databaseOf } from "#src/store/mongo/connection.ts";
import { IDEMPOTENCY_WINDOW_MS, type StreakStore } from "#src/store/streak-store.ts";
import { checkIn, DAY, daysOf, impression, NOW, project, recordResolved } from "../store/conformance/fixture.ts";
import { useMongo } from "../support/mongo.ts";
import { change, moveHere, newFolder, openBoth } from "./support.ts";

const mongo = useMongo();

const PROJECTS = ["p1", "p2"];
/** Names that mean something to a database, or to what makes ids of them. */
const EVENTS = ["like", "a.b", "a%2Eb", "$set", "__proto__", "a|b", "🦊"];
const USERS = ["ann", "bob", "a|b", "a%7Cb", "p1|ann", "é", "只", "anon", "anon|2", "anon-of-anon", "looks"];
const SETTINGS = ["admin_token_sha256", "demo_project"];

/** A history with some of everything that a folder can hold. */
async function fill(store: StreakStore): Promise<void> {
  await store.createProject(project());
  await store.createProject(project({ id: "p2", siteKey: "site_2", name: "Ünï", live: false }));
  await store.claimSetting("admin_token_sha256", "hash");
  await store.claimSetting("demo_project", "proj_demo");
  for (const projectId of PROJECTS) {
    for (const [index, userHash] of USERS.entries()) {
      const events = EVENTS.flatMap((event, offset) =>
        [0, 1, 40 + index, 400].map((ago) => checkIn({ projectId, userHash, event, day: DAY - ago - offset })),
      );
      await store.record(userHash === "looks" ? [] : events, NOW);
      await store.record([impression({ projectId, userHash, meta: '{"a":"é"}', sessionId: "s" })], NOW);
    }
    const zones = ["Europe/Berlin", "Asia/Tokyo"].map((tz, index) =>
      checkIn({ projectId, userHash: index === 0 ? "ann" : "anon", tz, idempotencyKey: `zone|${index}%` }),
    );
    await store.record(zones, NOW);
    const old = { day: DAY - 3, idempotencyKey: "expired" };
    await store.record([checkIn({ projectId, userHash: "bob", ...old })], NOW - IDEMPOTENCY_WINDOW_MS);
    await store.linkUser(projectId, "anon-of-anon", "anon");
    await store.linkUser(projectId, "anon", "ann");
    await store.linkUser(projectId, "anon|2", "a|b");
  }
}

/** Adds what nobody can reach: a deletion that is cut short, and late events of a project that is gone. */
async function leaveOrphans(store: StreakStore): Promise<void> {
  await store.createProject(project({ id: "p3", siteKey: "site_3" }));
  const users = Array.from({ length: 1500 }, (_, index) => `user_${index}`);
  await store.record(
    users.map((userHash) => checkIn({ projectId: "p3", userHash, idempotencyKey: userHash })),
    NOW,
  );
  await store.record([checkIn({ projectId: "p4", tz: "UTC", idempotencyKey: "k" })], NOW);
  void store.deleteProject("site_3").catch(() => undefined);
}

/** All that a store answers about what `fill` has put there. */
async function answersOf(store: StreakStore): Promise<unknown> {
  const users = PROJECTS.flatMap((projectId) => USERS.map((userHash) => ({ projectId, userHash })));
  return {
    projects: await store.listProjects("", 100),
    settings: await Promise.all(SETTINGS.map((name) => store.readSetting(name))),
    users: await store.resolveUsers(users),
    streaks: await Promise.all(users.flatMap((user) => EVENTS.map((event) => store.readStreak(user, event)))),
  };
}

/** Every row of a folder, by table. */
function rowsOf(folder: string): Record<string, object[]> {
  const database = new DatabaseSync(join(folder, "streakd.db"), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const rows = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM ${name}`).all()]);
  database.close();
  return Object.fromEntries(rows);
}

/** Every document of a database, but for intents, which remember that they were found. */
async function documentsOf(uri: string): Promise<Record<string, Document[]>> {
  const database = mongo.server.client.db(databaseOf(uri));
  const names = ["projects", "settings", "streaks", "events", "deletions"];
  const found = names.map(async (name) => [name, await database.collection(name).find().sort({ _id: 1 }).toArray()]);
  return Object.fromEntries(await Promise.all(found));
}

it("answers everything from MongoDB as it was answered from the folder", async () => {
  const folder = await newFolder(fill);
  await change(folder, leaveOrphans);
  const uri = mongo.server.uri();

  expect(await moveHere(folder, uri)).toMatchObject({ complete: true });

  const [embedded, moved] = await openBoth(folder, uri);
  expect(await answersOf(moved)).toEqual(await answersOf(embedded));
  expect((await moved.resolveUsers([{ projectId: "p1", userHash: "anon-of-anon" }]))[0]).toEqual({
    userHash: "ann",
    zone: { name: "Europe/Berlin", at: NOW },
  });
  expect(Object.keys(await daysOf(moved, "anon", "__proto__")).length).toBeGreaterThan(0);
});

it("keeps the events, and leaves nothing else behind", async () => {
  const folder = await newFolder(fill);
  await change(folder, leaveOrphans);
  const uri = mongo.server.uri();
  await moveHere(folder, uri);

  const { events, streaks } = await documentsOf(uri);
  expect(new Set([...(events ?? []), ...(streaks ?? [])].map(({ p }) => p))).toEqual(new Set(PROJECTS));
  expect(events?.filter(({ u }) => u === "anon")).toEqual([]);
  const look = events?.find(({ p, u }) => p === "p1" && u === "looks");
  expect(look).toMatchObject({ type: "widget_impression", day: DAY, meta: '{"a":"é"}', sessionId: "s" });
});

it("finishes the deletions that were under way, and otherwise leaves the folder as it was", async () => {
  const folder = await newFolder(fill);
  await change(folder, leaveOrphans);
  const before = rowsOf(folder);
  expect(before.deleted_projects).toHaveLength(1);
  await moveHere(folder, mongo.server.uri());

  const isLeft = (row: object) => !("project_id" in row && row.project_id === "p3");
  const expected = Object.entries(before).map(([table, rows]) => [table, rows.filter(isLeft)]);
  expect(rowsOf(folder)).toEqual({ ...Object.fromEntries(expected), deleted_projects: [] });
});

it("makes the documents that the same history would have made in MongoDB", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  await moveHere(folder, uri);
  const lived = mongo.server.uri();
  const [, store] = await openBoth(folder, lived);
  await fill(store);

  const [moved, made] = [await documentsOf(uri), await documentsOf(lived)];
  const days = (documents: Document[] | undefined) =>
    documents?.map(({ at, analyticsId, _id, ...rest }) => (analyticsId === undefined ? { _id, ...rest } : rest));
  // A folder that is moved has no writes under way, so there is nothing to note the moment of a link for.
  const settled = made.streaks?.map(({ linkedAt, ...rest }) => rest);
  expect(days(moved.streaks)).toEqual(days(settled));
  expect(moved.projects).toEqual(made.projects);
  expect(moved.settings?.filter(({ _id }) => _id !== "move")).toEqual(made.settings);
  const interactions = (documents: Document[] | undefined) => documents?.filter(({ analyticsId }) => !analyticsId);
  expect(days(interactions(moved.events))).toEqual(days(interactions(made.events)));
});

it("still knows repeats of days, of analytics events and of idempotency keys", async () => {
  const folder = await newFolder(fill);
  const seen = impression({ projectId: "p2", userHash: "bob" });
  await change(folder, (store) => store.record([seen], NOW));
  const uri = mongo.server.uri();
  await moveHere(folder, uri);
  const [, moved] = await openBoth(folder, uri);
  const before = await documentsOf(uri);

  expect(await moved.record([checkIn({ userHash: "bob" }), seen], NOW)).toEqual(["repeat", "repeat"]);
  await recordResolved(moved, [checkIn({ userHash: "anon" }), checkIn({ userHash: "anon-of-anon" })]);
  const other = { userHash: "bob", day: DAY + 1, tz: "Asia/Tokyo" };
  const keyed = ["zone|0%", "zone|1%"].map((idempotencyKey) => checkIn({ ...other, idempotencyKey }));
  expect(await moved.record(keyed, NOW)).toEqual(["repeat", "repeat"]);
  expect(await documentsOf(uri)).toEqual(before);

  expect(await moved.record([checkIn({ ...other, idempotencyKey: "expired" })], NOW)).toEqual(["stored"]);
  const [free] = keyed;
  expect(free && (await moved.record([{ ...free, event: "a.b" }], NOW + IDEMPOTENCY_WINDOW_MS))).toEqual(["stored"]);
});

it("lets a key mean the same when the user whose event it was given becomes an alias", async () => {
  const folder = await newFolder(async (store) => {
    await store.createProject(project());
    await store.record([checkIn({ userHash: "anon", idempotencyKey: "k" })], NOW);
  });
  const uri = mongo.server.uri();
  await moveHere(folder, uri);
  const [, moved] = await openBoth(folder, uri);
  await moved.linkUser("p1", "anon", "ann");
  const before = await documentsOf(uri);
  expect(await moved.record([checkIn({ userHash: "ann", day: DAY + 1, idempotencyKey: "k" })], NOW)).toEqual([
    "repeat",
  ]);
  expect(await documentsOf(uri)).toEqual(before);
});

it("changes nothing when it is run again", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  await moveHere(folder, uri);
  const before = await documentsOf(uri);
  const again = await moveHere(folder, uri);
  expect(again).toMatchObject({ complete: true });
  expect(again.output).not.toContain("Copied");
  expect(await documentsOf(uri)).toEqual(before);
});

it("moves an installation that nothing has happened in", async () => {
  const folder = await newFolder(async () => undefined);
  expect(await moveHere(folder, mongo.server.uri())).toMatchObject({ complete: true });
});

it("copies what has changed in the folder since a run that was cut short, all once more", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  await moveHere(folder, uri);
  // As if that run had been cut short at its very end.
  const settings = mongo.server.client.db(databaseOf(uri)).collection<{ _id: string; value: string }>("settings");
  const { completedAt, ...mark } = JSON.parse((await settings.findOne({ _id: "move" }))?.value ?? "");
  expect(completedAt).toBe(new Date(NOW).toISOString());
  const progress = { kind: "keys", after: ["p2", "zone|1%"], copied: 6 };
  await settings.updateOne({ _id: "move" }, { $set: { value: JSON.stringify({ ...mark, progress }) } });
  await change(folder, async (store) => {
    await store.linkUser("p1", "looks", "bob");
    await store.linkUser("p1", "ann", "bob");
    await store.record([checkIn({ userHash: "bob", day: DAY + 9, tz: "Asia/Tokyo", idempotencyKey: "expired" })], NOW);
    await store.updateProject("site_1", { name: "Another" });
  });

  const again = await moveHere(folder, uri);
  expect(again.output).toContain("The folder has changed since the last run");
  expect(again).toMatchObject({ complete: true });
  const [embedded, moved] = await openBoth(folder, uri);
  expect(await answersOf(moved)).toEqual(await answersOf(embedded));
  expect(await daysOf(moved, "anon")).not.toEqual({});
});
