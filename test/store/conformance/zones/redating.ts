import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { foldAll, historiesOf, rangesOf } from "../analytics/support.ts";
import { checkIn, DAY, daysBetween, impression, months, NOW, type OpenStore, project, useStore } from "../fixture.ts";
import { entry } from "../ledger/support.ts";
import { ANN, atHour, correct, datedBy, hour, inZone, NEW_YORK, PARIS, planOf, TOKYO, UTC } from "./support.ts";

const BOB = { projectId: "p1", userHash: "bob" };

/** What redating events promises of days, first events, and the user's zone. */
export function describeRedating(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const read = (event = "like", user = ANN) => current.store.streaks.readStreak(user, event);
  const checkIns = (event = "like") => current.store.users.readCheckIns(ANN, event, daysBetween(DAY - 50, DAY + 50));
  const all = () => historiesOf(current.store, "p1");

  it("the days follow the events, and a day that no event is left for is not done any more", async () => {
    // In Tokyo at 7 on DAY + 1, at 8 on DAY + 2, at 22 on DAY + 2, and at 7:30 on DAY + 4.
    await record(atHour(22), atHour(23, DAY + 1), atHour(13, DAY + 2), atHour(22.5, DAY + 3));
    expect(await correct(current.store)).toBe(true);

    expect(await read()).toEqual({
      days: {},
      others: [inZone(TOKYO, months(DAY + 1, DAY + 2, DAY + 4))],
      zone: { name: TOKYO, at: hour(22.5, DAY + 3) + 1 },
      home: UTC,
    });
    const inTokyo = { tz: TOKYO, dayZone: TOKYO };
    expect(await checkIns()).toEqual([
      { day: DAY + 1, at: hour(22), receivedAt: hour(22), ...inTokyo },
      { day: DAY + 2, at: hour(23, DAY + 1), receivedAt: hour(23, DAY + 1), ...inTokyo },
      { day: DAY + 4, at: hour(22.5, DAY + 3), receivedAt: hour(22.5, DAY + 3), ...inTokyo },
    ]);
    expect(await datedBy(current.store, UTC)).toEqual([]);
    expect(await datedBy(current.store, TOKYO)).toHaveLength(3);
  });

  it("each event of the user is corrected, from one month or year to another, and nobody else's", async () => {
    const newYear = Date.UTC(2024, 0, 1) / 86_400_000;
    await record(atHour(22, newYear - 1), atHour(22, newYear + 30, { event: "visit" }));
    await record(atHour(22, DAY, { userHash: "bob" }), atHour(22, DAY, { projectId: "p2" }));
    await correct(current.store);
    expect(await read()).toMatchObject({ days: {}, others: [inZone(TOKYO, { "2024-01": 1 })] });
    expect(await read("visit")).toMatchObject({ days: {}, others: [inZone(TOKYO, { "2024-02": 1 })] });
    expect((await read("like", { projectId: "p1", userHash: "bob" })).days).toEqual(months(DAY));
    expect((await read("like", { projectId: "p2", userHash: "ann" })).days).toEqual(months(DAY));
  });

  it("all that an event came with stays with it, but for the zone that it named", async () => {
    const given = { meta: '{"a":1}', sessionId: "s", receivedAt: NOW };
    await record(atHour(22, DAY, given), checkIn({ day: DAY + 3, at: hour(5, DAY + 3) }));
    await correct(current.store);
    expect((await current.store.users.readUser(ANN))?.recentEvents).toEqual([
      { event: "like", type: "streak_interaction", day: DAY + 3, at: hour(5, DAY + 3), tz: TOKYO },
      {
        event: "like",
        type: "streak_interaction",
        day: DAY + 1,
        at: hour(22),
        tz: TOKYO,
        meta: '{"a":1}',
        sessionId: "s",
      },
    ]);
    expect((await checkIns()).map(({ receivedAt }) => receivedAt)).toEqual([NOW, hour(5, DAY + 3)]);
  });

  it("days of the home zone become ordinary, where the home zone is the right one", async () => {
    await record(atHour(5, DAY - 3, { tz: TOKYO }), atHour(22), atHour(22, DAY + 1, { late: true }));
    await correct(current.store);
    expect(await read()).toEqual({
      days: months(DAY - 3, DAY + 1, DAY + 2),
      zone: { name: TOKYO, at: hour(22, DAY + 1) + 1 },
      home: TOKYO,
    });
  });

  it("a day that an event of another zone or kind has done, too, stays done by that", async () => {
    await record(atHour(22), atHour(22, DAY, { tz: PARIS }), atHour(22, DAY, { late: true }));
    await current.store.zones.redate(ANN, {
      ...(await planOf(current.store)),
      events: (await planOf(current.store)).events.filter(({ event }) => event.late === undefined),
    });
    expect(await read()).toMatchObject({
      days: {},
      others: [inZone(TOKYO, months(DAY + 1)), inZone(PARIS, months(DAY)), { late: true, days: months(DAY) }],
    });
  });

  it("an event is late where the right zone says so, and not where only the wrong one did", async () => {
    // Days begin at midnight and have a grace of two hours: until 2 in Tokyo, which is 17 in UTC.
    const dayStarts = [{ grace: 120 }];
    await record(atHour(1, DAY, { late: true }), atHour(16, DAY + 1), atHour(18, DAY + 2));
    await correct(current.store, { dayStarts });
    expect(await read()).toMatchObject({
      days: {},
      others: [inZone(TOKYO, months(DAY, DAY + 3)), { late: true, zone: TOKYO, days: months(DAY + 2) }],
    });
    expect(await checkIns()).toMatchObject([{ day: DAY }, { day: DAY + 2, late: true }, { day: DAY + 3 }]);
  });

  it("of events that come to one day, the earliest stays, and none displaces the event of the day", async () => {
    await record(atHour(23), atHour(13, DAY + 1));
    await record(atHour(20, DAY + 4, { tz: TOKYO, dayZone: TOKYO, day: DAY + 5 }), atHour(16, DAY + 4));
    await correct(current.store);
    expect(await checkIns()).toMatchObject([
      { day: DAY + 1, at: hour(23) },
      { day: DAY + 5, at: hour(20, DAY + 4) },
    ]);
    expect(await read()).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY + 1, DAY + 5))] });
    expect((await all()).flatMap(({ events }) => events)).toHaveLength(2);
  });

  it("a date alone keeps its date, and its time is the first moment of the date in the right zone", async () => {
    await record(atHour(0, DAY, { receivedAt: NOW }), atHour(0, DAY + 3));
    await correct(current.store);
    expect(await checkIns()).toMatchObject([
      { day: DAY, at: hour(-9), receivedAt: NOW },
      { day: DAY + 3, at: hour(-9, DAY + 3), receivedAt: hour(0, DAY + 3) },
    ]);
    await correct(current.store, { wrong: TOKYO, right: NEW_YORK });
    expect(await read()).toMatchObject({ others: [inZone(NEW_YORK, months(DAY, DAY + 3))] });
  });

  it("only days of the range are corrected", async () => {
    await record(...[0, 1, 2, 3].map((days) => atHour(22, DAY + days)));
    await correct(current.store, { from: DAY + 1, to: DAY + 2 });
    expect(await read()).toMatchObject({
      days: months(DAY, DAY + 3),
      others: [inZone(TOKYO, months(DAY + 2, DAY + 3))],
      zone: { name: TOKYO },
    });
  });

  it("the ledger, impressions and interactions stay", async () => {
    await current.store.ledger.addLedgerEntry(ANN, entry({ id: "e" }));
    await record(
      atHour(22),
      impression({ tz: UTC, at: hour(22) }),
      impression({ type: "widget_interaction", tz: UTC }),
    );
    const before = await current.store.users.readUser(ANN);
    await correct(current.store);
    const after = await current.store.users.readUser(ANN);
    const analytics = (user: typeof after) => user?.recentEvents.filter(({ type }) => type !== "streak_interaction");
    expect(analytics(after)).toEqual(analytics(before));
    expect(analytics(after)).toHaveLength(2);
    expect(after?.ledger).toEqual(before?.ledger);
  });

  it("doing it again changes nothing, with the same plan or a new one", async () => {
    await record(atHour(22), atHour(23, DAY + 1), atHour(13, DAY + 2), atHour(1, DAY + 5, { late: true }));
    const plan = await planOf(current.store);
    await current.store.zones.redate(ANN, plan);
    const after = await all();
    expect(await current.store.zones.redate(ANN, plan)).toBe(true);
    expect(await all()).toEqual(after);
    expect(await correct(current.store)).toBe(true);
    expect(await all()).toEqual(after);
  });

  it("correcting the other way round takes it back, where no two events have come to one day", async () => {
    await record(atHour(22), atHour(3, DAY + 2), atHour(0, DAY + 4), atHour(22, DAY + 6, { tz: PARIS, at: NOW - 1 }));
    const before = await all();
    await correct(current.store);
    expect(await all()).not.toEqual(before);
    await correct(current.store, { wrong: TOKYO, right: UTC });
    const zone = { name: UTC, at: hour(0, DAY + 4) + 2 };
    expect(await all()).toEqual(before.map((history) => ({ ...history, home: UTC, zone })));
  });

  it("an old plan does not redate an event that has come to the day since", async () => {
    await record(atHour(22));
    const plan = await planOf(current.store);
    await current.store.zones.redate(ANN, plan);
    expect(await record(atHour(8))).toEqual(["stored"]);
    await current.store.zones.redate(ANN, plan);
    expect(await read()).toMatchObject({ days: months(DAY), others: [inZone(TOKYO, months(DAY + 1))] });
  });

  it("an event of the wrong zone that comes afterwards is dated in it, and does its day", async () => {
    await record(atHour(22));
    await correct(current.store);
    expect(await record(atHour(22, DAY, { at: hour(22) + 2 }))).toEqual(["stored"]);
    expect(await read()).toMatchObject({
      days: months(DAY),
      others: [inZone(TOKYO, months(DAY + 1))],
      zone: { name: UTC, at: hour(22) + 2 },
    });
    await correct(current.store);
    expect(await read()).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY + 1))], zone: { name: TOKYO } });
  });

  it("the user's zone becomes the right one where it was the wrong one, by any of its names", async () => {
    await record(atHour(22, DAY, { tz: "Etc/UTC" }));
    await correct(current.store);
    expect(await read()).toMatchObject({ zone: { name: TOKYO, at: hour(22) + 1 }, home: "Etc/UTC" });

    await record(atHour(22, DAY + 1, { tz: PARIS, at: hour(22) + 2 }));
    await correct(current.store, { wrong: TOKYO, right: UTC });
    expect(await read()).toMatchObject({ days: months(DAY), zone: { name: PARIS, at: hour(22) + 2 }, home: "Etc/UTC" });
  });

  it("the user's zone becomes the right one, too, where no event is in the range", async () => {
    await record(atHour(22));
    await correct(current.store, { from: DAY + 1 });
    expect(await read()).toEqual({ days: months(DAY), zone: { name: TOKYO, at: hour(22) + 1 }, home: UTC });
    await record(atHour(22, DAY + 1, { tz: PARIS, at: hour(22) }));
    expect((await read()).zone).toEqual({ name: TOKYO, at: hour(22) + 1 });
  });

  it("a repeat of the event that named the wrong zone does not set it again, whichever name is the greater one", async () => {
    await record(atHour(22), atHour(22, DAY, { userHash: "bob", tz: TOKYO }));
    await correct(current.store);
    await correct(current.store, { wrong: TOKYO, right: UTC }, BOB);
    await record(atHour(22), atHour(22, DAY, { userHash: "bob", tz: TOKYO }));
    expect((await read()).zone?.name).toBe(TOKYO);
    expect((await read("like", BOB)).zone?.name).toBe(UTC);
    await record(atHour(22, DAY, { at: hour(22) + 2 }));
    expect((await read()).zone?.name).toBe(UTC);
  });

  it("the user's zone stays where the correction says so, and where another one was named since it was planned", async () => {
    await record(atHour(22), atHour(22, DAY + 3));
    await correct(current.store, { to: DAY, isZoneCorrected: false });
    const days = { days: months(DAY + 3), others: [inZone(TOKYO, months(DAY + 1))] };
    expect(await read()).toEqual({ ...days, zone: { name: UTC, at: hour(22, DAY + 3) }, home: UTC });

    const plan = await planOf(current.store, { to: DAY });
    await record(atHour(22, DAY + 4, { tz: PARIS }));
    await current.store.zones.redate(ANN, plan);
    expect(await read()).toMatchObject({ zone: { name: PARIS, at: hour(22, DAY + 4) }, home: UTC });
  });

  it("nothing changes for a user who has had no zone", async () => {
    await record(checkIn());
    expect(await correct(current.store)).toBe(true);
    expect(await read()).toEqual({ days: months(DAY) });
    expect(await current.store.events.resolveUsers([{ ...ANN, verify: true }])).toEqual([{ userHash: "ann" }]);
  });

  it("nothing changes for a name that has become an alias", async () => {
    await record(atHour(22));
    const plan = await planOf(current.store);
    await current.store.streaks.linkUser("p1", "ann", "bob");
    const before = await all();
    expect(await current.store.zones.redate(ANN, plan)).toBe(false);
    expect(await all()).toEqual(before);
  });

  it("a month without days any more is no month of the user's usage", async () => {
    await current.store.projects.createProject(project());
    await record(atHour(22, Date.UTC(2024, 0, 31) / 86_400_000));
    await correct(current.store);
    const usage = await current.store.usage.countUsage("p1", ["2024-01", "2024-02"]);
    expect(usage.map(({ activeStreakers }) => activeStreakers)).toEqual([0, 1]);
  });

  it("is noted as a change for analytics", async () => {
    await current.store.projects.createProject(project());
    await record(atHour(22));
    await foldAll(current.store, "p1");
    const changesOf = async () => (await rangesOf(current.store, "p1")).map(({ segment }) => segment.changes);
    const [before = 0] = await changesOf();
    await correct(current.store);
    await foldAll(current.store, "p1");
    expect((await changesOf())[0]).toBeGreaterThan(before);
  });
}
