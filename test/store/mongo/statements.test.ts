import type { Document } from "mongodb";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { sendApart, sendTogether } from "#src/store/mongo/bulk.ts";
import { ensureCollections } from "#src/store/mongo/collections.ts";
import { Connection, createClient, databaseOf } from "#src/store/mongo/connection.ts";
import { NOT_FOUND } from "#src/store/mongo/effects.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { useMongo } from "../../support/mongo.ts";
import { countAll, totalOf } from "../conformance/analytics/support.ts";
import {
  checkIn,
  DAY,
  daysBetween,
  daysOf,
  gated,
  impression,
  months,
  NOW,
  project,
  recordGated,
} from "../conformance/fixture.ts";
import { entry } from "../conformance/ledger/support.ts";
import { commandsOf, openWatched, withoutSweep } from "./commands.ts";
import { sweep } from "./sweep.ts";

const mongo = useMongo();

afterEach(() => {
  vi.useRealTimers();
});

/** A store that sends a command for each collection, with the client that it sends them by. */
function openApart() {
  return openWatched(mongo.server.uri(), (connection) => sendApart(connection, true));
}

describe("the MongoDB store's statements", () => {
  it("use an index, each of them, and name the _id, or what it begins with, wherever collections are sharded by it", async () => {
    const uri = mongo.server.uri();
    const client = createClient(uri, { monitorCommands: true });
    const commands = commandsOf(client);
    const connection = new Connection(client, databaseOf(uri));
    await ensureCollections(connection.database);
    for (const send of [sendTogether(connection), sendApart(connection, false), sendApart(connection, true)]) {
      await doEverything(createMongoStores(connection, send, silentLog));
    }
    await sweep(connection);

    const statements = shapesOf(commands.flatMap(statementsOf));
    const named = statements.map(({ collection }) => collection);
    const recorded = ["projects", "streaks", "events", "intents", "deletions", "settings", "tokens"];
    expect(new Set(named)).toEqual(new Set([...recorded, "seats", "seatOpenings", "rejections", "segments", "leases"]));
    expect(statements.length).toBeGreaterThan(20);
    for (const { collection, filter, sort } of statements) {
      const shape = `${collection} ${JSON.stringify(filter)}`;
      const plan = await connection.database.collection(collection).find(filter).sort(sort).explain("queryPlanner");
      const text = JSON.stringify(plan.queryPlanner.winningPlan);
      expect(text, shape).toMatch(/IXSCAN|IDHACK/);
      expect(text, shape).not.toMatch(/COLLSCAN|"SORT"/);
      if (collection === "streaks" || collection === "events" || collection === "intents") {
        for (const branch of filter.$or ?? [filter]) {
          const [key, ...others] = Object.keys(branch);
          // Only the searches for names to sweep, and for the aliases of a user, have none to name.
          expect(branch.aliasOf === undefined ? ["_id", "linkedAt"] : ["_id", "p"], shape).toContain(key);
          const isRange = "$gte" in Object(branch._id);
          // Histories read a range without its actions, and count these alone.
          expect(isRange ? others.filter((name) => name !== "action" && name !== "event") : [], shape).toEqual([]);
        }
      }
    }
    await connection.close();
  });

  it("are as few for many users who come again as for one, whoever names a zone and whenever", async () => {
    const { store, client } = openApart();
    vi.useFakeTimers({ toFake: ["Date"] });
    const names = Array.from({ length: 50 }, (_, index) => `user ${index}`);
    const come = (day: number, fields: Partial<StoredEvent> = { userHome: "UTC" }) =>
      store.events.record(
        names.map((userHash, index) => checkIn({ userHash, day, tz: "UTC", at: NOW + index, ...fields })),
        NOW,
      );
    await come(DAY, { unverified: NOT_FOUND });
    const commands = commandsOf(client);
    expect(new Set(await come(DAY + 1))).toEqual(new Set(["stored"]));
    expect(new Set(await come(DAY + 1))).toEqual(new Set(["repeat"]));
    const sent = withoutSweep(commands).map((command) => [
      command.insert ?? command.update,
      command.documents ?? command.updates,
    ]);
    const once = [
      // Without a note: the one of the first time is young enough.
      ["events", 50],
      // Their zones and their days.
      ["streaks", 2],
    ];
    expect(sent.map(([collection, statements]) => [collection, statements.length])).toEqual([...once, ...once]);
  });

  it("are none on seats for events without a gate, and a few for a batch of newcomers with one", async () => {
    const { store, client } = openApart();
    const seatsOf = (commands: readonly Document[]) =>
      withoutSweep(commands)
        .flatMap((command) => Object.entries(command).slice(0, 1))
        .filter(([, collection]) => `${collection}`.startsWith("seat"));
    await recordGated(store, [gated(1000, { userHash: "first" })]);
    const commands = commandsOf(client);
    await store.events.record([checkIn(), checkIn({ userHash: "bob", idempotencyKey: "k" })], NOW);
    expect(seatsOf(commands)).toEqual([]);
    const newcomers = Array.from({ length: 100 }, (_, index) => gated(1000, { userHash: `newcomer ${index}` }));
    expect(new Set(await store.events.record(newcomers, NOW))).toEqual(new Set(["stored"]));
    expect(seatsOf(commands)).toEqual([
      ["find", "seats"],
      ["find", "seatOpenings"],
      ["find", "seats"],
      ["find", "seats"],
      ["insert", "seats"],
      ["update", "seats"],
    ]);
    expect(new Set(await store.events.record(newcomers, NOW))).toEqual(new Set(["repeat"]));
    expect(seatsOf(commands).slice(6)).toEqual([["find", "seats"]]);
  });

  it("are one query for all users that are looked up at once, for states and for events", async () => {
    const { store, client } = openApart();
    await store.events.record([checkIn(), checkIn({ event: "visit", day: DAY + 1 })], NOW);
    const commands = commandsOf(client);
    const [users, ...states] = await Promise.all([
      store.events.resolveUsers(["ann", "bob"].map((userHash) => ({ projectId: "p1", userHash }))),
      daysOf(store, "ann"),
      daysOf(store, "ann", "visit"),
      daysOf(store, "bob"),
    ]);
    expect(users).toEqual([{ userHash: "ann" }, { userHash: "bob", unverified: NOT_FOUND }]);
    expect(states).toEqual([months(DAY), months(DAY + 1), {}]);
    // The driver sends a query again when its connection breaks, as other tests make connections do.
    const queries = new Set(
      withoutSweep(commands).map((command) => JSON.stringify([Object.keys(command)[0], command.filter])),
    );
    expect([...queries]).toEqual([expect.stringMatching(/^\["find".*ann.*bob/)]);
  });

  /** Calls every method in every way that leads to a statement of its own. */
  async function doEverything(store: Stores): Promise<void> {
    await store.projects.createProject(project());
    await store.projects.createProject(project());
    await store.projects.readProject("site_1");
    await store.projects.listProjects("", 10);
    await store.projects.updateProject(project(), { live: false });
    await store.settings.claimSetting("name", "value");
    await store.settings.readSetting("name");
    const batch = [checkIn({ tz: "UTC", idempotencyKey: "k" }), impression(), impression({ userHash: "only-looks" })];
    await store.events.record(batch, NOW);
    await store.events.record([checkIn({ idempotencyKey: "k" })], NOW);
    await store.events.record([checkIn({ tz: "UTC", day: DAY }), checkIn({ userHash: "anon", tz: "UTC" })], NOW);
    await store.events.record([checkIn({ userHash: "anon", idempotencyKey: "l" })], NOW);
    for (const userHash of ["ann", "anon", "ann"]) {
      await store.ledger.addLedgerEntry({ projectId: "p1", userHash }, entry({ id: "a" }));
    }
    await store.events.record([checkIn({ action: "a" }), checkIn({ userHash: "anon", action: "b" })], NOW);
    await store.events.record([checkIn({ action: "c", keepRepeat: true })], NOW);
    await store.streaks.linkUser("p1", "anon", "ann");
    await store.streaks.linkUser("p1", "anon", "ann");
    await store.ledger.readLedger({ projectId: "p1", userHash: "anon" });
    await store.streaks.linkUser("p1", "anon", "bob");
    await store.events.record(
      [checkIn({ userHash: "anon", idempotencyKey: "m" }), impression({ userHash: "anon" })],
      NOW,
    );
    await store.streaks.readStreak({ projectId: "p1", userHash: "anon" }, "like");
    const { last } = await store.users.listUsers({ projectId: "p1", prefix: "a", after: undefined, limit: 1 });
    await store.users.listUsers({ projectId: "p1", prefix: "a", after: last, limit: 1 });
    await store.users.readUser({ projectId: "p1", userHash: "anon" });
    const range = { projectId: "p1", prefix: "", after: undefined, limit: 9 };
    const { users } = await store.users.listUsers({ ...range, actionEvents: ["like", "visit"] });
    expect(users[0]?.days.get("like")?.actions).toEqual({ beyondFirst: 2 });
    await store.streaks.readStreak({ projectId: "p1", userHash: "anon" }, "like", "total");
    await store.users.readUser({ projectId: "p1", userHash: "ann" }, ["like"]);
    await store.users.readCheckIns({ projectId: "p1", userHash: "ann" }, "like", daysBetween(DAY - 9, DAY));
    expect(await daysOf(store, "ann")).toEqual(months(DAY));
    const newcomers = ["cat", "dan", "eve"].map((userHash) => gated(5, { userHash }));
    await recordGated(store, newcomers);
    await recordGated(store, [gated(1, { userHash: "fay" })]);
    await store.streaks.linkUser("p1", "dan", "cat");
    await store.streaks.linkUser("p1", "eve", "guy");
    await recordGated(store, [gated(5, { userHash: "fay" })]);
    await store.usage.addRejected("p1", "2024-01", 1);
    await store.usage.countUsage("p1", ["2024-01"]);
    await countInPieces(store);
    await store.leases.takeLease("count", "one", 1000);
    await store.leases.takeLease("count", "two", 1000);
    await store.leases.releaseLease("count", "one");
    await store.projects.deleteProject(project());
  }

  /** Counts the project in several pieces, each user for itself. */
  async function countInPieces(store: Stores): Promise<void> {
    await countAll(store, "p1", 1);
    await store.analytics.foldChanges(undefined, 10);
    const range = { projectId: "p1", first: "b", end: "c", after: undefined };
    await store.analytics.readHistories(range);
    await store.analytics.readHistories({ ...range, after: "bob" });
    await store.analytics.readHistories({ ...range, first: "", end: undefined, actionEvents: ["like"] });
    await totalOf(store, "p1");
  }

  interface Statement {
    readonly collection: string;
    readonly filter: Document;
    readonly sort: Document;
  }

  /** What a command asks its collections for; nothing for one that only inserts, or is about no collection. */
  function statementsOf(command: Document): Statement[] {
    const of = (collection: string, filter: Document, sort: Document = {}): Statement => ({ collection, filter, sort });
    if (command.bulkWrite !== undefined) {
      const collections = command.nsInfo.map(({ ns }: { ns: string }) => ns.split(".")[1]);
      const updates = command.ops.filter((op: Document) => op.filter !== undefined);
      return updates.map((op: Document) => of(collections[op.update], op.filter));
    }
    if (command.find !== undefined) {
      return [of(command.find, command.filter, command.sort)];
    }
    if (command.aggregate !== undefined) {
      return [of(command.aggregate, command.pipeline[0].$match)];
    }
    if (command.findAndModify !== undefined) {
      return [of(command.findAndModify, command.query)];
    }
    const collection = command.update ?? command.delete;
    return (command.updates ?? command.deletes ?? []).map(({ q }: Document) => of(collection, q));
  }

  /** One statement of each shape: those that differ only in values are planned alike. */
  function shapesOf(statements: readonly Statement[]): Statement[] {
    const shape = (value: unknown): unknown =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.entries(value).map(([key, inner]) => [key, shape(inner)])
        : "value";
    return [...new Map(statements.map((one) => [JSON.stringify([one.collection, shape(one.filter)]), one])).values()];
  }
});
