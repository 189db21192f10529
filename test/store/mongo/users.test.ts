import { expect, it } from "vitest";
import { eventId, streakId } from "#src/store/mongo/document-ids.ts";
import { useMongo } from "../../support/mongo.ts";
import { checkIn, DAY, DAY_MS, daysBetween, months, NOW, ordinary } from "../conformance/fixture.ts";
import { slicesOf, usersOf } from "../conformance/users/support.ts";
import { collectionsOf, openStore } from "./support.ts";

const mongo = useMongo();

/** Opens a store in which a link of `anon` to `ann` was cut short at its first step. */
async function openCutShort() {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([checkIn({ userHash: "anon" }), checkIn({ day: DAY - 1 })], NOW);
  const { streaks } = collectionsOf(mongo.server, uri);
  await streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
  return store;
}

const MERGED = new Map([["like", ordinary(DAY, DAY - 1)]]);

it("a list finishes the links that were cut short, and lists their users with all their days", async () => {
  const store = await openCutShort();
  expect(await usersOf(store)).toEqual([{ userHash: "ann", days: MERGED }]);
});

it("a user is read with all days though a link of an alias was cut short", async () => {
  const store = await openCutShort();
  expect(await store.users.readUser({ projectId: "p1", userHash: "ann" })).toMatchObject({
    days: MERGED,
    aliases: ["anon"],
    recentEvents: [{ day: DAY }, { day: DAY - 1 }],
  });
});

it("the check-ins of a user are read whole though a link of an alias was cut short among its events", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const anon = [0, 1, 2].map((ago) => checkIn({ userHash: "anon", day: DAY - ago, receivedAt: NOW + ago }));
  await store.events.record([...anon, checkIn({ day: DAY - 3 })], NOW);
  const { streaks, events } = collectionsOf(mongo.server, uri);
  await streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
  // The first event and all days are merged.
  const first = await events.findOne({ u: "anon", day: DAY });
  await events.insertOne({ ...first, _id: eventId({ p: "p1", u: "ann", event: "like", day: DAY }), u: "ann" } as never);
  await streaks.updateOne({ u: "ann" }, { $set: { days: { "=like": months(DAY, DAY - 1, DAY - 2, DAY - 3) } } });
  const read = await store.users.readCheckIns({ projectId: "p1", userHash: "ann" }, "like", daysBetween(DAY - 9, DAY));
  expect(read.map(({ day, receivedAt }) => [day, receivedAt])).toEqual([
    [DAY - 3, NOW - 3 * DAY_MS],
    [DAY - 2, NOW + 2],
    [DAY - 1, NOW + 1],
    [DAY, NOW],
  ]);
});

it("a done day whose event was deleted has no check-in, and an event whose day is not done is none", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([checkIn(), checkIn({ day: DAY - 1 }), checkIn({ day: DAY - 2 })], NOW);
  const { streaks, events } = collectionsOf(mongo.server, uri);
  await events.deleteOne({ day: DAY - 1 });
  // As a batch leaves it that was cut short.
  await streaks.updateOne({ u: "ann" }, { $set: { days: { "=like": months(DAY, DAY - 1) } } });
  const read = await store.users.readCheckIns({ projectId: "p1", userHash: "ann" }, "like", daysBetween(DAY - 9, DAY));
  expect(read.map(({ day }) => day)).toEqual([DAY]);
});

it("a user is read whose aliases form a circle that two links at once have closed", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([checkIn({ userHash: "a" }), checkIn({ userHash: "b", day: DAY - 1 })], NOW);
  const { streaks } = collectionsOf(mongo.server, uri);
  await streaks.updateOne({ u: "a" }, { $set: { aliasOf: "b", merging: true } });
  await streaks.updateOne({ u: "b" }, { $set: { aliasOf: "a", merging: true } });
  const users = await usersOf(store);
  expect(users).toHaveLength(1);
  const [user] = users;
  expect(user?.days).toEqual(MERGED);
  for (const userHash of ["a", "b"]) {
    expect(await store.users.readUser({ projectId: "p1", userHash })).toMatchObject(user as object);
  }
});

it("a slice of a list ends after many names that are no users", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const { streaks } = collectionsOf(mongo.server, uri);
  const aliases = Array.from({ length: 1200 }, (_, index) => `alias ${index}`);
  await streaks.insertMany(aliases.map((u) => ({ _id: streakId("p1", u), p: "p1", u, aliasOf: "user" })));
  await store.events.record([checkIn({ userHash: "user" })], NOW);
  expect((await slicesOf(store, { limit: 1000 })).map(({ users }) => users.length)).toEqual([0, 1]);
});

it("a slice of a list ends after many months of days", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const centuries = months(...Array.from({ length: 1500 }, (_, index) => DAY - 31 * index));
  const users = ["a", "b", "c", "d"].map((u) => ({ _id: streakId("p1", u), p: "p1", u, days: { "=like": centuries } }));
  await collectionsOf(mongo.server, uri).streaks.insertMany(users);
  const slices = await slicesOf(store, { limit: 1000 });
  expect(slices.map(({ users }) => users.map(({ userHash }) => userHash))).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});
