import fc from "fast-check";
import type { Document, FindCursor } from "mongodb";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sendTogether } from "#src/store/mongo/bulk.ts";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { eventDocument } from "#src/store/mongo/documents.ts";
import { createMongoStore, openMongoStore } from "#src/store/mongo/open.ts";
import { type StoredEvent, StoreUnavailableError, type StreakStore } from "#src/store/streak-store.ts";
import { requireTool } from "../../polyglot/tools.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { ownMongoTool } from "../../support/mongo-server.ts";
import {
  checkIn,
  DAY,
  impression,
  MANY_CALLS_MS,
  months,
  NOW,
  project,
  recordGuessed,
  recordResolved,
} from "../conformance/fixture.ts";
import { passTimeAfterLinks, sweep } from "../sweep.ts";

const mongo = useOwnMongo();

/** A client gives up soon, so that a test of its giving up is soon over. */
const IMPATIENT = { serverSelectionTimeoutMS: "300", heartbeatFrequencyMS: "500" };

/** Opens the store, and closes it with the test. */
async function open(uri: string, options: Record<string, string> = {}): Promise<StreakStore> {
  const given = new URL(uri);
  for (const [name, value] of Object.entries(options)) {
    given.searchParams.set(name, value);
  }
  const store = await openMongoStore(`${given}`);
  onTestFinished(() => store.close());
  return store;
}

/** Connects past the port, until the end of the test. */
function connect(uri: string): Connection {
  const connection = new Connection(createClient(uri), databaseOf(uri));
  onTestFinished(() => connection.close());
  return connection;
}

/** What is stored, past the port. */
function stored(uri: string) {
  const database = mongo.server.client.db(databaseOf(uri));
  type Any = Document & { _id: string };
  return {
    streaks: database.collection<Any>("streaks"),
    events: database.collection<Any>("events"),
    intents: database.collection<Any>("intents"),
  };
}

/** How an instance can lose its server in the middle of its work: before the server does a command, or after. */
const CUTS = [
  { when: "before it takes effect", how: { closeConnection: true } },
  { when: "after it took effect", how: { writeConcernError: { code: 64, errmsg: "no majority in time" } } },
];

/** The commands of which an instance's work consists. */
const COMMANDS = ["find", "insert", "update", "delete", "bulkWrite"];

/**
 * Has an instance begin some work again and again, and cuts it off at its first command, at its second, and so on until
 * the work is done without a cut.
 *
 * @param check is called after each cut
 */
async function cutAtEveryCommand(
  how: Document,
  attempt: (round: number) => Promise<unknown>,
  check: (round: number) => Promise<void>,
): Promise<number> {
  for (let round = 0; ; round++) {
    await mongo.server.failCommand({ skip: round }, { failCommands: COMMANDS, appName: "cut", ...how });
    const error = await attempt(round).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await mongo.server.failCommand("off");
    await check(round);
    if (error === undefined) {
      return round;
    }
    expect(error).toBeInstanceOf(StoreUnavailableError);
  }
}

