import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { checkIn, DAY, impression, NOW, type OpenStore, useStore } from "../fixture.ts";
import { entry } from "../ledger/support.ts";
import { ANN, atHour, datedBy, hour, PARIS, TOKYO, UTC } from "./support.ts";

/** What reading the events that a zone has dated promises. */
export function describeReadingDated(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const read = (zone: string, range = {}, user = ANN) => datedBy(current.store, zone, range, user);
  const daysIn = async (zone: string, range = {}) => (await read(zone, range)).map(({ day }) => day);

  it("those of the home zone and those of any other zone, each under its own", async () => {
    await record(atHour(8), atHour(9, DAY + 1, { tz: TOKYO, dayZone: TOKYO }), atHour(10, DAY + 2, { event: "visit" }));
    expect(await read(UTC)).toEqual([
      { event: "like", keptAs: "first", day: DAY, at: hour(8) },
      { event: "visit", keptAs: "first", day: DAY + 2, at: hour(10, DAY + 2) },
    ]);
    expect(await read(TOKYO)).toEqual([{ event: "like", keptAs: "first", day: DAY + 1, at: hour(9, DAY + 1) }]);
    expect(await read(PARIS)).toEqual([]);
  });

  it("by any name of the zone", async () => {
    await record(atHour(8, DAY, { tz: "Asia/Calcutta" }), atHour(9, DAY, { tz: "Etc/UTC" }));
    expect(await daysIn("Asia/Kolkata")).toEqual([DAY]);
    expect(await daysIn("UTC")).toEqual([DAY]);
  });

  it("late ones are late, and a day can have one of each kind", async () => {
    await record(atHour(1, DAY, { late: true }), atHour(8));
    expect(await read(UTC)).toEqual([
      { event: "like", keptAs: "first", day: DAY, at: hour(1), late: true },
      { event: "like", keptAs: "first", day: DAY, at: hour(8) },
    ]);
  });

  it("an event that named no zone is one of the zone that was the user's, or else of the home zone", async () => {
    await record(checkIn({ day: DAY - 1 }));
    await record(atHour(8, DAY, { tz: TOKYO }));
    await record(atHour(8, DAY + 1, { tz: PARIS }));
    await record(checkIn({ day: DAY + 2, dayZone: PARIS }));
    expect(await daysIn(TOKYO)).toEqual([DAY - 1, DAY]);
    expect(await daysIn(PARIS)).toEqual([DAY + 1, DAY + 2]);
  });

  it("a repeat is one of the zone that it named, or else of the home zone", async () => {
    await record(atHour(8), atHour(8, DAY, { tz: TOKYO }));
    await record(
      atHour(9, DAY, { keepRepeat: true, id: "named" }),
      checkIn({ at: hour(10), keepRepeat: true, id: "unnamed" }),
      atHour(11, DAY, { tz: TOKYO, keepRepeat: true, id: "Tokyo" }),
      atHour(12, DAY, { tz: "Etc/UTC", keepRepeat: true, id: "other name" }),
    );
    const ids = async (zone: string) =>
      (await read(zone)).filter(({ keptAs }) => keptAs === "repeat").map(({ id }) => typeof id);
    const hours = async (zone: string) => (await read(zone)).map(({ at }) => (at - hour(0)) / 3_600_000);
    expect(await hours(UTC)).toEqual([8, 9, 10, 12]);
    expect(await hours(TOKYO)).toEqual([8, 11]);
    expect([...(await ids(UTC)), ...(await ids(TOKYO))]).toEqual(Array(4).fill("string"));
  });

  it("no impressions and interactions", async () => {
    await record(impression({ tz: UTC }), impression({ type: "widget_interaction", tz: UTC }), atHour(8));
    expect(await read(UTC)).toHaveLength(1);
  });

  it("those of a range of days, with its first and last day", async () => {
    const days = [DAY - 40, DAY - 1, DAY, DAY + 1, DAY + 40];
    await record(...days.map((day) => atHour(8, day)));
    await record(...days.map((day) => atHour(9, day, { keepRepeat: true })));
    const twice = (...some: number[]) => some.flatMap((day) => [day, day]);
    expect(await daysIn(UTC, { from: DAY, to: DAY + 39 })).toEqual(twice(DAY, DAY + 1));
    expect(await daysIn(UTC, { from: DAY - 39, to: DAY })).toEqual(twice(DAY - 1, DAY));
    expect(await daysIn(UTC, { from: DAY })).toEqual(twice(DAY, DAY + 1, DAY + 40));
    expect(await daysIn(UTC, { to: DAY - 40 })).toEqual(twice(DAY - 40));
    expect(await daysIn(UTC, { from: DAY + 2, to: DAY + 39 })).toEqual([]);
  });

  it("none of a user who has had no zone, whose days the project's zone has dated", async () => {
    await record(checkIn());
    expect(await current.store.zones.readDated(ANN, { zone: UTC, from: undefined, to: undefined })).toEqual({
      userHash: "ann",
      events: [],
    });
  });

  it("of the user that a name leads to, and of nobody for an unknown name", async () => {
    const all = { zone: UTC, from: undefined, to: undefined };
    const readOf = (userHash: string) => current.store.zones.readDated({ projectId: "p1", userHash }, all);
    await record(atHour(8, DAY, { userHash: "cookie" }));
    await current.store.streaks.linkUser("p1", "cookie", "phone");
    await current.store.streaks.linkUser("p1", "phone", "ann");
    await current.store.streaks.linkUser("p1", "x", "only linked to");
    await current.store.ledger.addLedgerEntry({ projectId: "p1", userHash: "only a ledger" }, entry({ id: "e" }));
    await record(impression({ userHash: "only looks", tz: UTC }));

    expect(await readOf("cookie")).toEqual(await readOf("ann"));
    expect(await readOf("ann")).toMatchObject({ userHash: "ann", events: [{ day: DAY }] });
    for (const userHash of ["only linked to", "only a ledger", "only looks"]) {
      expect(await readOf(userHash)).toEqual({ userHash, events: [] });
    }
    expect(await readOf("nobody")).toBe(undefined);
    expect(await current.store.zones.readDated({ projectId: "p2", userHash: "ann" }, all)).toBe(undefined);
  });
}
