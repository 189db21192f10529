import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { MAX_CHECK_INS } from "#src/store/users.ts";
import {
  asUser,
  checkIn,
  DAY,
  DAY_MS,
  daysBetween,
  impression,
  MANY_CALLS_MS,
  NOW,
  type OpenStore,
  recordResolved,
  recordUnverified,
  useStore,
} from "../fixture.ts";
import { NaiveUsers } from "../naive-users.ts";

const HOUR_MS = 60 * 60 * 1000;

/** What reading check-ins promises. */
export function describeCheckIns(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);
  const read = (userHash = "ann", first = DAY - 10, last = DAY + 10, event = "like") =>
    current.store.users.readCheckIns({ projectId: "p1", userHash }, event, daysBetween(first, last));

  it("in the order of days, with all that they came with", async () => {
    await record(
      checkIn({ day: DAY + 1, at: NOW + 1, receivedAt: NOW + 2, tz: "Asia/Tokyo" }),
      checkIn({ day: DAY - 1, meta: '{"a":1}', sessionId: "s" }),
      checkIn({ receivedAt: NOW - HOUR_MS, idempotencyKey: "k" }),
      checkIn({ day: DAY - 3, tz: "UTC" }),
    );
    expect(await read()).toEqual([
      { day: DAY - 3, at: NOW - 3 * DAY_MS, receivedAt: NOW - 3 * DAY_MS, tz: "UTC", dayZone: "UTC" },
      { day: DAY - 1, at: NOW - DAY_MS, receivedAt: NOW - DAY_MS },
      { day: DAY, at: NOW, receivedAt: NOW - HOUR_MS },
      { day: DAY + 1, at: NOW + 1, receivedAt: NOW + 2, tz: "Asia/Tokyo" },
    ]);
  });

  it("of the days of the range alone, which may begin and end in any month and year", async () => {
    const days = ["1969-12-31", "2022-12-31", "2023-01-01", "2023-01-31", "2023-02-01", "2024-02-29", "2024-03-01"];
    await record(...days.map((text) => checkIn({ day: dayOf(text) })));
    const within = async (first: string, last: string) =>
      (await read("ann", dayOf(first), dayOf(last))).map(({ day }) => day);
    expect(await within("2022-12-31", "2023-01-31")).toEqual(days.slice(1, 4).map(dayOf));
    expect(await within("2023-01-02", "2023-01-30")).toEqual([]);
    expect(await within("2023-02-01", "2024-03-01")).toEqual(days.slice(4).map(dayOf));
    expect(await within("2024-03-01", "2024-03-01")).toEqual(days.slice(6).map(dayOf));
    expect(await within("1969-12-01", "1970-01-01")).toEqual(days.slice(0, 1).map(dayOf));
    expect(await within("2024-03-02", "2024-02-01")).toEqual([]);
  });

  it("of days that lie years apart, in the order of days", async () => {
    const days = [DAY - 4000, DAY - 365, DAY, DAY + 40];
    await record(...days.map((day) => checkIn({ day })), checkIn({ day: DAY - 1 }), checkIn({ day: DAY, late: true }));
    const asked = [DAY - 4000, DAY - 3000, DAY, DAY + 40];
    const found = await current.store.users.readCheckIns({ projectId: "p1", userHash: "ann" }, "like", asked);
    expect(found.map(({ day, late }) => [day, late])).toEqual([
      [DAY - 4000, undefined],
      [DAY, undefined],
      [DAY, true],
      [DAY + 40, undefined],
    ]);
  });

  it("of a day that is done in several ways, one for each: in time before late, at home before elsewhere", async () => {
    await record(
      checkIn({ tz: "UTC", late: true, at: NOW - 9 }),
      checkIn({ tz: "Asia/Tokyo", late: true, at: NOW - 8 }),
      checkIn({ tz: "Asia/Tokyo", at: NOW - 7 }),
      checkIn({ tz: "Africa/Cairo", at: NOW - 6 }),
      checkIn({ tz: "UTC", at: NOW - 5 }),
      checkIn({ dayZone: "Africa/Cairo", at: NOW - 4 }),
      checkIn({ dayZone: "Africa/Cairo", day: DAY + 1, at: NOW - 3 }),
      impression({ tz: "Asia/Tokyo" }),
    );
    const one = (at: number, kind: object) => ({ day: DAY, at, receivedAt: at, ...kind });
    const all = [
      one(NOW - 5, { tz: "UTC" }),
      one(NOW - 6, { tz: "Africa/Cairo", dayZone: "Africa/Cairo" }),
      one(NOW - 7, { tz: "Asia/Tokyo", dayZone: "Asia/Tokyo" }),
      one(NOW - 9, { tz: "UTC", late: true }),
      one(NOW - 8, { tz: "Asia/Tokyo", late: true, dayZone: "Asia/Tokyo" }),
      { ...one(NOW - 3, { dayZone: "Africa/Cairo" }), day: DAY + 1 },
    ];
    expect(await read()).toEqual(all);
    await current.reopen();
    expect(await read()).toEqual(all);
  });

  it("as many as a range may have", async () => {
    const days = Array.from({ length: MAX_CHECK_INS }, (_, index) => DAY - MAX_CHECK_INS + 1 + index);
    await record(...days.map((day) => checkIn({ day })));
    expect((await read("ann", DAY - MAX_CHECK_INS + 1, DAY)).map(({ day }) => day)).toEqual(days);
  });

  it("of the event, the user and the project that are asked for", async () => {
    const events = ["like", "like|", "a.b", "a|b", "__proto__", "$set", "🦊", ""];
    await record(
      ...events.map((event, ago) => checkIn({ event, day: DAY - ago })),
      checkIn({ userHash: "ann|like", day: DAY - 1 }),
      checkIn({ projectId: "p2", day: DAY - 1 }),
    );
    for (const [ago, event] of events.entries()) {
      expect(
        (await read("ann", DAY - 10, DAY, event)).map(({ day }) => day),
        event,
      ).toEqual([DAY - ago]);
    }
    expect(await read("ann", DAY - 10, DAY, "lik")).toEqual([]);
    expect(await read("an")).toEqual([]);
  });

  it("of several events of a day, the first one that was stored, whenever they happened", async () => {
    await record(checkIn({ at: NOW, receivedAt: NOW + 5 }), checkIn({ at: NOW - HOUR_MS, tz: "UTC" }));
    await record(checkIn({ at: NOW - 2 * HOUR_MS, receivedAt: NOW + 6, tz: "UTC" }));
    expect(await read()).toEqual([{ day: DAY, at: NOW, receivedAt: NOW + 5 }]);
  });

  it("never repeats that are kept, nor events for analytics", async () => {
    const kept = { keepRepeat: true, receivedAt: NOW + 9 } as const;
    await record(
      checkIn({ ...kept, receivedAt: NOW + 1 }),
      checkIn({ ...kept, at: NOW + 2 }),
      impression({ receivedAt: NOW + 9 }),
      impression({ day: DAY - 1 }),
    );
    await record(checkIn({ ...kept, at: NOW + 3 }), impression({ type: "widget_interaction" }));
    expect(await read()).toEqual([{ day: DAY, at: NOW, receivedAt: NOW + 1 }]);
    expect(await read("looks")).toEqual([]);
  });

  it("stay what they are when their batch is tried again", async () => {
    const batch = [checkIn({ receivedAt: NOW + 1 }), checkIn({ day: DAY - 1, idempotencyKey: "k", receivedAt: NOW })];
    await record(...batch);
    const before = await read();
    await record(...batch);
    await record(...batch.map((event) => ({ ...event, id: `again ${event.id}`, receivedAt: NOW + 7 })));
    expect(await read()).toEqual(before);
    expect(before.map(({ receivedAt }) => receivedAt)).toEqual([NOW, NOW + 1]);
  });

  it("by any of the names that lead to the user", async () => {
    await record(checkIn({ userHash: "cookie", day: DAY - 2, receivedAt: NOW + 1, tz: "UTC" }));
    await record(checkIn({ userHash: "phone", day: DAY - 1 }), checkIn());
    await link("cookie", "phone");
    await link("phone", "ann");
    const all = [
      { day: DAY - 2, at: NOW - 2 * DAY_MS, receivedAt: NOW + 1, tz: "UTC" },
      { day: DAY - 1, at: NOW - DAY_MS, receivedAt: NOW - DAY_MS },
      { day: DAY, at: NOW, receivedAt: NOW },
    ];
    for (const name of ["ann", "phone", "cookie"]) {
      expect(await read(name), name).toEqual(all);
    }
    await current.reopen();
    expect(await read("cookie")).toEqual(all);
  });

  it("of a day that a user and an alias have both done, the user's, whichever was first", async () => {
    await record(checkIn({ userHash: "anon", at: NOW - 1, receivedAt: NOW - 1 + HOUR_MS }));
    await record(checkIn({ at: NOW + 1, tz: "UTC" }));
    await record(checkIn({ day: DAY - 1, at: NOW + 2 }));
    await record(checkIn({ userHash: "anon", day: DAY - 1, at: NOW + 3 }));
    await link("anon", "ann");
    expect(await read()).toEqual([
      { day: DAY - 1, at: NOW + 2, receivedAt: NOW + 2 },
      { day: DAY, at: NOW + 1, receivedAt: NOW + 1, tz: "UTC" },
    ]);
  });

  it("that an alias sends keep when they were received, and so do those whose user becomes one", async () => {
    await link("anon", "ann");
    await recordUnverified(current.store, [checkIn({ userHash: "anon", receivedAt: NOW + 1 })]);
    const keyed = checkIn({ userHash: "anon", day: DAY - 1, receivedAt: NOW + 2, idempotencyKey: "k" });
    await recordResolved(current.store, [keyed]);
    await record(asUser({ ...keyed, id: "again", receivedAt: NOW + 3 }, { userHash: "ann" }));
    expect((await read()).map(({ receivedAt }) => receivedAt)).toEqual([NOW + 2, NOW + 1]);
  });

  it("all of them, also while links move them", async () => {
    for (let round = 0; round < 10; round++) {
      const [anon, user] = [`anon ${round}`, `user ${round}`];
      await record(
        ...[0, 1, 2].map((ago) => checkIn({ userHash: anon, day: DAY - ago })),
        ...[3, 4].map((ago) => checkIn({ userHash: user, day: DAY - ago })),
      );
      const reads = async (name: string) => {
        const found = await Promise.all([read(name), read(name), read(name)]);
        return found.map((checkIns) => checkIns.length);
      };
      const [, ofAnon, ofUser] = await Promise.all([link(anon, user), reads(anon), reads(user)]);
      expect([3, 5]).toEqual(expect.arrayContaining(ofAnon));
      expect([2, 5]).toEqual(expect.arrayContaining(ofUser));
      expect(await reads(anon)).toEqual([5, 5, 5]);
    }
  });

  it(
    "agree with what was recorded, whatever was recorded and linked",
    async () => {
      let projects = 0;
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 20 }), async (steps) => {
        projects += 1;
        const projectId = `run${projects}`;
        const naive = new NaiveUsers();
        for (const step of steps) {
          if ("link" in step) {
            naive.link(...step.link);
            await current.store.streaks.linkUser(projectId, ...step.link);
          } else {
            naive.record(step.event);
            await recordUnverified(current.store, [{ ...step.event, projectId }]);
          }
        }
        for (const userHash of NAMES) {
          const days = daysBetween(DAY - 1, DAY + 1);
          expect(await current.store.users.readCheckIns({ projectId, userHash }, "like", days), userHash).toEqual(
            naive.readCheckIns(userHash, "like", days),
          );
        }
      });
      await fc.assert(property, { numRuns: 30 });
    },
    MANY_CALLS_MS,
  );
}

