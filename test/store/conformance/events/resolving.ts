import { expect, it } from "vitest";
import {
  checkIn,
  DAY,
  daysOf,
  impression,
  months,
  NOW,
  type OpenStore,
  recordUnverified,
  useStore,
} from "../fixture.ts";

export function describeResolving(open: OpenStore): void {
  const current = useStore(open);
  const keys = (...names: string[]) => names.map((userHash) => ({ projectId: "p1", userHash }));
  const verified = (...names: string[]) => keys(...names).map((key) => ({ ...key, verify: true }));

  it("keeps the order, also of users asked for twice", async () => {
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await current.store.events.resolveUsers(verified("bob", "anon", "ann", "anon"))).toEqual([
      { userHash: "bob" },
      { userHash: "ann" },
      { userHash: "ann" },
      { userHash: "ann" },
    ]);
    expect(await current.store.events.resolveUsers([])).toEqual([]);
  });

  it("returns a user verified when asked to, with the zone, whatever else is asked for", async () => {
    await current.store.events.record([checkIn({ tz: "Asia/Tokyo" })], NOW);
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.reopen();
    const [, user] = await current.store.events.resolveUsers([...keys("bob"), ...verified("anon"), ...keys("cat")]);
    expect(user).toEqual({ userHash: "ann", zone: { name: "Asia/Tokyo", at: NOW } });
  });

  it("returns a user whom nobody has seen unverified, unless asked to verify", async () => {
    const [unverified] = await current.store.events.resolveUsers(keys("ann"));
    expect(unverified).toEqual({ userHash: "ann", unverified: expect.anything() });
    expect(await current.store.events.resolveUsers(verified("ann"))).toEqual([{ userHash: "ann" }]);
  });

  it("an event of an unverified user who was new, and is not any more, is recorded once, and for the right user", async () => {
    const [ann, bob] = await current.store.events.resolveUsers(keys("ann", "bob"));
    const event = checkIn({ ...ann, tz: "UTC" });
    expect(await current.store.events.record([event], NOW)).toEqual(["stored"]);
    expect(await current.store.events.record([event], NOW)).toEqual(["repeat"]);
    const others = [checkIn({ ...ann, tz: "UTC", day: DAY + 1 }), checkIn({ ...bob })];
    expect(await current.store.events.record([event, ...others], NOW)).toEqual(["repeat", "stored", "stored"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1));

    await current.store.streaks.linkUser("p1", "bob", "ann");
    const late = [checkIn({ ...bob, day: DAY + 2 }), checkIn({ ...ann, tz: "UTC", day: DAY + 3 })];
    const [outcome, other] = await current.store.events.record(late, NOW);
    expect(outcome).toMatch(/moved|refuted/);
    expect(other).toBe("stored");
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1, DAY + 3));
  });

  it("an unverified user who turns out to be an alias or to have a zone ends as the right user", async () => {
    await current.store.events.record([checkIn({ tz: "Asia/Tokyo" })], NOW);
    await current.store.streaks.linkUser("p1", "anon", "ann");
    await current.reopen();
    await recordUnverified(current.store, [
      checkIn({ userHash: "anon", day: DAY + 1 }),
      checkIn({ day: DAY + 2, idempotencyKey: "k" }),
      impression({ userHash: "anon" }),
    ]);
    expect(await current.store.streaks.readStreak({ projectId: "p1", userHash: "anon" }, "like")).toEqual({
      days: months(DAY, DAY + 1, DAY + 2),
      zone: { name: "Asia/Tokyo", at: NOW },
    });
  });
}
