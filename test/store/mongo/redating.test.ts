import { describe, expect, it, onTestFinished } from "vitest";
import { type SendBulk, sendApart } from "#src/store/mongo/bulk.ts";
import type { Stores } from "#src/store/stores.ts";
import { MAX_DATED } from "#src/store/zones.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { DAY, daysBetween, MANY_CALLS_MS, months, NOW } from "../conformance/fixture.ts";
import { ANN, atHour, correct, inZone, NEW_YORK, PARIS, planOf, TOKYO, UTC } from "../conformance/zones/support.ts";
import { openWatched } from "./commands.ts";
import { checkInsOf, eventsOf, recordNow } from "./redating-support.ts";
import { ANY_EVENT, collectionsOf, openStore } from "./support.ts";

const mongo = useOwnMongo();

/** Opens a store that pauses in its first batch, when its events are written and its users are not. */
function openPausing(uri: string) {
  const paused = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const { store } = openWatched(uri, (connection): SendBulk => {
    const send = sendApart(connection, true);
    return async (notes, events, streaks) => {
      const { inserted } = await send(notes, events, []);
      paused.resolve();
      await goOn.promise;
      return { inserted, doubtful: (await send([], [], streaks)).doubtful };
    };
  });
  onTestFinished(() => goOn.resolve());
  return { store, paused: paused.promise, goOn: () => goOn.resolve() };
}

const read = (store: Stores, user = ANN) => store.streaks.readStreak(user, "like", "of_days");

describe("an event that is recorded while its day is corrected away", () => {
  it("does the day again, and the day has an event, which a repeat of it replaces", async () => {
    const uri = mongo.server.uri();
    const other = await openStore(uri);
    await other.events.record([atHour(22)], NOW);
    const pausing = openPausing(uri);
    // It has found the event of the day, and is about to do the day.
    const late = atHour(8, DAY, { userHome: UTC });
    const recording = pausing.store.events.record([late], NOW);
    await pausing.paused;
    expect(await correct(other)).toBe(true);
    expect(await read(other)).toMatchObject({ days: {} });
    pausing.goOn();
    expect(await recording).toEqual(["repeat"]);
    expect(await read(other)).toMatchObject({ days: months(DAY), others: [inZone(TOKYO, months(DAY + 1))] });
    expect(await checkInsOf(other)).toEqual([
      [0, 22, "home"],
      [1, 22, TOKYO],
    ]);

    expect(await recordNow(other, { ...late, id: "again" })).toEqual(["stored"]);
    expect(await checkInsOf(other)).toEqual([
      [0, 8, "home"],
      [1, 22, TOKYO],
    ]);
  });

  it("stays on its day with its action, which is counted once when its batch is tried again", async () => {
    const uri = mongo.server.uri();
    const other = await openStore(uri);
    await other.events.record([atHour(22, DAY - 3)], NOW);
    const pausing = openPausing(uri);
    const event = atHour(22, DAY, { userHome: UTC, action: "a" });
    const recording = pausing.store.events.record([event], NOW);
    await pausing.paused;
    await correct(other);
    await recordNow(other, event);
    pausing.goOn();
    await recording;
    const record = await other.streaks.readStreak(ANN, "like", "of_days");
    expect(record).toMatchObject({ days: months(DAY), others: [inZone(TOKYO, months(DAY - 2))] });
    await correct(other);
    const corrected = await other.streaks.readStreak(ANN, "like", "of_days");
    expect(corrected).toMatchObject({ days: {}, others: [inZone(TOKYO, months(DAY - 2, DAY + 1))] });
    expect(corrected.actions).toBe(undefined);
  });

  it("is the event of the day, where it knows of the correction", async () => {
    const store = await openStore(mongo.server.uri());
    await store.events.record([atHour(22)], NOW);
    await correct(store);
    expect(await recordNow(store, atHour(8), atHour(9))).toEqual(["stored", "repeat"]);
    expect(await checkInsOf(store)).toEqual([
      [0, 8, "home"],
      [1, 22, TOKYO],
    ]);
    expect(await recordNow(store, atHour(10))).toEqual(["repeat"]);
    expect(await checkInsOf(store)).toHaveLength(2);
  });

  it("is no repeat of the event that has gone, in a project that keeps repeats", async () => {
    const store = await openStore(mongo.server.uri());
    await store.events.record([atHour(22, DAY, { keepRepeat: true })], NOW);
    await correct(store);
    const [one, two] = [atHour(8, DAY, { keepRepeat: true }), atHour(9, DAY, { keepRepeat: true })];
    expect(await recordNow(store, one, two)).toEqual(["stored", "repeat"]);
    expect(await recordNow(store, one, two)).toEqual(["repeat", "repeat"]);
    expect(await eventsOf(store)).toEqual(["0 8 first", "0 9 repeat", "1 22 first"]);
  });

  it("is the event of the day of its user, when it comes with an alias", async () => {
    const store = await openStore(mongo.server.uri());
    await store.events.record([atHour(22), atHour(8, DAY, { userHash: "anon" })], NOW);
    await correct(store);
    expect(await store.streaks.linkUser("p1", "anon", "ann")).toBe(true);
    expect(await checkInsOf(store)).toEqual([
      [0, 8, "home"],
      [1, 22, TOKYO],
    ]);
  });
});

