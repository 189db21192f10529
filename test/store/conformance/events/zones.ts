import { expect, it } from "vitest";
import { checkIn, DAY, months, NOW, type OpenStore, useStore } from "../fixture.ts";

export function describeZones(open: OpenStore): void {
  const current = useStore(open);
  const zone = async () => (await current.store.streaks.readStreak({ projectId: "p1", userHash: "ann" }, "like")).zone;
  const record = (name: string, at: number, fields = {}) =>
    current.store.events.record([checkIn({ tz: name, at, ...fields })], NOW);

  it("the zone of the latest event holds, in whatever order events come", async () => {
    await record("Asia/Tokyo", NOW);
    await record("Europe/Paris", NOW - 1, { day: DAY - 1 });
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
    await record("Africa/Cairo", NOW + 1, { day: DAY + 1 });
    expect(await zone()).toEqual({ name: "Africa/Cairo", at: NOW + 1 });
  });

  it.each([
    ["Asia/Tokyo", "Europe/Paris"],
    ["Europe/Paris", "Asia/Tokyo"],
  ])("of two events at the same time the greater name holds: %s, then %s", async (first, second) => {
    await record(first, NOW);
    await record(second, NOW, { day: DAY + 1 });
    expect(await zone()).toEqual({ name: "Europe/Paris", at: NOW });
  });

  it("the later event holds within one batch, too", async () => {
    const batch = [
      checkIn({ tz: "Europe/Paris", at: NOW }),
      checkIn({ tz: "Asia/Tokyo", at: NOW + 1 }),
      checkIn({ tz: "Africa/Cairo", at: NOW - 1 }),
    ];
    await current.store.events.record(batch, NOW);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW + 1 });
  });

  it("a repeat of a day moves the zone on", async () => {
    await record("Asia/Tokyo", NOW);
    await record("Europe/Paris", NOW + 1);
    expect(await record("Asia/Tokyo", NOW + 2)).toEqual(["repeat"]);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW + 2 });
    expect(await record("Europe/Paris", NOW + 3)).toEqual(["repeat"]);
    expect(await zone()).toEqual({ name: "Europe/Paris", at: NOW + 3 });
  });

  it("users who come again at once move to the zones that they name, none back to an earlier one, new ones and aliases too", async () => {
    // Every second one has been here before, in Tokyo; each names a zone, and some were there earlier than that.
    const names = Array.from({ length: 250 }, (_, index) => `$user.${index}`);
    const known = names.filter((_, index) => index % 2 === 0);
    const came = (userHash: string, day: number, tz: string, at: number) => checkIn({ userHash, day, tz, at });
    await current.store.events.record(
      known.map((userHash) => came(userHash, DAY, "Asia/Tokyo", NOW)),
      NOW,
    );
    await current.store.streaks.linkUser("p1", "$user.4", "ann");

    const at = (index: number) => NOW + index - 100;
    const batch = names.map((userHash, index) => came(userHash, DAY + (index % 3), "Europe/Paris", at(index)));
    const outcomes = await current.store.events.record(batch, NOW);
    expect(names.filter((_, index) => outcomes[index] === "moved")).toEqual(["$user.4"]);
    for (const [index, userHash] of names.entries()) {
      if (userHash !== "$user.4") {
        const isKnown = index % 2 === 0;
        const streak = await current.store.streaks.readStreak({ projectId: "p1", userHash }, "like");
        const isLater = !isKnown || at(index) >= NOW;
        const inParis = months(DAY + (index % 3));
        const days = isKnown
          ? { days: months(DAY), others: [{ late: false, zone: "Europe/Paris", days: inParis }], home: "Asia/Tokyo" }
          : { days: inParis };
        expect(streak, userHash).toEqual({
          ...days,
          zone: isLater ? { name: "Europe/Paris", at: at(index) } : { name: "Asia/Tokyo", at: NOW },
        });
      }
    }
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
  });

  it("a repeat of an idempotency key leaves the zone", async () => {
    await record("Asia/Tokyo", NOW, { idempotencyKey: "k" });
    expect(await record("Europe/Paris", NOW + 1, { idempotencyKey: "k", day: DAY + 1 })).toEqual(["replayed"]);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
  });

  it("an event that names no zone leaves the one there is", async () => {
    await record("Asia/Tokyo", NOW);
    await current.store.events.record([checkIn({ day: DAY + 1 })], NOW);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
  });

  it("a zone is the user's, for every event of the project, and no one else's", async () => {
    await record("Asia/Tokyo", NOW, { event: "visit" });
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
    const users = [
      { projectId: "p1", userHash: "bob" },
      { projectId: "p1", userHash: "ann" },
      { projectId: "p2", userHash: "ann" },
    ].map((user) => ({ ...user, verify: true }));
    expect(await current.store.events.resolveUsers(users)).toEqual([
      { userHash: "bob" },
      { userHash: "ann", zone: { name: "Asia/Tokyo", at: NOW } },
      { userHash: "ann" },
    ]);
  });

  it("an event before 1970 has a zone like others", async () => {
    await record("Asia/Tokyo", -1);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: -1 });
    await record("Africa/Cairo", -2);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: -1 });
  });
}
