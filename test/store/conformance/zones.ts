import { expect, it } from "vitest";
import { checkIn, DAY, NOW, type OpenStore, useStore } from "./fixture.ts";

export function describeZones(open: OpenStore): void {
  const current = useStore(open);
  const zone = async () => (await current.store.readStreak({ projectId: "p1", userHash: "ann" }, "like")).zone;
  const record = (name: string, at: number, fields = {}) =>
    current.store.record([checkIn({ tz: name, at, ...fields })], NOW);

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
    await current.store.record(batch, NOW);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW + 1 });
  });

  it("a repeat of a day moves the zone on", async () => {
    await record("Asia/Tokyo", NOW);
    expect(await record("Europe/Paris", NOW + 1)).toEqual(["repeat"]);
    expect(await zone()).toEqual({ name: "Europe/Paris", at: NOW + 1 });
  });

  it("a repeat of an idempotency key leaves the zone", async () => {
    await record("Asia/Tokyo", NOW, { idempotencyKey: "k" });
    expect(await record("Europe/Paris", NOW + 1, { idempotencyKey: "k", day: DAY + 1 })).toEqual(["repeat"]);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
  });

  it("an event that names no zone leaves the one there is", async () => {
    await record("Asia/Tokyo", NOW);
    await current.store.record([checkIn({ day: DAY + 1 })], NOW);
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
  });

  it("a zone is the user's, for every event of the project, and no one else's", async () => {
    await record("Asia/Tokyo", NOW, { event: "visit" });
    expect(await zone()).toEqual({ name: "Asia/Tokyo", at: NOW });
    const users = [
      { projectId: "p1", userHash: "bob" },
      { projectId: "p1", userHash: "ann" },
      { projectId: "p2", userHash: "ann" },
    ];
    expect(await current.store.resolveUsers(users)).toEqual([
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
