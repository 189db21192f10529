import { expect, it } from "vitest";
import {
  checkIn,
  DAY,
  daysOf,
  impression,
  months,
  NOW,
  type OpenStore,
  recordResolved,
  useStore,
  whoIs,
} from "../fixture.ts";

export function describeLinking(open: OpenStore): void {
  const current = useStore(open);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);
  const record = (userHash: string, day: number, fields = {}) =>
    current.store.events.record([checkIn({ userHash, day, ...fields })], NOW);

  it("what an anonymous visitor did so far becomes the user's, for every event", async () => {
    await record("anon", DAY);
    await record("anon", DAY + 20);
    await record("anon", DAY, { event: "visit" });
    await record("ann", DAY + 1);
    await record("ann", DAY - 1, { event: "read" });
    expect(await link("anon", "ann")).toBe(true);
    for (const name of ["anon", "ann"]) {
      expect(await daysOf(current.store, name)).toEqual(months(DAY, DAY + 1, DAY + 20));
      expect(await daysOf(current.store, name, "visit")).toEqual(months(DAY));
      expect(await daysOf(current.store, name, "read")).toEqual(months(DAY - 1));
    }
  });

  it("a day that came along is done: the user's next event on it is a repeat", async () => {
    await record("anon", DAY);
    await link("anon", "ann");
    expect(await record("ann", DAY)).toEqual(["repeat"]);
  });

  it("a day that both have done is one day", async () => {
    await record("anon", DAY);
    await record("ann", DAY);
    expect(await link("anon", "ann")).toBe(true);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
    expect(await record("ann", DAY)).toEqual(["repeat"]);
  });

  it("analytics events come along", async () => {
    const seen = impression({ userHash: "anon", id: "seen" });
    await current.store.events.record([seen], NOW);
    await link("anon", "ann");
    expect(await current.store.events.record([{ ...seen, userHash: "ann" }], NOW)).toEqual(["repeat"]);
  });

  it("nothing of names that begin alike comes along", async () => {
    const others = ["", "a", "anon|", "anon|like", "anon}", "anon%7C", "anon ", "anon\uffff", "anonymous"];
    const recorded = others.flatMap((userHash, index) => [
      checkIn({ userHash }),
      impression({ userHash, id: `seen ${index}` }),
    ]);
    await record("anon", DAY + 1);
    await current.store.events.record(recorded, NOW);
    await link("anon", "ann");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY + 1));
    expect(new Set(await current.store.events.record(recorded, NOW))).toEqual(new Set(["repeat"]));
    expect(await Promise.all(others.map((name) => whoIs(current.store, name)))).toEqual(others);
  });

  it("an event for a name that became an alias has moved, and changes nothing", async () => {
    await record("ann", DAY, { tz: "Asia/Tokyo" });
    await link("anon", "ann");
    const batch = [
      checkIn({ userHash: "anon", day: DAY + 1, tz: "UTC", at: NOW + 1 }),
      checkIn({ day: DAY + 2 }),
      impression({ userHash: "anon" }),
    ];
    expect(await current.store.events.record(batch, NOW)).toEqual(["moved", "stored", "moved"]);
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).toEqual({
      days: months(DAY, DAY + 2),
      zone: { name: "Asia/Tokyo", at: NOW },
    });
  });

  it.each([
    { of: "the visitor's, when it is later", visitor: NOW + 1, user: NOW, name: "Asia/Tokyo", at: NOW + 1 },
    { of: "the user's, when it is later", visitor: NOW, user: NOW + 1, name: "Europe/Paris", at: NOW + 1 },
    { of: "the greater name's, when both are as late", visitor: NOW, user: NOW, name: "Europe/Paris", at: NOW },
  ])("the zone is $of", async ({ visitor, user, name, at }) => {
    await record("anon", DAY, { tz: "Asia/Tokyo", at: visitor });
    await record("ann", DAY, { tz: "Europe/Paris", at: user });
    await link("anon", "ann");
    for (const userHash of ["anon", "ann"]) {
      expect(await current.store.events.resolveUsers([{ projectId: "p1", userHash, verify: true }])).toEqual([
        { userHash: "ann", zone: { name, at }, home: "Europe/Paris" },
      ]);
    }
  });

  it("a user without a zone gets the visitor's", async () => {
    await record("anon", DAY, { tz: "Asia/Tokyo" });
    await link("anon", "ann");
    expect((await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).zone).toEqual({
      name: "Asia/Tokyo",
      at: NOW,
    });
  });

  it("linking again changes nothing", async () => {
    await record("anon", DAY);
    await link("anon", "ann");
    await record("ann", DAY + 1);
    expect(await link("anon", "ann")).toBe(true);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1));
    expect(await whoIs(current.store, "anon")).toBe("ann");
  });

  it("names that nobody has seen can be linked", async () => {
    expect(await link("anon", "ann")).toBe(true);
    expect(await whoIs(current.store, "anon")).toBe("ann");
    expect(await daysOf(current.store, "anon")).toEqual({});
  });

  it("a name can't be its own alias", async () => {
    await record("ann", DAY);
    expect(await link("ann", "ann")).toBe(false);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
    expect(await record("ann", DAY + 1)).toEqual(["stored"]);
  });

  it("a user can't become an alias of its own alias, however many steps away", async () => {
    await record("c", DAY);
    await link("a", "b");
    await link("b", "c");
    expect(await link("c", "b")).toBe(false);
    expect(await link("c", "a")).toBe(false);
    expect(await whoIs(current.store, "c")).toBe("c");
    expect(await daysOf(current.store, "a")).toEqual(months(DAY));
    expect(await record("c", DAY + 1)).toEqual(["stored"]);
  });

  it("an alias of a user that becomes an alias goes along", async () => {
    await record("a", DAY);
    await record("b", DAY + 1);
    await record("c", DAY + 2);
    await link("a", "b");
    await link("b", "c");
    for (const name of ["a", "b", "c"]) {
      expect(await whoIs(current.store, name)).toBe("c");
      expect(await daysOf(current.store, name)).toEqual(months(DAY, DAY + 1, DAY + 2));
    }
    expect(await record("a", DAY)).toEqual(["moved"]);
    expect(await record("b", DAY)).toEqual(["moved"]);
  });

  it("what is linked to an alias is its user's", async () => {
    await record("a", DAY);
    await link("b", "c");
    await link("a", "b");
    expect(await whoIs(current.store, "a")).toBe("c");
    expect(await daysOf(current.store, "c")).toEqual(months(DAY));
  });

  it("two names of one user can be linked to each other without harm", async () => {
    await record("c", DAY);
    await link("b", "c");
    await link("a", "b");
    expect(await link("b", "a")).toBe(true);
    for (const name of ["a", "b", "c"]) {
      expect(await whoIs(current.store, name)).toBe("c");
    }
    expect(await daysOf(current.store, "c")).toEqual(months(DAY));
  });

  it("linking a name to its own alias sets no circle when both are, steps away, someone else", async () => {
    await record("d", DAY);
    await link("a", "b");
    await link("b", "c");
    await link("c", "d");
    expect(await link("b", "a")).toBe(true);
    for (const name of ["a", "b", "c", "d"]) {
      expect(await whoIs(current.store, name)).toBe("d");
    }
    expect(await daysOf(current.store, "a")).toEqual(months(DAY));
  });

  it("a second user gets only what the visitor does from then on", async () => {
    await record("anon", DAY, { tz: "Asia/Tokyo" });
    await link("anon", "ann");
    expect(await link("anon", "bob")).toBe(true);
    expect(await whoIs(current.store, "anon")).toBe("bob");
    await recordResolved(current.store, [checkIn({ userHash: "anon", day: DAY + 1 })]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "bob" }, "like")).toEqual({
      days: months(DAY + 1),
    });
  });

  it("a link is its project's own", async () => {
    await record("anon", DAY);
    await record("anon", DAY + 1, { projectId: "p2" });
    await link("anon", "ann");
    expect(await daysOf(current.store, "ann", "like", "p2")).toEqual({});
    expect(await daysOf(current.store, "anon", "like", "p2")).toEqual(months(DAY + 1));
    expect(await record("anon", DAY, { projectId: "p2" })).toEqual(["stored"]);
  });

  it("a link is known after a restart", async () => {
    await record("anon", DAY);
    await link("anon", "ann");
    await current.reopen();
    expect(await whoIs(current.store, "anon")).toBe("ann");
    expect(await daysOf(current.store, "anon")).toEqual(months(DAY));
    expect(await record("anon", DAY)).toEqual(["moved"]);
  });

  it("events that race the linking all arrive at the user", async () => {
    const days = Array.from({ length: 40 }, (_, index) => DAY + index);
    const racing = days.map((day) => recordResolved(current.store, [checkIn({ userHash: "anon", day })]));
    racing.splice(
      20,
      0,
      link("anon", "ann").then(() => undefined),
    );
    await Promise.all(racing);
    expect(await daysOf(current.store, "ann")).toEqual(months(...days));
    expect(await daysOf(current.store, "anon")).toEqual(months(...days));
  });

  it("of two links at once that would close a circle, one is refused", async () => {
    const linked = await Promise.all([link("a", "b"), link("b", "a")]);
    expect(linked.filter(Boolean)).toHaveLength(1);
    expect(await whoIs(current.store, "a")).toBe(await whoIs(current.store, "b"));
  });
}
