import { expect, it } from "vitest";
import { MAX_ALIASES, MAX_EVENTS_READ, MAX_RECENT_EVENTS } from "#src/store/users.ts";
import {
  checkIn,
  DAY,
  DAY_MS,
  impression,
  MANY_CALLS_MS,
  NOW,
  type OpenStore,
  ordinary,
  recordResolved,
  useStore,
} from "../fixture.ts";

/** What reading a user promises. */
export function describeReading(open: OpenStore): void {
  const current = useStore(open);
  const read = (userHash: string, projectId = "p1") => current.store.users.readUser({ projectId, userHash });
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);

  it("tells days, zone, and events with all that they came with", async () => {
    const meta = JSON.stringify({ postId: "123", n: { "🦊": [1, null] } });
    const batch = [
      checkIn({ tz: "Asia/Tokyo", meta, sessionId: "s1" }),
      checkIn({ event: "__proto__", day: DAY - 1 }),
      impression({ at: NOW + 1, sessionId: "s2" }),
      impression({ type: "widget_interaction", at: NOW - 1 }),
    ];
    await current.store.events.record(batch, NOW);
    expect(await read("ann")).toEqual({
      userHash: "ann",
      zone: { name: "Asia/Tokyo", at: NOW },
      days: new Map([
        ["like", ordinary(DAY)],
        ["__proto__", ordinary(DAY - 1)],
      ]),
      aliases: [],
      hasMoreAliases: false,
      recentEvents: [
        { event: "like", type: "widget_impression", day: DAY, at: NOW + 1, sessionId: "s2" },
        { event: "like", type: "streak_interaction", day: DAY, at: NOW, tz: "Asia/Tokyo", meta, sessionId: "s1" },
        { event: "like", type: "widget_interaction", day: DAY, at: NOW - 1 },
        { event: "__proto__", type: "streak_interaction", day: DAY - 1, at: NOW - DAY_MS },
      ],
    });
  });

  it("of whom nothing is known returns undefined", async () => {
    await current.store.events.record([checkIn(), checkIn({ userHash: "bob", projectId: "p2" })], NOW);
    expect(await read("bob")).toBeUndefined();
    expect(await read("an")).toBeUndefined();
    expect(await read("ann|like")).toBeUndefined();
  });

  it("who has done no day tells the events for analytics", async () => {
    await current.store.events.record([impression({ userHash: "looks" })], NOW);
    expect(await read("looks")).toEqual({
      userHash: "looks",
      days: new Map(),
      aliases: [],
      hasMoreAliases: false,
      recentEvents: [{ event: "like", type: "widget_impression", day: DAY, at: NOW }],
    });
  });

  it("by any of the names that lead there finds the same user, with all of them", async () => {
    await current.store.events.record(
      [checkIn({ userHash: "cookie" }), checkIn({ userHash: "phone", day: DAY - 1 })],
      NOW,
    );
    for (const [alias, user] of [
      ["cookie", "phone"],
      ["tablet", "ann"],
      ["phone", "ann"],
      ["a|b %", "tablet"],
    ] as const) {
      expect(await link(alias, user)).toBe(true);
    }
    await current.store.streaks.linkUser("p2", "other", "ann");
    const user = await read("ann");
    expect(user).toMatchObject({ userHash: "ann", days: new Map([["like", ordinary(DAY, DAY - 1)]]) });
    expect(user?.aliases.toSorted()).toEqual(["a|b %", "cookie", "phone", "tablet"]);
    for (const name of ["cookie", "phone", "tablet", "a|b %"]) {
      expect(await read(name), name).toEqual(user);
    }
    expect(await read("other")).toBeUndefined();
  });

  it("who has nothing but an alias is a user", async () => {
    await link("anon", "ann");
    const user = { userHash: "ann", days: new Map(), aliases: ["anon"], hasMoreAliases: false, recentEvents: [] };
    expect(await read("ann")).toEqual(user);
    expect(await read("anon")).toEqual(user);
  });

  it("whose alias was linked to another user is not that one's user any more", async () => {
    await link("anon", "ann");
    await link("anon", "bob");
    expect(await read("ann")).toBeUndefined();
    expect((await read("bob"))?.aliases).toEqual(["anon"]);
  });

  it(
    "tells of many aliases as many as fit, and that there are more",
    async () => {
      const names = Array.from({ length: MAX_ALIASES }, (_, index) => `alias ${index}`);
      await Promise.all(names.map((name, index) => link(name, index % 2 === 0 ? "ann" : "alias 0")));
      const full = await read("ann");
      expect(full?.aliases.toSorted()).toEqual(names.toSorted());
      expect(full?.hasMoreAliases).toBe(false);
      await link("one more", "ann");
      const more = await read("ann");
      expect(more?.hasMoreAliases).toBe(true);
      expect(new Set(more?.aliases).size).toBe(MAX_ALIASES);
    },
    MANY_CALLS_MS,
  );

  it("tells the newest events, newest first, whichever their event and their type", async () => {
    const many = Array.from({ length: 60 }, (_, ago) => ago);
    await recordResolved(
      current.store,
      many.map((ago) => {
        const fields = { event: ["like", "visit", "share"][ago % 3] as string, day: DAY - ago };
        return ago % 4 === 0 ? impression(fields) : checkIn(fields);
      }),
    );
    const recent = (await read("ann"))?.recentEvents;
    expect(recent?.map(({ day }) => day)).toEqual(many.slice(0, MAX_RECENT_EVENTS).map((ago) => DAY - ago));
    expect(recent?.[4]).toEqual({ event: "visit", type: "widget_impression", day: DAY - 4, at: NOW - 4 * DAY_MS });
  });

  it("tells an event of each kind of a day, and the home zone", async () => {
    await current.store.events.record(
      [
        checkIn({ tz: "Asia/Tokyo" }),
        checkIn({ tz: "Asia/Tokyo", late: true, at: NOW - 1, meta: "{}" }),
        checkIn({ tz: "UTC", at: NOW + 1, sessionId: "s" }),
        checkIn({ dayZone: "UTC", day: DAY + 1, at: NOW + 2 }),
        impression({ tz: "UTC", at: NOW + 3 }),
      ],
      NOW,
    );
    const given = { event: "like", type: "streak_interaction", day: DAY };
    const user = await read("ann");
    expect(user).toMatchObject({ zone: { name: "UTC", at: NOW + 1 }, home: "Asia/Tokyo" });
    expect(user?.days).toEqual(
      new Map([
        [
          "like",
          {
            ...ordinary(DAY),
            others: [
              { late: false, zone: "UTC", ...ordinary(DAY, DAY + 1) },
              { late: true, ...ordinary(DAY) },
            ],
          },
        ],
      ]),
    );
    expect(user?.recentEvents).toEqual([
      { ...given, type: "widget_impression", at: NOW + 3, tz: "UTC" },
      { ...given, day: DAY + 1, at: NOW + 2 },
      { ...given, at: NOW + 1, tz: "UTC", sessionId: "s" },
      { ...given, at: NOW, tz: "Asia/Tokyo" },
      { ...given, at: NOW - 1, tz: "Asia/Tokyo", meta: "{}" },
    ]);
  });

  it(
    "tells the newest days that were done, however many events there are",
    async () => {
      const many = Array.from({ length: MAX_EVENTS_READ + 100 }, () => impression({ day: DAY - 100 }));
      await current.store.events.record([...many, checkIn(), checkIn({ event: "a", day: DAY - 1 })], NOW);
      const newest = (await read("ann"))?.recentEvents.slice(0, 2);
      expect(newest?.map(({ event, day }) => [event, day])).toEqual([
        ["like", DAY],
        ["a", DAY - 1],
      ]);
    },
    MANY_CALLS_MS,
  );
}
