import { expect, test } from "vitest";
import { Deadline } from "#src/deadline.ts";
import { dayOf } from "#src/domain/day.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { ample, like, NOW, openIngest } from "./open-ingest.ts";

test("while the store is away an event waits, and is recorded once when it is back", async () => {
  const { ingest, days, tries } = await openIngest({
    before(batch) {
      if (batch <= 2) {
        throw new StoreUnavailableError({ cause: new Error("disk full") });
      }
    },
  });

  await ingest.record(like("u"), ample());

  expect(tries).toHaveLength(3);
  expect(await days("u")).toBe(1);
});

test("an event that waits for the store keeps the time at which it was received", async () => {
  let now = NOW;
  const { ingest, store, tries } = await openIngest({
    clock: () => now,
    before(batch) {
      now += 1000;
      if (batch <= 2) {
        throw new StoreUnavailableError({ cause: new Error("disk full") });
      }
    },
  });

  await ingest.record(like("u", { at: NOW - 5000, receivedAt: NOW }), ample());

  expect(tries.flat().map(({ receivedAt }) => receivedAt)).toEqual([NOW, NOW, NOW]);
  const today = dayOf(NOW, "UTC");
  expect(await store.users.readCheckIns({ projectId: "p", userHash: "u" }, "like", [today])).toEqual([
    { day: today, at: NOW - 5000, receivedAt: NOW },
  ]);
});

test("events whose deadlines end before the store is back are OVERLOADED, also those never tried", async () => {
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
  await ingest.record(like("patient"), ample());

  expect(answers).toMatchObject([{ reason: { code: "OVERLOADED" } }, { reason: { code: "OVERLOADED" } }]);
  expect(await days("hasty")).toBe(0);
  expect(await days("patient")).toBe(1);
});

test("an event that is retried keeps its day and its id, even when its user's zone has changed meanwhile", async () => {
  const { ingest, store, tries } = await openIngest({
    async before(batch) {
      if (batch === 1) {
        // Another event moves the user to a zone where it is already tomorrow, and then the answer is lost.
        const far = { ...like("u", { tz: "Pacific/Kiritimati", at: NOW + 1 }), day: 0, id: "x" };
        await store.events.record([far], NOW);
        throw new StoreUnavailableError({ cause: new Error("connection lost") });
      }
    },
  });

  await ingest.record(like("u"), ample());

  const [first, second] = tries.map(([event]) => event);
  expect(second).toEqual(first);
});

test("while the disk is full nobody waits, all are told the same, and the next event after that is recorded", async () => {
  let isFull = true;
  const { ingest, batches, days } = await openIngest({
    before() {
      if (isFull) {
        throw new StoreUnavailableError({ cause: new Error("disk full"), isDiskFull: true });
      }
    },
  });

  const first = await ingest.record(like("first"), ample()).catch((error) => error);
  const second = await ingest.record(like("second"), ample()).catch((error) => error);
  const tried = batches.length;
  isFull = false;
  await ingest.record(like("third"), ample());

  expect(first).toMatchObject({ code: "OVERLOADED", message: expect.stringContaining("disk is full") });
  expect(second).toBe(first);
  expect(tried).toBe(2);
  expect(await days("third")).toBe(1);
});
