import { expect, it } from "vitest";
import type { CheckIns } from "#src/domain/check-ins.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { checkIn, DAY, daysBetween, months, NOW, type OpenStore, recordUnverified, useStore } from "../fixture.ts";

const [PARIS, TOKYO, APIA] = ["Europe/Paris", "Asia/Tokyo", "Pacific/Apia"];

const inZone = (zone: string, ...days: number[]) => ({ late: false, zone, days: months(...days) });
const late = (...days: number[]) => ({ late: true, days: months(...days) });
const lateIn = (zone: string, ...days: number[]) => ({ late: true, zone, days: months(...days) });

interface Case {
  readonly it: string;
  /** What the visitor did, one event after the other. */
  readonly anon: readonly Partial<StoredEvent>[];
  readonly ann: readonly Partial<StoredEvent>[];
  readonly record: CheckIns & { readonly home?: string };
}

const CASES: readonly Case[] = [
  {
    it: "with the same home zone their days are one set of each kind, and no home zone is stored",
    anon: [{ tz: PARIS }, { tz: PARIS, day: DAY + 1, late: true }],
    ann: [
      { tz: PARIS, day: DAY + 2 },
      { tz: PARIS, day: DAY + 3, late: true },
    ],
    record: { days: months(DAY, DAY + 2), others: [late(DAY + 1, DAY + 3)] },
  },
  {
    it: "with another home zone the visitor's days become days of that zone",
    anon: [{ tz: TOKYO }, { tz: TOKYO, day: DAY + 1 }],
    ann: [{ tz: PARIS }],
    record: { days: months(DAY), others: [inZone(TOKYO, DAY, DAY + 1)], home: PARIS },
  },
  {
    it: "late days of the visitor's home zone become late days of that zone",
    anon: [
      { tz: TOKYO, late: true },
      { day: DAY + 1, late: true },
    ],
    ann: [{ tz: PARIS, late: true }],
    record: { days: {}, others: [late(DAY), lateIn(TOKYO, DAY, DAY + 1)], home: PARIS },
  },
  {
    it: "where the visitor was in the user's home zone, the days become ordinary",
    anon: [{ tz: TOKYO }, { tz: PARIS, day: DAY + 1 }, { tz: PARIS, day: DAY + 2, late: true }, { tz: APIA }],
    ann: [{ tz: PARIS, day: DAY + 4 }],
    record: {
      days: months(DAY + 1, DAY + 4),
      others: [inZone(TOKYO, DAY), inZone(APIA, DAY), late(DAY + 2)],
      home: PARIS,
    },
  },
  {
    it: "where the user was in the visitor's home zone, the days are one set",
    anon: [{ tz: TOKYO }],
    ann: [
      { tz: PARIS, day: DAY + 1 },
      { tz: TOKYO, day: DAY + 2 },
    ],
    record: { days: months(DAY + 1), others: [inZone(TOKYO, DAY, DAY + 2)], home: PARIS },
  },
  {
    it: "a user who has had no zone gets the visitor's home zone",
    anon: [{ tz: TOKYO }, { tz: PARIS, at: NOW + 1, day: DAY + 1 }],
    ann: [{ day: DAY + 2 }, { day: DAY + 3, late: true }],
    record: {
      days: months(DAY, DAY + 2),
      others: [inZone(PARIS, DAY + 1), late(DAY + 3)],
      home: TOKYO,
    },
  },
  {
    it: "a user who has had no zone gets the visitor's only zone, and no home zone is stored",
    anon: [{ tz: TOKYO }],
    ann: [{ day: DAY + 2 }],
    record: { days: months(DAY, DAY + 2) },
  },
  {
    it: "the days of a visitor who has had no zone are days of the user's home zone",
    anon: [{}, { day: DAY + 1, late: true }],
    ann: [
      { tz: PARIS, day: DAY + 2 },
      { tz: TOKYO, day: DAY + 3 },
    ],
    record: { days: months(DAY, DAY + 2), others: [inZone(TOKYO, DAY + 3), late(DAY + 1)], home: PARIS },
  },
  {
    it: "the visitor's home zone stays the user's when the visitor was last somewhere else",
    anon: [{ tz: PARIS }, { tz: TOKYO, at: NOW + 9, day: DAY + 1 }],
    ann: [{ tz: PARIS, day: DAY + 2 }],
    record: { days: months(DAY, DAY + 2), others: [inZone(TOKYO, DAY + 1)], home: PARIS },
  },
  {
    it: "with a home zone of the user that is stored, and a visitor whose only zone is another",
    anon: [{ tz: APIA }],
    ann: [{ tz: PARIS }, { tz: TOKYO, at: NOW + 1 }],
    record: { days: months(DAY), others: [inZone(TOKYO, DAY), inZone(APIA, DAY)], home: PARIS },
  },
];

