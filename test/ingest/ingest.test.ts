import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Deadline } from "#src/deadline.ts";
import { countDays } from "#src/domain/months.ts";
import type { Seen, SeenMark } from "#src/ingest/dedupe/dedupe-cache.ts";
import { createProcessSeen } from "#src/ingest/dedupe/process.ts";
import { type AcceptedEvent, Ingest } from "#src/ingest/ingest.ts";
import { type EventStore, IDEMPOTENCY_WINDOW_MS, type StoredEvent, type Unverified } from "#src/store/events.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Ports, Stores } from "#src/store/stores.ts";
import type { UserKey } from "#src/store/streaks.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../support/log.ts";

/** The deadline of a caller that is in no hurry. */
const patience = () => new Deadline(10_000);

const NOW = Date.parse("2024-01-12T12:00:00Z");

function like(userHash: string, more: Partial<AcceptedEvent> = {}): AcceptedEvent {
  return { projectId: "p", userHash, event: "like", type: "streak_interaction", at: NOW, projectZone: "UTC", ...more };
}

/** A real store, with a hook that runs before each batch is recorded; a hook that throws stands for a store in trouble. */
async function openIngest(
  options: {
    maxQueued?: number;
    clock?: () => number;
    before?: (batch: number) => void | Promise<void>;
    /** What the store does otherwise. */
    changed?: Partial<EventStore>;
    /** How many turns of the event loop the store has batches wait. */
    coalesceTurns?: number;
  } = {},
) {
  const dataDir = await mkdtemp(join(tmpdir(), "streakd-ingest-"));
  let store = await openSqliteStores(dataDir, silentLog);
  const lookUps: (readonly UserKey[])[] = [];
  const batches: number[] = [];
  const tries: (readonly StoredEvent[])[] = [];
  const watched = (): Stores => ({
    ...store,
    coalesceTurns: options.coalesceTurns ?? store.coalesceTurns,
    events: {
      resolveUsers(users) {
        const toVerify = users.filter(({ verify }) => verify);
        if (toVerify.length > 0) {
          lookUps.push(toVerify);
        }
        return store.events.resolveUsers(users);
      },
      async record(events, now) {
        batches.push(events.length);
        tries.push(events);
        await options.before?.(batches.length);
        return store.events.record(events, now);
      },
      ...options.changed,
    },
  });
  const clock = options.clock ?? (() => NOW);
  const seen = createProcessSeen(clock);
  const marks: SeenMark[] = [];
  const asked: string[] = [];
  const watchedSeen: Seen = {
    ...seen,
    has(wanted) {
      asked.push(...wanted);
      return seen.has(wanted);
    },
    add(added) {
      marks.push(...added);
      return seen.add(added);
    },
  };
  const observer = { committed() {}, settled() {} };
  const openOn = () => new Ingest(watched(), watchedSeen, clock, options.maxQueued ?? 1000, observer);
  const ingest = openOn();
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
    await rm(dataDir, { recursive: true });
  });
  const days = async (userHash: string) =>
    countDays((await store.streaks.readStreak({ projectId: "p", userHash }, "like")).days);
  /** Another, as after a start: the store knows no users by heart, but what `Seen` knew is still there. */
  async function reopened() {
    await store.close();
    store = await openSqliteStores(dataDir, silentLog);
    return openOn();
  }
  const ports: Ports = new Proxy({} as Ports, { get: (_, name) => store[name as keyof Ports] });
  return { ingest, store: ports, batches, tries, lookUps, marks, asked, days, reopened };
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

  await Promise.all(Array.from({ length: 50 }, (_, n) => ingest.record(like(`u${n}`), patience())));

  expect(batches).toEqual([50]);
});

test("a batch takes whatever waits when the previous commit returns", async () => {
  const first = gate();
  const { ingest, batches, days } = await openIngest({ before: (batch) => (batch === 1 ? first.opened : undefined) });

  const one = ingest.record(like("first"), patience());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);
  const others = Array.from({ length: 20 }, (_, n) => ingest.record(like(`u${n}`), patience()));
  first.open();
  await Promise.all([one, ...others]);

  expect(batches).toEqual([1, 20]);
  expect(await days("u19")).toBe(1);
});

test("a batch waits for others as many turns of the event loop as the store asks for", async () => {
  const { ingest, batches } = await openIngest({ coalesceTurns: 3 });

  const one = ingest.record(like("first"), patience());
  await nextTurn();
  await nextTurn();
  await Promise.all([one, ingest.record(like("second"), patience())]);

  expect(batches).toEqual([2]);
});

test("a repeat of a day that is stored never reaches the store", async () => {
  const { ingest, batches } = await openIngest();
  await ingest.record(like("u"), patience());

  await ingest.record(like("u"), patience());

  expect(batches).toEqual([1]);
});

