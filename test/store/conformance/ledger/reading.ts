import { expect, it } from "vitest";
import { historiesOf } from "../analytics/support.ts";
import { checkIn, DAY, impression, months, NOW, type OpenStore, ordinary, useStore } from "../fixture.ts";
import { usersOf } from "../users/support.ts";
import { entry } from "./support.ts";

/** Where the ledger of a user is read together with what the user did. */
export function describeLedgerReads(open: OpenStore): void {
  const current = useStore(open);
  const ann = { projectId: "p1", userHash: "ann" };
  const add = (userHash: string, id: string, at = NOW) =>
    current.store.ledger.addLedgerEntry({ projectId: "p1", userHash }, entry({ id, at }));

  it("streaks, lists, users and histories have the ledger in its order, with everything else", async () => {
    await current.store.events.record([checkIn({ tz: "UTC" }), checkIn({ event: "visit", day: DAY + 1 })], NOW);
    await add("ann", "z");
    await add("ann", "b", NOW + 1);
    await add("ann", "a", NOW + 1);
    const ledger = [entry({ id: "z" }), entry({ id: "a", at: NOW + 1 }), entry({ id: "b", at: NOW + 1 })];
    const zone = { name: "UTC", at: NOW };
    const days = new Map([
      ["like", ordinary(DAY)],
      ["visit", ordinary(DAY + 1)],
    ]);
    expect(await current.store.streaks.readStreak(ann, "like")).toEqual({ days: months(DAY), zone, ledger });
    expect(await current.store.streaks.readStreak(ann, "read")).toEqual({ days: {}, zone, ledger });
    expect(await usersOf(current.store)).toEqual([{ userHash: "ann", days, zone, ledger }]);
    expect(await current.store.users.readUser(ann)).toMatchObject({ userHash: "ann", days, zone, ledger });
    const [history, ...others] = await historiesOf(current.store, "p1");
    expect(others).toEqual([]);
    expect(history).toEqual({ userHash: "ann", days, zone, ledger, events: expect.any(Array) });
    expect(history?.events).toHaveLength(2);
  });

  it("who has no entries has no ledger, beside users who have one", async () => {
    await current.store.events.record([checkIn(), checkIn({ userHash: "bob" })], NOW);
    await add("bob", "a");
    const [streak, other] = await Promise.all([
      current.store.streaks.readStreak(ann, "like"),
      current.store.streaks.readStreak({ ...ann, userHash: "bob" }, "like"),
    ]);
    expect(streak).not.toHaveProperty("ledger");
    expect(other).toHaveProperty("ledger");
    for (const [first, second] of [await usersOf(current.store), await historiesOf(current.store, "p1")]) {
      expect(first).not.toHaveProperty("ledger");
      expect(second).toHaveProperty("ledger");
    }
    expect(await current.store.users.readUser(ann)).not.toHaveProperty("ledger");
  });

  it("a user who has done nothing but has a ledger is known, and is in no list and has no history", async () => {
    await add("ann", "a");
    const ledger = [entry({ id: "a" })];
    const user = {
      ...{ userHash: "ann", days: new Map(), ledger },
      ...{ aliases: [], hasMoreAliases: false, recentEvents: [] },
    };
    expect(await current.store.users.readUser(ann)).toEqual(user);
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await current.store.users.readUser({ ...ann, userHash: "anon" })).toEqual({ ...user, aliases: ["anon"] });
    for (const userHash of ["ann", "anon"]) {
      expect(await current.store.streaks.readStreak({ ...ann, userHash }, "like")).toEqual({ days: {}, ledger });
    }
    expect(await usersOf(current.store)).toEqual([]);
    expect(await historiesOf(current.store, "p1")).toEqual([]);
  });

  it("an event for analytics alone gives a user with a ledger a history", async () => {
    await add("ann", "a");
    await current.store.events.record([impression()], NOW);
    expect(await historiesOf(current.store, "p1")).toMatchObject([{ userHash: "ann", ledger: [entry({ id: "a" })] }]);
  });

  it("the first event of a user who has a ledger is recorded as any other's", async () => {
    await add("ann", "a");
    const [user] = await current.store.events.resolveUsers([ann]);
    const unverified = user?.unverified && { unverified: user.unverified };
    expect(await current.store.events.record([checkIn({ tz: "UTC", ...unverified })], NOW)).toEqual(["stored"]);
    expect(await current.store.streaks.readStreak(ann, "like")).toEqual({
      days: months(DAY),
      zone: { name: "UTC", at: NOW },
      ledger: [entry({ id: "a" })],
    });
  });
}
