import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { takeDataFolder } from "#src/store/sqlite/folder.ts";
import { rememberUsers } from "#src/store/sqlite/known-users.ts";
import { createSqliteStore, type SqliteStore } from "#src/store/sqlite/store.ts";
import type { StreakStore } from "#src/store/streak-store.ts";
import { checkIn, impression, MANY_CALLS_MS, NOW, recordGuessed } from "../conformance/fixture.ts";

let sqlite: SqliteStore;
let store: StreakStore;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "streakd-known-"));
  sqlite = createSqliteStore(await takeDataFolder(folder));
  store = rememberUsers(sqlite);
  onTestFinished(async () => {
    await sqlite.close();
    await rm(folder, { recursive: true });
  });
});

const who = (userHash: string, projectId = "p1") => [{ projectId, userHash }];

it("a user that was never met is guessed", async () => {
  expect(await store.guessUsers(who("ann"))).toEqual([{ userHash: "ann", isGuess: true }]);
});

it("a user that was recorded or resolved is known", async () => {
  await store.record([checkIn({ isGuess: true, tz: "UTC" })], NOW);
  await store.resolveUsers(who("bob"));

  expect(await store.guessUsers([...who("ann"), ...who("bob")])).toEqual([
    { userHash: "ann", zone: { name: "UTC", at: checkIn().at } },
    { userHash: "bob" },
  ]);
});

it("a wrong guess changes nothing, and the user is known from then on", async () => {
  await store.record([checkIn({ tz: "UTC" })], NOW);
  await store.linkUser("p1", "anon", "ann");
  const zone = { name: "UTC", at: checkIn().at };
  store = rememberUsers(sqlite);

  const guesses = [checkIn({ event: "visit", isGuess: true }), impression({ userHash: "anon", isGuess: true })];
  expect(await store.record(guesses, NOW)).toEqual(["moved", "moved"]);

  expect(await store.readStreak({ projectId: "p1", userHash: "ann" }, "visit")).toEqual({ days: {}, zone });
  expect(await store.guessUsers([...who("ann"), ...who("anon")])).toEqual([
    { userHash: "ann", zone },
    { userHash: "ann", zone },
  ]);
});

it("a wrong guess does not claim the event's idempotency key", async () => {
  await store.linkUser("p1", "anon", "ann");

  const keyed = checkIn({ userHash: "anon", idempotencyKey: "k" });
  expect(await store.record([{ ...keyed, isGuess: true }], NOW)).toEqual(["moved"]);
  expect(await store.record([{ ...keyed, userHash: "ann" }], NOW)).toEqual(["stored"]);
});

it("an event that names its zone is taken though its user's zone was not known", async () => {
  await store.record([checkIn({ tz: "Asia/Tokyo", at: NOW + 1 })], NOW);
  store = rememberUsers(sqlite);

  expect(await store.record([checkIn({ event: "visit", tz: "UTC", isGuess: true })], NOW)).toEqual(["stored"]);

  expect(await store.guessUsers(who("ann"))).toEqual([{ userHash: "ann", zone: { name: "Asia/Tokyo", at: NOW + 1 } }]);
});

it("a name two steps from its user is known to follow when the second step is linked anew", async () => {
  await store.linkUser("p1", "cookie", "phone");
  await store.linkUser("p1", "phone", "ann");
  await store.resolveUsers(who("cookie"));
  expect(await store.guessUsers(who("cookie"))).toEqual([{ userHash: "ann" }]);

  await store.linkUser("p1", "phone", "bob");

  expect(await store.resolveUsers(who("cookie"))).toEqual([{ userHash: "bob" }]);
});

const aName = fc.constantFrom("a", "b", "c", "d");
const anEvent = fc
  .record(
    {
      userHash: aName,
      type: fc.constantFrom("streak_interaction" as const, "widget_impression" as const),
      day: fc.integer({ min: 0, max: 2 }),
      at: fc.integer({ min: NOW, max: NOW + 5 }),
      tz: fc.constantFrom("Africa/Cairo", "Asia/Tokyo", "Europe/Paris"),
      idempotencyKey: fc.constantFrom("k1", "k2", "k3"),
    },
    { requiredKeys: ["userHash", "type", "day", "at"] },
  )
  .map(checkIn);
const aStep = fc.oneof(
  { weight: 3, arbitrary: fc.array(anEvent, { maxLength: 5 }) },
  { weight: 3, arbitrary: fc.tuple(aName, aName) },
  { weight: 3, arbitrary: aName },
);

it(
  "what is known of users is what SQLite knows, whatever was recorded, keyed, linked and linked anew, and when",
  async () => {
    let runs = 0;
    let knownUsers = 0;
    const property = fc.asyncProperty(fc.array(fc.tuple(aStep, fc.boolean()), { maxLength: 30 }), async (steps) => {
      runs += 1;
      const projectId = `run${runs}`;
      const perform = (step: (typeof steps)[number][0]): Promise<unknown> => {
        if (typeof step === "string") {
          return store.resolveUsers(who(step, projectId));
        }
        const [first] = step;
        if (typeof first === "string") {
          return store.linkUser(projectId, first, step[1] as string);
        }
        return recordGuessed(
          store,
          (step as ReturnType<typeof checkIn>[]).map((event) => ({ ...event, projectId })),
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
      const [known, truth] = [await store.guessUsers(users), await sqlite.resolveUsers(users)];
      knownUsers += known.filter(({ isGuess }) => !isGuess).length;
      expect(known).toEqual(
        truth.map((user, index) =>
          known[index]?.isGuess ? { userHash: users[index]?.userHash, isGuess: true } : user,
        ),
      );
    });
    await fc.assert(property, { numRuns: 300 });
    expect(knownUsers).toBeGreaterThan(runs);
  },
  MANY_CALLS_MS,
);
