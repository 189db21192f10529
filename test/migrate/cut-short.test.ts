import { describe, expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { databaseOf } from "#src/store/mongo/connection.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, project } from "../store/conformance/fixture.ts";
import { useMongo, useOwnMongo } from "../support/mongo.ts";
import { ownMongoTool } from "../support/mongo-server.ts";
import { newFolder, openBoth, startMigration } from "./support.ts";

const USERS = 6_000;
const LINKED = 500;
const nameOf = (index: number) => `user_${index}`;

/** Enough for some 15 batches. Its keys hold for a day from now, since the process goes by the time of the machine. */
async function fill(store: Stores): Promise<void> {
  await store.projects.createProject(project());
  const now = Date.now();
  for (const ago of [0, 1, 45]) {
    const events = Array.from({ length: USERS }, (_, index): StoredEvent => {
      const key = ago === 0 && index % 2 === 0 ? { idempotencyKey: `key ${index}` } : {};
      return checkIn({ userHash: nameOf(index), day: DAY - ago - (index % 7), tz: "Europe/Berlin", ...key });
    });
    await store.events.record(events, now);
  }
  for (let index = 0; index < LINKED; index++) {
    await store.streaks.linkUser("p1", nameOf(index), nameOf(index + LINKED));
  }
}

/** Compares every user of the two stores, and that a used key is still a used key. */
async function expectSame(folder: string, uri: string): Promise<void> {
  const [embedded, migrated] = await openBoth(folder, uri);
  const users = Array.from({ length: USERS }, (_, index) => ({ projectId: "p1", userHash: nameOf(index) }));
  const resolve = (store: Stores) => store.events.resolveUsers(users.map((user) => ({ ...user, verify: true })));
  expect(await resolve(migrated)).toEqual(await resolve(embedded));
  for (const user of users.filter((_, index) => index % 10 === 0)) {
    expect(await migrated.streaks.readStreak(user, "like")).toEqual(await embedded.streaks.readStreak(user, "like"));
  }
  const keyed = [0, 2, USERS - 2].map((index) =>
    checkIn({ userHash: nameOf(index), day: DAY + 5, idempotencyKey: `key ${index}` }),
  );
  expect(await migrated.events.record(keyed, Date.now())).toEqual(["replayed", "replayed", "replayed"]);
}

/** The number of the first line that says so: `Copied 4,000 of …` is 4000. */
function firstNumber(output: string, text: string): number {
  return Number(new RegExp(`${text} +([\\d,]+)`).exec(output)?.[1]?.replaceAll(",", ""));
}

const mongo = useMongo();

it("killed with -9 again and again, it goes on where it was, and ends with everything there once", async () => {
  const folder = await newFolder(fill);
  const uri = mongo.server.uri();
  const settings = { DATA_DIR: folder, MONGODB_URI: uri };
  let kills = 0;
  let process = startMigration(settings);
  while (await process.says("Copied", 2)) {
    process.kill();
    await process.ended;
    kills += 1;
    process = startMigration(settings);
    if (await process.says("Copied")) {
      expect(process.output).toMatch(/Going on where an earlier run stopped: after [\d,]+ of [\d,]+ /);
      const [, kind] = /Going on .* of [\d,]+ (.*)\./.exec(process.output) ?? [];
      const [, nextKind] = /Copied .* of [\d,]+ (.*)\./.exec(process.output) ?? [];
      if (kind === nextKind) {
        expect(firstNumber(process.output, "Copied")).toBeGreaterThan(firstNumber(process.output, "after"));
      }
    }
  }
  expect(await process.ended, process.output).toBe(0);
  expect(kills).toBeGreaterThan(2);
  expect(process.output).toContain("The migration is complete");

  // And while the two are compared, which changes nothing.
  process = startMigration(settings);
  await process.says("Comparing");
  process.kill();
  await process.ended;
  process = startMigration(settings);
  expect(await process.ended).toBe(0);
  expect(process.output).not.toContain("Copied");

  await expectSame(folder, uri);
  expect(
    await mongo.server.client
      .db(databaseOf(uri))
      .collection("events")
      .countDocuments({ p: { $exists: true } }),
  ).toBe(firstNumber(process.output, "events"));
}, 120_000);

describe("where the server can be killed", () => {
  const own = useOwnMongo(ownMongoTool);

  it("waits for a MongoDB that goes away and comes back", async () => {
    const folder = await newFolder(fill);
    const uri = own.server.uri();
    const process = startMigration({ DATA_DIR: folder, MONGODB_URI: uri });
    expect(await process.says("Copied", 3), process.output).toBe(true);
    await own.server.kill();
    expect(await process.says("trying again"), process.output).toBe(true);
    await own.server.restart();
    expect(await process.ended, process.output).toBe(0);
    await expectSame(folder, uri);
  }, 120_000);
});
