import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { eventDocument } from "#src/store/mongo/documents.ts";
import type { Stores } from "#src/store/stores.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, DAY, impression, MANY_CALLS_MS, months, NOW, recordUnverified } from "../conformance/fixture.ts";
import { entry } from "../conformance/ledger/support.ts";
import { ANY_EVENT, CUTS, collectionsOf, connect, cutAtEveryCommand, openStore } from "./support.ts";
import { passTimeAfterLinks, sweep } from "./sweep.ts";

const mongo = useOwnMongo();
const stored = (uri: string) => collectionsOf(mongo.server, uri);

describe("a link", () => {
  it.each(CUTS)(
    "that is cut off at any command, $when, is finished by whoever comes next",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const { streaks, events, intents } = stored(uri);
      const late = { late: true, days: months(DAY + 2) };
      const inTokyo = { late: false, zone: "Asia/Tokyo", days: months(DAY, DAY + 1) };
      const ofAlias = { days: inTokyo.days, others: [{ ...late, zone: "UTC" }], home: "Asia/Tokyo" };
      const ofUser = { days: months(DAY + 1, DAY + 2) };
      const merged = { ...ofUser, others: [inTokyo, late], home: "UTC" };

      async function begin(round: number): Promise<void> {
        const projectId = `p${round}`;
        const batch = [
          checkIn({ userHash: "anon", tz: "Asia/Tokyo", at: NOW + 9 }),
          checkIn({ userHash: "anon", day: DAY + 1, dayZone: "Asia/Tokyo", idempotencyKey: "k" }),
          checkIn({ userHash: "anon", day: DAY + 2, tz: "UTC", late: true, at: NOW }),
          impression({ userHash: "anon", id: "seen" }),
          checkIn({ userHash: "ann", day: DAY + 1 }),
          checkIn({ userHash: "ann", day: DAY + 2, tz: "UTC", at: NOW }),
        ];
        await other.events.record(
          batch.map((event) => ({ ...event, projectId })),
          NOW,
        );
        const add = (userHash: string, id: string) =>
          other.ledger.addLedgerEntry({ projectId, userHash }, entry({ id, reason: userHash }));
        await Promise.all([add("anon", "both"), add("anon", "of the alias"), add("ann", "both")]);
        await cut.streaks.linkUser(projectId, "anon", "ann");
      }

      async function check(round: number): Promise<void> {
        const projectId = `p${round}`;
        const read = async (userHash: string) => await other.streaks.readStreak({ projectId, userHash }, "like");
        const [user] = await other.events.resolveUsers([{ projectId, userHash: "anon" }]);
        const isLinked = user?.userHash === "ann";
        const zone = { name: "Asia/Tokyo", at: NOW + 9 };
        const ledger = [entry({ id: "both", reason: "ann" }), entry({ id: "of the alias", reason: "anon" })];
        expect(await read("anon")).toMatchObject({ ...(isLinked ? merged : ofAlias), zone });
        expect(await read("ann")).toMatchObject(isLinked ? merged : ofUser);

        expect(await other.streaks.linkUser(projectId, "anon", "ann")).toBe(true);
        for (const userHash of ["anon", "ann"]) {
          expect(await read(userHash)).toEqual({ ...merged, zone, ledger });
        }
        expect(await other.events.record([checkIn({ projectId, day: DAY + 5, idempotencyKey: "k" })], NOW)).toEqual([
          "replayed",
        ]);
        expect(await read("ann")).toMatchObject(merged);
        const kept = await events.find({ p: projectId }).sort({ type: 1, day: 1, late: 1, dayZone: 1 }).toArray();
        expect(kept.map(({ u, type, day, late, dayZone }) => [u, type, day - DAY, late, dayZone])).toEqual([
          ["ann", "streak_interaction", 0, undefined, "Asia/Tokyo"],
          ["ann", "streak_interaction", 1, undefined, undefined],
          ["ann", "streak_interaction", 1, undefined, "Asia/Tokyo"],
          ["ann", "streak_interaction", 2, undefined, undefined],
          ["ann", "streak_interaction", 2, true, undefined],
          ["ann", "widget_impression", 0, undefined, undefined],
        ]);
        const keys = await intents.find({ p: projectId }).toArray();
        expect(keys).toMatchObject([{ _id: `${projectId}|ann|k`, u: "ann" }]);
        const tombstone = await streaks.findOne({ p: projectId, u: "anon" });
        expect(Object.keys(tombstone ?? {}).toSorted()).toEqual(["_id", "aliasOf", "linkedAt", "p", "u"]);
      }

      expect(await cutAtEveryCommand(mongo.server, how, begin, check)).toBeGreaterThan(5);
    },
    MANY_CALLS_MS,
  );

  it("whose user becomes an alias before it is finished is finished with that one's user", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    await store.events.record([checkIn({ userHash: "anon", tz: "Asia/Tokyo", idempotencyKey: "k" })], NOW);
    await stored(uri).streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
    await store.streaks.linkUser("p1", "ann", "cat");
    await store.streaks.linkUser("p1", "ann", "dan");
    for (const userHash of ["anon", "dan"]) {
      expect(await store.streaks.readStreak({ projectId: "p1", userHash }, "like")).toEqual({
        days: months(DAY),
        zone: { name: "Asia/Tokyo", at: checkIn().at },
      });
    }
    expect(await stored(uri).events.find(ANY_EVENT).toArray()).toMatchObject([{ u: "dan", day: DAY }]);
    expect((await store.streaks.readStreak({ projectId: "p1", userHash: "cat" }, "like")).days).toEqual({});
  });

  it("whose user becomes an alias before it is finished takes the ledger to that one's user", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    for (const userHash of ["anon", "ann"]) {
      await store.ledger.addLedgerEntry({ projectId: "p1", userHash }, entry({ id: "a", reason: userHash }));
      await store.ledger.addLedgerEntry({ projectId: "p1", userHash }, entry({ id: userHash }));
    }
    await stored(uri).streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
    await store.streaks.linkUser("p1", "ann", "cat");
    expect(await store.ledger.addLedgerEntry({ projectId: "p1", userHash: "anon" }, entry({ id: "anon" }))).toBe(
      "known",
    );
    const ledger = ["a", "ann", "anon"].map((id) => entry({ id, ...(id === "a" && { reason: "ann" }) }));
    for (const userHash of ["anon", "ann", "cat"]) {
      expect(await store.ledger.readLedger({ projectId: "p1", userHash })).toEqual(ledger);
    }
  });

  it("leaves out the events that came too late for it", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const { streaks, events } = stored(uri);
    await store.events.record([checkIn({ userHash: "anon" }), checkIn({ userHash: "anon", day: DAY + 1 })], NOW);
    // As if the bulk that was to do the second day had been cut off after its events.
    await streaks.updateOne({ u: "anon" }, { $set: { "days.=like": months(DAY) } });
    await store.streaks.linkUser("p1", "anon", "ann");
    expect(await events.find(ANY_EVENT).toArray()).toMatchObject([{ u: "ann", day: DAY }]);
    expect((await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).days).toEqual(months(DAY));
  });

  it("keeps the event of a day that was done before it, though a write that it refused stored that event", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const { streaks, events } = stored(uri);
    // As if the day's first write had stored its event, a second one had found it there and was acknowledged, and the
    // first had come to the user's document only after the link.
    await store.events.record([checkIn({ userHash: "anon" })], NOW);
    await events.deleteMany({});
    await streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
    expect(await store.events.record([checkIn({ userHash: "anon" })], NOW)).toEqual(["moved"]);
    await store.events.resolveUsers([{ projectId: "p1", userHash: "anon" }]);
    expect(await events.find(ANY_EVENT).toArray()).toMatchObject([{ u: "ann", day: DAY }]);
  });

  it("is swept after a while: its merge is finished, and what writes that were cut off have left is removed", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const { streaks, events } = stored(uri);
    const connection = connect(uri);
    const names = Array.from({ length: 120 }, (_, n) => `cookie ${n}`);
    await store.events.record([checkIn({ userHash: "anon" }), ...names.map((userHash) => checkIn({ userHash }))], NOW);
    await store.streaks.linkUser("p1", "anon", "ann");
    // As instances leave them that were killed: one between a batch and taking its stray back, others amid links.
    const leaveStray = () => events.insertOne({ ...eventDocument(checkIn({ userHash: "anon", day: DAY + 1 })) });
    await leaveStray();
    await streaks.updateMany(
      { u: { $in: names } },
      { $set: { aliasOf: "bob", merging: true }, $currentDate: { linkedAt: true } },
    );

    await sweep(connection);
    expect(await events.countDocuments(ANY_EVENT)).toBe(122);
    await passTimeAfterLinks(connection, 20_000);
    await sweep(connection);
    const kept = await events.find(ANY_EVENT).sort({ u: 1 }).toArray();
    expect(kept).toMatchObject([
      { u: "ann", day: DAY },
      { u: "bob", day: DAY },
    ]);
    expect(await streaks.countDocuments({ merging: true })).toBe(0);

    // One whose write was under way for long.
    await leaveStray();
    await sweep(connection);
    expect(await events.countDocuments(ANY_EVENT)).toBe(3);
    await passTimeAfterLinks(connection, 600_000);
    await sweep(connection);
    expect(await events.countDocuments(ANY_EVENT)).toBe(2);
    expect(await streaks.countDocuments({ linkedAt: { $exists: true } })).toBe(0);
  });

  it("made anew to another user does not take along what late writes to the first have left", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const { events } = stored(uri);
    await store.streaks.linkUser("p1", "anon", "ann");
    await events.insertOne({ ...eventDocument(impression({ userHash: "anon" })) });
    await store.streaks.linkUser("p1", "anon", "bob");
    expect(await events.countDocuments(ANY_EVENT)).toBe(0);
    // Nor does it have anything to say of the first user's days.
    expect((await store.streaks.readStreak({ projectId: "p1", userHash: "anon" }, "like")).days).toEqual({});
  });

  it("that closes a circle with another is taken back, whichever steps were done", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const { streaks } = stored(uri);
    for (const merging of [["a", "b", "c"], ["c"], []]) {
      const projectId = `p${merging.length}`;
      const names = ["a", "b", "c"];
      await store.events.record(
        names.map((userHash, index) => checkIn({ projectId, userHash, day: DAY + index, tz: "UTC" })),
        NOW,
      );
      for (const [index, u] of names.entries()) {
        const mark = merging.includes(u) && { merging: true };
        await streaks.updateOne({ p: projectId, u }, { $set: { aliasOf: names[(index + 1) % 3], ...mark } });
      }
      const users = await store.events.resolveUsers(names.map((userHash) => ({ projectId, userHash })));
      expect(new Set(users.map(({ userHash }) => userHash))).toEqual(new Set([merging[0] ?? "a"]));
      expect(await store.events.record([checkIn({ projectId, userHash: merging[0] ?? "a", day: 1 })], NOW)).toEqual([
        "stored",
      ]);
      if (merging.length === 3) {
        const { days } = await store.streaks.readStreak({ projectId, userHash: "b" }, "like");
        expect(days).toEqual(months(1, DAY, DAY + 1, DAY + 2));
      }
    }
  });

  it(
    "moves any number of events",
    async () => {
      const store = await openStore(mongo.server.uri());
      const days = Array.from({ length: 1203 }, (_, index) => DAY + index);
      await store.events.record(
        days.map((day) => checkIn({ userHash: "anon", day })),
        NOW,
      );
      await store.streaks.linkUser("p1", "anon", "ann");
      const again = await store.events.record(
        days.map((day) => checkIn({ day })),
        NOW,
      );
      expect(new Set(again)).toEqual(new Set(["repeat"]));
    },
    MANY_CALLS_MS,
  );

  it(
    "takes along any number of idempotency keys, and leaves those that the user has",
    async () => {
      const uri = mongo.server.uri();
      const store = await openStore(uri);
      const keyed = (userHash: string, fields: Partial<StoredEvent> = {}) =>
        Array.from({ length: 1203 }, (_, index) => checkIn({ userHash, idempotencyKey: `k${index}`, ...fields }));
      await store.events.record(keyed("anon"), NOW);
      await store.events.record([checkIn({ idempotencyKey: "k7", id: "own" })], NOW);
      await store.streaks.linkUser("p1", "anon", "ann");
      expect(new Set(await store.events.record(keyed("ann", { day: DAY + 1 }), NOW))).toEqual(new Set(["replayed"]));
      expect((await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).days).toEqual(months(DAY));
      const keys = await stored(uri).intents.find().toArray();
      expect(keys.length).toBe(1203);
      expect(new Set(keys.map(({ u }) => u))).toEqual(new Set(["ann"]));
      expect(keys.find(({ _id }) => _id === "p1|ann|k7")).toMatchObject({ id: "own" });
    },
    MANY_CALLS_MS,
  );
});

