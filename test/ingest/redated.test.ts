import { expect, onTestFinished, test } from "vitest";
import { dayOf } from "#src/domain/day.ts";
import { redate } from "#src/domain/redating.ts";
import { createInProcessDedupeCache } from "#src/ingest/dedupe/in-process.ts";
import { createTwoLevelDedupeCache } from "#src/ingest/dedupe/two-level.ts";
import { Ingest } from "#src/ingest/ingest.ts";
import type { Ports } from "#src/store/stores.ts";
import { inRedatingOrder } from "#src/store/zones.ts";
import { open as openRedis } from "./dedupe/redis-support.ts";
import { ample, like, NOW, openIngest } from "./open-ingest.ts";

const HOUR_MS = 3_600_000;
/** 22 o'clock of January 11 in UTC, and 7 o'clock of the 12th in Tokyo. */
const EVENING = NOW - 14 * HOUR_MS;
const [JAN_11, JAN_12] = [1 << 10, 1 << 11];

const early = (more: Parameters<typeof like>[1] = {}) => like("u", { tz: "UTC", at: EVENING, ...more });

/** Corrects UTC to Tokyo. */
async function correct({ zones }: Pick<Ports, "zones">): Promise<void> {
  const user = { projectId: "p", userHash: "u" };
  const dated = await zones.readDated(user, { zone: "UTC", from: undefined, to: undefined });
  const [wrongZone, rightZone] = ["UTC", "Asia/Tokyo"];
  const events = (dated?.events ?? []).map((event) => ({ event, ...redate(event, wrongZone, rightZone, undefined) }));
  await zones.redate(user, { wrongZone, rightZone, events: inRedatingOrder(events), isZoneCorrected: true });
}

/** Returns the days of January, ordinary and in Tokyo. */
async function daysOf({ streaks }: Pick<Ports, "streaks">): Promise<number[]> {
  const { days, others = [] } = await streaks.readStreak({ projectId: "p", userHash: "u" }, "like");
  return [days["2024-01"] ?? 0, others[0]?.days["2024-01"] ?? 0];
}

test("an event of a day that a correction has taken away is stored, although the cache has known the day", async () => {
  const { ingest, store, batches, added } = await openIngest();
  await ingest.record(early(), ample());
  await ingest.record(early(), ample());
  expect([added.length, batches]).toEqual([1, [1]]);
  await correct(store);
  expect(await daysOf(store)).toEqual([0, JAN_12]);

  expect(await ingest.record(early({ at: EVENING - 1 }), ample())).toBe("stored");
  expect(await daysOf(store)).toEqual([JAN_11, JAN_12]);
});

test("the cache is neither asked about days of a user who was corrected, nor told of them, and of keys as ever", async () => {
  const { ingest, store, batches, added, asked } = await openIngest();
  await ingest.record(early(), ample());
  await correct(store);
  const [askedBefore, addedBefore] = [asked.length, added.length];

  await ingest.record(early({ at: EVENING - 1 }), ample());
  expect(await ingest.record(early({ at: EVENING - 1 }), ample())).toBe("repeat");
  expect(await ingest.record(like("u", { tz: "Asia/Tokyo", at: EVENING }), ample())).toBe("repeat");
  expect(batches).toEqual([1, 1, 1, 1]);
  expect([asked.length, added.length]).toEqual([askedBefore, addedBefore]);

  const yesterday = early({ idempotencyKey: "k", at: EVENING - 24 * HOUR_MS });
  expect(await ingest.record(yesterday, ample())).toBe("stored");
  expect(await ingest.record(yesterday, ample())).toBe("replayed");
  expect([asked.length, added.length]).toEqual([askedBefore + 2, addedBefore + 1]);
  expect(batches).toHaveLength(5);
});

test("the same holds for a name that has become an alias of the user, and after a restart", async () => {
  const { ingest, store, reopen, days } = await openIngest();
  await ingest.record(early(), ample());
  await correct(store);
  await store.streaks.linkUser("p", "cookie", "u");
  expect(await ingest.record({ ...early({ at: EVENING - 1 }), userHash: "cookie" }, ample())).toBe("stored");
  await correct(store);
  const again = await reopen();
  expect(await again.record(early({ at: EVENING - 2 }), ample())).toBe("stored");
  expect(await daysOf(store)).toEqual([JAN_11, JAN_12]);
  expect(await days("u")).toBe(1);
});

test("an event is stored although an instance that knows of no correction has told the shared cache of the day since", async () => {
  const { cache: shared } = await openRedis();
  const { store } = await openIngest();
  const clock = () => NOW;
  const observer = { committed() {}, recorded() {}, blocked() {} };
  /** Another instance: it has a cache of its own beside the shared one. */
  const open = () => {
    const cache = createTwoLevelDedupeCache(createInProcessDedupeCache(clock), shared);
    const ingest = new Ingest(
      { ...store, events: store.events, seats: store.seats, usage: store.usage, coalesceTurns: 0 },
      cache,
      clock,
      1000,
      observer,
    );
    onTestFinished(() => ingest.close());
    return ingest;
  };
  const [one, other] = [open(), open()];
  await one.record(early(), ample());
  await other.record(like("u", { tz: "UTC", event: "visit", at: EVENING }), ample());
  expect(await other.record(early(), ample())).toBe("repeat");
  await correct(store);
  expect(await daysOf(store)).toEqual([0, JAN_12]);
  // What an instance adds that has committed the event before the correction, and comes late.
  await shared.add([
    { key: ["p", "day", "u", "like", dayOf(EVENING, "UTC")].join("\n"), expiresAt: Date.now() + HOUR_MS },
  ]);

  expect(await other.record(early({ at: EVENING - 1 }), ample())).toBe("stored");
  expect(await one.record(early({ at: EVENING - 1 }), ample())).toBe("repeat");
  expect(await daysOf(store)).toEqual([JAN_11, JAN_12]);
});
