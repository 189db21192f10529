import { expect, it } from "vitest";
import type { CheckIns } from "#src/domain/check-ins.ts";
import { canonicalZone } from "#src/domain/zone.ts";
import type { StoredEvent } from "#src/store/events.ts";
import {
  checkIn,
  DAY,
  gated,
  impression,
  months,
  NOW,
  type OpenStore,
  ordinary,
  project,
  recordGated,
  recordUnverified,
  useStore,
} from "../fixture.ts";
import { usersOf } from "../users/support.ts";

const [PARIS, TOKYO, APIA] = ["Europe/Paris", "Asia/Tokyo", "Pacific/Apia"];
/** One zone by the names that browsers and servers have for it. */
const KOLKATA = ["Asia/Kolkata", "Asia/Calcutta", "asia/calcutta"] as const;

/** Keeping the days of late events, and days that were dated in other zones, apart from ordinary days. */
export function describeKinds(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const read = (userHash = "ann", event = "like") =>
    current.store.streaks.readStreak({ projectId: "p1", userHash }, event);
  const whoIs = async (userHash = "ann") =>
    await current.store.events.resolveUsers([{ projectId: "p1", userHash, verify: true }]);
  const zone = (name: string, at = NOW) => ({ name, at });
  const inZone = (name: string, ...days: number[]) => ({ late: false, zone: name, days: months(...days) });

  it("a user who always names one zone has ordinary days and no home zone, however many events come", async () => {
    await record(checkIn({ day: DAY - 1 }));
    await record(checkIn({ tz: PARIS }), checkIn({ day: DAY + 1, tz: PARIS, at: NOW + 1 }));
    await record(checkIn({ day: DAY + 2, dayZone: PARIS }));
    await record(checkIn({ day: DAY + 3 }));
    const days = months(DAY - 1, DAY, DAY + 1, DAY + 2, DAY + 3);
    expect(await read()).toEqual({ days, zone: zone(PARIS, NOW + 1) });
    expect(await whoIs()).toEqual([{ userHash: "ann", zone: zone(PARIS, NOW + 1) }]);
  });

  it("another name of the home zone is no other zone, and the user's zone is shown as it was named last", async () => {
    for (const [index, tz] of KOLKATA.entries()) {
      expect(await record(checkIn({ day: DAY + index, tz, at: NOW + index }))).toEqual(["stored"]);
      const again = { day: DAY + index, at: NOW - 1, userHome: KOLKATA[0] };
      const repeats = KOLKATA.map((name) => checkIn({ ...again, tz: name }));
      expect(await record(...repeats)).toEqual(["repeat", "repeat", "repeat"]);
    }
    const expected = { days: months(DAY, DAY + 1, DAY + 2), zone: zone(KOLKATA[2], NOW + 2) };
    expect(await read()).toEqual(expected);
    await current.reopen();
    await recordUnverified(current.store, [checkIn({ day: DAY + 3, tz: KOLKATA[0], at: NOW - 1 })]);
    expect(await read()).toEqual({ ...expected, days: months(DAY, DAY + 1, DAY + 2, DAY + 3) });
  });

  it("another zone has one set of days of each kind, by whichever names", async () => {
    await record(checkIn({ tz: PARIS }));
    for (const [index, tz] of KOLKATA.entries()) {
      expect(await record(checkIn({ day: DAY + index, tz }))).toEqual(["stored"]);
      const repeats = KOLKATA.map((name) => checkIn({ day: DAY + index, tz: name }));
      expect(await record(...repeats)).toEqual(["repeat", "repeat", "repeat"]);
    }
    expect(await record(...KOLKATA.map((tz) => checkIn({ tz, late: true })))).toEqual(["stored", "repeat", "repeat"]);
    const there = canonicalZone(KOLKATA[0]);
    expect(await read()).toMatchObject({
      days: months(DAY),
      others: [inZone(there, DAY, DAY + 1, DAY + 2), { late: true, zone: there, days: months(DAY) }],
      home: PARIS,
    });
  });

  it("who is linked to a user at home in the same zone by another name has the same ordinary days", async () => {
    await record(checkIn({ tz: KOLKATA[0] }), checkIn({ userHash: "anon", day: DAY + 1, tz: KOLKATA[1], at: NOW + 1 }));
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await read()).toEqual({ days: months(DAY, DAY + 1), zone: zone(KOLKATA[1], NOW + 1) });
  });

  it("the days of late events are a set of their own", async () => {
    await record(checkIn(), checkIn({ day: DAY + 1, late: true }), checkIn({ day: DAY + 40, late: true }));
    expect(await read()).toEqual({
      days: months(DAY),
      others: [{ late: true, days: months(DAY + 1, DAY + 40) }],
    });
    expect(await read("ann", "visit")).toEqual({ days: {} });
  });

  it("a day counts once for each kind of its events: each kind is new once, and then repeats", async () => {
    const kinds = [
      { tz: PARIS },
      { tz: PARIS, late: true as const },
      { tz: TOKYO },
      { tz: TOKYO, late: true as const },
    ];
    for (const kind of kinds) {
      expect(await record(checkIn(kind))).toEqual(["stored"]);
      expect(await record(checkIn(kind), checkIn(kind))).toEqual(["repeat", "repeat"]);
    }
    expect(await record(...kinds.toReversed().map(checkIn))).toEqual(kinds.map(() => "repeat"));
    expect(await read()).toEqual({
      days: months(DAY),
      others: [inZone(TOKYO, DAY), { late: true, days: months(DAY) }, { late: true, zone: TOKYO, days: months(DAY) }],
      zone: zone(PARIS),
      home: PARIS,
    });
  });

  it("the home zone is the first zone that an event names, and stays it, wherever the user goes", async () => {
    await record(checkIn({ day: DAY - 1 }));
    await record(checkIn({ tz: PARIS }));
    expect((await read()).home).toBeUndefined();
    await record(checkIn({ day: DAY + 1, tz: TOKYO, at: NOW + 1 }));
    await record(checkIn({ day: DAY + 2, tz: APIA, at: NOW + 2 }));
    await record(checkIn({ day: DAY + 3, tz: PARIS, at: NOW + 3 }));
    await record(checkIn({ day: DAY + 4, tz: TOKYO, at: NOW + 4 }));
    const expected = {
      days: months(DAY - 1, DAY, DAY + 3),
      others: [inZone(TOKYO, DAY + 1, DAY + 4), inZone(APIA, DAY + 2)],
      zone: zone(TOKYO, NOW + 4),
      home: PARIS,
    };
    expect(await read()).toEqual(expected);
    expect(await whoIs()).toEqual([{ userHash: "ann", zone: zone(TOKYO, NOW + 4), home: PARIS }]);
    await current.reopen();
    expect(await read()).toEqual(expected);
    expect(await whoIs()).toEqual([{ userHash: "ann", zone: zone(TOKYO, NOW + 4), home: PARIS }]);
  });

  it("an event that is older than the user's zone is dated in its own, and fixes the home zone, too", async () => {
    await record(checkIn({ tz: PARIS }));
    await record(checkIn({ day: DAY - 9, tz: TOKYO }));
    expect(await read()).toEqual({
      days: months(DAY),
      others: [inZone(TOKYO, DAY - 9)],
      zone: zone(PARIS),
      home: PARIS,
    });
  });

  it("the same holds within a batch", async () => {
    await record(
      checkIn({ tz: TOKYO, at: NOW + 1 }),
      checkIn({ tz: PARIS }),
      checkIn({ tz: TOKYO, late: true }),
      checkIn({ day: DAY + 1, tz: PARIS, at: NOW + 2 }),
    );
    expect(await read()).toEqual({
      days: months(DAY),
      others: [inZone(PARIS, DAY, DAY + 1), { late: true, days: months(DAY) }],
      zone: zone(PARIS, NOW + 2),
      home: TOKYO,
    });
  });

  it("an event that names no zone is dated in the user's zone of then, home or not", async () => {
    await record(checkIn({ tz: PARIS }));
    await record(checkIn({ tz: TOKYO, at: NOW + 1 }));
    expect(await record(checkIn({ day: DAY + 1, dayZone: TOKYO }))).toEqual(["stored"]);
    expect(await record(checkIn({ day: DAY + 1, dayZone: PARIS }))).toEqual(["stored"]);
    expect(await record(checkIn({ day: DAY + 1, dayZone: TOKYO }))).toEqual(["repeat"]);
    expect(await read()).toMatchObject({ days: months(DAY, DAY + 1), others: [inZone(TOKYO, DAY, DAY + 1)] });
  });

  it("a day by the project's zone counts as one of the home zone, before and after the user has one", async () => {
    await record(checkIn());
    await record(checkIn({ day: DAY + 1, tz: PARIS }), checkIn({ day: DAY + 1, tz: TOKYO }));
    expect(await record(checkIn({ tz: PARIS }), checkIn(), checkIn({ day: DAY + 2 }))).toEqual([
      "repeat",
      "repeat",
      "stored",
    ]);
    expect(await read()).toMatchObject({ days: months(DAY, DAY + 1, DAY + 2), others: [inZone(TOKYO, DAY + 1)] });
  });

  it("whoever is taken for a new user is at home where the user has been at home", async () => {
    await recordUnverified(current.store, [checkIn({ tz: PARIS })]);
    await current.reopen();
    const abroad = checkIn({ day: DAY + 1, tz: TOKYO, at: NOW + 1 });
    await recordUnverified(current.store, [abroad, checkIn({ day: DAY + 1, tz: PARIS, at: NOW })]);
    expect(await read()).toEqual({
      days: months(DAY, DAY + 1),
      others: [inZone(TOKYO, DAY + 1)],
      zone: zone(TOKYO, NOW + 1),
      home: PARIS,
    });
  });

  it("an unverified event of another zone is refuted, unless an idempotency key keeps it apart", async () => {
    await record(checkIn({ tz: PARIS }));
    await current.reopen();
    const [user] = await current.store.events.resolveUsers([{ projectId: "p1", userHash: "ann" }]);
    if (user?.unverified === undefined) {
      return;
    }
    const { unverified } = user;
    expect(await record(checkIn({ day: DAY + 1, tz: TOKYO, unverified }))).toEqual(["refuted"]);
    expect(await read()).toEqual({ days: months(DAY), zone: zone(PARIS) });
    await current.reopen();
    expect(await record(checkIn({ day: DAY + 1, tz: PARIS, unverified }))).toEqual(["stored"]);
    await current.reopen();
    await recordUnverified(current.store, [checkIn({ day: DAY + 2, tz: TOKYO, idempotencyKey: "k" })]);
    expect(await read()).toMatchObject({ days: months(DAY, DAY + 1), others: [inZone(TOKYO, DAY + 2)] });
  });

  it("the first use of an idempotency key says the kind of the day, and a replay changes nothing", async () => {
    await record(checkIn({ tz: PARIS }));
    const first = checkIn({ day: DAY + 1, late: true, tz: TOKYO, idempotencyKey: "k" });
    expect(await record(first)).toEqual(["stored"]);
    const before = await read();
    expect(before).toMatchObject({ days: months(DAY), others: [{ late: true, zone: TOKYO, days: months(DAY + 1) }] });
    expect(await record(checkIn({ day: DAY + 1, tz: APIA, idempotencyKey: "k", at: NOW + 5 }))).toEqual(["replayed"]);
    expect(await read()).toEqual(before);
    expect(await record(checkIn({ day: DAY + 1, late: true, tz: TOKYO, idempotencyKey: "l" }))).toEqual(["repeat"]);
    expect(await read()).toEqual(before);
  });

  it("an event of an alias keeps the kind that it was given, for the user of today", async () => {
    await record(checkIn({ tz: PARIS }), checkIn({ userHash: "anon", tz: TOKYO }));
    await current.store.streaks.linkUser("p1", "anon", "ann");
    const keyed = checkIn({ userHash: "anon", day: DAY + 1, dayZone: TOKYO, late: true, idempotencyKey: "k" });
    expect(await record(keyed)).toEqual(["stored"]);
    await recordUnverified(current.store, [checkIn({ userHash: "anon", day: DAY + 2, dayZone: PARIS })]);
    expect(await read()).toEqual({
      days: months(DAY, DAY + 2),
      others: [inZone(TOKYO, DAY), { late: true, zone: TOKYO, days: months(DAY + 1) }],
      zone: zone(PARIS),
      home: PARIS,
    });
  });

  it("what is done for one event fixes the home zone of all", async () => {
    await record(checkIn({ event: "visit", tz: PARIS }), checkIn({ event: "read", tz: TOKYO, at: NOW + 1 }));
    await record(checkIn({ tz: TOKYO, at: NOW + 2 }));
    expect(await read()).toEqual({
      days: {},
      others: [inZone(TOKYO, DAY)],
      zone: zone(TOKYO, NOW + 2),
      home: PARIS,
    });
  });

  it("events for analytics fix no home zone, and those of another project or user none either", async () => {
    await record(checkIn({ tz: PARIS }), impression({ tz: TOKYO, at: NOW + 1 }));
    await record(checkIn({ projectId: "p2", tz: TOKYO }), checkIn({ userHash: "an", tz: TOKYO }));
    expect(await read()).toEqual({ days: months(DAY), zone: zone(PARIS) });
  });

  it("an event that gets no seat changes neither days nor zones", async () => {
    await current.store.projects.createProject(project());
    await recordGated(current.store, [gated(1, { userHash: "bob" })]);
    await record(checkIn({ day: DAY - 60, tz: PARIS, at: NOW - 60 }));
    expect(await recordGated(current.store, [gated(1, { tz: TOKYO, late: true })])).toEqual(["full"]);
    expect(await read()).toEqual({ days: months(DAY - 60), zone: zone(PARIS, NOW - 60) });
  });

  it("whoever has done a late day, or one elsewhere, is active in its month and keeps the seat", async () => {
    await current.store.projects.createProject(project());
    await record(
      checkIn({ day: DAY - 60, tz: PARIS }),
      checkIn({ tz: TOKYO }),
      checkIn({ userHash: "bob", late: true }),
    );
    const outcomes = await recordGated(current.store, [
      gated(1, { day: DAY + 1, tz: PARIS }),
      gated(1, { day: DAY + 1, userHash: "bob" }),
      gated(1, { day: DAY + 1, userHash: "cat" }),
    ]);
    expect(outcomes).toEqual(["stored", "stored", "full"]);
  });

  it("names, labels and kinds of strange events stay apart", async () => {
    const strange = ["__proto__", "late@", `@${TOKYO}`, "a.b$", `late@${TOKYO}`, "like"];
    await record(checkIn({ tz: PARIS, event: "x" }));
    for (const [index, event] of strange.entries()) {
      await record(checkIn({ event, day: DAY + index, tz: TOKYO, late: true }));
      await record(checkIn({ event, day: DAY + index + 1, tz: "America/Argentina/Rio_Gallegos" }));
    }
    const expected = (index: number) => [
      inZone("America/Argentina/Rio_Gallegos", DAY + index + 1),
      { late: true, zone: TOKYO, days: months(DAY + index) },
    ];
    for (const [index, event] of strange.entries()) {
      expect(await read("ann", event), event).toMatchObject({ days: {}, others: expected(index) });
    }
    const [user] = await usersOf(current.store);
    expect(user?.days).toEqual(
      new Map<string, CheckIns>([
        ["x", ordinary(DAY)],
        ...strange.map((event, index) => [event, { days: {}, others: expected(index) }] as const),
      ]),
    );
  });

  it("all kinds go with their project", async () => {
    const [one, other] = [project(), project({ id: "p2", siteKey: "site_2" })];
    await current.store.projects.createProject(one);
    await current.store.projects.createProject(other);
    const kinds = [{ tz: PARIS }, { tz: TOKYO }, { tz: PARIS, late: true as const }];
    await record(...kinds.map(checkIn), ...kinds.map((kind) => checkIn({ ...kind, projectId: "p2" })));
    const kept = await current.store.streaks.readStreak({ projectId: "p2", userHash: "ann" }, "like");
    await current.store.projects.deleteProject(one);
    expect(await read()).toEqual({ days: {} });
    expect(await current.store.streaks.readStreak({ projectId: "p2", userHash: "ann" }, "like")).toEqual(kept);
    expect(await record(...kinds.map(checkIn))).toEqual(["stored", "stored", "stored"]);
  });
}
