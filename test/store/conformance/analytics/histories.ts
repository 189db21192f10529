import { expect, it } from "vitest";
import { checkIn, DAY, impression, MANY_CALLS_MS, months, NOW, type OpenStore, useStore } from "../fixture.ts";
import { historiesOf } from "./support.ts";

/** Reading histories. */
export function describeHistories(open: OpenStore): void {
  const current = useStore(open);
  const namesOf = async (range?: Parameters<typeof historiesOf>[2]) =>
    (await historiesOf(current.store, "p1", range)).map(({ userHash }) => userHash);

  it("a history has the zone, the days and all events, each with what it came with", async () => {
    const events = [
      checkIn({ event: "__proto__", tz: "Asia/Tokyo", meta: '{"k":"🦊"}', sessionId: "s1" }),
      checkIn({ event: "a.b$%", day: DAY - 40 }),
      impression({ event: "a.b$%", sessionId: "s1" }),
      impression({ type: "widget_interaction", meta: "{}" }),
    ];
    await current.store.events.record([...events, checkIn({ projectId: "p2" }), checkIn({ projectId: "p10" })], NOW);
    const [history, ...others] = await historiesOf(current.store, "p1");
    expect(others).toEqual([]);
    expect(history).toEqual({
      userHash: "ann",
      zone: { name: "Asia/Tokyo", at: NOW },
      days: new Map([
        ["__proto__", months(DAY)],
        ["a.b$%", months(DAY - 40)],
      ]),
      events: expect.any(Array),
    });
    const kept = events.map(({ projectId, userHash, id, ...event }) => event);
    expect(history?.events).toHaveLength(kept.length);
    expect(history?.events).toEqual(expect.arrayContaining(kept));
  });

  it("users with analytics events only are there, and aliases are not", async () => {
    await current.store.events.record(
      [impression({ userHash: "looks" }), checkIn({ userHash: "anon" }), checkIn({ userHash: "ann", day: DAY - 1 })],
      NOW,
    );
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.store.streaks.linkUser("p1", "nobody", "ann");
    await current.store.streaks.linkUser("p1", "other", "unknown");
    const histories = await historiesOf(current.store, "p1");
    expect(histories.map(({ userHash, events }) => [userHash, events.length])).toEqual([
      ["ann", 2],
      ["looks", 1],
    ]);
  });

  it("a range begins with its first name and ends before its end", async () => {
    const names = ["a", "a%", "a|b", "ab", "b", "🦊"];
    await current.store.events.record(
      names.map((userHash) => checkIn({ userHash })),
      NOW,
    );
    const inOrder = await namesOf();
    expect(inOrder.toSorted()).toEqual(names.toSorted());
    for (const [from, first] of inOrder.entries()) {
      expect(await namesOf({ first })).toEqual(inOrder.slice(from));
      for (const [to, end] of inOrder.entries()) {
        expect(await namesOf({ first, end })).toEqual(inOrder.slice(from, Math.max(from, to)));
      }
    }
    expect(await namesOf({ first: "aa", end: "ac" })).toEqual(["ab"]);
  });

  it(
    "many users, users with many events, and users of all kinds come once each, over many slices",
    async () => {
      const batch = Array.from({ length: 1_500 }, (_, index) => [
        checkIn({ userHash: `user ${index}`, tz: "Asia/Tokyo" }),
        impression({ userHash: `user ${index}` }),
        impression({ userHash: `looks ${index}` }),
        impression({ userHash: "user 1" }),
        impression({ userHash: "looks much" }),
        checkIn({ userHash: "user 7", day: DAY - index }),
        impression({ userHash: "zoe" }),
      ]).flat();
      for (let from = 0; from < batch.length; from += 1000) {
        await current.store.events.record(batch.slice(from, from + 1000), NOW);
      }
      const histories = await historiesOf(current.store, "p1");
      const events = new Map(histories.map(({ userHash, events: { length } }) => [userHash, length]));
      expect(events.size).toBe(histories.length);
      expect(events.size).toBe(3_002);
      expect(["user 1", "user 2", "user 7", "looks much", "looks 3", "zoe"].map((name) => events.get(name))).toEqual([
        1_502, 2, 1_501, 1_500, 1, 1_500,
      ]);
      expect([...events.values()].reduce((sum, count) => sum + count, 0)).toBe(batch.length - 1);
    },
    MANY_CALLS_MS,
  );
}
