import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document } from "mongodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { StartError } from "#src/errors.ts";
import { databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, NOW, project } from "../store/conformance/fixture.ts";
import { entry } from "../store/conformance/ledger/support.ts";
import { silentLog } from "../support/log.ts";
import { useMongo } from "../support/mongo.ts";
import { change, migrateHere, newFolder, startMigration } from "./support.ts";

const NOWHERE = "mongodb://127.0.0.1:1/x?replicaSet=none&serverSelectionTimeoutMS=300";

async function fill(store: Stores): Promise<void> {
  await store.projects.createProject(project());
  await store.events.record([checkIn(), checkIn({ userHash: "bob", idempotencyKey: "k", tz: "UTC" })], NOW);
  await store.ledger.addLedgerEntry({ projectId: "p1", userHash: "ann" }, entry({ id: "a" }));
  await store.streaks.linkUser("p1", "anon", "ann");
}

/** Migrates in a process of its own that is expected to refuse, and returns what it says. */
async function refusal(settings: Readonly<Record<string, string>>): Promise<string> {
  const process = startMigration(settings);
  expect(await process.ended, process.output).toBe(1);
  return process.output;
}

it("refuses to begin without MONGODB_URI", async () => {
  const folder = await newFolder(fill);
  expect(await refusal({ DATA_DIR: folder })).toContain(
    "MONGODB_URI is not set. Set it to the MongoDB to migrate to, such as",
  );
  expect(await refusal({ DATA_DIR: folder, MONGODB_URI: "mysql://x" })).toContain("MONGODB_URI must look like");
});

it("refuses a MongoDB that doesn't answer", async () => {
  const folder = await newFolder(fill);
  expect(await refusal({ DATA_DIR: folder, MONGODB_URI: NOWHERE })).toContain(
    "MongoDB can't be reached at MONGODB_URI: ",
  );
});

it("refuses a folder that holds no data, and makes none there", async () => {
  const parent = await mkdtemp(join(tmpdir(), "streakd-migrate-"));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, "datta");
  const said = await refusal({ DATA_DIR: folder, MONGODB_URI: NOWHERE });
  expect(said).toContain(`There is no streakd.db in ${folder} to migrate. Name the data folder in DATA_DIR.`);
  expect(await refusal({ DATA_DIR: folder, MONGODB_URI: NOWHERE })).toBe(said);
});

it("refuses a folder that a server is running on", async () => {
  const folder = await newFolder(fill);
  const server = await openSqliteStores(folder, silentLog);
  onTestFinished(() => server.close());
  expect(await refusal({ DATA_DIR: folder, MONGODB_URI: NOWHERE })).toContain(
    `The data folder ${folder} is in use: another process holds streakd.lock. Stop that process`,
  );
});

describe("a server", () => {
  const mongo = useMongo();

  it("refuses to start on a database with an unfinished migration, and starts when the migration is complete", async () => {
    const folder = await newFolder(fill);
    const uri = mongo.server.uri();
    const database = mongo.server.client.db(databaseOf(uri));
    // The state of a migration that was cut short after its first project.
    const progress = { kind: "projects", after: ["site_1"], copied: 1 };
    const value = JSON.stringify({ from: folder, fingerprint: "another", progress });
    await database.collection<Document & { _id: string }>("settings").insertOne({ _id: "move", value });

    const refused = await openMongoStores(uri, silentLog).catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as Error).message).toBe(
      `A migration of ${folder} into the database ${databaseOf(uri)} has begun and is not complete. Run npm run migrate again, with that folder as DATA_DIR and this MONGODB_URI, until it says that the migration is complete; or drop the database if it is not to be migrated after all.`,
    );
    expect((await database.listCollections().toArray()).map(({ name }) => name)).toEqual(["settings"]);

    expect(await migrateHere(folder, uri)).toMatchObject({ complete: true });
    const server = await openMongoStores(uri, silentLog);
    onTestFinished(() => server.close());
    expect(await server.projects.readProject("site_1")).toBeDefined();
  });
});

