import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { databaseOf } from "#src/store/mongo/connection.ts";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { checkIn, impression, MANY_CALLS_MS, NOW, project, token } from "../conformance/fixture.ts";
import { CUTS, collectionsOf, cutAtEveryCommand, openStore } from "./support.ts";

const mongo = useOwnMongo();
const stored = (uri: string) => collectionsOf(mongo.server, uri);

/** How long to wait for what an instance does in rounds, five seconds apart. */
const CHORES = { timeout: 30_000 };

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
      const cut = await openStore(uri, { appName: "cut" });
      const other = await openStore(uri);
      const rounds = await cutAtEveryCommand(
        mongo.server,
        how,
        async (round) => {
          await other.projects.createProject(project({ id: `p${round}` }));
          await other.events.record([checkIn({ projectId: `p${round}`, idempotencyKey: "k" })], NOW);
          await other.events.record([checkIn({ projectId: "another" })], NOW);
          await cut.projects.deleteProject(project({ id: `p${round}` }));
        },
        async (round) => {
          await other.projects.deleteProject(project({ id: `p${round}` }));
          expect(await other.projects.readProject("site_1")).toBeUndefined();
          expect([await count(uri, `p${round}`), await count(uri, "another")]).toEqual([0, 2]);
          expect(await other.projects.deleteProject(project({ id: `p${round}` }))).toBe(false);
        },
      );
      expect(rounds).toBeGreaterThan(5);
    },
    MANY_CALLS_MS,
  );

  it("that has come no further than the project leaves no token that works, and its tokens go", async () => {
    const uri = mongo.server.uri();
    const store = await openStore(uri);
    const database = mongo.server.client.db(databaseOf(uri));
    await store.projects.createProject(project());
    await store.tokens.createToken(token());
    await database.collection<{ _id: string }>("projects").deleteOne({ _id: "site_1" });
    await store.projects.createProject(project({ id: "p2" }));
    expect(await store.tokens.findToken(token().secretHash)).toBeUndefined();
    expect(await store.tokens.readToken("tok_1")).toBeUndefined();

    await database.collection<Document & { _id: string }>("deletions").insertOne({ _id: "p1", siteKey: "site_1" });
    await expect.poll(() => store.tokens.listTokens(undefined, "", 10), CHORES).toEqual([]);
    expect((await store.projects.readProject("site_1"))?.id).toBe("p2");
  });

  it(
    "that an instance did not live to finish is finished by another, be it one that runs",
    async () => {
      const uri = mongo.server.uri();
      const store = await openStore(uri);
      const events = Array.from({ length: 2001 }, (_, index) => impression({ id: `${index}` }));
      await store.projects.createProject(project());
      await store.events.record(events, NOW);
      const deletions = mongo.server.client.db(databaseOf(uri)).collection<Document & { _id: string }>("deletions");
      await deletions.insertOne({ _id: "p1", siteKey: "site_1" });
      await expect.poll(() => count(uri, "p1"), CHORES).toBe(0);
      expect(await store.projects.readProject("site_1")).toBeUndefined();
    },
    MANY_CALLS_MS,
  );

  it(
    "takes along what was under way when it was asked for",
    async () => {
      const uri = mongo.server.uri();
      const store = await openStore(uri);
      await store.projects.createProject(project());
      expect(await store.projects.deleteProject(project())).toBe(true);
      // Another instance knew the project a moment ago, and has the event in its queue.
      await store.events.record([checkIn({ idempotencyKey: "late" })], NOW);
      expect(await store.projects.deleteProject(project())).toBe(false);
      expect(await count(uri, "p1")).toBe(3);
      const deletions = mongo.server.client.db(databaseOf(uri)).collection("deletions");
      await deletions.updateMany({}, { $set: { at: new Date(Date.now() - 600_000) } });
      await expect.poll(() => count(uri, "p1"), CHORES).toBe(0);
      await expect.poll(() => deletions.countDocuments(), CHORES).toBe(0);
    },
    MANY_CALLS_MS,
  );

  it("ends when the store is closed, and leaves the rest for the next start", async () => {
    const uri = mongo.server.uri();
    const store = await openMongoStores(uri, silentLog);
    await store.projects.createProject(project());
    await store.events.record(
      Array.from({ length: 1001 }, (_, index) => impression({ id: `${index}` })),
      NOW,
    );
    const deletion = expect(store.projects.deleteProject(project())).rejects.toBeInstanceOf(StoreUnavailableError);
    await store.close();
    await deletion;
    await openStore(uri);
    await expect.poll(() => count(uri, "p1"), CHORES).toBe(0);
  });
});
