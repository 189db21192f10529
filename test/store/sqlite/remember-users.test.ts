import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import type { SqliteStores } from "#src/store/sqlite/ports.ts";
import { NOT_LOOKED_UP, rememberUsers } from "#src/store/sqlite/remember-users.ts";
import { createSqliteStores } from "#src/store/sqlite/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { silentLog } from "../../support/log.ts";
import { checkIn, impression, MANY_CALLS_MS, NOW, recordUnverified } from "../conformance/fixture.ts";
import { correct } from "../conformance/zones/support.ts";

let sqlite: SqliteStores;
let store: Stores;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-known-"));
  sqlite = createSqliteStores(await takeDataFolder(folder, silentLog), silentLog);
  store = rememberUsers(sqlite);
  onTestFinished(async () => {
    await sqlite.close();
    await rm(folder, { recursive: true });
  });
});

const who = (userHash: string, projectId = "p1") => [{ projectId, userHash }];
const verified = (userHash: string) => [{ projectId: "p1", userHash, verify: true }];
const unverified = NOT_LOOKED_UP;

it("a user that was never met is unverified", async () => {
  expect(await store.events.resolveUsers(who("ann"))).toEqual([{ userHash: "ann", unverified }]);
});

it("a user that was recorded or verified is known", async () => {
  await store.events.record([checkIn({ unverified, tz: "UTC" })], NOW);
  await store.events.resolveUsers(verified("bob"));

  expect(await store.events.resolveUsers([...who("ann"), ...who("bob")])).toEqual([
    { userHash: "ann", zone: { name: "UTC", at: checkIn().at } },
    { userHash: "bob" },
  ]);
});

it("an unverified user who is another is refuted, which changes nothing, and is known from then on", async () => {
  await store.events.record([checkIn({ tz: "UTC" })], NOW);
  await store.streaks.linkUser("p1", "anon", "ann");
  const zone = { name: "UTC", at: checkIn().at };
  store = rememberUsers(sqlite);

  const events = [checkIn({ event: "visit", unverified }), impression({ userHash: "anon", unverified })];
  expect(await store.events.record(events, NOW)).toEqual(["refuted", "refuted"]);

  expect(await store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "visit")).toEqual({ days: {}, zone });
  expect(await store.events.resolveUsers([...who("ann"), ...who("anon")])).toEqual([
    { userHash: "ann", zone },
    { userHash: "ann", zone },
  ]);
});

it("an event whose user is refuted does not claim its idempotency key", async () => {
  await store.streaks.linkUser("p1", "anon", "ann");

  const keyed = checkIn({ userHash: "anon", idempotencyKey: "k" });
  expect(await store.events.record([{ ...keyed, unverified }], NOW)).toEqual(["refuted"]);
  expect(await store.events.record([{ ...keyed, userHash: "ann" }], NOW)).toEqual(["stored"]);
});

it("an event that names its zone is taken though its user's zone was not known", async () => {
  await store.events.record([checkIn({ tz: "Asia/Tokyo", at: NOW + 1 })], NOW);
  store = rememberUsers(sqlite);

  const visit = checkIn({ event: "visit", tz: "Asia/Tokyo", unverified });
  expect(await store.events.record([visit], NOW)).toEqual(["stored"]);

  const zone = { name: "Asia/Tokyo", at: NOW + 1 };
  expect(await store.events.resolveUsers(who("ann"))).toEqual([{ userHash: "ann", zone }]);
});

it("an event that names another zone than the home zone of its unverified user is refuted, and the user is known then", async () => {
  await store.events.record([checkIn({ tz: "Asia/Tokyo" })], NOW);
  store = rememberUsers(sqlite);

  const visit = checkIn({ event: "visit", tz: "UTC", at: NOW + 1 });
  expect(await store.events.record([{ ...visit, unverified }], NOW)).toEqual(["refuted"]);
  expect(await store.events.resolveUsers(who("ann"))).toEqual([
    { userHash: "ann", zone: { name: "Asia/Tokyo", at: NOW } },
  ]);
  expect(await store.events.record([visit], NOW)).toEqual(["stored"]);

  const [user] = await store.events.resolveUsers(who("ann"));
  expect(user).toEqual({ userHash: "ann", zone: { name: "UTC", at: NOW + 1 }, home: "Asia/Tokyo" });
  expect(await sqlite.events.resolveUsers(who("ann"))).toEqual([user]);
});

it("a name two steps from its user is known to follow when the second step is linked anew", async () => {
  await store.streaks.linkUser("p1", "cookie", "phone");
  await store.streaks.linkUser("p1", "phone", "ann");
  await store.events.resolveUsers(verified("cookie"));
  expect(await store.events.resolveUsers(who("cookie"))).toEqual([{ userHash: "ann" }]);

  await store.streaks.linkUser("p1", "phone", "bob");

  expect(await store.events.resolveUsers(verified("cookie"))).toEqual([{ userHash: "bob" }]);
});

const aName = fc.constantFrom("a", "b", "c", "d");
const aZone = fc.constantFrom("Africa/Cairo", "Asia/Tokyo", "Europe/Paris");
const anEvent = fc
  .record(
    {
      userHash: aName,
      type: fc.constantFrom("streak_interaction" as const, "widget_impression" as const),
      day: fc.integer({ min: 0, max: 2 }),
      at: fc.integer({ min: NOW, max: NOW + 5 }),
      tz: aZone,
      idempotencyKey: fc.constantFrom("k1", "k2", "k3"),
    },
    { requiredKeys: ["userHash", "type", "day", "at"] },
  )
  .map(checkIn);
const aStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ batch: fc.array(anEvent, { maxLength: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ link: aName, to: aName }) },
  { weight: 3, arbitrary: fc.record({ verify: aName }) },
  { weight: 1, arbitrary: fc.record({ corrected: aName, wrong: aZone, right: aZone }) },
);

it(
  "what is known of users is what SQLite knows, whatever was recorded, keyed, linked, linked anew and corrected, and when",
  async () => {
    let runs = 0;
    let knownUsers = 0;
    const property = fc.asyncProperty(fc.array(fc.tuple(aStep, fc.boolean()), { maxLength: 30 }), async (steps) => {
      runs += 1;
      const projectId = `run${runs}`;
      const perform = async (step: (typeof steps)[number][0]): Promise<unknown> => {
        if ("verify" in step) {
          return store.events.resolveUsers([{ projectId, userHash: step.verify, verify: true }]);
        }
        if ("link" in step) {
          return store.streaks.linkUser(projectId, step.link, step.to);
        }
        if ("corrected" in step) {
          return step.wrong !== step.right && correct(store, step, { projectId, userHash: step.corrected });
        }
        return recordUnverified(
          store,
          step.batch.map((event) => ({ ...event, projectId })),
        );
      };
      let underWay: Promise<unknown>[] = [];
      for (const [step, waits] of steps) {
        underWay.push(perform(step));
        if (waits) {
          await Promise.all(underWay);
          underWay = [];
        }
      }
      await Promise.all(underWay);
      const users = ["a", "b", "c", "d"].flatMap((name) => who(name, projectId));
      const known = await store.events.resolveUsers(users);
      const truth = await sqlite.events.resolveUsers(users);
      for (const [index, user] of known.entries()) {
        const isKnown = user.unverified === undefined;
        knownUsers += isKnown ? 1 : 0;
        expect(user).toEqual(isKnown ? truth[index] : { userHash: users[index]?.userHash, unverified });
      }
    });
    await fc.assert(property, { numRuns: 300 });
    expect(knownUsers).toBeGreaterThan(runs);
  },
  MANY_CALLS_MS,
);
