import type { Collection, Document } from "mongodb";
import { expect, it } from "vitest";
import { createAliases } from "#src/store/mongo/aliases.ts";
import { createApply } from "#src/store/mongo/apply.ts";
import { sendTogether } from "#src/store/mongo/bulk.ts";
import type { Connection } from "#src/store/mongo/connection.ts";
import { RELIED_ON_MS } from "#src/store/mongo/gate.ts";
import { createIdempotencyKeys } from "#src/store/mongo/idempotency-keys.ts";
import { createNotes } from "#src/store/mongo/notes.ts";
import { createOpenMonth } from "#src/store/mongo/open-month.ts";
import { createRecord } from "#src/store/mongo/record.ts";
import { createSeatCheck } from "#src/store/mongo/seat-check.ts";
import { createSeats } from "#src/store/mongo/seats.ts";
import { createSegmentIdCache } from "#src/store/mongo/segment-ids.ts";
import type { Stores } from "#src/store/stores.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, DAY, DAY_MS, gated, MANY_CALLS_MS, NOW, recordGated } from "../conformance/fixture.ts";
import { CUTS, collectionsOf, connect, cutAtEveryCommand, openStore } from "./support.ts";

const mongo = useOwnMongo();

const MONTH = { projectId: "p1", month: "2024-01" };

/** Returns what records events on a connection, without the chores of an instance. */
function createRecordOf(connection: Connection) {
  const notes = createNotes(connection, createSegmentIdCache(connection));
  const apply = createApply(connection, sendTogether(connection), notes);
  const seats = createSeats(connection);
  const keys = createIdempotencyKeys(connection);
  return createRecord(connection, createAliases(connection, apply, keys, seats, notes), keys, seats, apply);
}

/** Returns what opens months on a connection, without the chores of an instance. */
function createOpenMonthOf(connection: Connection) {
  const notes = createNotes(connection, createSegmentIdCache(connection));
  const apply = createApply(connection, sendTogether(connection), notes);
  const seats = createSeats(connection);
  const aliases = createAliases(connection, apply, createIdempotencyKeys(connection), seats, notes);
  return createOpenMonth(connection, aliases, seats);
}

/** Checks the seats that are due, as every instance does by itself now and then. */
async function checkSeats(connection: Connection): Promise<void> {
  const notes = createNotes(connection, createSegmentIdCache(connection));
  const apply = createApply(connection, sendTogether(connection), notes);
  const seats = createSeats(connection);
  const aliases = createAliases(connection, apply, createIdempotencyKeys(connection), seats, notes);
  await createSeatCheck(connection, aliases, seats)();
}

/** Makes all claims so old that no event can be under way for them any more. */
async function passTimeAfterClaims({ seats, underWayMs }: Connection): Promise<void> {
  const claimedAt = new Date(Date.now() - underWayMs - RELIED_ON_MS - 1);
  await seats.updateMany({ claimedAt: { $exists: true } }, { $set: { claimedAt } });
}

async function active(store: Stores): Promise<number | undefined> {
  return (await store.usage.countUsage("p1", ["2024-01"]))[0]?.activeStreakers;
}

it("a seat whose event never came is free once no event can be under way; those of active users stay", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const connection = connect(uri);
  await recordGated(store, [gated(2, { userHash: "ann" })]);
  // As an instance does that is killed before it stores the day.
  expect(await createSeats(connection).claim(MONTH, ["killed"], 2)).toEqual([]);
  expect(await recordGated(store, [gated(2, { userHash: "bob" })])).toEqual(["full"]);

  await checkSeats(connection);
  expect(await recordGated(store, [gated(2, { userHash: "bob" })])).toEqual(["full"]);

  await passTimeAfterClaims(connection);
  await checkSeats(connection);
  expect(await connection.seats.countDocuments({ claimedAt: { $exists: true } })).toBe(0);
  expect(
    await recordGated(
      store,
      ["bob", "cat"].map((userHash) => gated(2, { userHash })),
    ),
  ).toEqual(["stored", "full"]);
  expect(await recordGated(store, [gated(2, { userHash: "ann", day: DAY + 1 })])).toEqual(["stored"]);
});

it("a seat that an event relies on again is not freed for another one's sake", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const connection = connect(uri);
  await store.seats.openMonth("p1", "2024-01", 0, NOW);
  await createSeats(connection).claim(MONTH, ["late"], 1);
  await passTimeAfterClaims(connection);
  const [before] = await connection.seats.find().toArray();
  expect(await store.events.record([gated(1, { userHash: "late" })], NOW)).toEqual(["stored"]);
  const [after] = await connection.seats.find().toArray();
  expect(after?.claimedAt?.getTime()).toBeGreaterThan(before?.claimedAt?.getTime() as number);
  await passTimeAfterClaims(connection);
  await checkSeats(connection);
  expect(await recordGated(store, [gated(1, { userHash: "bob" })])).toEqual(["full"]);
});

it("a seat under a name that became an alias goes to its user", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  const connection = connect(uri);
  await recordGated(store, [gated(2, { userHash: "ann" })]);
  await store.streaks.linkUser("p1", "anon", "ann");
  await createSeats(connection).claim(MONTH, ["anon"], 2);
  await passTimeAfterClaims(connection);
  await checkSeats(connection);
  expect(
    await recordGated(
      store,
      ["bob", "cat"].map((userHash) => gated(2, { userHash })),
    ),
  ).toEqual(["stored", "full"]);
});