/** What links do to the kinds of days. */
export function describeLinkingKinds(open: OpenStore): void {
  const current = useStore(open);
  const link = (anonymousId: string, userHash: string) => current.store.streaks.linkUser("p1", anonymousId, userHash);
  const read = async (userHash: string) => {
    const { zone, ...record } = await current.store.streaks.readStreak({ projectId: "p1", userHash }, "like");
    return record;
  };
  const come = async (userHash: string, events: readonly Partial<StoredEvent>[]) => {
    for (const event of events) {
      await recordUnverified(current.store, [checkIn({ userHash, ...event })]);
    }
  };
  const checkInsOf = (userHash: string) =>
    current.store.users.readCheckIns({ projectId: "p1", userHash }, "like", daysBetween(DAY - 9, DAY + 9));

  it.each(CASES)("$it", async ({ anon, ann, record }) => {
    await come("anon", anon);
    await come("ann", ann);
    await link("anon", "ann");
    expect(await read("ann")).toEqual(record);
    expect(await read("anon")).toEqual(record);
    const checkIns = await checkInsOf("ann");
    await link("anon", "ann");
    await current.reopen();
    expect(await read("ann")).toEqual(record);
    expect(await checkInsOf("ann")).toEqual(checkIns);
    const kinds = ({ others = [] }: CheckIns) => others.map(({ days: _, ...kind }) => kind);
    expect(new Set(checkIns.map((one) => JSON.stringify([one.late ?? false, one.dayZone])))).toEqual(
      new Set([
        ...(Object.keys(record.days).length > 0 ? [JSON.stringify([false, undefined])] : []),
        ...kinds(record).map((kind) => JSON.stringify([kind.late, kind.zone])),
      ]),
    );
  });

  it("of two events of one kind and day the user's stays, also where the kind has another name for the visitor", async () => {
    await come("anon", [
      { tz: TOKYO, at: NOW - 5 },
      { tz: PARIS, at: NOW - 4 },
    ]);
    await come("ann", [
      { tz: PARIS, at: NOW + 1 },
      { tz: TOKYO, at: NOW + 2 },
    ]);
    await link("anon", "ann");
    expect(await checkInsOf("ann")).toEqual([
      { day: DAY, at: NOW + 1, receivedAt: NOW + 1, tz: PARIS },
      { day: DAY, at: NOW + 2, receivedAt: NOW + 2, tz: TOKYO, dayZone: TOKYO },
    ]);
  });

  it("in either direction the days have the same zones", async () => {
    const anon = [{ tz: TOKYO }, { tz: PARIS, day: DAY + 1, late: true as const }, { tz: APIA, day: DAY + 2 }];
    const ann = [{ tz: PARIS }, { tz: TOKYO, day: DAY + 3 }];
    await come("anon", anon);
    await come("ann", ann);
    await link("ann", "anon");
    expect(await read("ann")).toEqual({
      days: months(DAY, DAY + 3),
      others: [inZone(PARIS, DAY), inZone(APIA, DAY + 2), lateIn(PARIS, DAY + 1)],
      home: TOKYO,
    });
  });

  it("over several steps no day loses the zone that has dated it", async () => {
    await come("cookie", [{ tz: TOKYO }]);
    await come("phone", [{ tz: APIA, day: DAY + 1 }]);
    await come("ann", [{ tz: PARIS, day: DAY + 2 }]);
    await link("cookie", "phone");
    expect(await read("phone")).toEqual({ days: months(DAY + 1), others: [inZone(TOKYO, DAY)], home: APIA });
    await link("phone", "ann");
    expect(await read("cookie")).toEqual({
      days: months(DAY + 2),
      others: [inZone(TOKYO, DAY), inZone(APIA, DAY + 1)],
      home: PARIS,
    });
  });

  it("an alias that is linked to a second user brings nothing but what comes from then on", async () => {
    await come("anon", [{ tz: TOKYO }]);
    await come("ann", [{ tz: PARIS }]);
    await link("anon", "ann");
    await link("anon", "bob");
    await come("anon", [{ tz: TOKYO, day: DAY + 1 }]);
    expect(await read("bob")).toEqual({ days: months(DAY + 1) });
    expect(await read("ann")).toEqual({ days: months(DAY), others: [inZone(TOKYO, DAY)], home: PARIS });
  });

  it("a user's next event after a link is of the kind that the user's home zone says", async () => {
    await come("anon", [{ tz: TOKYO, at: NOW + 5 }]);
    await come("ann", [{ tz: PARIS }]);
    await link("anon", "ann");
    await come("ann", [
      { tz: PARIS, day: DAY + 1 },
      { tz: TOKYO, day: DAY + 1 },
    ]);
    await come("anon", [{ tz: TOKYO, day: DAY + 2 }]);
    expect(await read("ann")).toEqual({
      days: months(DAY, DAY + 1),
      others: [inZone(TOKYO, DAY, DAY + 1, DAY + 2)],
      home: PARIS,
    });
  });
}
