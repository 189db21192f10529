import type { AggregationCursor } from "mongodb";
import { describe, expect, it, vi } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { sendApart } from "#src/store/mongo/bulk.ts";
import { eventId } from "#src/store/mongo/document-ids.ts";
import { actionDocument, type EventDocument } from "#src/store/mongo/documents.ts";
import { NOT_FOUND } from "#src/store/mongo/effects.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { MAX_EVENTS_READ } from "#src/store/users.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, DAY, impression, MANY_CALLS_MS, NOW, recordResolved } from "../conformance/fixture.ts";
import { usersOf } from "../conformance/users/support.ts";
import { CUTS, collectionsOf, connect, cutAtEveryCommand, openStore } from "./support.ts";
import { passTimeAfterLinks, sweep } from "./sweep.ts";

const mongo = useOwnMongo();
const stored = (uri: string) => collectionsOf(mongo.server, uri);

type Action = StoredEvent & { readonly action: string };

/** A check-in that is an action. */
function act(action: string, fields: Partial<StoredEvent> = {}): Action {
  return { ...checkIn(fields), action };
}

/** How many actions beyond the first of each day a name has. */
async function beyondFirst(store: Stores, userHash = "ann", projectId = "p1"): Promise<number> {
  const { actions } = await store.streaks.readStreak({ projectId, userHash }, "like", "total");
  return actions?.beyondFirst ?? 0;
}

/** Stores many actions of a user and a day, past the ports. */
async function insertActions(uri: string, userHash: string, count: number): Promise<void> {
  const documents = Array.from({ length: count }, (_, index) => actionDocument(act(`${index}`, { userHash })));
  await stored(uri).events.insertMany(documents);
}

describe("a batch of actions that is cut off at any command", () => {
  const batch = [act("a"), act("b"), act("c", { day: DAY + 1 }), act("k", { idempotencyKey: "k", keepRepeat: true })];
  const batches = [
    { name: "several", batch },
    {
      name: "several of a user who is taken for new",
      batch: batch.map((event) => ({ ...event, unverified: NOT_FOUND })),
    },
    { name: "one", batch: [act("b")] },
    { name: "one of a user who is taken for new", batch: [{ ...act("b"), unverified: NOT_FOUND }] },
  ];

  it.each(CUTS.flatMap((cut) => batches.map((one) => ({ ...cut, ...one }))))(
    "$name, $when, counts nothing that was not sent, and can be sent again",
    async ({ how, batch }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const inProject = (projectId: string) => batch.map((event) => ({ ...event, projectId }));
      const isNew = batch[0]?.unverified !== undefined;
      const before = isNew ? [] : [act("b"), act("z")];
      const all = new Set([...before, ...batch].filter(({ day }) => day === DAY).map(({ action }) => action));

      const rounds = await cutAtEveryCommand(
        mongo.server,
        how,
        async (round) => {
          await other.events.record(
            before.map((event) => ({ ...event, projectId: `p${round}` })),
            NOW,
          );
          // So there are sums.
          await beyondFirst(other, "ann", `p${round}`);
          await cut.events.record(inProject(`p${round}`), NOW);
        },
        async (round) => {
          const projectId = `p${round}`;
          expect(await beyondFirst(other, "ann", projectId)).toBeLessThan(all.size);
          await recordResolved(cut, inProject(projectId));
          await recordResolved(other, inProject(projectId));
          expect(await beyondFirst(other, "ann", projectId)).toBe(all.size - 1);
        },
      );
      expect(rounds).toBeGreaterThan(0);
    },
    MANY_CALLS_MS,
  );

  it("whose keys were claimed and nothing else is done by whoever finds the keys, as the actions that it meant", async () => {
    const uri = mongo.server.uri();
    const cut = await openStore(uri, { appName: "cut" });
    const other = await openStore(uri);
    await other.events.record([act("a")], NOW);
    await mongo.server.failCommand("alwaysOn", { failCommands: ["bulkWrite"], appName: "cut", closeConnection: true });
    const keyed = (fields: Partial<StoredEvent>) => act("of the key", { idempotencyKey: "k", ...fields });
    await expect(cut.events.record([keyed({})], NOW)).rejects.toThrow(StoreUnavailableError);
    await mongo.server.failCommand("off");

    expect(await other.events.record([keyed({ action: "another" })], NOW)).toEqual(["replayed"]);
    expect(await beyondFirst(other)).toBe(1);
    const kept = await stored(uri)
      .events.find({ action: { $exists: true } })
      .toArray();
    expect(kept.map(({ action }) => action).toSorted()).toEqual(["a", "of the key"]);
  });
});

