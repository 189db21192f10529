import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type AcceptedEvent, Ingest } from "#src/ingest/ingest.ts";
import { createProcessSeen } from "#src/seen/process.ts";
import { openEmbeddedStore } from "#src/store/embedded/open.ts";
import { StoreUnavailableError, type StreakStore } from "#src/store/streak-store.ts";
import { countDays } from "#src/streak/months.ts";

const NOW = Date.parse("2024-01-12T12:00:00Z");

function like(userHash: string, more: Partial<AcceptedEvent> = {}): AcceptedEvent {
  return { projectId: "p", userHash, event: "like", type: "streak_interaction", at: NOW, projectZone: "UTC", ...more };
}

/** A real store, with a hook that runs before each batch is recorded; a hook that throws stands for a store in trouble. */
async function openIngest(options: { maxQueued?: number; before?: (batch: number) => void | Promise<void> } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-ingest-"));
  const store = await openEmbeddedStore(dataDir);
  const batches: number[] = [];
  const watched: StreakStore = {
    ...store,
    async record(events, now) {
      batches.push(events.length);
      await options.before?.(batches.length);
      return store.record(events, now);
    },
  };
  const ingest = new Ingest(
    watched,
    createProcessSeen(() => NOW),
    () => NOW,
    options.maxQueued ?? 1000,
  );
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
    await rm(dataDir, { recursive: true });
  });
  const days = async (userHash: string) =>
    countDays((await store.readStreak({ projectId: "p", userHash }, "like")).days);
  return { ingest, store, batches, days };
}

/** A promise that the test resolves when it wants to. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("events in flight at the same time share one commit", async () => {
  const { ingest, batches } = await openIngest();

  await Promise.all(Array.from({ length: 50 }, (_, n) => ingest.record(like(`u${n}`))));

  expect(batches).toEqual([50]);
});

test("a batch takes whatever waits when the previous commit returns", async () => {
  const first = gate();
  const { ingest, batches, days } = await openIngest({ before: (batch) => (batch === 1 ? first.opened : undefined) });

  const one = ingest.record(like("first"));
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);
  const others = Array.from({ length: 20 }, (_, n) => ingest.record(like(`u${n}`)));
  first.open();
  await Promise.all([one, ...others]);

  expect(batches).toEqual([1, 20]);
  expect(await days("u19")).toBe(1);
});

test("a repeat of a day that is stored never reaches the store", async () => {
  const { ingest, batches } = await openIngest();
  await ingest.record(like("u"));

  await ingest.record(like("u"));

  expect(batches).toEqual([1]);
});

test("a repeat that names a later zone reaches the store, and moves the zone", async () => {
  const { ingest, store } = await openIngest();
  await ingest.record(like("u", { tz: "Europe/Berlin" }));

  await ingest.record(like("u", { tz: "Asia/Tokyo", at: NOW + 1 }));

  const [user] = await store.resolveUsers([{ projectId: "p", userHash: "u" }]);
  expect(user?.zone?.name).toBe("Asia/Tokyo");
});

test("an event of a full queue is refused at once, and those that wait are recorded", async () => {
  const first = gate();
  const { ingest, batches, days } = await openIngest({
    maxQueued: 2,
    before: (batch) => (batch === 1 ? first.opened : undefined),
  });
  const one = ingest.record(like("first"));
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);
  const waiting = [ingest.record(like("a")), ingest.record(like("b"))];

  await expect(ingest.record(like("c"))).rejects.toMatchObject({ code: "OVERLOADED" });

  first.open();
  await Promise.all([one, ...waiting]);
  expect(await days("b")).toBe(1);
  expect(await days("c")).toBe(0);
});

test("while the store is away events are OVERLOADED, and when it is back they are recorded", async () => {
  const { ingest, days } = await openIngest({
    before(batch) {
      if (batch === 1) {
        throw new StoreUnavailableError("disk full");
      }
    },
  });

  await expect(ingest.record(like("u"))).rejects.toMatchObject({ code: "OVERLOADED" });
  await ingest.record(like("u"));

  expect(await days("u")).toBe(1);
});

test("an event that the store can't take does not fail its neighbours", async () => {
  const { ingest, days } = await openIngest();
  // No check lets this through; it stands for a bug.
  const broken = like("broken", { meta: Symbol("not text") as unknown as string });

  const answers = await Promise.allSettled([like("a"), broken, like("b")].map((event) => ingest.record(event)));

  expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await days("a")).toBe(1);
  expect(await days("b")).toBe(1);
});

test("an event whose user becomes an alias while it is on its way is the new user's", async () => {
  const { ingest, store, days } = await openIngest({
    async before(batch) {
      if (batch === 1) {
        await store.linkUser("p", "anon", "user");
      }
    },
  });

  await ingest.record(like("anon"));

  expect(await days("user")).toBe(1);
});

test("closing waits for what was let in, and refuses what comes later", async () => {
  const { ingest, days } = await openIngest();
  const events = Array.from({ length: 2500 }, (_, n) =>
    ingest.record(like(`u${n}`)).catch((error) => error.code as string),
  );

  await ingest.close();

  const refused = (await Promise.all(events)).filter((answer) => answer !== undefined);
  expect(refused).toEqual(Array.from({ length: 1500 }, () => "OVERLOADED"));
  expect(await days("u999")).toBe(1);
  await expect(ingest.record(like("late"))).rejects.toMatchObject({ code: "OVERLOADED" });
});
