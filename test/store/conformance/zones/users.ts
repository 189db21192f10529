import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { checkIn, DAY, impression, months, NOW, type OpenStore, recordUnverified, useStore } from "../fixture.ts";
import { atHour, correct, hour, inZone, PARIS, TOKYO } from "./support.ts";

/** What a store tells of users whose events were redated. */
export function describeRedatedUsers(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => recordUnverified(current.store, batch);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);
  const correctOf = (userHash: string) => correct(current.store, {}, { projectId: "p1", userHash });
  const isRedated = async (userHash: string) =>
    (await current.store.events.resolveUsers([{ projectId: "p1", userHash, verify: true }]))[0]?.isRedated;
  /** The same without a look-up, where the store may not need one. */
  const isKnownRedated = async (userHash: string) => {
    const [user] = await current.store.events.resolveUsers([{ projectId: "p1", userHash }]);
    return user?.unverified === undefined ? user?.isRedated : "unverified";
  };

  it("a user is redated from the first correction on, for ever", async () => {
    await record(atHour(22), atHour(22, DAY, { userHash: "bob" }));
    expect(await isRedated("ann")).toBe(undefined);
    await correctOf("ann");
    expect(await isRedated("ann")).toBe(true);
    expect(await isRedated("bob")).toBe(undefined);

    await record(atHour(8, DAY + 1), impression(), checkIn({ tz: PARIS, at: NOW + 5 }), checkIn({ event: "visit" }));
    expect(await isRedated("ann")).toBe(true);
    await current.reopen();
    expect(await isRedated("ann")).toBe(true);
  });

  it("a user who was known before the correction is known as redated after it", async () => {
    await record(atHour(22));
    await isRedated("ann");
    await correctOf("ann");
    expect([true, "unverified"]).toContain(await isKnownRedated("ann"));
    await record(atHour(22, DAY + 1), atHour(22, DAY + 1, { idempotencyKey: "k" }));
    expect([true, "unverified"]).toContain(await isKnownRedated("ann"));
    await link("cookie", "ann");
    expect([true, "unverified"]).toContain(await isKnownRedated("cookie"));
    expect([true, "unverified"]).toContain(await isKnownRedated("ann"));
  });

  it("a user is redated whose alias was, and an alias's user stays so", async () => {
    await record(atHour(22, DAY, { userHash: "cookie" }), atHour(8), atHour(8, DAY, { userHash: "bob" }));
    await correctOf("cookie");
    await link("cookie", "ann");
    expect(await isRedated("ann")).toBe(true);
    expect(await isRedated("cookie")).toBe(true);
    await link("bob", "ann");
    expect(await isRedated("ann")).toBe(true);
    expect(await isRedated("bob")).toBe(true);
  });

  it("a user without a zone is redated whose alias was", async () => {
    await record(atHour(22, DAY, { userHash: "cookie" }), checkIn({ event: "visit" }));
    await correctOf("cookie");
    await link("cookie", "ann");
    await link("phone", "cookie");
    expect(await isRedated("ann")).toBe(true);
    expect(await isRedated("phone")).toBe(true);
  });

  it("a link keeps days in the zone that they were corrected to", async () => {
    await record(atHour(22, DAY, { userHash: "cookie" }), atHour(8, DAY, { tz: TOKYO }));
    await correctOf("cookie");
    await link("cookie", "ann");
    const ann = { projectId: "p1", userHash: "ann" };
    expect(await current.store.streaks.readStreak(ann, "like")).toEqual({
      days: months(DAY, DAY + 1),
      zone: { name: TOKYO, at: hour(22) + 1 },
      home: TOKYO,
    });
    await record(atHour(22, DAY, { userHash: "phone" }));
    await link("phone", "ann");
    expect(await current.store.streaks.readStreak(ann, "like")).toMatchObject({
      days: months(DAY, DAY + 1),
      others: [inZone("UTC", months(DAY))],
    });
  });

  it("is told of the user of an alias that is corrected", async () => {
    await record(atHour(22, DAY, { userHash: "cookie" }));
    await link("cookie", "ann");
    await correctOf("ann");
    expect(await isRedated("cookie")).toBe(true);
    expect(await correctOf("cookie")).toBe(false);
  });
}