test("a repeat that names a later zone reaches the store, and moves the zone", async () => {
  const { ingest, store } = await openIngest();
  await ingest.record(like("u", { tz: "Europe/Berlin" }), patience());

  await ingest.record(like("u", { tz: "Asia/Tokyo", at: NOW + 1 }), patience());

  const [user] = await store.events.resolveUsers([{ projectId: "p", userHash: "u" }]);
  expect(user?.zone?.name).toBe("Asia/Tokyo");
});

test("a repeat that names the zone again reaches the store once a quarter of an hour has gone by", async () => {
  const { ingest, store, batches } = await openIngest();
  const [soon, late] = [NOW + 15 * 60_000 - 1, NOW + 15 * 60_000];
  await ingest.record(like("u", { tz: "Europe/Berlin" }), patience());

  await ingest.record(like("u", { tz: "Europe/Berlin", at: soon }), patience());
  expect(batches).toEqual([1]);
  await ingest.record(like("u", { tz: "Europe/Berlin", at: late }), patience());
  expect(batches).toEqual([1, 1]);

  const [user] = await store.events.resolveUsers([{ projectId: "p", userHash: "u" }]);
  expect(user?.zone).toEqual({ name: "Europe/Berlin", at: late });
});

test("a repeat is answered while a commit hangs", async () => {
  const second = gate();
  const { ingest, batches } = await openIngest({ before: (batch) => (batch === 2 ? second.opened : undefined) });
  await ingest.record(like("u"), patience());
  const hanging = ingest.record(like("other"), patience());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(2);

  await ingest.record(like("u"), patience());

  expect(batches).toEqual([1, 1]);
  second.open();
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
  await ingest.record(like("u"), patience());
  const away = ingest.record(like("other"), new Deadline(500)).catch((error) => error.code);
  await expect.poll(() => batches.length, { interval: 1 }).toBeGreaterThan(1);

  await ingest.record(like("u"), patience());

  expect(await away).toBe("OVERLOADED");
});

test("a new user's event is recorded without looking the user up", async () => {
  const { ingest, lookUps, days } = await openIngest();

  await ingest.record(like("u"), patience());

  expect(lookUps).toEqual([]);
  expect(await days("u")).toBe(1);
});

test("of a user whom the store does not have, only a key is asked of the memory of what is stored", async () => {
  const { ingest, asked, batches } = await openIngest({
    changed: {
      resolveUsers: async (users) => users.map(({ userHash }) => ({ userHash, unverified: "new" as Unverified })),
    },
  });

  await ingest.record(like("u"), patience());
  await ingest.record(like("u", { event: "visit", idempotencyKey: "k" }), patience());
  await ingest.record(like("u", { event: "visit", idempotencyKey: "k" }), patience());

  expect(asked).toEqual(["p\nkey\nk", "p\nkey\nk"]);
  expect(batches).toEqual([1, 1]);
});

test("an event is its user's, on the day of the user's zone, also when the store has to verify who that is", async () => {
  const { ingest, store, tries, reopened } = await openIngest();
  await ingest.record(like("ann", { tz: "Pacific/Kiritimati" }), patience());
  await store.streaks.linkUser("p", "anon", "ann");
  const again = await reopened();

  await again.record(like("anon", { event: "visit" }), patience());
  await again.record(like("anon", { event: "share", idempotencyKey: "k" }), patience());

  const stored = tries.at(-1)?.[0];
  expect(stored).toMatchObject({ userHash: "ann", event: "share" });
  const { days } = await store.streaks.readStreak({ projectId: "p", userHash: "ann" }, "visit");
  // Noon in UTC is two in the morning of the 13th there.
  expect(days).toEqual({ "2024-01": 1 << 12 });
  const shared = await store.streaks.readStreak({ projectId: "p", userHash: "ann" }, "share");
  expect(shared.days).toEqual({ "2024-01": 1 << 12 });
});

test("a repeat of an unverified user is not taken for known before the user is verified", async () => {
  const { ingest, store, batches, reopened } = await openIngest();
  await ingest.record(like("u"), patience());
  await store.events.record([{ ...like("u", { tz: "Pacific/Kiritimati", event: "visit" }), day: 0, id: "x" }], NOW);
  const again = await reopened();

  await again.record(like("u"), patience());

  // The first try was for the day in UTC, which is known to be done; the second is for that of the user's zone.
  expect(batches).toEqual([1, 1, 1]);
  const { days } = await store.streaks.readStreak({ projectId: "p", userHash: "u" }, "like");
  expect(countDays(days)).toBe(2);
});