describe("two instances", () => {
  const aName = fc.constantFrom("cookie", "phone", "tablet", "ann");
  const aCall = fc.oneof(
    { weight: 3, arbitrary: fc.record({ name: aName, day: fc.integer({ min: 0, max: 9 }), key: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ link: aName, to: aName }) },
  );

  it(
    "that link and record the same names at once keep every day, and every event once",
    async () => {
      const uri = mongo.server.uri();
      const stores = [await openStore(uri), await openStore(uri)];
      let runs = 0;
      const property = fc.asyncProperty(fc.array(aCall, { minLength: 10, maxLength: 40 }), async (calls) => {
        runs += 1;
        const projectId = `run${runs}`;
        const days = new Set<number>();
        await Promise.all(
          calls.map(async (call, index) => {
            const store = stores[index % 2] as Stores;
            if ("link" in call) {
              await store.streaks.linkUser(projectId, call.link, call.to);
              return;
            }
            // Keys of both kinds: used for this one day by anyone, or not at all.
            const idempotencyKey = `${call.key}-${call.day}`;
            const event: StoredEvent = checkIn({ projectId, userHash: call.name, day: DAY + call.day });
            days.add(DAY + call.day);
            await recordUnverified(store, [call.key % 2 ? { ...event, idempotencyKey } : event]);
          }),
        );
        // Whoever is who by now: link them all, and nothing may be missing, or there twice.
        for (const name of ["cookie", "phone", "tablet"]) {
          await (stores[0] as Stores).streaks.linkUser(projectId, name, "ann");
        }
        const union = new Set<number>();
        const { streaks, events } = stored(uri);
        const documents = await streaks.find({ p: projectId }).toArray();
        for (const { days: done = {} } of documents) {
          for (const [month, bits] of Object.entries<number>(done["=like"] ?? {})) {
            for (let bit = 0; bit < 31; bit++) {
              if (bits & (1 << bit)) {
                union.add(Date.parse(`${month}-01`) / 86_400_000 + bit);
              }
            }
          }
        }
        expect([...union].toSorted()).toEqual([...days].toSorted());
        expect(documents.filter(({ merging }) => merging)).toEqual([]);
        const kept = await events.find({ p: projectId }).toArray();
        for (const { u } of kept) {
          expect(documents.find((document) => document.u === u)).not.toHaveProperty("aliasOf");
        }
        expect(kept.map(({ day }) => day).toSorted()).toEqual([...days].toSorted());
      });
      await fc.assert(property, { numRuns: 20 });
    },
    MANY_CALLS_MS,
  );
});