describe("of a database it", () => {
  const mongo = useMongo();
  const collection = (uri: string, name: string) =>
    mongo.server.client.db(databaseOf(uri)).collection<Document & { _id: string }>(name);

  it("refuses one that a server has started on", async () => {
    const folder = await newFolder(fill);
    const uri = mongo.server.uri();
    const server = await openMongoStores(uri, silentLog);
    await server.projects.createProject(project({ id: "other", siteKey: "proj_demo" }));
    await server.close();
    await expect(migrateHere(folder, uri)).rejects.toThrow(
      `The database ${databaseOf(uri)} is not empty: its collection projects holds data that no migration has put there.`,
    );
    expect(await collection(uri, "streaks").countDocuments()).toBe(0);
  });

  it("refuses one that is another program's, and leaves it alone", async () => {
    const folder = await newFolder(fill);
    const uri = mongo.server.uri();
    await collection(uri, "events").insertOne({ _id: "theirs" });
    await expect(migrateHere(folder, uri)).rejects.toThrow("its collection events holds data");
    await collection(uri, "events").insertOne({ _id: "more of theirs" });
  });

  it("refuses one that another folder was migrated into", async () => {
    const uri = mongo.server.uri();
    const first = await newFolder((store) => store.projects.createProject(project({ id: "p9", siteKey: "site_9" })));
    await migrateHere(first, uri);
    const second = await newFolder(fill);
    await expect(migrateHere(second, uri)).rejects.toThrow(
      `The database ${databaseOf(uri)} holds the project site_9, which is not this folder's. A migration of ${first} into it was completed on`,
    );
  });

  it("tells apart a project made anew under the same key", async () => {
    const uri = mongo.server.uri();
    const folder = await newFolder(fill);
    await migrateHere(folder, uri);
    await change(folder, async (store) => {
      await store.projects.deleteProject(project());
      await store.projects.createProject(project({ id: "p1-again" }));
    });
    await expect(migrateHere(folder, uri)).rejects.toThrow("holds the project site_1, which is not this folder's");
  });

  const tamperings: Readonly<Record<string, (uri: string) => Promise<unknown>>> = {
    "a day more": (uri) =>
      collection(uri, "streaks").updateOne({ u: "ann" }, { $bit: { "days.=like.2024-01": { or: 1 } } }),
    "another zone": (uri) => collection(uri, "streaks").updateOne({ u: "bob" }, { $set: { "zone.tz": "Asia/Tokyo" } }),
    "another reason of an entry": (uri) =>
      collection(uri, "streaks").updateOne({ u: "ann" }, { $set: { "ledger.0.reason": "another" } }),
    "a user less": (uri) => collection(uri, "streaks").deleteOne({ u: "ann" }),
    "another alias": (uri) => collection(uri, "streaks").updateOne({ u: "anon" }, { $set: { aliasOf: "bob" } }),
    "an event less": (uri) => collection(uri, "events").deleteOne({ u: "bob" }),
    "an event of another type": (uri) =>
      collection(uri, "events").updateOne({ u: "ann" }, { $set: { type: "widget_interaction" } }),
    "a project of another name": (uri) => collection(uri, "projects").updateOne({}, { $set: { name: "Other" } }),
    "a key less": (uri) => collection(uri, "intents").deleteOne({}),
    "a key of another user": (uri) => collection(uri, "intents").updateOne({}, { $set: { u: "cat" } }),
    "a key of another event": (uri) => collection(uri, "intents").updateOne({}, { $set: { event: "share" } }),
    "a key of another type": (uri) => collection(uri, "intents").updateOne({}, { $set: { type: "widget_impression" } }),
    "a key of another day": (uri) => collection(uri, "intents").updateOne({}, { $inc: { day: 1 } }),
    "a key of another moment": (uri) => collection(uri, "intents").updateOne({}, { $set: { at: new Date(NOW + 1) } }),
    "a key of another zone": (uri) => collection(uri, "intents").updateOne({}, { $set: { tz: "Asia/Tokyo" } }),
    "an event under the `_id` of another": async (uri) => {
      const found = await collection(uri, "events").findOneAndDelete({ u: "bob" });
      await collection(uri, "events").insertOne({ ...found, _id: `p1|ann|like|${DAY + 1}` });
    },
  };

  it.each(Object.entries(tamperings))("notices %s than was migrated", async (_, tamper) => {
    const folder = await newFolder(fill);
    const uri = mongo.server.uri();
    expect(await migrateHere(folder, uri)).toMatchObject({ complete: true });
    await tamper(uri);
    const again = await migrateHere(folder, uri);
    expect(again).toMatchObject({ complete: false });
    expect(again.output).toMatch(/DIFFERENT\n/);
    expect(again.output).toContain("so nothing was copied now");
  });

  it("says so when something else wrote to it during the migration, and doesn't call that complete", async () => {
    const folder = await newFolder(fill);
    const uri = mongo.server.uri();
    await migrateHere(folder, uri);
    // As if the first run had been cut short before it compared.
    const state = JSON.parse((await collection(uri, "settings").findOne({ _id: "move" }))?.value as string);
    const value = JSON.stringify({ ...state, completedAt: undefined });
    await collection(uri, "settings").updateOne({ _id: "move" }, { $set: { value } });
    await collection(uri, "streaks").updateOne({ u: "ann" }, { $bit: { "days.=like.2024-01": { or: 1 } } });

    const process = startMigration({ DATA_DIR: folder, MONGODB_URI: uri });
    expect(await process.ended, process.output).toBe(1);
    expect(process.output).toContain("so the migration is not complete: start no server on MongoDB");
    expect(process.output).not.toContain("The migration is complete");
    await expect(openMongoStores(uri, silentLog)).rejects.toThrow("has begun and is not complete");
  });
});
