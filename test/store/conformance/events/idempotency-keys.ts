import { expect, it } from "vitest";
import { countDays } from "#src/domain/months.ts";
import { IDEMPOTENCY_WINDOW_MS } from "#src/store/events.ts";
import {
  checkIn,
  DAY,
  daysOf,
  impression,
  MANY_CALLS_MS,
  months,
  NOW,
  type OpenStore,
  recordUnverified,
  useStore,
} from "../fixture.ts";

export function describeIdempotencyKeys(open: OpenStore): void {
  const current = useStore(open);
  const record = async (now: number, fields = {}) =>
    (await current.store.events.record([checkIn({ idempotencyKey: "k", ...fields })], now))[0];

  it("a key that a user has used makes the user's next event with it a replay, whatever that says", async () => {
    expect(await record(NOW)).toBe("stored");
    expect(await record(NOW)).toBe("replayed");
    expect(await record(NOW, { day: DAY + 1 })).toBe("replayed");
    expect(await record(NOW, { event: "visit" })).toBe("replayed");
    expect(await record(NOW, { type: "widget_impression" })).toBe("replayed");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
    expect(await daysOf(current.store, "ann", "visit")).toEqual({});
  });

  it("a key is its user's own: the same key records every user it is sent for, in one batch or in many", async () => {
    expect(await record(NOW)).toBe("stored");
    expect(await record(NOW, { userHash: "bob" })).toBe("stored");
    const batch = ["ann", "bob", "cat", "a|b", "a"].map((userHash) => checkIn({ userHash, idempotencyKey: "k" }));
    const outcomes = await current.store.events.record([...batch, checkIn({ idempotencyKey: "b|k" })], NOW);
    expect(outcomes).toEqual(["replayed", "replayed", "stored", "stored", "stored", "repeat"]);
    for (const userHash of ["ann", "bob", "cat", "a|b", "a"]) {
      expect(await daysOf(current.store, userHash)).toEqual(months(DAY));
    }
  });

  it("a key counts within one batch", async () => {
    const batch = [1, 2, 3].map((offset) => checkIn({ idempotencyKey: "k", day: DAY + offset }));
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "replayed", "replayed"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY + 1));
  });

  it("of many batches of a user at once with one key, one event is done", async () => {
    const users = Array.from({ length: 5 }, (_, index) => `user${index}`);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => record(NOW, { day: DAY + index, userHash: users[index % 5] })),
    );
    // Fewer, if one that found the key has done what it means before the first could.
    expect(outcomes.filter((outcome) => outcome === "stored").length).toBeLessThanOrEqual(5);
    expect(outcomes.filter((outcome) => outcome === "replayed").length).toBe(35);
    const days = await Promise.all(users.map((user) => daysOf(current.store, user)));
    expect(days.map(countDays)).toEqual([1, 1, 1, 1, 1]);
  });

  it("a key holds until 24 hours after its first use, and is free from that very millisecond", async () => {
    await record(NOW);
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 1 })).toBe("replayed");
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS, { day: DAY + 1 })).toBe("stored");
  });

  it("a repeat does not make a key last longer", async () => {
    await record(NOW);
    await record(NOW + IDEMPOTENCY_WINDOW_MS - 1);
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS, { day: DAY + 1 })).toBe("stored");
  });

  it("a key used anew after it was free holds for another 24 hours", async () => {
    await record(NOW);
    const again = NOW + 2 * IDEMPOTENCY_WINDOW_MS;
    expect(await record(again, { day: DAY + 2 })).toBe("stored");
    expect(await record(again + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 3 })).toBe("replayed");
    expect(await record(again + IDEMPOTENCY_WINDOW_MS, { day: DAY + 3 })).toBe("stored");
  });

  it("a key is its project's own", async () => {
    expect(await record(NOW)).toBe("stored");
    expect(await record(NOW, { projectId: "p2" })).toBe("stored");
  });

  it("a key is used up by an event whose day was done already, which is a repeat and no replay", async () => {
    await current.store.events.record([checkIn()], NOW);
    expect(await record(NOW)).toBe("repeat");
    expect(await record(NOW, { day: DAY + 1 })).toBe("replayed");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("a key keeps analytics events from being stored twice", async () => {
    const batch = [impression({ idempotencyKey: "k" }), impression({ idempotencyKey: "k" })];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "replayed"]);
  });

  it("a key is known after a restart, for as long as it would have been", async () => {
    await record(NOW);
    await current.reopen();
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 1 })).toBe("replayed");
    await current.reopen();
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS, { day: DAY + 1 })).toBe("stored");
  });

  it("an event with a key whose user has become an alias is recorded once, as the user's", async () => {
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await record(NOW, { userHash: "anon" })).toBe("stored");
    expect(await record(NOW, { userHash: "anon", day: DAY + 1 })).toBe("replayed");
    expect(await record(NOW, { userHash: "ann", day: DAY + 2 })).toBe("replayed");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("two names of a user share a key within one batch", async () => {
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.store.streaks.linkUser("p1", "phone", "ann");
    const batch = ["anon", "phone", "ann"].map((userHash, index) =>
      checkIn({ userHash, idempotencyKey: "k", day: DAY + index }),
    );
    const outcomes = await current.store.events.record(batch, NOW);
    expect(outcomes.toSorted()).toEqual(["replayed", "replayed", "stored"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY + outcomes.indexOf("stored")));
  });

  it("a key holds across the linking of its user, under every name", async () => {
    await record(NOW, { userHash: "anon" });
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.store.streaks.linkUser("p1", "ann", "cat");
    await current.reopen();
    for (const [index, userHash] of ["ann", "anon", "cat"].entries()) {
      expect(await record(NOW, { userHash, day: DAY + 1 + index })).toBe("replayed");
    }
    expect(await record(NOW, { userHash: "bob" })).toBe("stored");
    expect(await daysOf(current.store, "cat")).toEqual(months(DAY));
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS, { userHash: "cat", day: DAY + 1 })).toBe("stored");
  });

  it("a key that two users have when they are linked stays the user's, and free when the user's is free", async () => {
    const hour = IDEMPOTENCY_WINDOW_MS / 24;
    await record(NOW);
    await record(NOW + hour, { userHash: "anon", day: DAY + 1 });
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1));
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 2 })).toBe("replayed");
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS, { day: DAY + 2 })).toBe("stored");
  });

  it("a key that the user's had expired before the name used it is the name's", async () => {
    await record(NOW - IDEMPOTENCY_WINDOW_MS);
    await record(NOW, { userHash: "anon", day: DAY + 1 });
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 2 })).toBe("replayed");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1));
  });

  it("a key of a name that is linked anew is the first user's, and free for the second", async () => {
    await record(NOW, { userHash: "anon" });
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.store.streaks.linkUser("p1", "anon", "bob");
    expect(await record(NOW, { userHash: "ann", day: DAY + 1 })).toBe("replayed");
    expect(await record(NOW, { userHash: "anon", day: DAY + 1 })).toBe("stored");
    expect(await daysOf(current.store, "bob")).toEqual(months(DAY + 1));
  });

  it(
    "events with one key that race the links of their names are done once if one name sent them, and never lost",
    async () => {
      for (let round = 0; round < 20; round++) {
        const projectId = `race${round}`;
        const report = (userHash: string, day: number) =>
          recordUnverified(current.store, [checkIn({ projectId, userHash, day, idempotencyKey: userHash })]);
        await Promise.all([
          ...[0, 1].flatMap((n) => ["cookie", "phone"].map((name, index) => report(name, DAY + 2 * index + n))),
          current.store.streaks.linkUser(projectId, "cookie", "phone"),
          current.store.streaks.linkUser(projectId, "phone", "ann"),
          ...[2, 3].flatMap((n) => ["cookie", "phone"].map((name, index) => report(name, DAY + 10 * n + index))),
        ]);
        await current.store.streaks.linkUser(projectId, "cookie", "ann");
        expect(countDays(await daysOf(current.store, "ann", "like", projectId)), `round ${round}`).toBe(2);
      }
    },
    MANY_CALLS_MS,
  );

  it("many keys come and go, and those that hold are known throughout", async () => {
    const hour = IDEMPOTENCY_WINDOW_MS / 24;
    for (let hours = 0; hours < 72; hours++) {
      const now = NOW + hours * hour;
      const fields = { day: DAY + hours };
      expect(await record(now, { ...fields, idempotencyKey: `k${hours}` }), `key of hour ${hours}`).toBe("stored");
      const first = Math.max(0, hours - 23);
      expect(await record(now, { ...fields, idempotencyKey: `k${first}` }), `key of hour ${first}`).toBe("replayed");
    }
  });
}
