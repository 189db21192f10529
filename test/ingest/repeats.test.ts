import { expect, test } from "vitest";
import { Deadline } from "#src/deadline.ts";
import { countDays } from "#src/domain/months.ts";
import { IDEMPOTENCY_WINDOW_MS, type Unverified } from "#src/store/events.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { ample, like, NOW, openIngest } from "./open-ingest.ts";

test("a repeat of a day that is stored never reaches the store", async () => {
  const { ingest, batches } = await openIngest();
  await ingest.record(like("u"), ample());

  await ingest.record(like("u"), ample());

  expect(batches).toEqual([1]);
});

test("a repeat that names a later zone reaches the store, and moves the zone", async () => {
  const { ingest, store } = await openIngest();
  await ingest.record(like("u", { tz: "Europe/Berlin" }), ample());

  await ingest.record(like("u", { tz: "Asia/Tokyo", at: NOW + 1 }), ample());

  const [user] = await store.events.resolveUsers([{ projectId: "p", userHash: "u" }]);
  expect(user?.zone?.name).toBe("Asia/Tokyo");
});

test("a repeat that names the same zone again reaches the store only a quarter of an hour later", async () => {
  const { ingest, store, batches } = await openIngest();
  const [soon, late] = [NOW + 15 * 60_000 - 1, NOW + 15 * 60_000];
  await ingest.record(like("u", { tz: "Europe/Berlin" }), ample());

  await ingest.record(like("u", { tz: "Europe/Berlin", at: soon }), ample());
  expect(batches).toEqual([1]);
  await ingest.record(like("u", { tz: "Europe/Berlin", at: late }), ample());
  expect(batches).toEqual([1, 1]);

  const [user] = await store.events.resolveUsers([{ projectId: "p", userHash: "u" }]);
  expect(user?.zone).toEqual({ name: "Europe/Berlin", at: late });
});

test("a repeat is answered while a commit hangs", async () => {
  const second = Promise.withResolvers<void>();
  const { ingest, batches } = await openIngest({ before: (batch) => (batch === 2 ? second.promise : undefined) });
  await ingest.record(like("u"), ample());
  const hanging = ingest.record(like("other"), ample());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(2);

  await ingest.record(like("u"), ample());

  expect(batches).toEqual([1, 1]);
  second.resolve();
  await hanging;
});

test("a repeat is answered while the store is away", async () => {
  const { ingest, batches } = await openIngest({
    before(batch) {
      if (batch > 1) {
        throw new StoreUnavailableError({ cause: new Error("disk full") });
      }
    },
  });
  await ingest.record(like("u"), ample());
  const away = ingest.record(like("other"), new Deadline(500)).catch((error) => error.code);
  await expect.poll(() => batches.length, { interval: 1 }).toBeGreaterThan(1);

  await ingest.record(like("u"), ample());

  expect(await away).toBe("OVERLOADED");
});

test("for a user that the store does not have, the dedupe cache is not asked", async () => {
  const { ingest, asked, batches } = await openIngest({
    changed: {
      resolveUsers: async (users) => users.map(({ userHash }) => ({ userHash, unverified: "new" as Unverified })),
    },
  });

  await ingest.record(like("u"), ample());
  await ingest.record(like("u", { event: "visit", idempotencyKey: "k" }), ample());
  await ingest.record(like("u", { event: "visit", idempotencyKey: "k" }), ample());

  expect(asked).toEqual([]);
  expect(batches).toEqual([1, 1, 1]);
});

test("an idempotency key that the dedupe cache knows of a name is free for the user that the name is now", async () => {
  const { ingest, store, days, reopen } = await openIngest();
  await store.events.resolveUsers([{ projectId: "p", userHash: "anon", verify: true }]);
  await ingest.record(like("anon", { idempotencyKey: "k" }), ample());
  await store.streaks.linkUser("p", "anon", "ann");
  await store.streaks.linkUser("p", "anon", "bob");
  const again = await reopen();

  expect(await again.record(like("anon", { idempotencyKey: "k" }), ample())).toBe("stored");

  expect(await days("bob")).toBe(1);
});

test("an event is told what became of it, also by the dedupe cache", async () => {
  const { ingest, batches } = await openIngest();
  const keyed = { event: "visit", idempotencyKey: "k" };

  expect(await ingest.record(like("u"), ample())).toBe("stored");
  expect(await ingest.record(like("u"), ample())).toBe("repeat");
  expect(await ingest.record(like("u", keyed), ample())).toBe("stored");
  expect(await ingest.record(like("u", keyed), ample())).toBe("replayed");
  expect(batches).toEqual([1, 1]);

  const used = like("u", { idempotencyKey: "l" });
  expect(await ingest.record(used, ample())).toBe("repeat");
  expect(await ingest.record(used, ample())).toBe("replayed");
  expect(batches).toEqual([1, 1, 1, 1]);
});

test("a repeat of an unverified user is not taken for known before the store has verified the user", async () => {
  const { ingest, store, batches, reopen } = await openIngest();
  await ingest.record(like("u"), ample());
  await store.events.record([{ ...like("u", { tz: "Pacific/Kiritimati", event: "visit" }), day: 0, id: "x" }], NOW);
  const again = await reopen();

  await again.record(like("u"), ample());

  // The first try is for the day in UTC, which the cache knows as done; the second is for the day in the user's zone.
  expect(batches).toEqual([1, 1, 1]);
  const { days } = await store.streaks.readStreak({ projectId: "p", userHash: "u" }, "like");
  expect(countDays(days)).toBe(2);
});

test("an idempotency key is kept from the first of several tries, since that try may have claimed it", async () => {
  let now = NOW;
  const { ingest, added } = await openIngest({
    clock: () => now,
    before(batch) {
      if (batch === 1) {
        now += 60_000;
        throw new StoreUnavailableError({ cause: new Error("the answer is lost") });
      }
    },
  });

  await ingest.record(like("u", { idempotencyKey: "k" }), ample());

  expect(added.map(({ expiresAt }) => expiresAt)).toEqual([NOW + IDEMPOTENCY_WINDOW_MS]);
});