function dayOf(isoDate: string): number {
  return Date.parse(isoDate) / DAY_MS;
}

const NAMES = ["a", "b", "a|b", "只"];

const aName = fc.constantFrom(...NAMES);

/** An event by itself: a batch tells no order where its users turn out to be aliases. */
const anEvent = fc
  .record(
    {
      userHash: aName,
      event: fc.constantFrom("like", "like", "visit"),
      type: fc.constantFrom("streak_interaction" as const, "streak_interaction" as const, "widget_impression" as const),
      day: fc.integer({ min: DAY - 2, max: DAY + 2 }),
      at: fc.integer({ min: NOW - 1000, max: NOW + 1000 }),
      receivedAt: fc.integer({ min: NOW + 1001, max: NOW + 2000 }),
      tz: fc.constantFrom("UTC", "Asia/Tokyo"),
      late: fc.constant(true as const),
      keepRepeat: fc.constant(true as const),
    },
    { requiredKeys: ["userHash", "event", "type", "day", "at"] },
  )
  .map(({ keepRepeat, late, ...fields }) => {
    const isCheckIn = fields.type === "streak_interaction";
    return checkIn({ ...fields, ...(isCheckIn && keepRepeat && { keepRepeat }), ...(isCheckIn && late && { late }) });
  });

const aStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ event: anEvent }) },
  { weight: 1, arbitrary: fc.record({ link: fc.tuple(aName, aName).filter(([one, other]) => one !== other) }) },
);