test("an event of a full queue is refused at once, and those that wait are recorded", async () => {
  const first = gate();
  const { ingest, batches, days } = await openIngest({
    maxQueued: 2,
    before: (batch) => (batch === 1 ? first.opened : undefined),
  });
  const one = ingest.record(like("first"), patience());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);
  const waiting = [ingest.record(like("a"), patience()), ingest.record(like("b"), patience())];

  await expect(ingest.record(like("c"), patience())).rejects.toMatchObject({ code: "OVERLOADED" });

  first.open();
  await Promise.all([one, ...waiting]);
  expect(await days("b")).toBe(1);
  expect(await days("c")).toBe(0);
});

test("while the store is away an event waits, and is recorded once when it is back", async () => {
  const { ingest, days, tries } = await openIngest({
    before(batch) {
      if (batch <= 2) {
        throw new StoreUnavailableError({ cause: new Error("disk full") });
      }
    },
  });

  await ingest.record(like("u"), patience());

  expect(tries).toHaveLength(3);
  expect(await days("u")).toBe(1);
});

test("events whose callers do not wait for the store are OVERLOADED, those behind the one that is tried too", async () => {
  let isAway = true;
  const { ingest, batches, days } = await openIngest({
    before() {
      if (isAway) {
        throw new StoreUnavailableError({ cause: new Error("disk full") });
      }
    },
  });

  const first = ingest.record(like("hasty"), new Deadline(1000));
  await expect.poll(() => batches.length, { interval: 1 }).toBeGreaterThan(0);
  const behind = ingest.record(like("behind"), new Deadline(1000));
  const answers = await Promise.allSettled([first, behind]);
  isAway = false;
  await ingest.record(like("patient"), patience());

  expect(answers).toMatchObject([{ reason: { code: "OVERLOADED" } }, { reason: { code: "OVERLOADED" } }]);
  expect(await days("hasty")).toBe(0);
  expect(await days("patient")).toBe(1);
});

test("an event that is late before its turn is not begun", async () => {
  const first = gate();
  const { ingest, batches, days } = await openIngest({ before: (batch) => (batch === 1 ? first.opened : undefined) });
  const one = ingest.record(like("first"), patience());
  await expect.poll(() => batches.length, { interval: 1 }).toBe(1);

  const late = ingest.record(like("late"), new Deadline(0));
  first.open();

  await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await one;
  expect(await days("late")).toBe(0);
});

test("an event that is tried again keeps its day and its id, whatever became of its user's zone meanwhile", async () => {
  const { ingest, store, tries } = await openIngest({
    async before(batch) {
      if (batch === 1) {
        // A neighbour moves the user to a zone in which it is tomorrow already, and then the answer is lost.
        const far = { ...like("u", { tz: "Pacific/Kiritimati", at: NOW + 1 }), day: 0, id: "x" };
        await store.events.record([far], NOW);
        throw new StoreUnavailableError({ cause: new Error("connection lost") });
      }
    },
  });

  await ingest.record(like("u"), patience());

  const [first, second] = tries.map(([event]) => event);
  expect(second).toEqual(first);
});

test("a key that is claimed by the first try of several is remembered no longer than from that one on", async () => {
  let now = NOW;
  const { ingest, marks } = await openIngest({
    clock: () => now,
    before(batch) {
      if (batch === 1) {
        now += 60_000;
        throw new StoreUnavailableError({ cause: new Error("the answer is lost") });
      }
    },
  });

  await ingest.record(like("u", { idempotencyKey: "k" }), patience());

  expect(marks.map(({ expiresAt }) => expiresAt)).toEqual([NOW + IDEMPOTENCY_WINDOW_MS]);
});

test("an event that the store can't take does not fail its neighbours", async () => {
  const { ingest, days } = await openIngest();
  // No check lets this through; it stands for a bug.
  const broken = like("broken", { meta: Symbol("not text") as unknown as string });

  const answers = await Promise.allSettled(
    [like("a"), broken, like("b")].map((event) => ingest.record(event, patience())),
  );

  expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await days("a")).toBe(1);
  expect(await days("b")).toBe(1);
});

test("an event whose user becomes an alias while it is on its way is the new user's", async () => {
  const { ingest, store, days } = await openIngest({
    async before(batch) {
      if (batch === 1) {
        await store.streaks.linkUser("p", "anon", "user");
      }
    },
  });

  await ingest.record(like("anon"), patience());

  expect(await days("user")).toBe(1);
});

test("closing waits for what was let in, and refuses what comes later", async () => {
  const { ingest, days } = await openIngest();
  const events = Array.from({ length: 2500 }, (_, n) =>
    ingest.record(like(`u${n}`), patience()).catch((error) => error.code as string),
  );

  await ingest.close();

  const refused = (await Promise.all(events)).filter((answer) => answer !== undefined);
  expect(refused).toEqual(Array.from({ length: 1500 }, () => "OVERLOADED"));
  expect(await days("u999")).toBe(1);
  await expect(ingest.record(like("late"), patience())).rejects.toMatchObject({ code: "OVERLOADED" });
});
