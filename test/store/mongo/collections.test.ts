import type { CollectionInfo, CommandStartedEvent, Document } from "mongodb";
import { expect, it, onTestFinished } from "vitest";
import { ensureCollections } from "#src/store/mongo/collections.ts";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { silentLog } from "../../support/log.ts";
import { useMongo } from "../../support/mongo.ts";
import { checkIn, NOW } from "../conformance/fixture.ts";

const mongo = useMongo();

/** The names of the collections that a start changes, made or not. */
async function changedByStart(uri: string): Promise<string[]> {
  const client = createClient(uri, { monitorCommands: true });
  const changed: string[] = [];
  client.on("commandStarted", ({ command }: CommandStartedEvent) => changed.push(command.create ?? command.collMod));
  const connection = new Connection(client, databaseOf(uri));
  try {
    await ensureCollections(connection.database);
  } finally {
    await connection.close();
  }
  return [...new Set(changed)].filter((name) => name !== undefined).toSorted();
}

const RECORDED = ["events", "intents", "rejections", "seatOpenings", "seats", "streaks"];
const ALL = [
  ...RECORDED,
  "audit",
  "deletions",
  "instances",
  "leases",
  "projects",
  "segments",
  "sessions",
  "settings",
  "tokens",
].toSorted();

it("makes the collections at the first start, and touches none at the next", async () => {
  const uri = mongo.server.uri();
  expect(await changedByStart(uri)).toEqual(ALL);
  expect(await changedByStart(uri)).toEqual([]);
});

it("changes only the collections whose validator is another version's", async () => {
  const uri = mongo.server.uri();
  await changedByStart(uri);
  const database = mongo.server.client.db(databaseOf(uri));
  const validatorOfEvents = async () =>
    (await database.listCollections<CollectionInfo>({ name: "events" }).toArray())[0]?.options?.validator;
  const today = await validatorOfEvents();
  await database.command({ collMod: "events", validator: { $jsonSchema: { required: ["old"] } } });
  await database.command({ collMod: "intents", validator: {} });
  expect(await changedByStart(uri)).toEqual(["events", "intents"]);
  expect(await validatorOfEvents()).toEqual(today);
  expect(await changedByStart(uri)).toEqual([]);
});

it("gets to the same validators when many instances of a new version start at once", async () => {
  const uri = mongo.server.uri();
  const database = mongo.server.client.db(databaseOf(uri));
  await database.createCollection("streaks", { validator: { $jsonSchema: { required: ["old"] } } });
  await database.createCollection("settings");
  await Promise.all(Array.from({ length: 8 }, () => changedByStart(uri)));
  expect(await changedByStart(uri)).toEqual([]);
  const junk = ["streaks", "settings"].map((name) => database.collection<Document>(name).insertOne({ value: 1 }));
  for (const outcome of await Promise.allSettled(junk)) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: 121 } });
  }
});

it("makes the collections when any number of instances start at once, with no index that would cost new users", async () => {
  const uri = mongo.server.uri();
  const stores = await Promise.all(Array.from({ length: 8 }, () => openMongoStores(uri, silentLog)));
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
  const outcomes = await Promise.all(stores.map((store) => store.events.record([checkIn()], NOW)));
  expect(outcomes.flat().toSorted()).toEqual([...Array(7).fill("repeat"), "stored"]);
  const indexesOf = async (collection: string) =>
    (await mongo.server.client.db(databaseOf(uri)).collection(collection).indexes()).map(({ name }) => name).toSorted();
  expect(await indexesOf("intents")).toEqual(["_id_", "expiresAt_1"]);
  // Of these, only the first has every user in it. One more of that kind would cost every new user.
  expect(await indexesOf("streaks")).toEqual(["_id_", "linkedAt_1", "p_1_aliasOf_1"]);
  expect(await indexesOf("events")).toEqual(["_id_"]);
});

it("has documents refused by today's validators where another version had made the collections", async () => {
  const uri = mongo.server.uri();
  const database = mongo.server.client.db(databaseOf(uri));
  await database.createCollection("streaks", { validator: { $jsonSchema: { required: ["old"] } } });
  const store = await openMongoStores(uri, silentLog);
  onTestFinished(() => store.close());
  expect(await store.events.record([checkIn()], NOW)).toEqual(["stored"]);
  const junk = database.collection<Document & { _id: string }>("streaks").insertOne({ _id: "junk" });
  await expect(junk).rejects.toThrow("Document failed validation");
});