describe("a link", () => {
  it.each(CUTS)(
    "that is cut off at any command, $when, is finished by whoever comes next",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await open(uri, { appName: "cut" });
      const other = await open(uri);
      const { streaks, events, intents } = stored(uri);
      const done = months(DAY, DAY + 1, DAY + 2);

      async function begin(round: number): Promise<void> {
        const projectId = `p${round}`;
        const batch = [
          checkIn({ userHash: "anon", tz: "Asia/Tokyo", at: NOW + 9 }),
          checkIn({ userHash: "anon", day: DAY + 1, idempotencyKey: "k" }),
          impression({ userHash: "anon", id: "seen" }),
          checkIn({ userHash: "ann", day: DAY + 1 }),
          checkIn({ userHash: "ann", day: DAY + 2, tz: "UTC", at: NOW }),
        ];
        await other.record(
          batch.map((event) => ({ ...event, projectId })),
          NOW,
        );
        await cut.linkUser(projectId, "anon", "ann");
      }

      async function check(round: number): Promise<void> {
        const projectId = `p${round}`;
        const read = async (userHash: string) => await other.readStreak({ projectId, userHash }, "like");
        const [user] = await other.resolveUsers([{ projectId, userHash: "anon" }]);
        const isLinked = user?.userHash === "ann";
        const zone = { name: "Asia/Tokyo", at: NOW + 9 };
        expect(await read("anon")).toEqual({ days: isLinked ? done : months(DAY, DAY + 1), zone });
        expect((await read("ann")).days).toEqual(isLinked ? done : months(DAY + 1, DAY + 2));

        expect(await other.linkUser(projectId, "anon", "ann")).toBe(true);
        for (const userHash of ["anon", "ann"]) {
          expect(await read(userHash)).toEqual({ days: done, zone });
        }
        expect(await other.record([checkIn({ projectId, day: DAY + 5, idempotencyKey: "k" })], NOW)).toEqual([
          "repeat",
        ]);
        expect((await read("ann")).days).toEqual(done);
        const kept = await events.find({ p: projectId }).sort({ type: 1, day: 1 }).toArray();
        expect(kept.map(({ u, type, day }) => [u, type, day])).toEqual([
          ...[DAY, DAY + 1, DAY + 2].map((day) => ["ann", "streak_interaction", day]),
          ["ann", "widget_impression", DAY],
        ]);
        expect(await intents.findOne({ p: projectId })).toMatchObject({ u: "ann" });
        const tombstone = await streaks.findOne({ p: projectId, u: "anon" });
        expect(Object.keys(tombstone ?? {}).toSorted()).toEqual(["_id", "aliasOf", "linkedAt", "p", "u"]);
      }

      expect(await cutAtEveryCommand(how, begin, check)).toBeGreaterThan(5);
    },
    MANY_CALLS_MS,
  );

  it("whose user becomes an alias before it is finished is finished with that one's user", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    await store.record([checkIn({ userHash: "anon", tz: "Asia/Tokyo", idempotencyKey: "k" })], NOW);
    await stored(uri).streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
    await store.linkUser("p1", "ann", "cat");
    await store.linkUser("p1", "ann", "dan");
    for (const userHash of ["anon", "dan"]) {
      expect(await store.readStreak({ projectId: "p1", userHash }, "like")).toEqual({
        days: months(DAY),
        zone: { name: "Asia/Tokyo", at: checkIn().at },
      });
    }
    expect(await stored(uri).events.find().toArray()).toMatchObject([{ u: "dan", day: DAY }]);
    expect((await store.readStreak({ projectId: "p1", userHash: "cat" }, "like")).days).toEqual({});
  });

  it("leaves out the events that came too late for it", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    const { streaks, events } = stored(uri);
    await store.record([checkIn({ userHash: "anon" }), checkIn({ userHash: "anon", day: DAY + 1 })], NOW);
    // As if the bulk that was to do the second day had been cut off after its events.
    await streaks.updateOne({ u: "anon" }, { $set: { "days.=like": months(DAY) } });
    await store.linkUser("p1", "anon", "ann");
    expect(await events.find().toArray()).toMatchObject([{ u: "ann", day: DAY }]);
    expect((await store.readStreak({ projectId: "p1", userHash: "ann" }, "like")).days).toEqual(months(DAY));
  });

  it("keeps the event of a day that was done before it, though a write that it refused stored that event", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    const { streaks, events } = stored(uri);
    // As if the day's first write had stored its event, a second one had found it there and was acknowledged, and the
    // first had come to the user's document only after the link.
    await store.record([checkIn({ userHash: "anon" })], NOW);
    await events.deleteMany({});
    await streaks.updateOne({ u: "anon" }, { $set: { aliasOf: "ann", merging: true } });
    expect(await store.record([checkIn({ userHash: "anon" })], NOW)).toEqual(["moved"]);
    await store.resolveUsers([{ projectId: "p1", userHash: "anon" }]);
    expect(await events.find().toArray()).toMatchObject([{ u: "ann", day: DAY }]);
  });

  it("is swept after a while: its merge is finished, and what writes that were cut off have left is removed", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    const { streaks, events } = stored(uri);
    const connection = connect(uri);
    const names = Array.from({ length: 120 }, (_, n) => `cookie ${n}`);
    await store.record([checkIn({ userHash: "anon" }), ...names.map((userHash) => checkIn({ userHash }))], NOW);
    await store.linkUser("p1", "anon", "ann");
    // As instances leave them that were killed: one between a batch and taking its stray back, others amid links.
    const leaveStray = () => events.insertOne({ ...eventDocument(checkIn({ userHash: "anon", day: DAY + 1 })) });
    await leaveStray();
    await streaks.updateMany(
      { u: { $in: names } },
      { $set: { aliasOf: "bob", merging: true }, $currentDate: { linkedAt: true } },
    );

    await sweep(connection);
    expect(await events.countDocuments()).toBe(122);
    await passTimeAfterLinks(connection, 20_000);
    await sweep(connection);
    const kept = await events.find().sort({ u: 1 }).toArray();
    expect(kept).toMatchObject([
      { u: "ann", day: DAY },
      { u: "bob", day: DAY },
    ]);
    expect(await streaks.countDocuments({ merging: true })).toBe(0);

    // One whose write was under way for long.
    await leaveStray();
    await sweep(connection);
    expect(await events.countDocuments()).toBe(3);
    await passTimeAfterLinks(connection, 600_000);
    await sweep(connection);
    expect(await events.countDocuments()).toBe(2);
    expect(await streaks.countDocuments({ linkedAt: { $exists: true } })).toBe(0);
  });

  it("made anew to another user does not take along what late writes to the first have left", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    const { events } = stored(uri);
    await store.linkUser("p1", "anon", "ann");
    await events.insertOne({ ...eventDocument(impression({ userHash: "anon" })) });
    await store.linkUser("p1", "anon", "bob");
    expect(await events.countDocuments()).toBe(0);
    // Nor does it have anything to say of the first user's days.
    expect((await store.readStreak({ projectId: "p1", userHash: "anon" }, "like")).days).toEqual({});
  });

  it("that closes a circle with another is taken back, whichever steps were done", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    const { streaks } = stored(uri);
    for (const merging of [["a", "b", "c"], ["c"], []]) {
      const projectId = `p${merging.length}`;
      const names = ["a", "b", "c"];
      await store.record(
        names.map((userHash, index) => checkIn({ projectId, userHash, day: DAY + index, tz: "UTC" })),
        NOW,
      );
      for (const [index, u] of names.entries()) {
        const mark = merging.includes(u) && { merging: true };
        await streaks.updateOne({ p: projectId, u }, { $set: { aliasOf: names[(index + 1) % 3], ...mark } });
      }
      const users = await store.resolveUsers(names.map((userHash) => ({ projectId, userHash })));
      expect(new Set(users.map(({ userHash }) => userHash))).toEqual(new Set([merging[0] ?? "a"]));
      expect(await store.record([checkIn({ projectId, userHash: merging[0] ?? "a", day: 1 })], NOW)).toEqual([
        "stored",
      ]);
      if (merging.length === 3) {
        const { days } = await store.readStreak({ projectId, userHash: "b" }, "like");
        expect(days).toEqual(months(1, DAY, DAY + 1, DAY + 2));
      }
    }
  });

  it(
    "moves any number of events",
    async () => {
      const store = await open(mongo.server.uri());
      const days = Array.from({ length: 1203 }, (_, index) => DAY + index);
      await store.record(
        days.map((day) => checkIn({ userHash: "anon", day })),
        NOW,
      );
      await store.linkUser("p1", "anon", "ann");
      const again = await store.record(
        days.map((day) => checkIn({ day })),
        NOW,
      );
      expect(new Set(again)).toEqual(new Set(["repeat"]));
    },
    MANY_CALLS_MS,
  );
});