describe("a link", () => {
  it.each(CUTS)(
    "that is cut off at any command, $when, loses no action and doubles none",
    async ({ how }) => {
      const uri = mongo.server.uri();
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);

      async function begin(round: number): Promise<void> {
        const projectId = `p${round}`;
        const [anon, ann] = ["anon", "ann"].map((userHash) => ({ projectId, userHash }));
        await other.events.record(
          [
            ...[act("a", anon), act("b", { ...anon, tz: "Asia/Tokyo" }), act("c", { ...anon, day: DAY + 1 })],
            ...[act("b", { ...ann, tz: "UTC" }), act("d", ann), act("d", { ...ann, day: DAY + 1 })],
          ],
          NOW,
        );
        await cut.streaks.linkUser(projectId, "anon", "ann");
      }

      async function check(round: number): Promise<void> {
        const projectId = `p${round}`;
        const read = (userHash: string) => beyondFirst(other, userHash, projectId);
        expect([1, 3]).toContain(await read("anon"));
        expect([1, 3]).toContain(await read("ann"));
        expect(await other.streaks.linkUser(projectId, "anon", "ann")).toBe(true);
        expect([await read("anon"), await read("ann")]).toEqual([3, 3]);
        const kept = await stored(uri)
          .events.find({ p: projectId, action: { $exists: true } })
          .toArray();
        expect(kept.map(({ u, day, action, dayZone }) => [u, day - DAY, action, dayZone]).toSorted()).toEqual([
          ["ann", 0, "a", "Asia/Tokyo"],
          ["ann", 0, "b", "UTC"],
          ["ann", 0, "d", undefined],
          ["ann", 1, "c", "Asia/Tokyo"],
          ["ann", 1, "d", undefined],
        ]);
        expect(kept.map(({ _id }) => _id)).toEqual(
          kept.map((document) => eventId(document as unknown as EventDocument)),
        );
      }

      expect(await cutAtEveryCommand(mongo.server, how, begin, check)).toBeGreaterThan(5);
    },
    MANY_CALLS_MS,
  );

  it("that ended amid many actions is finished by whoever reads the alias, and by the sweep", async () => {
    const uri = mongo.server.uri();
    const cut = await openStore(uri, { appName: "cut" });
    const other = await openStore(uri);
    const connection = connect(uri);
    for (const userHash of ["anon", "phone", "ann"]) {
      await other.events.record([act("0", { userHash })], NOW);
      await stored(uri).events.deleteMany({ u: userHash, action: { $exists: true } });
      await insertActions(uri, userHash, userHash === "ann" ? 300 : 1200);
    }
    await mongo.server.failCommand("alwaysOn", { failCommands: ["delete"], appName: "cut", closeConnection: true });
    await expect(cut.streaks.linkUser("p1", "anon", "ann")).rejects.toThrow(StoreUnavailableError);
    await expect(cut.streaks.linkUser("p1", "phone", "bob")).rejects.toThrow(StoreUnavailableError);
    await mongo.server.failCommand("off");

    // The first 500 of the alias are there, among them those of the user's own.
    expect(await beyondFirst(other)).toBeLessThan(1199);
    expect(await beyondFirst(other, "anon")).toBe(1199);
    expect(await beyondFirst(other)).toBe(1199);
    await passTimeAfterLinks(connection, 600_000);
    await sweep(connection);
    expect(await beyondFirst(other, "bob")).toBe(1199);
    expect(await stored(uri).events.countDocuments({ u: { $in: ["anon", "phone"] } })).toBe(0);
  });

  it("that comes while a user is read has the reader count the actions of the user that it leads to", async () => {
    const uri = mongo.server.uri();
    const other = await openStore(uri);
    const slow = connect(uri);
    const store = createMongoStores(slow, sendApart(slow, true), silentLog);
    const actions = ["a", "b", "c"];
    await other.events.record(
      actions.flatMap((action) => ["first", "second", "third"].map((userHash) => act(action, { userHash }))),
      NOW,
    );
    /** Has a user linked when its actions were counted, or are about to be. */
    function linkAt(moment: "before" | "after", name: string): void {
      const aggregate = slow.events.aggregate.bind(slow.events) as (...args: unknown[]) => AggregationCursor;
      vi.spyOn(slow.events, "aggregate").mockImplementationOnce((...args: unknown[]) => {
        const cursor = aggregate(...args);
        const toArray = cursor.toArray.bind(cursor);
        const link = () => other.streaks.linkUser("p1", name, "ann");
        cursor.toArray = async () => {
          if (moment === "before") {
            await link();
            return await toArray();
          }
          const found = await toArray();
          await link();
          return found;
        };
        return cursor as never;
      });
    }

    linkAt("after", "first");
    expect(await beyondFirst(store, "first")).toBe(2);
    linkAt("before", "second");
    expect(await beyondFirst(store, "second")).toBe(2);
    linkAt("before", "third");
    const users = await usersOf(store, { prefix: "", actionEvents: ["like"] });
    expect(users.map(({ userHash, days }) => [userHash, days.get("like")?.actions])).toEqual([
      ["ann", { beyondFirst: 2 }],
    ]);
  });
});

