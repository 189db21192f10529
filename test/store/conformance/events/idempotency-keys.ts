import { expect, it } from "vitest";
import { countDays } from "#src/domain/months.ts";
import { IDEMPOTENCY_WINDOW_MS } from "#src/store/events.ts";
import { checkIn, DAY, daysOf, impression, months, NOW, type OpenStore, useStore } from "../fixture.ts";

export function describeIdempotencyKeys(open: OpenStore): void {
  const current = useStore(open);
  const record = async (now: number, fields = {}) =>
    (await current.store.events.record([checkIn({ idempotencyKey: "k", ...fields })], now))[0];

  it("a key that was used makes the next event with it a repeat, whatever that says", async () => {
    expect(await record(NOW)).toBe("stored");
    expect(await record(NOW)).toBe("repeat");
    expect(await record(NOW, { day: DAY + 1 })).toBe("repeat");
    expect(await record(NOW, { userHash: "bob" })).toBe("repeat");
    expect(await record(NOW, { event: "visit" })).toBe("repeat");
    expect(await record(NOW, { type: "widget_impression" })).toBe("repeat");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
    expect(await daysOf(current.store, "bob")).toEqual({});
    expect(await daysOf(current.store, "ann", "visit")).toEqual({});
  });

  it("a key counts within one batch", async () => {
    const batch = [1, 2, 3].map((offset) => checkIn({ idempotencyKey: "k", day: DAY + offset }));
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "repeat", "repeat"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY + 1));
  });

  it("of many batches at once with one key, one event is done", async () => {
    const users = Array.from({ length: 7 }, (_, index) => `user${index}`);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => record(NOW, { day: DAY + index, userHash: users[index % 7] })),
    );
    // None, if one that found the key has done what it means before the first could.
    expect(outcomes.filter((outcome) => outcome === "stored").length).toBeLessThanOrEqual(1);
    expect(outcomes).not.toContain("moved");
    const days = await Promise.all(users.map((user) => daysOf(current.store, user)));
    expect(days.map(countDays).reduce((sum, count) => sum + count)).toBe(1);
  });

  it("a key holds until 24 hours after its first use, and is free from that very millisecond", async () => {
    await record(NOW);
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 1 })).toBe("repeat");
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
    expect(await record(again + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 3 })).toBe("repeat");
    expect(await record(again + IDEMPOTENCY_WINDOW_MS, { day: DAY + 3 })).toBe("stored");
  });

  it("a key is its project's own", async () => {
    expect(await record(NOW)).toBe("stored");
    expect(await record(NOW, { projectId: "p2" })).toBe("stored");
  });

  it("a key is used up by an event whose day was done already", async () => {
    await current.store.events.record([checkIn()], NOW);
    expect(await record(NOW)).toBe("repeat");
    expect(await record(NOW, { day: DAY + 1 })).toBe("repeat");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("a key keeps analytics events from being stored twice", async () => {
    const batch = [impression({ idempotencyKey: "k" }), impression({ idempotencyKey: "k" })];
    expect(await current.store.events.record(batch, NOW)).toEqual(["stored", "repeat"]);
  });

  it("a key is known after a restart, for as long as it would have been", async () => {
    await record(NOW);
    await current.reopen();
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS - 1, { day: DAY + 1 })).toBe("repeat");
    await current.reopen();
    expect(await record(NOW + IDEMPOTENCY_WINDOW_MS, { day: DAY + 1 })).toBe("stored");
  });

  it("an event with a key whose user has become an alias is recorded once, as the user's", async () => {
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await record(NOW, { userHash: "anon" })).toBe("stored");
    expect(await record(NOW, { userHash: "anon", day: DAY + 1 })).toBe("repeat");
    expect(await record(NOW, { userHash: "ann", day: DAY + 2 })).toBe("repeat");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("a key holds across the linking of its user", async () => {
    await record(NOW, { userHash: "anon" });
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await record(NOW, { userHash: "ann", day: DAY + 1 })).toBe("repeat");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("many keys come and go, and those that hold are known throughout", async () => {
    const hour = IDEMPOTENCY_WINDOW_MS / 24;
    for (let hours = 0; hours < 72; hours++) {
      const now = NOW + hours * hour;
      const fields = { day: DAY + hours };
      expect(await record(now, { ...fields, idempotencyKey: `k${hours}` }), `key of hour ${hours}`).toBe("stored");
      const first = Math.max(0, hours - 23);
      expect(await record(now, { ...fields, idempotencyKey: `k${first}` }), `key of hour ${first}`).toBe("repeat");
    }
  });
}