it("a seat that is added over the limit while a newcomer looks for one is not the newcomer's", async () => {
  const uri = mongo.server.uri();
  await openStore(uri);
  const other = createSeats(connect(uri));
  expect(await other.claim(MONTH, ["ann", "bob"], 2)).toEqual([]);
  const looking = connect(uri);
  afterFirstFind(looking.seats, async () => {
    // As for a user who was refused, and whom a link has given an active name's days and seat since.
    await other.claim(MONTH, ["ann"], Number.POSITIVE_INFINITY);
  });
  expect(await createSeats(looking).claim(MONTH, ["newcomer"], 2)).toEqual(["newcomer"]);
});

it("an event that is refused takes no key from another instance that records it just then", async () => {
  const uri = mongo.server.uri();
  const other = await openStore(uri);
  await recordGated(
    other,
    ["ann", "bob"].map((userHash) => gated(2, { userHash })),
  );
  const refused = connect(uri);
  const event = gated(2, { userHash: "cat", idempotencyKey: "k" });
  // The first query for users is for those who got no seat.
  afterFirstFind(refused.streaks, async () => {
    await other.streaks.linkUser("p1", "ann", "bob");
    expect(await other.events.record([{ ...event, id: "other" }], NOW)).toEqual(["stored"]);
  });
  expect(await createRecordOf(refused)([event], NOW)).toEqual(["full"]);
  expect(await other.events.record([{ ...event, id: "later", day: DAY + 1 }], NOW)).toEqual(["replayed"]);
});

it("a month that is opened while a later plan is set is not open for that plan", async () => {
  const uri = mongo.server.uri();
  const other = await openStore(uri);
  const [former, later] = [NOW - 2 * DAY_MS, NOW - DAY_MS];
  await other.events.record([checkIn({ userHash: "ann" }), checkIn({ userHash: "ann", day: DAY + 31 })], NOW);
  await other.seats.openMonth("p1", "2024-02", former, NOW);
  const opening = connect(uri);
  afterFirstFind(opening.streaks, async () => {
    // The plan has accepted everybody for a while.
    await other.events.record([checkIn({ userHash: "bob" })], NOW);
    await other.seats.openMonth("p1", "2024-02", later, NOW);
  });
  await createOpenMonthOf(opening)("p1", "2024-01", former, NOW);
  expect(await recordGated(other, [gated(2, { userHash: "newcomer" }, later)])).toEqual(["full"]);
});

it("a month that is opened for the first time while a later plan is set leaves what that one has opened", async () => {
  const uri = mongo.server.uri();
  const other = await openStore(uri);
  const [former, later] = [NOW - 2 * DAY_MS, NOW - DAY_MS];
  const opening = connect(uri);
  afterFirstFind(opening.streaks, () => other.seats.openMonth("p1", "2024-01", later, NOW));
  await createOpenMonthOf(opening)("p1", "2024-01", former, NOW);
  expect(await other.events.record([gated(1, { userHash: "ann" }, later)], NOW)).toEqual(["stored"]);
});

it.each(CUTS)(
  "newcomers whose instance is cut off $when at any command get their seats, and no more",
  async ({ how }) => {
    const uri = mongo.server.uri();
    const cut = await openStore(uri, { appName: "cut", retryWrites: "false" });
    const other = await openStore(uri);
    const connection = connect(uri);
    await other.seats.openMonth("p1", "2024-01", 0, NOW);
    let limit = 2;
    const rounds = await cutAtEveryCommand(
      mongo.server,
      how,
      (round) => cut.events.record(newcomers(round, limit), NOW),
      async (round) => {
        const [one, two, three] = await recordGated(other, newcomers(round, limit));
        expect(["stored", "repeat"]).toContain(one);
        expect(["stored", "repeat"]).toContain(two);
        expect(three).toBe("full");
        expect(await active(other)).toBe(limit);
        limit += 2;
      },
    );
    expect(rounds).toBeGreaterThan(5);
    expect(await connection.seats.countDocuments()).toBe(limit - 2);
  },
  MANY_CALLS_MS,
);

it.each(CUTS)(
  "a link of two active users whose instance is cut off $when at any command frees one seat",
  async ({ how }) => {
    const uri = mongo.server.uri();
    const cut = await openStore(uri, { appName: "cut" });
    const other = await openStore(uri);
    const { streaks } = collectionsOf(mongo.server, uri);
    let limit = 0;
    const rounds = await cutAtEveryCommand(
      mongo.server,
      how,
      async (round) => {
        limit += 2;
        await recordGated(
          other,
          [`anon ${round}`, `ann ${round}`].map((userHash) => gated(limit, { userHash })),
        );
        await cut.streaks.linkUser("p1", `anon ${round}`, `ann ${round}`);
      },
      async (round) => {
        expect(await other.streaks.linkUser("p1", `anon ${round}`, `ann ${round}`)).toBe(true);
        expect(await streaks.countDocuments({ merging: true })).toBe(0);
        const next = [`bob ${round}`, `cat ${round}`].map((userHash) => gated(limit, { userHash }));
        expect(await recordGated(other, next)).toEqual(["stored", "full"]);
        expect(await active(other)).toBe(limit);
      },
    );
    expect(rounds).toBeGreaterThan(5);
  },
  MANY_CALLS_MS,
);

/** Has something happen once, between the first query of a collection and what comes after it. */
function afterFirstFind<T extends Document>(collection: Collection<T>, happen: () => Promise<void>): void {
  const find = collection.find.bind(collection);
  collection.find = ((...parameters: Parameters<typeof find>) => {
    collection.find = find;
    const cursor = find(...parameters);
    const toArray = cursor.toArray.bind(cursor);
    cursor.toArray = async () => {
      const found = await toArray();
      await happen();
      return found;
    };
    return cursor;
  }) as typeof find;
}

function newcomers(round: number, limit: number) {
  return [1, 2, 3].map((number) => gated(limit, { userHash: `newcomer ${round} ${number}` }));
}
