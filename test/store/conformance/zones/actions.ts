import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import { historiesOf } from "../analytics/support.ts";
import { DAY, daysBetween, months, NOW, type OpenStore, useStore } from "../fixture.ts";
import { ANN, atHour, correct, datedBy, hour, inZone, PARIS, planOf, TOKYO, UTC } from "./support.ts";

/** What redating actions promises. */
export function describeRedatingActions(open: OpenStore): void {
  const current = useStore(open);
  const record = (...batch: StoredEvent[]) => current.store.events.record(batch, NOW);
  const read = () => current.store.streaks.readStreak(ANN, "like", "of_days");
  /** An action of its own, unless it is given an id. */
  const act = (hours: number, day = DAY, fields: Partial<StoredEvent> = {}) =>
    atHour(hours, day, { action: `${day} ${hours}`, ...fields });
  const counts = (beyondFirst: number, ofDays: readonly (readonly [number, number])[]) => ({
    beyondFirst,
    ofDays: new Map(ofDays),
  });

  it("actions are read with the zone that has dated them, beside the first event of their day", async () => {
    await record(act(8), act(9), act(9, DAY, { tz: PARIS, action: "in Paris" }));
    expect((await datedBy(current.store, UTC)).map(({ keptAs, id, at }) => [keptAs, id, at])).toEqual([
      ["first", undefined, hour(8)],
      ["action", `${DAY} 8`, hour(8)],
      ["action", `${DAY} 9`, hour(9)],
    ]);
    expect((await datedBy(current.store, PARIS)).map(({ keptAs, id }) => [keptAs, id])).toEqual([
      ["first", undefined],
      ["action", "in Paris"],
    ]);
  });

  it("actions are redated with their events, and the counts follow", async () => {
    // Two of the first day stay; the others come to the next one, where two are.
    await record(act(8), act(9), act(22), act(23), act(8, DAY + 1), act(9, DAY + 1));
    expect((await read()).actions).toEqual(
      counts(4, [
        [DAY, 4],
        [DAY + 1, 2],
      ]),
    );
    await correct(current.store);
    expect(await read()).toMatchObject({
      days: {},
      others: [inZone(TOKYO, months(DAY, DAY + 1))],
      actions: counts(4, [
        [DAY, 2],
        [DAY + 1, 4],
      ]),
    });
    expect((await current.store.streaks.readStreak(ANN, "like", "total")).actions?.beyondFirst).toBe(4);
    expect(await datedBy(current.store, UTC)).toEqual([]);
  });

  it("the total is right whatever was counted before: when actions come to another month, and when they come back", async () => {
    const total = async () => (await current.store.streaks.readStreak(ANN, "like", "total")).actions?.beyondFirst ?? 0;
    const lastOfMonth = DAY + 16;
    await record(act(8, lastOfMonth), act(9, lastOfMonth), act(21, lastOfMonth), act(22, lastOfMonth));
    await record(act(8, lastOfMonth + 1), act(9, lastOfMonth + 1, { action: `${lastOfMonth} 22` }));
    const both = async () => [await total(), (await read()).actions?.beyondFirst, await total()];
    expect(await both()).toEqual([4, 4, 4]);
    await correct(current.store);
    // Two actions have become one: the event at 22 and the one at 9 of the next day.
    expect(await both()).toEqual([3, 3, 3]);
    await record(act(10, lastOfMonth, { tz: TOKYO, action: "late" }));
    expect(await both()).toEqual([4, 4, 4]);
    await correct(current.store, { wrong: TOKYO, right: UTC });
    expect(await total()).toBe((await read()).actions?.beyondFirst);
  });

  it("an action does a day of its own, with a first event that has its time", async () => {
    await record(act(8), act(22, DAY, { receivedAt: NOW }));
    await correct(current.store);
    const { actions, ...rest } = await read();
    expect(actions).toBe(undefined);
    expect(rest).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY, DAY + 1))] });
    const checkIns = await current.store.users.readCheckIns(ANN, "like", daysBetween(DAY, DAY + 1));
    const inTokyo = { tz: TOKYO, dayZone: TOKYO };
    expect(checkIns).toEqual([
      { day: DAY, at: hour(8), receivedAt: hour(8), ...inTokyo },
      { day: DAY + 1, at: hour(22), receivedAt: NOW, ...inTokyo },
    ]);
  });

  it("the same action of two days that become one is one action", async () => {
    await record(act(22, DAY, { action: "key" }), act(8, DAY + 1, { action: "key" }), act(9, DAY + 1));
    await correct(current.store);
    expect(await read()).toMatchObject({
      days: {},
      others: [inZone(TOKYO, months(DAY + 1))],
      actions: counts(1, [[DAY + 1, 2]]),
    });
  });

  it("actions of other zones stay, and count for the day together with those that come to it", async () => {
    await record(act(22), act(8, DAY + 1, { tz: PARIS }), act(9, DAY + 1, { tz: TOKYO }));
    await correct(current.store);
    expect(await read()).toMatchObject({
      others: [inZone(TOKYO, months(DAY + 1)), inZone(PARIS, months(DAY + 1))].toSorted((a, b) =>
        a.zone < b.zone ? -1 : 1,
      ),
      actions: counts(2, [[DAY + 1, 3]]),
    });
  });

  it("an action that came meanwhile keeps its day, and does it if the first event has gone", async () => {
    await record(act(22));
    const plan = await planOf(current.store);
    await record(act(8), act(9));
    await current.store.zones.redate(ANN, plan);
    expect(await read()).toMatchObject({
      days: months(DAY),
      others: [inZone(TOKYO, months(DAY + 1))],
      actions: counts(1, [[DAY, 2]]),
    });
    await correct(current.store);
    expect(await read()).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY, DAY + 1))] });
  });

  it("an action whose event is kept as a repeat, too, is redated as both", async () => {
    const both = (hours: number) => act(hours, DAY, { keepRepeat: true, sessionId: `${hours}` });
    await record(both(8), both(22), both(23));
    await correct(current.store);
    expect(await read()).toMatchObject({ days: {}, actions: counts(1, [[DAY + 1, 2]]) });
    const [history] = await historiesOf(current.store, "p1");
    expect(history?.events.map(({ day, sessionId, isRepeat }) => [day - DAY, sessionId, isRepeat ?? false])).toEqual(
      expect.arrayContaining([
        [0, "8", false],
        [1, "22", false],
        [1, "23", true],
      ]),
    );
    expect(history?.events).toHaveLength(3);
  });

  it("doing it again changes nothing, and the other way round takes it back", async () => {
    await record(act(8), act(22), act(23), act(10, DAY + 3));
    const before = await read();
    const plan = await planOf(current.store);
    await current.store.zones.redate(ANN, plan);
    const after = await read();
    await current.store.zones.redate(ANN, plan);
    await correct(current.store);
    expect(await read()).toEqual(after);
    expect(after).not.toEqual(before);
    await correct(current.store, { wrong: TOKYO, right: UTC });
    expect(await read()).toEqual({ ...before, home: UTC, zone: { name: UTC, at: hour(10, DAY + 3) + 2 } });
  });

  it("an action that is sent again with the right zone is the same action", async () => {
    await record(act(22, DAY, { action: "key" }));
    await correct(current.store);
    expect(await record(act(22, DAY + 1, { tz: TOKYO, action: "key" }))).toEqual(["repeat"]);
    expect((await read()).actions).toBe(undefined);
  });
}
