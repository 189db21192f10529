import type { FindCursor } from "mongodb";
import { describe, expect, it, vi } from "vitest";
import { sendTogether } from "#src/store/mongo/bulk.ts";
import { NOT_FOUND } from "#src/store/mongo/effects.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, DAY, impression, MANY_CALLS_MS, months, NOW, recordResolved } from "../conformance/fixture.ts";
import { ANY_EVENT, CUTS, collectionsOf, connect, cutAtEveryCommand, openStore } from "./support.ts";
import { passTimeAfterLinks, sweep } from "./sweep.ts";

const mongo = useOwnMongo();
const stored = (uri: string) => collectionsOf(mongo.server, uri);

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
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const connection = connect(uri);

      async function check(round: number): Promise<void> {
        const projectId = `p${round}`;
        // As the service does: the same instance, once it reaches the server again.
        await recordResolved(cut, inProject(projectId));
        await passTimeAfterLinks(connection, 600_000);
        await sweep(connection);
        const days = async (userHash: string, event: string) =>
          (await other.streaks.readStreak({ projectId, userHash }, event)).days;
        expect(await days("ann", "like")).toEqual(months(DAY, DAY + 1, DAY + 2));
        expect(await days("bob", "visit")).toEqual(months(DAY));
        const kept = await stored(uri).events.find({ p: projectId }).toArray();
        expect(kept.map(({ u, type }) => `${u} ${type}`).toSorted()).toEqual([
          ...Array(3).fill("ann streak_interaction"),
          ...Array(2).fill("ann widget_impression"),
          "bob streak_interaction",
        ]);
      }

      const inProject = (projectId: string) =>
        batch.map((event) => ({ ...event, projectId, ...(isNew && { unverified: NOT_FOUND }) }));
      const rounds = await cutAtEveryCommand(
        mongo.server,
        how,
        async (round) => {
          await other.streaks.linkUser(`p${round}`, "anon", "ann");
          await cut.events.record(inProject(`p${round}`), NOW);
        },
        check,
      );
      expect(rounds).toBeGreaterThan(2);
    },
    MANY_CALLS_MS,
  );

  it("whose keys were claimed and nothing else is done by whoever finds the keys, as it was meant", async () => {
    const uri = mongo.server.uri();
    const cut = await openStore(uri, { appName: "cut" });
    const other = await openStore(uri);
    await mongo.server.failCommand("alwaysOn", { failCommands: ["bulkWrite"], appName: "cut", closeConnection: true });
    const meant = checkIn({ userHash: "anon", idempotencyKey: "k", meta: '{"n":1}', tz: "UTC" });
    await expect(cut.events.record([meant], NOW)).rejects.toThrow(StoreUnavailableError);
    await mongo.server.failCommand("off");
    await other.streaks.linkUser("p1", "anon", "ann");

    // After midnight, and after the visitor logged in.
    const again = checkIn({ userHash: "ann", idempotencyKey: "k", day: DAY + 1 });
    await other.events.record([again], NOW);
    expect(await other.events.record([again], NOW)).toEqual(["replayed"]);
    expect((await other.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).days).toEqual(months(DAY));
    expect(await stored(uri).events.find(ANY_EVENT).toArray()).toMatchObject([{ u: "ann", day: DAY, meta: '{"n":1}' }]);
  });

  it("keeps an impression with a key once, though its user becomes an alias and it is reported again meanwhile", async () => {
    const uri = mongo.server.uri();
    const other = await openStore(uri);
    const slow = connect(uri);
    const store = createMongoStores(slow, sendTogether(slow), silentLog);
    await stored(uri).streaks.insertOne({ _id: "p1|anon", p: "p1", u: "anon", aliasOf: "ann", merging: true });

    // The slow one has stored its event and is refused; before it learns by what, the link is finished by another, and
    // the event comes once more under the user's own name.
    const find = slow.streaks.find.bind(slow.streaks) as (...args: unknown[]) => FindCursor;
    vi.spyOn(slow.streaks, "find").mockImplementationOnce((...args: unknown[]) => {
      const cursor = find(...args);
      const toArray = cursor.toArray.bind(cursor);
      cursor.toArray = async () => {
        await other.streaks.linkUser("p1", "anon", "ann");
        const again = impression({ userHash: "ann", idempotencyKey: "k", id: "again" });
        expect(await other.events.record([again], NOW)).toEqual(["replayed"]);
        return toArray();
      };
      return Object.assign(cursor, { withReadConcern: () => cursor }) as never;
    });
    await store.events.record([impression({ userHash: "anon", idempotencyKey: "k", id: "first" })], NOW);
    expect(await stored(uri).events.find(ANY_EVENT).toArray()).toMatchObject([{ u: "ann" }]);
  });

  it("with a key that a name claimed too late for its link leaves the key to the user, and to nobody else", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    await store.streaks.linkUser("p1", "anon", "ann");
    const late = checkIn({ userHash: "anon", idempotencyKey: "k" });
    expect(await store.events.record([late], NOW)).toEqual(["stored"]);
    expect((await stored(uri).intents.find().toArray()).map(({ _id }) => _id).toSorted()).toEqual([
      "p1|ann|k",
      "p1|anon|k",
    ]);
    await store.streaks.linkUser("p1", "anon", "bob");
    const next = checkIn({ userHash: "anon", idempotencyKey: "k", day: DAY + 1 });
    await recordResolved(store, [next]);
    expect((await store.streaks.readStreak({ projectId: "p1", userHash: "bob" }, "like")).days).toEqual(
      months(DAY + 1),
    );
    expect((await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).days).toEqual(months(DAY));
  });

  it("does not find keys that belonged to a project, as versions before 0.1.0 kept them", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    await store.events.record([checkIn({ idempotencyKey: "k" })], NOW);
    const { intents } = stored(uri);
    const [key] = await intents.find().toArray();
    await intents.deleteMany({});
    await intents.insertOne({ ...key, _id: "p1|k" });
    expect(await store.events.record([checkIn({ idempotencyKey: "k", day: DAY + 1 })], NOW)).toEqual(["stored"]);
    await store.streaks.linkUser("p1", "k", "ann");
    expect(await intents.countDocuments()).toBe(2);
  });

  it("of a user who only looks makes no document of that user", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    expect(await store.events.record([impression()], NOW)).toEqual(["stored"]);
    expect(await stored(uri).streaks.countDocuments()).toBe(0);
  });
});