it("of two corrections at the same time, each event follows one, whichever zone that makes of it", async () => {
  const uri = mongo.server.uri();
  const [one, other] = [await openStore(uri), await openStore(uri)];
  const days = daysBetween(DAY - 4, DAY + 3);
  await one.events.record(
    days.flatMap((day) => [atHour(22, day, { keepRepeat: true }), atHour(8, day, { keepRepeat: true })]),
    NOW,
  );
  const plans = await Promise.all([planOf(one), planOf(other, { right: NEW_YORK })]);
  expect(await Promise.all([one.zones.redate(ANN, plans[0]), other.zones.redate(ANN, plans[1])])).toEqual([true, true]);
  const events = await eventsOf(one);
  // The first events of days have come at 22: in New York each stays on its day; in Tokyo each is on the next.
  const hours = events.map((event) => event.split(" ")[1]);
  expect(hours.toSorted()).toEqual(days.flatMap(() => ["22", "8"]).toSorted());
  const of22 = events.filter((event) => event.includes(" 22 ")).map((event) => Number(event.split(" ")[0]));
  expect([days.map((day) => day - DAY), days.map((day) => day - DAY + 1)]).toContainEqual(
    of22.toSorted((a, b) => a - b),
  );
});

it("a correction of a user who is linked amid it leaves all to the new user, and says so", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([atHour(22), atHour(8, DAY, { userHash: "bob", tz: PARIS, dayZone: PARIS })], NOW);
  const plan = await planOf(store);
  const other = await openStore(uri);
  const [isDone] = await Promise.all([store.zones.redate(ANN, plan), other.streaks.linkUser("p1", "ann", "bob")]);
  const bob = { projectId: "p1", userHash: "bob" };
  const zone = isDone ? [1, 22, TOKYO] : [0, 22, UTC];
  expect(await checkInsOf(store, bob)).toEqual([[0, 8, "home"], zone]);
  // Whichever came first, it can be corrected now.
  const now = await planOf(store, {}, bob);
  expect(await store.zones.redate(bob, now)).toBe(true);
  expect(await checkInsOf(store, bob)).toEqual([
    [0, 8, "home"],
    [1, 22, TOKYO],
  ]);
});

it("a correction that is taken back again and again keeps the events, and leaves no more documents each time", async () => {
  const uri = mongo.server.uri();
  const store = await openStore(uri);
  await store.events.record([atHour(22), atHour(8, DAY + 2), atHour(23, DAY + 5)], NOW);
  const before = await checkInsOf(store);
  const { events } = collectionsOf(mongo.server, uri);
  const counts: number[] = [];
  for (let round = 0; round < 3; round++) {
    await correct(store);
    await correct(store, { wrong: TOKYO, right: UTC });
    expect(await checkInsOf(store)).toEqual(before);
    counts.push(await events.countDocuments(ANY_EVENT));
  }
  expect(counts).toEqual([6, 6, 6]);
});

it(
  "as many events as are ever corrected at once are, with no command so long that its connection times out",
  async () => {
    const store = await openStore(mongo.server.uri());
    const days = daysBetween(DAY - 2_000, DAY - 1);
    const all = Array.from({ length: MAX_DATED + 2 }, (_, index) => {
      const event = `event ${Math.floor(index / days.length)}`;
      return atHour(22, days[index % days.length] as number, { event });
    });
    for (let start = 0; start < all.length; start += 1_000) {
      await store.events.record(all.slice(start, start + 1_000), NOW);
    }
    const plan = await planOf(store);
    expect(plan.events).toHaveLength(MAX_DATED + 1);
    expect(await store.zones.redate(ANN, { ...plan, events: plan.events.slice(0, MAX_DATED) })).toBe(true);
    expect((await planOf(store)).events).toHaveLength(2);
    const { days: left, others } = await store.streaks.readStreak(ANN, "event 0");
    expect({ left, others }).toEqual({ left: {}, others: [inZone(TOKYO, months(...days.map((day) => day + 1)))] });
  },
  MANY_CALLS_MS,
);

it("the user of an alias that was corrected is redated, and each day keeps its event", async () => {
  const store = await openStore(mongo.server.uri());
  const anon = { projectId: "p1", userHash: "anon" };
  await store.events.record([atHour(22, DAY, { userHash: "anon" }), atHour(8)], NOW);
  await correct(store, {}, anon);
  await store.streaks.linkUser("p1", "anon", "ann");
  expect(await checkInsOf(store)).toEqual([
    [0, 8, "home"],
    [1, 22, TOKYO],
  ]);
  const [resolved] = await store.events.resolveUsers([ANN]);
  expect(resolved?.isRedated).toBe(true);
});