describe("a batch", () => {
  const batch = [
    checkIn({ tz: "Asia/Tokyo" }),
    checkIn({ day: DAY + 1, idempotencyKey: "k" }),
    checkIn({ userHash: "bob", event: "visit" }),
    impression({ idempotencyKey: "l" }),
    checkIn({ userHash: "anon", day: DAY + 2, idempotencyKey: "m" }),
    impression({ userHash: "anon" }),
  ];

  it.each(CUTS.flatMap((cut) => [false, true].map((isNew) => ({ ...cut, isNew, whose: isNew ? "new" : "any" }))))(
    "of $whose users that is cut off at any command, $when, can be sent again",
    async ({ how, isNew }) => {
      const uri = mongo.server.uri();
      const cut = await open(uri, { appName: "cut" });
      const other = await open(uri);
      const connection = connect(uri);

      async function check(round: number): Promise<void> {
        const projectId = `p${round}`;
        // As the service does: the same instance, once it reaches the server again.
        await recordResolved(cut, inProject(projectId));
        await passTimeAfterLinks(connection, 600_000);
        await sweep(connection);
        const days = async (userHash: string, event: string) =>
          (await other.readStreak({ projectId, userHash }, event)).days;
        expect(await days("ann", "like")).toEqual(months(DAY, DAY + 1, DAY + 2));
        expect(await days("bob", "visit")).toEqual(months(DAY));
        const kept = await stored(uri).events.find({ p: projectId }).toArray();
        expect(kept.map(({ u, type }) => `${u} ${type}`).toSorted()).toEqual([
          ...Array(3).fill("ann streak_interaction"),
          ...Array(2).fill("ann widget_impression"),
          "bob streak_interaction",
        ]);
      }

      const inProject = (projectId: string) => batch.map((event) => ({ ...event, projectId, isNew }));
      const rounds = await cutAtEveryCommand(
        how,
        async (round) => {
          await other.linkUser(`p${round}`, "anon", "ann");
          await cut.record(inProject(`p${round}`), NOW);
        },
        check,
      );
      expect(rounds).toBeGreaterThan(2);
    },
    MANY_CALLS_MS,
  );

  it("whose keys were claimed and nothing else is done by whoever finds the keys, as it was meant", async () => {
    const uri = mongo.server.uri();
    const cut = await open(uri, { appName: "cut" });
    const other = await open(uri);
    await mongo.server.failCommand("alwaysOn", { failCommands: ["bulkWrite"], appName: "cut", closeConnection: true });
    const meant = checkIn({ userHash: "anon", idempotencyKey: "k", meta: '{"n":1}', tz: "UTC" });
    await expect(cut.record([meant], NOW)).rejects.toThrow(StoreUnavailableError);
    await mongo.server.failCommand("off");
    await other.linkUser("p1", "anon", "ann");

    // After midnight, and after the visitor logged in.
    const again = checkIn({ userHash: "ann", idempotencyKey: "k", day: DAY + 1 });
    await other.record([again], NOW);
    expect(await other.record([again], NOW)).toEqual(["repeat"]);
    expect((await other.readStreak({ projectId: "p1", userHash: "ann" }, "like")).days).toEqual(months(DAY));
    expect(await stored(uri).events.find().toArray()).toMatchObject([{ u: "ann", day: DAY, meta: '{"n":1}' }]);
  });

  it("keeps an impression with a key once, though its user becomes an alias and it is reported again meanwhile", async () => {
    const uri = mongo.server.uri();
    const other = await open(uri);
    const slow = connect(uri);
    const store = createMongoStore(slow, sendTogether(slow));
    await stored(uri).streaks.insertOne({ _id: "p1|anon", p: "p1", u: "anon", aliasOf: "ann", merging: true });

    // The slow one has stored its event and is refused; before it learns by what, the link is finished by another, and
    // the event comes once more under the user's own name.
    const find = slow.streaks.find.bind(slow.streaks) as (...args: unknown[]) => FindCursor;
    vi.spyOn(slow.streaks, "find").mockImplementationOnce((...args: unknown[]) => {
      const cursor = find(...args);
      const toArray = cursor.toArray.bind(cursor);
      cursor.toArray = async () => {
        await other.linkUser("p1", "anon", "ann");
        const again = impression({ userHash: "ann", idempotencyKey: "k", id: "again" });
        expect(await other.record([again], NOW)).toEqual(["repeat"]);
        return toArray();
      };
      return Object.assign(cursor, { withReadConcern: () => cursor }) as never;
    });
    await store.record([impression({ userHash: "anon", idempotencyKey: "k", id: "first" })], NOW);
    expect(await stored(uri).events.find().toArray()).toMatchObject([{ u: "ann" }]);
  });

  it("never gives a key's day to a second user of its visitor", async () => {
    const store = await open(mongo.server.uri());
    const event = checkIn({ userHash: "anon", idempotencyKey: "k" });
    await store.record([event], NOW);
    await store.linkUser("p1", "anon", "ann");
    await store.linkUser("p1", "anon", "bob");
    await recordResolved(store, [{ ...event, id: "another" }]);
    expect((await store.readStreak({ projectId: "p1", userHash: "bob" }, "like")).days).toEqual({});
  });

  it("of a user who only looks makes no document of that user", async () => {
    const uri = mongo.server.uri();
    const store = await open(uri);
    expect(await store.record([impression()], NOW)).toEqual(["stored"]);
    expect(await stored(uri).streaks.countDocuments()).toBe(0);
  });
});

