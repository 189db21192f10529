import { describe, expect, it } from "vitest";
import { openMongoStores } from "#src/store/mongo/open.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { ownMongoTool } from "../../support/mongo-server.ts";
import { requireTool } from "../../support/tools.ts";
import { checkIn, DAY, months, NOW } from "../conformance/fixture.ts";
import { openStore } from "./support.ts";

const mongo = useOwnMongo();

/** Clients give up soon, so that tests of that are short, but late enough to find a server that runs. */
const IMPATIENT = { serverSelectionTimeoutMS: "1000", heartbeatFrequencyMS: "500" };

describe("the MongoDB store", () => {
  it.each([10107, 11600, 91])(
    "is unavailable when the server says %i, with the cause, and works on after",
    async (code) => {
      const store = await openStore(mongo.server.uri(), { ...IMPATIENT, appName: "cut" });
      await mongo.server.failCommand("alwaysOn", {
        failCommands: ["find", "bulkWrite"],
        appName: "cut",
        errorCode: code,
      });
      for (const call of [() => store.events.record([checkIn()], NOW), () => store.projects.readProject("site")]) {
        const error = await call().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailableError);
        expect((error as StoreUnavailableError).cause).toBeInstanceOf(Error);
      }
      await mongo.server.failCommand("off");
      await expect.poll(() => store.events.record([checkIn()], NOW).catch(() => "away")).toHaveLength(1);
    },
  );

  it("tells an error that is not the server's state as what it is", async () => {
    const store = await openStore(mongo.server.uri(), { appName: "cut" });
    await mongo.server.failCommand({ times: 1 }, { failCommands: ["bulkWrite"], appName: "cut", errorCode: 2 });
    const error = await store.events.record([checkIn()], NOW).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    const broken = store.events.record([checkIn({ day: "monday" as unknown as number })], NOW);
    await expect(broken).rejects.not.toBeInstanceOf(StoreUnavailableError);
  });

  it("waits for what is under way when it is closed", async () => {
    const uri = mongo.server.uri();
    const store = await openMongoStores(uri, silentLog);
    const outcomes = Promise.all(Array.from({ length: 20 }, (_, day) => store.events.record([checkIn({ day })], NOW)));
    await store.close();
    expect((await outcomes).flat()).toHaveLength(20);
  });

  it("is unavailable while its primary has stepped down, or waits, and loses nothing", async () => {
    const store = await openStore(mongo.server.uri(), IMPATIENT);
    const acknowledged: number[] = [];
    let failed = 0;
    for (let day = DAY; failed === 0 || !acknowledged.includes(day - 1); day++) {
      // Again, if no call came while there was no primary: the machine may have stood still.
      if (failed === 0 && (await mongo.server.isPrimary())) {
        await mongo.server.stepDown(3);
      }
      try {
        await store.events.record([checkIn({ day })], NOW);
        acknowledged.push(day);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        failed += 1;
      }
    }
    const { days } = await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like");
    expect(days).toMatchObject(months(...acknowledged));
  });

  it("is unavailable while the server is killed, and keeps what it acknowledged", async (context) => {
    requireTool(context, ownMongoTool);
    const uri = mongo.server.uri();
    const store = await openStore(uri, IMPATIENT);
    expect(await store.events.record([checkIn({ idempotencyKey: "k" })], NOW)).toEqual(["stored"]);
    await mongo.server.kill();
    const user = { projectId: "p1", userHash: "ann" };
    for (const call of [
      () => store.events.record([checkIn({ day: DAY + 1 })], NOW),
      () => store.events.resolveUsers([user]),
      () => store.streaks.readStreak(user, "like"),
      () => store.streaks.linkUser("p1", "anon", "ann"),
      () => store.projects.readProject("site"),
      () => store.projects.deleteProject({ siteKey: "site", id: "p1" }),
      () => store.settings.claimSetting("name", "value"),
    ]) {
      await expect(call()).rejects.toThrow(StoreUnavailableError);
    }
    await expect(openStore(uri, IMPATIENT)).rejects.toThrow(
      /^MongoDB can't be reached at MONGODB_URI: .*See that it runs/,
    );
    await mongo.server.restart();
    await expect.poll(() => store.streaks.readStreak(user, "like").catch(() => "away")).toEqual({ days: months(DAY) });
    expect(await store.events.record([checkIn({ idempotencyKey: "k", day: DAY + 1 })], NOW)).toEqual(["replayed"]);
  });
});