describe("an action", () => {
  it("counts only when its day is done", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    await store.events.record([act("a")], NOW);
    // As if batches had been cut off after their events.
    const under = ["b", "c"].flatMap((action) => [act(action), act(action, { day: DAY + 1 })]);
    await stored(uri).events.insertMany(under.map(actionDocument));
    expect((await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like", "of_days")).actions).toEqual({
      beyondFirst: 2,
      ofDays: new Map([[DAY, 3]]),
    });
    expect(await beyondFirst(store)).toBe(2);
    const [user] = await usersOf(store, { prefix: "", actionEvents: ["like"] });
    expect(user?.days.get("like")?.actions).toEqual({ beyondFirst: 2 });
    const { histories } = await store.analytics.readHistories({
      ...{ projectId: "p1", first: "", end: undefined, after: undefined, actionEvents: ["like"] },
    });
    expect(histories[0]?.days.get("like")?.actions?.beyondFirst).toBe(2);
    // Two actions are there already when an event that is none does their day.
    expect(await beyondFirst(store)).toBe(2);
    await store.events.record([checkIn({ day: DAY + 1 })], NOW);
    expect(await beyondFirst(store)).toBe(3);
  });

  it("that came to a name after its link is deleted, and is the user's when it is recorded again", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    await store.events.record([act("a", { userHash: "anon" })], NOW);
    await store.streaks.linkUser("p1", "anon", "ann");
    expect(await store.events.record([act("b", { userHash: "anon" })], NOW)).toEqual(["moved"]);
    expect(await stored(uri).events.countDocuments({ u: "anon" })).toBe(0);
    expect(await beyondFirst(store)).toBe(0);
    await recordResolved(store, [act("b", { userHash: "anon" })]);
    expect(await beyondFirst(store)).toBe(1);
  });

  it("that two instances keep at once keeps one repeat, and none of its own day's first event", async () => {
    const uri = mongo.server.uri();
    const stores = [await openStore(uri), await openStore(uri)];
    const kept = (action: string, day: number) => act(action, { day, keepRepeat: true });
    for (let round = 0; round < 10; round++) {
      const day = DAY - round;
      const batches = stores.map((store) => store.events.record([kept("a", day), kept("b", day), kept("c", day)], NOW));
      const outcomes = (await Promise.all(batches)).flat();
      expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(3);
      const ofDay = await stored(uri)
        .events.find({ day, action: { $exists: false } })
        .toArray();
      expect(ofDay.filter(({ analyticsId }) => analyticsId === undefined)).toHaveLength(1);
      expect(ofDay).toHaveLength(3);
    }
  });

  it("whose answer was lost keeps its repeat once when it is tried again, by whichever instance", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const batch = [act("a", { keepRepeat: true }), act("b", { keepRepeat: true })];
    await store.events.record(batch, NOW);
    // As if the batch had been cut off.
    await stored(uri).events.deleteOne({ analyticsId: { $exists: true } });
    expect(await (await openStore(uri)).events.record(batch, NOW)).toEqual(["repeat", "repeat"]);
    expect(await store.events.record(batch.toReversed(), NOW)).toEqual(["repeat", "repeat"]);
    expect(await stored(uri).events.countDocuments({ analyticsId: { $exists: true } })).toBe(1);
  });
});

it("a user with many actions has the newest analytics events", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([act("a"), impression({ id: "1c0a" }), impression({ id: "fe01" })], NOW);
  await insertActions(uri, "ann", MAX_EVENTS_READ);
  const user = await store.users.readUser({ projectId: "p1", userHash: "ann" }, ["like"]);
  expect(user?.recentEvents.map(({ type }) => type).toSorted()).toEqual([
    "streak_interaction",
    "widget_impression",
    "widget_impression",
  ]);
  expect(user?.days.get("like")?.actions).toEqual({ beyondFirst: MAX_EVENTS_READ });
});