describe("a deletion", () => {
  /** How much there is of a project anywhere. */
  async function count(uri: string, projectId: string): Promise<number> {
    const counts = Object.values(stored(uri)).map((collection) => collection.countDocuments({ p: projectId }));
    return (await Promise.all(counts)).reduce((sum, next) => sum + next, 0);
  }

  it.each(CUTS)(
    "that is cut off at any command, $when, goes on when it is asked for again",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await open(uri, { appName: "cut" });
      const other = await open(uri);
      const rounds = await cutAtEveryCommand(
        how,
        async (round) => {
          await other.createProject(project({ id: `p${round}` }));
          await other.record([checkIn({ projectId: `p${round}`, idempotencyKey: "k" })], NOW);
          await other.record([checkIn({ projectId: "another" })], NOW);
          await cut.deleteProject("site_1");
        },
        async (round) => {
          await other.deleteProject("site_1");
          expect(await other.readProject("site_1")).toBeUndefined();
          expect([await count(uri, `p${round}`), await count(uri, "another")]).toEqual([0, 2]);
          expect(await other.deleteProject("site_1")).toBe(false);
        },
      );
      expect(rounds).toBeGreaterThan(5);
    },
    MANY_CALLS_MS,
  );

  it(
    "that an instance did not live to finish is finished by another, be it one that runs",
    async () => {
      const uri = mongo.server.uri();
      const store = await open(uri);
      const events = Array.from({ length: 2001 }, (_, index) => impression({ id: `${index}` }));
      await store.createProject(project());
      await store.record(events, NOW);
      const deletions = mongo.server.client.db(databaseOf(uri)).collection<Document & { _id: string }>("deletions");
      await deletions.insertOne({ _id: "p1", siteKey: "site_1" });
      await expect.poll(() => count(uri, "p1"), { timeout: 10_000 }).toBe(0);
      expect(await store.readProject("site_1")).toBeUndefined();
    },
    MANY_CALLS_MS,
  );

  it(
    "takes along what was under way when it was asked for",
    async () => {
      const uri = mongo.server.uri();
      const store = await open(uri);
      await store.createProject(project());
      expect(await store.deleteProject("site_1")).toBe(true);
      // Another instance knew the project a moment ago, and has the event in its queue.
      await store.record([checkIn({ idempotencyKey: "late" })], NOW);
      expect(await store.deleteProject("site_1")).toBe(false);
      expect(await count(uri, "p1")).toBe(3);
      const deletions = mongo.server.client.db(databaseOf(uri)).collection("deletions");
      await deletions.updateMany({}, { $set: { at: new Date(Date.now() - 600_000) } });
      await expect.poll(() => count(uri, "p1"), { timeout: 10_000 }).toBe(0);
      await expect.poll(() => deletions.countDocuments()).toBe(0);
    },
    MANY_CALLS_MS,
  );

  it("ends when the store is closed, and leaves the rest for the next start", async () => {
    const uri = mongo.server.uri();
    const store = await openMongoStore(uri);
    await store.createProject(project());
    await store.record(
      Array.from({ length: 1001 }, (_, index) => impression({ id: `${index}` })),
      NOW,
    );
    const deletion = expect(store.deleteProject("site_1")).rejects.toBeInstanceOf(StoreUnavailableError);
    await store.close();
    await deletion;
    await open(uri);
    await expect.poll(() => count(uri, "p1"), { timeout: 10_000 }).toBe(0);
  });
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
      const stores = [await open(uri), await open(uri)];
      let runs = 0;
      const property = fc.asyncProperty(fc.array(aCall, { minLength: 10, maxLength: 40 }), async (calls) => {
        runs += 1;
        const projectId = `run${runs}`;
        const days = new Set<number>();
        await Promise.all(
          calls.map(async (call, index) => {
            const store = stores[index % 2] as StreakStore;
            if ("link" in call) {
              await store.linkUser(projectId, call.link, call.to);
              return;
            }
            // Keys of both kinds: used for this one day by anyone, or not at all.
            const idempotencyKey = `${call.key}-${call.day}`;
            const event: StoredEvent = checkIn({ projectId, userHash: call.name, day: DAY + call.day });
            days.add(DAY + call.day);
            await recordGuessed(store, [call.key % 2 ? { ...event, idempotencyKey } : event]);
          }),
        );
        // Whoever is who by now: link them all, and nothing may be missing, or there twice.
        for (const name of ["cookie", "phone", "tablet"]) {
          await (stores[0] as StreakStore).linkUser(projectId, name, "ann");
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

describe("the MongoDB store", () => {
  it.each([10107, 11600, 91])(
    "is unavailable when the server says %i, with the cause, and works on after",
    async (code) => {
      const store = await open(mongo.server.uri(), { ...IMPATIENT, appName: "cut" });
      await mongo.server.failCommand("alwaysOn", {
        failCommands: ["find", "bulkWrite"],
        appName: "cut",
        errorCode: code,
      });
      for (const call of [() => store.record([checkIn()], NOW), () => store.readProject("site")]) {
        const error = await call().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailableError);
        expect((error as StoreUnavailableError).cause).toBeInstanceOf(Error);
      }
      await mongo.server.failCommand("off");
      await expect.poll(() => store.record([checkIn()], NOW).catch(() => "away"), { timeout: 5_000 }).toHaveLength(1);
    },
  );

  it("tells an error that is not the server's state as what it is", async () => {
    const store = await open(mongo.server.uri(), { appName: "cut" });
    await mongo.server.failCommand({ times: 1 }, { failCommands: ["bulkWrite"], appName: "cut", errorCode: 2 });
    const error = await store.record([checkIn()], NOW).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    const broken = store.record([checkIn({ day: "monday" as unknown as number })], NOW);
    await expect(broken).rejects.not.toBeInstanceOf(StoreUnavailableError);
  });

  it("waits for what is under way when it is closed", async () => {
    const uri = mongo.server.uri();
    const store = await openMongoStore(uri);
    const outcomes = Promise.all(Array.from({ length: 20 }, (_, day) => store.record([checkIn({ day })], NOW)));
    await store.close();
    expect((await outcomes).flat()).toHaveLength(20);
  });

  it("is unavailable while its primary has stepped down, or waits, and loses nothing", async () => {
    const store = await open(mongo.server.uri(), IMPATIENT);
    const acknowledged: number[] = [];
    let failed = 0;
    await mongo.server.stepDown(1);
    for (let day = DAY; failed === 0 || !acknowledged.includes(day - 1); day++) {
      try {
        await store.record([checkIn({ day })], NOW);
        acknowledged.push(day);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        failed += 1;
      }
    }
    const { days } = await store.readStreak({ projectId: "p1", userHash: "ann" }, "like");
    expect(days).toMatchObject(months(...acknowledged));
  });

  it("is unavailable while the server is killed, and keeps what it acknowledged", async (context) => {
    requireTool(context, ownMongoTool);
    const uri = mongo.server.uri();
    const store = await open(uri, IMPATIENT);
    expect(await store.record([checkIn({ idempotencyKey: "k" })], NOW)).toEqual(["stored"]);
    await mongo.server.kill();
    const user = { projectId: "p1", userHash: "ann" };
    for (const call of [
      () => store.record([checkIn({ day: DAY + 1 })], NOW),
      () => store.resolveUsers([user]),
      () => store.readStreak(user, "like"),
      () => store.linkUser("p1", "anon", "ann"),
      () => store.readProject("site"),
      () => store.deleteProject("site"),
      () => store.claimSetting("name", "value"),
    ]) {
      await expect(call()).rejects.toThrow(StoreUnavailableError);
    }
    await expect(open(uri, IMPATIENT)).rejects.toThrow(/^MongoDB can't be reached at MONGODB_URI: .*See that it runs/);
    await mongo.server.restart();
    await expect.poll(() => store.readStreak(user, "like").catch(() => "away")).toEqual({ days: months(DAY) });
    expect(await store.record([checkIn({ idempotencyKey: "k", day: DAY + 1 })], NOW)).toEqual(["repeat"]);
  });
});
