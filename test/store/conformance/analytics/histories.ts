import { expect, it } from "vitest";
import {
  checkIn,
  DAY,
  DAY_MS,
  impression,
  MANY_CALLS_MS,
  NOW,
  type OpenStore,
  ordinary,
  useStore,
} from "../fixture.ts";
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
        ["__proto__", ordinary(DAY)],
        ["a.b$%", ordinary(DAY - 40)],
      ]),
      events: expect.any(Array),
    });
    const kept = events.map(({ projectId, userHash, id, dayZone, ...event }) => event);
    expect(history?.events).toHaveLength(kept.length);
    expect(history?.events).toEqual(expect.arrayContaining(kept));
  });

  it("a history has days and events of each kind, of which one has done the day", async () => {
    const events = [
      checkIn({ tz: "Asia/Tokyo", day: DAY - 1 }),
      checkIn({ tz: "Asia/Tokyo", late: true }),
      checkIn({ tz: "UTC", late: true, at: NOW + 1 }),
      checkIn({ tz: "UTC", at: NOW + 2 }),
      checkIn({ tz: "UTC", day: DAY - 1 }),
      checkIn({ tz: "UTC", late: true, event: "visit" }),
      impression({ tz: "UTC" }),
    ];
    await current.store.events.record(events, NOW);
    const [history] = await historiesOf(current.store, "p1");
    expect(history).toMatchObject({ zone: { name: "UTC", at: NOW + 2 }, home: "Asia/Tokyo" });
    const late = { late: true, ...ordinary(DAY) };
    expect(history?.days).toEqual(
      new Map([
        [
          "like",
          {
            ...ordinary(DAY - 1),
            others: [{ late: false, zone: "UTC", ...ordinary(DAY - 1, DAY) }, late, { ...late, zone: "UTC" }],
          },
        ],
        ["visit", { days: {}, others: [{ ...late, zone: "UTC" }] }],
      ]),
    );
    expect(history?.events).toHaveLength(events.length);
    const first = history?.events.filter(({ type, isRepeat }) => type === "streak_interaction" && !isRepeat);
    expect(first?.map(({ event, day, at }) => [event, day, at])).toEqual(
      expect.arrayContaining([
        ["like", DAY - 1, NOW - DAY_MS],
        ["like", DAY, NOW + 2],
        ["visit", DAY, NOW],
      ]),
    );
    expect(first).toHaveLength(3);
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
