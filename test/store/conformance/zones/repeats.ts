import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { historiesOf } from "../analytics/support.ts";
import { checkIn, DAY, months, NOW, type OpenStore, useStore } from "../fixture.ts";
import { ANN, atHour, correct, hour, inZone, planOf, TOKYO } from "./support.ts";

/** What redating kept repeats promises. */
export function describeRedatingRepeats(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const read = () => current.store.streaks.readStreak(ANN, "like");
  /** A check-in of a project that keeps repeats, with its hour as its session. */
  const kept = (hours: number, day = DAY, fields: Partial<StoredEvent> = {}) =>
    atHour(hours, day, { keepRepeat: true, sessionId: `${hours}`, ...fields });

  /** Returns the events in the order of their times: day, hour, and whether it is a repeat. */
  async function events() {
    const histories = await historiesOf(current.store, "p1");
    return histories
      .flatMap((history) => history.events)
      .toSorted((a, b) => a.at - b.at)
      .map(({ day, sessionId, isRepeat }) => [day - DAY, sessionId, isRepeat ? "repeat" : "first"]);
  }

  it("a repeat of a day becomes the first event of a day of its own", async () => {
    // 7 o'clock on DAY + 1 in Tokyo, 17 on DAY, and 8 on DAY + 1.
    await record(kept(22), kept(8), kept(23));
    await correct(current.store);
    expect(await events()).toEqual([
      [0, "8", "first"],
      [1, "22", "first"],
      [1, "23", "repeat"],
    ]);
    expect(await read()).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY, DAY + 1))] });
  });

  it("a repeat stays one where its new day has a first event, whichever is earlier", async () => {
    await record(kept(8), kept(22), kept(10, DAY + 1));
    await correct(current.store);
    expect(await events()).toEqual([
      [0, "8", "first"],
      [1, "22", "repeat"],
      [1, "10", "first"],
    ]);
  });

  it("of repeats that come to an empty day, the earliest becomes the first event", async () => {
    await record(kept(8), kept(23), kept(22));
    await correct(current.store);
    expect(await events()).toEqual([
      [0, "8", "first"],
      [1, "22", "first"],
      [1, "23", "repeat"],
    ]);
  });

  it("a repeat that named no zone is redated, too, and all that it came with stays with it", async () => {
    await record(kept(8), kept(9, DAY, { meta: '{"a":1}', receivedAt: NOW }));
    await record({ ...checkIn({ at: hour(22) }), keepRepeat: true, sessionId: "22" });
    await correct(current.store);
    const [{ events: found } = { events: [] }] = await historiesOf(current.store, "p1");
    const common = { event: "like", type: "streak_interaction", tz: TOKYO };
    expect(found.toSorted((a, b) => a.at - b.at)).toEqual([
      { ...common, day: DAY, at: hour(8), sessionId: "8" },
      { ...common, day: DAY, at: hour(9), sessionId: "9", meta: '{"a":1}', isRepeat: true },
      { ...common, day: DAY + 1, at: hour(22), sessionId: "22" },
    ]);
  });

  it("a repeat that is late in the right zone does a late day there", async () => {
    await record(kept(8), kept(16));
    await correct(current.store, { dayStarts: [{ grace: 120 }] });
    expect(await read()).toMatchObject({
      others: [inZone(TOKYO, months(DAY)), { late: true, zone: TOKYO, days: months(DAY + 1) }],
    });
  });

  it("a repeat that came meanwhile keeps its day, and does it if the first event has gone", async () => {
    await record(kept(22));
    const plan = await planOf(current.store);
    await record(kept(8), kept(9));
    await current.store.zones.redate(ANN, plan);
    expect(await events()).toEqual([
      [0, "8", "first"],
      [0, "9", "repeat"],
      [1, "22", "first"],
    ]);
    expect(await read()).toMatchObject({ days: months(DAY), others: [inZone(TOKYO, months(DAY + 1))] });
    await correct(current.store);
    expect(await read()).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY, DAY + 1))] });
  });

  it("doing it again changes nothing, and an old plan redates no repeat that has another zone since", async () => {
    await record(kept(8), kept(9), kept(22));
    const plan = await planOf(current.store);
    await current.store.zones.redate(ANN, plan);
    const after = await historiesOf(current.store, "p1");
    await current.store.zones.redate(ANN, plan);
    await correct(current.store);
    expect(await historiesOf(current.store, "p1")).toEqual(after);
    await current.store.zones.redate(ANN, { ...plan, rightZone: "Europe/Paris" });
    expect(await historiesOf(current.store, "p1")).toEqual(after);
  });

  it("repeats of other days stay, though nothing says that another zone than the home zone has dated them", async () => {
    // Both events of DAY + 4 were dated in Tokyo: one named no zone.
    const inTokyo = { day: DAY + 4, at: hour(2, DAY + 4), dayZone: TOKYO };
    await record(kept(22), kept(2, DAY + 4, { ...inTokyo, tz: TOKYO }));
    await record({ ...checkIn(inTokyo), keepRepeat: true, sessionId: "repeat" });
    await correct(current.store, { to: DAY + 1 });
    const first = { days: {}, others: [inZone(TOKYO, months(DAY + 1, DAY + 4))] };
    expect(await read()).toMatchObject(first);
    await correct(current.store);
    expect(await read()).toMatchObject(first);
    expect((await events()).toSorted()).toEqual([
      [1, "22", "first"],
      [4, "2", "first"],
      [4, "repeat", "repeat"],
    ]);
  });
}
