import { expect, test } from "vitest";
import { ample, like, openIngest } from "./open-ingest.ts";

test("a new user's event is recorded without looking the user up", async () => {
  const { ingest, lookUps, days } = await openIngest();

  await ingest.record(like("u"), ample());

  expect(lookUps).toEqual([]);
  expect(await days("u")).toBe(1);
});

test("an alias's event goes to its user, on the day of the user's zone, also when the user is unverified", async () => {
  const { ingest, store, tries, reopen } = await openIngest();
  await ingest.record(like("ann", { tz: "Pacific/Kiritimati" }), ample());
  await store.streaks.linkUser("p", "anon", "ann");
  const again = await reopen();

  await again.record(like("anon", { event: "visit" }), ample());
  await again.record(like("anon", { event: "share", idempotencyKey: "k" }), ample());

  const stored = tries.at(-1)?.[0];
  expect(stored).toMatchObject({ userHash: "ann", event: "share" });
  const { days } = await store.streaks.readStreak({ projectId: "p", userHash: "ann" }, "visit");
  // Noon in UTC on the 12th is two in the morning of the 13th in Kiritimati.
  expect(days).toEqual({ "2024-01": 1 << 12 });
  const shared = await store.streaks.readStreak({ projectId: "p", userHash: "ann" }, "share");
  expect(shared.days).toEqual({ "2024-01": 1 << 12 });
});

test("an event whose user becomes an alias before the commit goes to the new user", async () => {
  const { ingest, store, days } = await openIngest({
    async before(batch) {
      if (batch === 1) {
        await store.streaks.linkUser("p", "anon", "user");
      }
    },
  });

  await ingest.record(like("anon"), ample());

  expect(await days("user")).toBe(1);
});
